"""A scheduled run that finds a system down is tried again in minutes, told once, shown truly."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core import mail
from kombu.transport import memory

from integration_hub.celery import app
from payroll import notify, runs, schedule
from payroll.again import try_again
from payroll.models import Integration, Notice, SyncRun
from payroll.pages.wording import again_in_words, late_in_words, next_run_in_words
from payroll.sync import run_sync
from tests.journeys.world import World

SIX = datetime(2026, 11, 25, 6, 0, tzinfo=schedule.ZONE)  # a Wednesday, which is chosen
MINUTE = timedelta(minutes=1)
DOWN = 10_000  # times


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that nobody works on: the tests do."""
    memory.Channel.queues.clear()
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.fixture
def customer(customer: World) -> World:
    """Synced once, and told of by mail; the next run is due at 06:00 and a few seconds."""
    assert customer.sync()["status"] == "succeeded"
    SyncRun.objects.update(queued_at=SIX - timedelta(days=2))
    notify.tell_of_changes(SIX - timedelta(days=2))
    Integration.objects.update(
        next_run_at=SIX + timedelta(seconds=customer.integration.offset),
        recipients=["payroll@fjord.example"],
    )
    customer.integration.refresh_from_db()
    return customer


def tick(now: datetime, *, works: bool = True) -> SyncRun | None:
    """One minute of the schedule, with a worker that takes what it queues; the run it began."""
    runs.start_due(now)
    run = SyncRun.objects.active().first()
    if run and works:
        run_sync(run, lambda: now, sleep=lambda seconds: None)
        run.refresh_from_db()
    notify.tell_of_changes(now)
    notify.send_waiting(lambda: now)
    return run


def first_run(begin: datetime) -> tuple[datetime, SyncRun]:
    """The first run that the schedule begins from then on, and in which minute."""
    moments = (begin + minute * MINUTE for minute in range(11))  # it is due within ten minutes
    return next((now, run) for now in moments if (run := tick(now)))


def minutes_of(begin: datetime, end: datetime) -> list[SyncRun]:
    """Every run that the schedule begins in these minutes."""
    found = []
    while begin <= end:
        if run := tick(begin):
            found.append(run)
        begin += MINUTE
    return found


def test_a_system_that_is_down_is_tried_again_three_times_and_told_once(customer: World) -> None:
    customer.simployer.faults.add("dropped", times=DOWN)
    tried = minutes_of(SIX, SIX + timedelta(hours=4))
    assert [run.status for run in tried] == ["failed"] * 4
    assert len({run.due_at for run in tried}) == 1
    waits = [(b.queued_at - a.queued_at) / MINUTE for a, b in pairwise(tried)]
    assert [round(wait) for wait in waits] == [10, 20, 40]
    assert [message.subject for message in mail.outbox] == ["Xledger Norge: the sync failed"]
    following = Integration.objects.get().next_run_at
    assert following is not None
    assert schedule.shown(following).astimezone(schedule.ZONE).date().isoformat() == "2026-11-30"


def test_it_comes_back_by_itself_and_nobody_is_troubled(customer: World) -> None:
    customer.simployer.faults.add("dropped", times=DOWN)
    begun, first = first_run(SIX)
    again = Integration.objects.get().next_run_at
    assert again is not None
    assert again >= begun + 10 * MINUTE
    first = SyncRun.objects.select_related("integration").get(pk=first.pk)
    local = again.astimezone(schedule.ZONE)
    assert again_in_words(first) == f"at {local:%H:%M}"
    assert next_run_in_words(Integration.objects.get()) == (
        f"Wed 25 Nov 2026, {local:%H:%M} Oslo time"
    )

    customer.simployer.faults.clear()
    [second] = minutes_of(begun + MINUTE, SIX + timedelta(hours=3))
    assert second.status == "succeeded"
    assert second.due_at == first.due_at
    assert mail.outbox == []
    assert again_in_words(SyncRun.objects.get(pk=first.pk)) == ""


def test_a_refused_token_is_not_tried_again(customer: World) -> None:
    customer.simployer.faults.add("expired_token", times=DOWN)
    assert len(minutes_of(SIX, SIX + timedelta(hours=3))) == 1
    assert [notice.kind for notice in Notice.objects.all()] == ["attention"]


def test_what_a_person_started_is_not_tried_again(customer: World) -> None:
    planned = Integration.objects.get().next_run_at
    customer.simployer.faults.add("dropped", times=DOWN)
    assert customer.sync()["status"] == "failed"
    assert Integration.objects.get().next_run_at == planned


def test_a_pause_in_between_stops_the_trying(customer: World) -> None:
    customer.simployer.faults.add("dropped", times=DOWN)
    minutes_of(SIX, SIX + 11 * MINUTE)
    held = Integration.objects.get()
    held.state = Integration.State.PAUSED
    held.plan_next_run(SIX + 12 * MINUTE)
    held.save()
    assert minutes_of(SIX + 12 * MINUTE, SIX + timedelta(hours=2)) == []


def test_what_failed_after_a_plan_was_made_is_left_to_the_next_run(customer: World) -> None:
    run, _ = runs.open_run(customer.integration, SIX, trigger=SyncRun.Trigger.SCHEDULED, due_at=SIX)
    run.planned_at = SIX
    assert try_again(run, SIX) is None


# --- a worker that was down at six ---------------------------------------------------------------


def test_everything_down_at_six_gives_one_late_run_and_one_alarm(customer: World) -> None:
    notify.tell_of_changes(SIX + timedelta(hours=1))  # as check_schedule does
    [run] = minutes_of(SIX + 132 * MINUTE, SIX + timedelta(hours=5))
    assert run.due_at is not None
    assert schedule.shown(run.due_at) == SIX
    assert late_in_words(run) == "Late: due 06:00, started 08:12"
    assert [notice.kind for notice in Notice.objects.order_by("made_at")] == [
        "missed",
        "recovered",
    ]


def test_a_worker_down_while_the_clock_ticks_gives_one_late_run_and_one_alarm(
    customer: World,
) -> None:
    for minute in range(0, 132, 4):
        tick(SIX + minute * MINUTE, works=False)
    [run] = minutes_of(SIX + 132 * MINUTE, SIX + timedelta(hours=5))
    assert late_in_words(run) == "Late: due 06:00, started 08:12"
    assert Notice.objects.filter(kind="missed").count() == 1


def test_down_for_days_is_still_one_run(customer: World) -> None:
    [run] = minutes_of(SIX + timedelta(days=9), SIX + timedelta(days=9, hours=2))
    assert "due Wed 25 Nov 2026, 06:00" in late_in_words(run)


def test_down_through_the_night_the_clock_changes(customer: World) -> None:
    due = datetime(2027, 3, 28, 6, 0, tzinfo=schedule.ZONE)
    Integration.objects.update(next_run_at=due, schedule_days=["sun"])
    [run] = minutes_of(due + 61 * MINUTE, due + 63 * MINUTE)
    assert late_in_words(run) == "Late: due 06:00, started 07:01"
