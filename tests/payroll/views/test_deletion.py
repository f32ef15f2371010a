"""Deleting an integration: by owners, confirmed by its name, never in the middle of something."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role
from payroll.models import Change, Credential, Integration, SyncRun

from .scenes import make_change, make_run, running, text


@pytest.fixture
def owner(alice: Client) -> Client:
    """Alice, made an owner."""
    Membership.objects.filter(pk=Membership.objects.get().pk).update(role=Role.OWNER)
    return alice


def page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/delete/"


def delete(client: Client, integration: Integration, label: str = "Xledger Norge") -> str:
    """The page that the button leads to."""
    return client.post(page(integration), {"label": label}, follow=True).content.decode()


def test_the_page_says_what_goes_and_what_stays(owner: Client, integration: Integration) -> None:
    make_run(integration)
    integration.links.create(source_id="a", target_id="b")
    words = text(owner, page(integration))
    assert "The links of 1 person" in words
    assert "1 run with its history" in words
    assert "nothing is changed there, and nobody is ended" in words


def test_everything_of_it_goes_and_the_audit_log_says_so(
    owner: Client, integration: Integration
) -> None:
    integration.set_secrets("target", {"token": "a secret token"}, timezone.now())
    make_change(make_run(integration))
    assert "Xledger Norge is deleted." in delete(owner, integration)
    for model in (Integration, SyncRun, Change, Credential):
        assert not model.objects.exists()
    noted = AuditEntry.objects.get()
    assert noted.before is not None
    assert noted.action == AuditEntry.Action.DELETED
    assert noted.before["label"] == "Xledger Norge"
    assert noted.before["mappings"] == "default"
    assert "a secret token" not in str(noted.before)
    assert "Deleted the integration" in text(owner, "/settings/audit/")


@pytest.mark.parametrize("label", ["", "xledger norge", "Xledger"])
def test_another_name_deletes_nothing(owner: Client, integration: Integration, label: str) -> None:
    words = delete(owner, integration, label)
    assert "That is not its name" in words or "Type the name" in words
    assert Integration.objects.exists()


def test_white_space_around_the_name_does_no_harm(owner: Client, integration: Integration) -> None:
    delete(owner, integration, "  Xledger   Norge ")
    assert not Integration.objects.exists()


def test_it_is_refused_in_the_middle_of_a_run(owner: Client, integration: Integration) -> None:
    running(integration, heartbeat_at=timezone.now())
    assert "A sync is in progress" in text(owner, page(integration))
    assert "A sync is in progress" in delete(owner, integration)
    assert Integration.objects.exists()


def test_a_run_that_died_is_no_hindrance(owner: Client, integration: Integration) -> None:
    running(integration)
    delete(owner, integration)
    assert not Integration.objects.exists()


def test_it_is_refused_while_a_create_is_unconfirmed(
    owner: Client, integration: Integration
) -> None:
    integration.links.create(source_id="a", create_sent_at=timezone.now())
    assert "has not confirmed the creation of 1 person" in delete(owner, integration)
    assert Integration.objects.exists()


def test_pressing_twice_is_harmless(owner: Client, integration: Integration) -> None:
    delete(owner, integration)
    assert owner.post(page(integration), {"label": "Xledger Norge"}).status_code == 404
    assert AuditEntry.objects.count() == 1


def test_only_owners_may(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    for client, status in ((alice, 403), (bob, 403), (charlie, 404)):
        assert client.get(page(integration)).status_code == status
        assert client.post(page(integration), {"label": "Xledger Norge"}).status_code == status
    assert Integration.objects.exists()


def test_only_owners_see_the_link(alice: Client, bob: Client, integration: Integration) -> None:
    of_it = f"/settings/integrations/{integration.pk}/"
    assert page(integration) not in text(alice, of_it)
    assert page(integration) not in text(bob, of_it)
    Membership.objects.update(role=Role.OWNER)
    assert page(integration) in text(alice, of_it)


def test_without_the_addon_it_can_still_be_deleted(owner: Client, integration: Integration) -> None:
    Organisation.objects.update(addon_since=None)
    delete(owner, integration)
    assert not Integration.objects.exists()
