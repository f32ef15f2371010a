"""The page When a sync waits for a person: what is entered counts, what is wrong is kept."""

from __future__ import annotations

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry
from payroll import configuration, guard
from payroll.models import Integration

from .scenes import text

USUAL = {
    f"{kind}_{part}": "" if value is None else str(value)
    for kind, limit in guard.DEFAULTS.items()
    for part, value in guard.as_stored(limit).items()
}


def address(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/limits/"


def save(client: Client, integration: Integration, **entries: str) -> str:
    """The page that comes after saving."""
    posted = {"version": str(integration.config_version)} | USUAL | entries
    response = client.post(address(integration), posted, follow=True)
    assert response.status_code == 200
    integration.refresh_from_db()
    return " ".join(response.content.decode().split())


def test_it_begins_with_the_usual_limits(alice: Client, integration: Integration) -> None:
    shown = text(alice, address(integration)).replace("\N{NO-BREAK SPACE}", " ")
    assert 'name="end_percent" value="5"' in shown
    assert 'name="end_people" value="10"' in shown
    assert "Usual: 5 % or 10 people; up to 5 people are always sent." in shown


def test_saving_the_usual_limits_changes_nothing(alice: Client, integration: Integration) -> None:
    save(alice, integration)
    assert integration.limits == {}
    assert integration.config_version == 1
    assert "limits" not in configuration.export(integration)


def test_what_differs_is_kept_and_stands_in_the_audit_log(
    alice: Client, integration: Integration
) -> None:
    shown = save(alice, integration, end_percent="8", end_people="", end_floor="2")
    assert "The limits are saved" in shown
    own = {"end": {"percent": 8, "people": None, "floor": 2}}
    assert integration.limits == own
    assert integration.config_version == 2
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({}, {"limits": own})
    assert configuration.export(integration)["limits"] == own
    save(alice, integration)
    assert integration.limits == {}
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize("wrong", ["", "-1", "101", "5,5", "many"])
def test_a_wrong_number_is_told_and_the_others_are_kept(
    wrong: str, alice: Client, integration: Integration
) -> None:
    shown = save(alice, integration, end_percent=wrong, create_percent="44")
    assert "Nothing was saved yet" in shown
    assert "Enter a whole number from 0 to 100." in shown
    assert 'name="create_percent" value="44"' in shown
    assert integration.limits == {}


def test_a_floor_cannot_swallow_a_whole_company(alice: Client, integration: Integration) -> None:
    assert "from 0 to 50" in save(alice, integration, end_floor="51")


def test_of_two_who_edit_the_slower_is_told(alice: Client, integration: Integration) -> None:
    stale = str(integration.config_version)
    save(alice, integration, end_percent="8")
    shown = save(alice, integration, version=stale, end_percent="9")
    assert "Somebody changed this integration" in shown
    assert 'name="end_percent" value="9"' in shown
    assert integration.limits["end"]["percent"] == 8


def test_a_viewer_may_not_open_it_and_a_stranger_finds_nothing(
    bob: Client, charlie: Client, integration: Integration
) -> None:
    assert bob.get(address(integration)).status_code == 403
    assert charlie.get(address(integration)).status_code == 404
    assert bob.post(address(integration), USUAL).status_code == 403


def test_the_integration_links_to_it_for_those_who_may_change(
    alice: Client, bob: Client, integration: Integration
) -> None:
    page = f"/settings/integrations/{integration.pk}/"
    assert address(integration) in text(alice, page)
    assert address(integration) not in text(bob, page)
