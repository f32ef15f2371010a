"""The button Test connection: both systems asked live, what was found in words, nothing written."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll.connection import check
from payroll.models import Integration
from tests.journeys.world import World


def browser(organisation: Organisation, role: Role) -> Client:
    """Somebody logged in who has that role."""
    user = User.objects.create_user(f"{role}@{organisation.pk}.example", "a long enough secret")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/connection/"


def shown(world: World, role: Role) -> str:
    """The page that the button gives."""
    response = browser(world.integration.organisation, role).post(url(world.integration))
    assert response.status_code == 200
    return response.content.decode()


def test_both_systems_say_what_they_show_and_nothing_is_written(small: World) -> None:
    before = small.xledger.employees
    page = shown(small, Role.ADMIN)
    assert f"{len(small.simployer.rows['employee'])} employees" in page
    assert page.count(">Works</span>") == 2
    assert "Confirmed at the first write" in page
    assert "Pay is not sent" in page
    assert "It could not be read" not in page
    assert small.xledger.employees == before
    assert {entry.operation for entry in small.xledger.log} == {"query"}
    assert {seen.method for seen in small.simployer.log} == {"GET"}


def test_an_owner_may_test_too(small: World) -> None:
    assert "Connection test" in shown(small, Role.OWNER)


def test_a_right_missing_on_each_side_is_named_with_its_cure(small: World) -> None:
    small.simployer.switches = small.simployer.switches.changed({"denied": ["office"]})
    small.xledger.switches.set({"denied_fields": ["objectValues"]})
    page = shown(small, Role.ADMIN)
    assert page.count(">Something is missing</span>") == 2
    assert "Offices cannot be read" in page
    assert "tick Read for Object Value" in page
    assert "How to make the X-ledger API token" in page


def test_a_refused_token_stands_beside_the_system_that_works(small: World) -> None:
    small.simployer.token = "another"
    page = shown(small, Role.ADMIN)
    assert "Simployer One refused the access token (401)" in page
    assert "Set a new token" in page
    assert "How to make the Simployer One access token" in page
    assert page.count(">Works</span>") == 1


def test_a_token_that_is_not_set_is_told(small: World) -> None:
    small.integration.credentials.filter(side="target").delete()
    assert "X-ledger API token is not set for this integration" in shown(small, Role.ADMIN)


def test_a_vendor_that_is_down_is_told_with_what_to_do(small: World) -> None:
    small.simployer.faults.add("unavailable", times=9)
    page = shown(small, Role.ADMIN)
    assert "Simployer One isn&#x27;t answering properly" in page
    assert "Try again in a few minutes" in page
    assert len(small.simployer.log) == 1


def test_an_address_where_nobody_listens_is_told(small: World, closed_port: int) -> None:
    with override_settings(XLEDGER_ENVIRONMENTS={"sandbox": f"http://127.0.0.1:{closed_port}/"}):
        assert "X-ledger isn&#x27;t answering." in shown(small, Role.ADMIN)


def test_an_environment_that_was_removed_is_told(small: World) -> None:
    with override_settings(XLEDGER_ENVIRONMENTS={}):
        assert "has no environment" in shown(small, Role.ADMIN)


def test_no_token_is_on_the_page(small: World) -> None:
    page = shown(small, Role.ADMIN)
    secrets = [row.secret for row in small.integration.credentials.all()]
    assert len(secrets) == 2
    assert not any(secret in page for secret in secrets)


def test_a_mistake_of_ours_is_told_with_a_code(
    small: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("simployer.rights.check", lambda client: 1 / 0)
    checked = check(small.integration, "source")
    assert checked.report is None
    assert str(small.integration.pk)[:8] in checked.error
    assert "ZeroDivisionError" in caplog.text


# --- who may --------------------------------------------------------------------------------------


def test_a_viewer_may_not_and_a_stranger_finds_nothing(small: World) -> None:
    another = Organisation.objects.create(name="Another AS", addon_since=timezone.now())
    viewer = browser(small.integration.organisation, Role.VIEWER)
    stranger = browser(another, Role.ADMIN)
    assert viewer.post(url(small.integration)).status_code == 403
    assert stranger.post(url(small.integration)).status_code == 404
    assert small.simployer.log == []
    assert small.xledger.log == []


def test_followed_as_a_link_it_leads_to_the_integration(small: World) -> None:
    admin = browser(small.integration.organisation, Role.ADMIN)
    response = admin.get(url(small.integration))
    assert response["Location"] == f"/settings/integrations/{small.integration.pk}/"
    assert small.simployer.log == []


def test_without_the_addon_nothing_is_asked(small: World) -> None:
    Organisation.objects.update(addon_since=None)
    admin = browser(small.integration.organisation, Role.ADMIN)
    page = admin.post(url(small.integration), follow=True).content.decode()
    assert "add-on is not activated" in page
    assert small.simployer.log == []


def test_only_those_who_may_press_it_see_the_button(small: World) -> None:
    page = f"/settings/integrations/{small.integration.pk}/"
    organisation = small.integration.organisation
    for_admin, for_viewer = (
        browser(organisation, role).get(page).content.decode() for role in (Role.ADMIN, Role.VIEWER)
    )
    assert "Test connection</button>" in for_admin
    assert "Test connection</button>" not in for_viewer
