"""Test connection: both systems asked live, what was found kept and shown, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll.connection import Checked, try_both
from payroll.models import ConnectionTest, Integration
from payroll.ports import ConnectionReport
from tests.journeys.world import World

from .scenes import queries


def browser(organisation: Organisation, role: Role) -> Client:
    """Somebody logged in who has that role."""
    email = f"{role}@{organisation.pk}.example"
    user, new = User.objects.get_or_create(email=email)
    if new:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/connection/"


def shown(world: World, role: Role = Role.ADMIN) -> str:
    """The page that the button leads to."""
    client = browser(world.integration.organisation, role)
    response = client.post(url(world.integration))
    assert response["Location"] == url(world.integration)
    return flat(client, url(world.integration))


def flat(client: Client, address: str) -> str:
    """The page with its white space flattened and its quotes plain."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def test_both_systems_say_what_they_show_and_nothing_is_written(small: World) -> None:
    before = small.xledger.employees
    page = shown(small)
    assert f"{len(small.simployer.rows['employee'])} employees" in page
    assert page.count(">Works</span>") == 2
    assert "Confirmed at the first write" in page
    assert "could not be read" not in page
    assert small.xledger.employees == before
    assert {entry.operation for entry in small.xledger.log} == {"query"}
    assert {seen.method for seen in small.simployer.log} == {"GET"}


def test_what_was_found_stays_with_when_and_by_whom(small: World) -> None:
    shown(small, Role.OWNER)
    asked = len(small.simployer.log)
    page = flat(browser(small.integration.organisation, Role.ADMIN), url(small.integration))
    assert "Tested just now by" in page
    assert f'by <span class="hub-break">owner@{small.integration.organisation_id}' in page
    assert len(small.simployer.log) == asked


def test_there_is_one_result_and_the_newest_wins(small: World) -> None:
    shown(small)
    small.simployer.token = "another"
    assert ">Does not work</span>" in shown(small)
    test = ConnectionTest.objects.get()
    assert test.source["seen"] == []
    assert "refused" in test.source["error"]


def test_a_person_who_left_is_not_named(small: World) -> None:
    shown(small)
    ConnectionTest.objects.update(user=None)
    page = flat(browser(small.integration.organisation, Role.ADMIN), url(small.integration))
    assert "Tested just now, <time" in page


def test_the_page_takes_the_same_queries_whatever_was_found(small: World) -> None:
    client = browser(small.integration.organisation, Role.ADMIN)
    empty = len(queries(client, url(small.integration)))
    shown(small)
    assert len(queries(client, url(small.integration))) == empty


# --- what can go wrong over there -----------------------------------------------------------------


def test_a_right_missing_on_each_side_is_named_with_its_cure(small: World) -> None:
    small.simployer.switches = small.simployer.switches.changed({"denied": ["office"]})
    small.xledger.switches.set({"denied_fields": ["objectValues"]})
    page = shown(small)
    assert page.count(">Something is missing</span>") == 2
    assert "Offices cannot be read" in page
    assert "tick Read for Object Value" in page
    assert "How to make the X-ledger API token" in page


def test_what_is_missing_for_time_off_is_told_apart(small: World) -> None:
    small.xledger.switches.set({"offers": ["absences"], "denied_fields": ["absences"]})
    page = shown(small)
    assert "Works for employees" in page
    assert "Absences cannot be read, so time off cannot be exported as absences." in page
    assert "Employees are synced all the same." in page
    assert "a run may stop" not in page


def wrong_simployer_token(world: World) -> None:
    world.simployer.token = "another"


def wrong_xledger_token(world: World) -> None:
    world.xledger.token = "another"


def xledger_token_without_rights(world: World) -> None:
    denied = ["entities", "employees", "employeeGroups", "objectValues"]
    world.xledger.switches.set({"denied_fields": denied, "missing_scope": "401-html"})


def simployer_down(world: World) -> None:
    world.simployer.faults.add("unavailable", times=9)


def xledger_down(world: World) -> None:
    world.xledger.faults.add("503", times=9)


def xledger_cut(world: World) -> None:
    world.xledger.faults.add("drop_before", times=9)


def simployer_html(world: World) -> None:
    world.simployer.faults.add("html", times=9)


def xledger_html(world: World) -> None:
    world.xledger.faults.add("html", times=9)


def xledger_busy(world: World) -> None:
    world.xledger.faults.add("credits", times=9)


@pytest.mark.parametrize(
    ("breaks", "words", "cure"),
    [
        (wrong_simployer_token, "Simployer One refused the access token (401)", "Set a new token"),
        (wrong_xledger_token, "X-ledger refused the", "new token"),
        (xledger_token_without_rights, "X-ledger refused the", "new token"),
        (simployer_down, "Simployer One isn't answering", "Try again in a few minutes"),
        (xledger_down, "X-ledger isn't answering", "Try again in a few minutes"),
        (xledger_cut, "X-ledger isn't answering", "Try again in a few minutes"),
        (simployer_html, "Simployer One", "Try again in a few minutes"),
        (xledger_html, "X-ledger isn't answering properly", "Try again in a few minutes"),
        (xledger_busy, "X-ledger asked us to slow down", "Try again in a few minutes"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do_beside_the_side_that_works(
    breaks: Callable[[World], None], words: str, cure: str, small: World
) -> None:
    breaks(small)
    page = shown(small)
    assert words in page
    assert cure in page
    assert page.count(">Does not work</span>") == 1
    assert page.count(">Works</span>") == 1


def test_a_slow_vendor_is_given_up(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payroll.connection.PATIENCE", (3.0, 0.1))
    small.xledger.faults.add("slow", seconds=0.3)
    page = shown(small)
    assert "X-ledger isn't answering." in page
    assert "see whether X-ledger can be reached in a browser" in page


def test_a_vendor_that_is_slow_each_time_is_not_asked_on_and_on(
    small: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payroll.connection.LONGEST", -1.0)
    page = shown(small)
    assert "X-ledger answers too slowly to be tested" in page
    assert small.xledger.log == []


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_token_that_is_not_set_is_told_and_the_other_side_is_tested(
    side: str, small: World
) -> None:
    small.integration.credentials.filter(side=side).delete()
    page = shown(small)
    label = {"source": "Simployer One access token", "target": "X-ledger API token"}[side]
    assert f"{label} is not set for this integration" in page
    assert page.count(">Works</span>") == 1


def test_an_address_where_nobody_listens_is_told(small: World, closed_port: int) -> None:
    with override_settings(XLEDGER_ENVIRONMENTS={"sandbox": f"http://127.0.0.1:{closed_port}/"}):
        assert "X-ledger isn't answering." in shown(small)


def test_an_environment_that_was_removed_is_told(small: World) -> None:
    with override_settings(XLEDGER_ENVIRONMENTS={}):
        assert "has no environment" in shown(small)


def test_a_mistake_of_ours_is_told_with_a_code(
    small: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("simployer.rights.check", lambda client: 1 / 0)
    assert f"Tell support this code: {str(small.integration.pk)[:8]}" in shown(small)
    assert "ZeroDivisionError" in caplog.text


def test_a_result_of_tokens_replaced_meanwhile_is_not_kept(small: World) -> None:
    opened = Integration.objects.get(pk=small.integration.pk)
    Integration.objects.update(config_version=opened.config_version + 1)
    assert not try_both(opened, User.objects.create(email="x@x.example"), timezone.now)
    assert not ConnectionTest.objects.exists()


# --- what it holds --------------------------------------------------------------------------------


def test_no_token_and_no_person_is_kept_or_shown(small: World) -> None:
    page = shown(small)
    secrets = [row.secret for row in small.integration.credentials.all()]
    people = [each["description"] for each in small.xledger.employees]
    test = ConnectionTest.objects.get()
    kept = f"{page} {test.source} {test.target}"
    assert len(secrets) == 2
    assert not any(word in kept for word in [*secrets, *people])


@pytest.mark.parametrize(
    ("switches", "known", "words"),
    [
        ({}, {"positions": False}, "Not offered, or without a field that is needed"),
        (
            {"offers": ["positions"]},
            {"positions": True},
            "Offered: employee positions.",
        ),
        (
            {"offers": ["positions"], "renamed_fields": ["parttimePct"]},
            {"positions": False},
            "Not offered, or without a field that is needed",
        ),
        ({"introspection": False}, {}, "did not show what it can take besides employees"),
    ],
)
def test_what_this_payroll_offers_is_kept_for_the_later_steps(
    switches: dict[str, Any], known: dict[str, bool], words: str, small: World
) -> None:
    small.xledger.switches.set(switches)
    assert words in shown(small)
    capabilities = ConnectionTest.objects.get().capabilities
    assert known.items() <= capabilities.items()
    assert bool(capabilities) == bool(known)


# --- who may --------------------------------------------------------------------------------------


def test_a_viewer_may_not_test_and_a_stranger_finds_nothing(small: World) -> None:
    another = Organisation.objects.create(name="Another AS", addon_since=timezone.now())
    viewer = browser(small.integration.organisation, Role.VIEWER)
    stranger = browser(another, Role.ADMIN)
    assert viewer.post(url(small.integration)).status_code == 403
    assert stranger.post(url(small.integration)).status_code == 404
    assert stranger.get(url(small.integration)).status_code == 404
    assert small.simployer.log == []
    assert small.xledger.log == []


def test_a_viewer_sees_the_result_without_the_button(small: World) -> None:
    shown(small)
    page = flat(browser(small.integration.organisation, Role.VIEWER), url(small.integration))
    assert ">Works</span>" in page
    assert "Test again" not in page


def test_followed_as_a_link_it_shows_that_nothing_was_tested(small: World) -> None:
    page = flat(browser(small.integration.organisation, Role.ADMIN), url(small.integration))
    assert "Not tested yet" in page
    assert "Test connection</button>" in page
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


def test_of_an_integration_deleted_meanwhile_nothing_is_kept(small: World) -> None:
    def deleted() -> datetime:
        Integration.objects.all().delete()
        return timezone.now()

    user = User.objects.create_user("hr@fjordkraft.example")
    assert not try_both(small.integration, user, deleted)
    assert not ConnectionTest.objects.exists()


def test_a_company_whose_name_cannot_be_stored_is_kept_all_the_same() -> None:
    checked = Checked(ConnectionReport(seen=("Half \ud800 and \x00 nothing",)))
    again = Checked.from_json(checked.as_json())
    assert again.report == ConnectionReport(seen=("Half � and � nothing",))
