"""The button Cancel: who has it, what it says, and what pressing it too often or too late does."""

from __future__ import annotations

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry
from payroll.models import Integration, SyncRun
from payroll.runs import open_run

from .scenes import NOW, make_run, running, text

BUTTON = "Cancel this sync"


def press(client: Client, run: SyncRun) -> str:
    """The page that follows."""
    response = client.post(f"/runs/{run.pk}/cancel/", follow=True)
    assert response.redirect_chain == [(f"/runs/{run.pk}/", 302)]
    run.refresh_from_db()
    return " ".join(response.content.decode().split())


@pytest.fixture
def queued(integration: Integration) -> SyncRun:
    return open_run(integration, NOW)[0]


def test_a_queued_run_is_cancelled_at_once(alice: Client, queued: SyncRun) -> None:
    assert BUTTON in text(alice, f"/runs/{queued.pk}/")
    page = press(alice, queued)
    assert queued.status == SyncRun.Status.CANCELLED
    assert "Cancelled before it began. Nothing was sent." in page
    assert "Cancelled by alice@alice.example on" in page
    assert BUTTON not in page


def test_a_run_that_sends_is_asked_to_stop_and_says_so(
    alice: Client, integration: Integration
) -> None:
    run = running(integration)
    seen = alice.get(f"/runs/{run.pk}/").context["progress"].version
    page = press(alice, run)
    assert (run.status, str(run.cancel_asked_by)) == ("running", "alice@alice.example")
    assert "Cancelling: the batch under way is finished first." in page
    assert BUTTON not in page
    part = alice.get(f"/runs/{run.pk}/progress/?seen={seen}", headers={"HX-Request": "true"})
    assert "Cancelling" in part.content.decode()


def test_a_run_that_reads_says_that_nothing_is_sent(
    alice: Client, integration: Integration
) -> None:
    run = running(integration, phase=SyncRun.Phase.READING, planned_at=None, preview=True)
    assert "Cancel this preview" in text(alice, f"/runs/{run.pk}/")
    assert "Cancelling: it stops in a few seconds, and nothing is sent." in press(alice, run)


def test_pressing_again_or_too_late_is_told_and_harmless(
    alice: Client, integration: Integration
) -> None:
    run = running(integration)
    press(alice, run)
    assert "It is being cancelled already." in press(alice, run)
    SyncRun.objects.update(status="succeeded", phase="done")
    page = press(alice, run)
    assert "It was over already, so there was nothing left to cancel." in page
    assert "alice@alice.example asked to cancel it on" in page
    assert run.status == SyncRun.Status.SUCCEEDED
    assert AuditEntry.objects.filter(action=AuditEntry.Action.RUN_CANCELLED).count() == 1


def test_a_run_whose_program_died_after_the_request_says_both(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, status="interrupted", cancel_asked_at=NOW)
    page = text(alice, f"/runs/{run.pk}/")
    assert "Somebody asked to cancel it on" in page
    assert "nothing is sent any more" in page


def test_only_those_who_may_run_can_cancel(
    alice: Client, bob: Client, charlie: Client, queued: SyncRun
) -> None:
    url = f"/runs/{queued.pk}/cancel/"
    assert BUTTON not in text(bob, f"/runs/{queued.pk}/")
    assert bob.post(url).status_code == 403
    assert charlie.post(url).status_code == 404
    assert alice.get(url).status_code == 405
    assert Client().post(url).status_code == 302
    queued.refresh_from_db()
    assert queued.status == SyncRun.Status.QUEUED


def test_without_the_add_on_a_run_can_still_be_cancelled(
    alice: Client, integration: Integration, queued: SyncRun
) -> None:
    integration.organisation.switch_addon(on=False, now=NOW)
    press(alice, queued)
    assert queued.status == SyncRun.Status.CANCELLED
