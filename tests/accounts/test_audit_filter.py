"""The audit log narrowed to an organisation, a person, an action, a period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration_hub.accounts.models import (
    SHELL,
    AuditEntry,
    Membership,
    Organisation,
    Role,
    User,
)

ACTIONS = AuditEntry.Action
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
URL = "/settings/audit/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Fjordkraft Demo AS")


@pytest.fixture
def alice(organisation: Organisation, client: Client) -> User:
    """Somebody who is logged in and belongs to the organisation."""
    user = User.objects.create_user("alice@alice.example", "a long enough secret")
    Membership.objects.create(user=user, organisation=organisation, role=Role.VIEWER)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def _shown(client: Client, asked: str) -> list[AuditEntry]:
    return [line.entry for line in client.get(f"{URL}?{asked}").context["lines"]]


def _offered(client: Client, name: str) -> list[tuple[str, str]]:
    """What can be chosen, but for everything."""
    return list(client.get(URL).context["filters"].fields[name].choices)[1:]


def test_the_log_is_narrowed_to_what_is_asked(
    client: Client, alice: User, organisation: Organisation
) -> None:
    made = AuditEntry.write(organisation, ACTIONS.CREATED, NOW - timedelta(days=2), user=alice)
    shell = AuditEntry.write(organisation, ACTIONS.ADDON_ON, NOW)
    assert _shown(client, "") == [shell, made]
    assert _shown(client, f"action={ACTIONS.CREATED}") == [made]
    assert _shown(client, "since=2026-11-22") == [shell]
    assert _shown(client, "until=2026-11-22") == [made]
    [key] = [key for key, actor in _offered(client, "person") if actor == alice.email]
    assert _shown(client, f"person={key}") == [made]
    assert _shown(client, f"person={key}&action={ACTIONS.ADDON_ON}") == []


def test_an_address_holds_nobodys_e_mail(
    client: Client, alice: User, organisation: Organisation
) -> None:
    AuditEntry.write(organisation, ACTIONS.CREATED, NOW, user=alice)
    assert all("@" not in key for key, _ in _offered(client, "person"))


def test_only_who_belongs_to_several_organisations_chooses_one(
    client: Client, alice: User, organisation: Organisation
) -> None:
    entry = AuditEntry.write(organisation, ACTIONS.CREATED, NOW)
    assert "organisation" not in client.get(URL).context["filters"].fields
    other = Organisation.objects.create(name="Another AS")
    Membership.objects.create(user=alice, organisation=other, role=Role.VIEWER)
    AuditEntry.write(other, ACTIONS.CREATED, NOW)
    assert _shown(client, f"organisation={organisation.pk}") == [entry]


def test_strangers_and_their_organisation_are_not_offered(
    client: Client, alice: User, organisation: Organisation
) -> None:
    hidden, other = (Organisation.objects.create(name=name) for name in ("Another AS", "Third AS"))
    stranger = User.objects.create_user("stranger@another.example")
    AuditEntry.write(hidden, ACTIONS.CREATED, NOW, user=stranger)
    AuditEntry.write(other, ACTIONS.CREATED, NOW)
    Membership.objects.create(user=alice, organisation=other, role=Role.VIEWER)
    assert [actor for _, actor in _offered(client, "person")] == [SHELL]
    assert client.get(f"{URL}?organisation={hidden.pk}").status_code == 404


def test_a_log_with_nothing_in_it_says_why(
    client: Client, alice: User, organisation: Organisation
) -> None:
    assert "Nothing has been changed yet" in client.get(URL).content.decode()
    AuditEntry.write(organisation, ACTIONS.CREATED, NOW)
    assert "No entry is like that" in client.get(f"{URL}?since=2026-12-01").content.decode()


def test_many_entries_take_as_many_queries_as_one(
    client: Client, alice: User, organisation: Organisation
) -> None:
    AuditEntry.write(organisation, ACTIONS.CREATED, NOW, user=alice)
    with CaptureQueriesContext(connection) as one:
        client.get(URL)
    for _ in range(60):
        AuditEntry.write(organisation, ACTIONS.CREATED, NOW, user=alice)
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(one)
