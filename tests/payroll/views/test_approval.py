"""A held plan on the run's page: why, what its buttons do, and whoever comes too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.celery import app
from payroll import approval, guard
from payroll.models import Integration, SyncRun
from payroll.pages.held_plan import newest_held

from .conftest import UseBroker
from .scenes import make_change, make_run, running, text

TRIPS = [
    guard.Trip(guard.Kind.END, 41, 210, guard.DEFAULTS[guard.Kind.END]),
    guard.Trip(guard.Kind.FIELD, 120, 210, guard.DEFAULTS[guard.Kind.FIELD], "email"),
]


@pytest.fixture
def held(integration: Integration) -> SyncRun:
    """A plan for two people, made a minute ago."""
    run = held_at(integration, timezone.now() - timedelta(minutes=1))
    make_change(run, "20001", kind="end", outcome="")
    make_change(run, "20002", kind="create", outcome="", target_id="")
    return run


def held_at(integration: Integration, now: datetime, **columns: object) -> SyncRun:
    stored = [guard.stored(trip) for trip in TRIPS]
    return make_run(
        integration,
        status=SyncRun.Status.HELD,
        queued_at=now,
        planned_at=now,
        guard=stored,
        **columns,
    )


def page(run: SyncRun, client: Client) -> str:
    return text(client, f"/runs/{run.pk}/").replace("\N{NO-BREAK SPACE}", " ")


def press(client: Client, run: SyncRun, button: str) -> str:
    """The page that the button leads to."""
    response = client.post(f"/runs/{run.pk}/{button}/", follow=True)
    assert response.redirect_chain[-1][0] == f"/runs/{run.pk}/"
    run.refresh_from_db()
    return " ".join(response.content.decode().split())


def test_a_restore_of_nobody_takes_no_held_plans_place(held: SyncRun, alice: Client) -> None:
    now = timezone.now()
    make_run(held.integration, trigger=SyncRun.Trigger.RESTORE, queued_at=now, planned_at=now)
    assert approval.over(held, now) == ""
    assert newest_held(held.integration) == held


def test_the_page_says_in_numbers_why_it_waits(held: SyncRun, alice: Client) -> None:
    shown = page(held, alice)
    assert "41 of 210 people would get an end date; the limit is 5 % or 10 people." in shown
    assert "E-mail would be changed for 120 of 210 people; the limit is 50 %." in shown
    assert "1 person would be created and 1 ended." in shown
    assert "Apply this plan" in shown
    assert "To create" in shown
    assert "Would be sent" in shown


@pytest.mark.django_db(transaction=True)
def test_applying_hands_the_plan_to_the_queue_and_notes_it(held: SyncRun, alice: Client) -> None:
    shown = press(alice, held, "approve")
    assert "The plan is applied" in shown
    assert held.status == SyncRun.Status.QUEUED
    assert held.approved_by == User.objects.get(email="alice@alice.example")
    assert held.approved_at is not None
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue("sync").get(block=False)
    assert message.payload[1] == {"run_id": str(held.pk)}
    entry = AuditEntry.objects.get()
    assert entry.action == AuditEntry.Action.PLAN_APPROVED
    assert entry.after == {"create": 1, "update": 0, "end": 1}


def test_discarding_ends_the_run_and_notes_who_did_it(held: SyncRun, alice: Client) -> None:
    shown = press(alice, held, "discard")
    assert held.status == SyncRun.Status.CANCELLED
    assert "The plan was discarded. Nothing was sent to X-ledger." in shown
    assert "This plan was discarded by alice@alice.example" in shown
    assert AuditEntry.objects.get().action == AuditEntry.Action.PLAN_DISCARDED
    assert held.changes.pending().count() == 2


@pytest.mark.parametrize("button", ["approve", "discard"])
def test_a_viewer_may_not_decide_and_a_stranger_finds_nothing(
    button: str, held: SyncRun, bob: Client, charlie: Client
) -> None:
    url = f"/runs/{held.pk}/{button}/"
    assert bob.post(url).status_code == 403
    assert charlie.post(url).status_code == 404
    assert bob.get(url).status_code == 405
    held.refresh_from_db()
    assert held.status == SyncRun.Status.HELD
    shown = page(held, bob)
    assert "An owner or admin can apply or discard it." in shown
    assert "Apply this plan</button>" not in shown


@pytest.mark.parametrize("first", ["approve", "discard"])
@pytest.mark.parametrize("second", ["approve", "discard"])
def test_a_second_press_is_told_what_was_decided_and_changes_nothing(
    first: str, second: str, held: SyncRun, alice: Client
) -> None:
    press(alice, held, first)
    before = SyncRun.objects.filter(pk=held.pk).values().get()
    shown = press(alice, held, second)
    done = {"approve": "This plan was approved by", "discard": "This plan was discarded by"}[first]
    assert done in shown
    assert SyncRun.objects.filter(pk=held.pk).values().get() == before
    assert AuditEntry.objects.count() == 1


def newer_plan(run: SyncRun) -> None:
    make_run(run.integration, planned_at=timezone.now(), queued_at=timezone.now())


def newer_held_plan(run: SyncRun) -> None:
    held_at(run.integration, timezone.now())


def other_settings(run: SyncRun) -> None:
    Integration.objects.update(config_version=7)


def a_day_passes(run: SyncRun) -> None:
    SyncRun.objects.update(planned_at=timezone.now() - timedelta(hours=24, seconds=1))


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (newer_plan, "newer plan"),
        (newer_held_plan, "newer plan"),
        (other_settings, "settings of the integration have changed"),
        (a_day_passes, "older than 24 hours"),
    ],
)
def test_a_plan_that_is_over_cannot_be_applied_and_says_why(
    happens: Callable[[SyncRun], None], words: str, held: SyncRun, alice: Client
) -> None:
    happens(held)
    shown = page(held, alice)
    assert words in shown
    assert "Apply this plan</button>" not in shown
    assert ">Sync now</button>" in shown
    assert words in press(alice, held, "approve")
    assert held.status == SyncRun.Status.HELD
    assert not AuditEntry.objects.exists()


def a_preview(run: SyncRun) -> None:
    make_run(run.integration, preview=True, planned_at=timezone.now(), queued_at=timezone.now())


def a_failed_run(run: SyncRun) -> None:
    make_run(run.integration, status="failed", planned_at=None, queued_at=timezone.now())


@pytest.mark.parametrize("happens", [a_preview, a_failed_run])
def test_what_made_no_plan_to_send_leaves_it_in_force(
    happens: Callable[[SyncRun], None], held: SyncRun, alice: Client
) -> None:
    happens(held)
    press(alice, held, "approve")
    assert held.status == SyncRun.Status.QUEUED


def run_begins(run: SyncRun) -> None:
    running(run.integration, planned_at=None)


def addon_goes(run: SyncRun) -> None:
    run.integration.organisation.switch_addon(on=False, now=timezone.now())


@pytest.mark.parametrize(
    ("happens", "words"), [(run_begins, "is in progress"), (addon_goes, "add-on is not activated")]
)
def test_a_plan_waits_while_it_cannot_be_sent(
    happens: Callable[[SyncRun], None], words: str, held: SyncRun, alice: Client
) -> None:
    happens(held)
    assert words in page(held, alice)
    assert words in press(alice, held, "approve")
    assert held.status == SyncRun.Status.HELD


@pytest.mark.django_db(transaction=True)
def test_without_a_queue_the_plan_still_waits(
    held: SyncRun, alice: Client, use_broker: UseBroker, closed_port: int
) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    assert "the plan still waits" in press(alice, held, "approve")
    assert held.status == SyncRun.Status.HELD
    assert held.approved_at is None
    assert "Apply this plan</button>" in page(held, alice)


def test_a_preview_says_what_would_be_held(integration: Integration, bob: Client) -> None:
    stored = [guard.stored(trip) for trip in TRIPS]
    shown = page(make_run(integration, preview=True, guard=stored), bob)
    assert "A sync would wait for a person" in shown
    assert "41 of 210 people would get an end date" in shown


def test_the_integration_says_that_a_plan_waits_until_a_newer_one_is_made(
    held: SyncRun, alice: Client
) -> None:
    address = f"/settings/integrations/{held.integration_id}/"
    assert "A plan waits for a person" in text(alice, address)
    newer_plan(held)
    assert "A plan waits for a person" not in text(alice, address)


def test_names_stay_out_of_the_audit_log_and_of_messages(held: SyncRun, alice: Client) -> None:
    press(alice, held, "approve")
    assert "Nordmann" not in str(list(AuditEntry.objects.values()))
