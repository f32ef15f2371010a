"""The audit log: who did what, never a secret, and only of one's own organisations."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role, User
from payroll import configuration
from payroll.runs import start_run
from tests.journeys.world import NOW, World, document, fresh_tokens

ACTIONS = AuditEntry.Action


@pytest.fixture
def admin(small: World) -> User:
    """Somebody of the customer's."""
    user = User.objects.create_user("hr@fjordkraft.example", "a long enough password")
    Membership.objects.create(
        user=user, organisation=small.integration.organisation, role=Role.ADMIN
    )
    return user


def noted() -> list[str]:
    return list(AuditEntry.objects.order_by("at", "pk").values_list("action", flat=True))


def test_an_integration_from_a_file_is_noted_without_its_secrets(small: World) -> None:
    assert set(noted()) == {ACTIONS.CREATED, ACTIONS.TOKENS_SET}
    secrets = [*small.integration.secrets("source").values()]
    secrets += small.integration.secrets("target").values()
    stored = str(list(AuditEntry.objects.values()))
    assert [secret for secret in secrets if secret in stored] == []


def test_a_change_is_noted_with_before_and_after_of_what_differs(small: World) -> None:
    tokens = {
        "SIMPLOYER_TOKEN": small.integration.secrets("source")["token"],
        "XLEDGER_TOKEN": small.integration.secrets("target")["token"],
    }
    AuditEntry.objects.all().delete()
    changed = configuration.parse(document(scope={"future_days": 10}), tokens)
    configuration.store(changed, NOW)
    [entry] = AuditEntry.objects.all()
    assert (entry.before, entry.after) == ({"scope": {}}, {"scope": {"future_days": 10}})

    configuration.store(changed, NOW)
    assert AuditEntry.objects.count() == 1


def test_new_tokens_are_noted_as_set_and_no_more(small: World) -> None:
    AuditEntry.objects.all().delete()
    configuration.store(configuration.parse(document(), fresh_tokens()), NOW)
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.before, entry.after) == (ACTIONS.TOKENS_SET, None, None)


def test_a_run_started_by_hand_is_noted_with_its_starter(small: World, admin: User) -> None:
    AuditEntry.objects.all().delete()
    start_run(small.integration, admin, NOW, preview=True)
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.actor) == (ACTIONS.PREVIEW_STARTED, "hr@fjordkraft.example")


def test_the_page_shows_ones_own_organisation_alone(
    small: World, admin: User, client: Client
) -> None:
    stranger = Organisation.objects.create(name="Another AS")
    AuditEntry.write(stranger, ACTIONS.ADDON_ON, NOW, subject="A stranger's")
    client.force_login(admin)
    page = client.get(reverse("audit")).content.decode()
    assert "Created the integration" in page
    assert "A stranger&#x27;s" not in page


def test_settings_are_shown_in_words(small: World, admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.get(reverse("audit")).content.decode()
    assert "kind xledger; environment sandbox" in page
    assert "days mon, wed" in page
    assert "XLEDGER_TOKEN" not in page


def test_an_empty_log_teaches(small: World, admin: User, client: Client) -> None:
    AuditEntry.objects.all().delete()
    client.force_login(admin)
    assert "Nothing has been changed yet" in client.get(reverse("audit")).content.decode()
