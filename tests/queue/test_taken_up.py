"""What a killed worker left is taken up by itself, within minutes, until somebody must look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integration_hub.accounts.models import User
from payroll import continuing, runs
from payroll.cancelling import cancel
from payroll.continuing import MOST_IN_A_ROW, go_on_with_interrupted
from payroll.models import EmployeeLink, Integration, SyncRun
from payroll.models.lease import LEASE
from payroll.notify import tell_of_changes
from payroll.pages.run_facts import progress
from payroll.records import ChangeKind
from tests.journeys.world import World
from tests.payroll.views.scenes import make_run

from .broker import Queue
from .conftest import StartWorker
from .runs import Gate, finished, held_twice

SILENT = LEASE + timedelta(seconds=1)


def swept(now: datetime) -> None:
    """As the task does it."""
    runs.sweep(now)
    go_on_with_interrupted(now)


def scheduled_and_killed(customer: World, start_worker: StartWorker, **fault: Any) -> SyncRun:
    """A scheduled run whose worker was killed in the request of `fault`."""
    make_run(customer.integration, queued_at=timezone.now() - timedelta(days=1))  # not the first
    Integration.objects.update(next_run_at=timezone.now() - timedelta(minutes=1))
    runs.start_due(timezone.now())
    run = customer.integration.runs.active().get()
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", **fault)
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        worker.kill()
    gate.open()
    return run


@pytest.mark.parametrize(
    "fault",
    [
        {"when": "query"},
        {"when": "mutation", "root": "updateEmployees"},
        {"when": "mutation", "root": "addEmployees", "commit": True},
        {"when": "mutation", "root": "addEmployees", "commit": False, "skip": 1},
    ],
    ids=["reading", "changing", "created", "creating"],
)
def test_a_killed_scheduled_run_is_finished_by_itself_and_both_pages_say_so(
    customer: World, start_worker: StartWorker, fault: dict[str, Any]
) -> None:
    killed = scheduled_and_killed(customer, start_worker, **fault)
    before = {row["code"] for row in customer.xledger.employees}
    swept(timezone.now() + SILENT)
    killed.refresh_from_db()
    following = customer.integration.runs.active().get()
    assert killed.status == SyncRun.Status.INTERRUPTED
    assert (following.continues, following.trigger) == (killed, SyncRun.Trigger.SCHEDULED)
    assert following.due_at == killed.due_at
    with start_worker() as worker:
        finished(following, worker)
        again, _ = runs.open_run(customer.integration, timezone.now())
        runs.enqueue(again)
        finished(again, worker)
        last, _ = runs.open_run(customer.integration, timezone.now(), preview=True)
        runs.enqueue(last)
        finished(last, worker)
    assert held_twice(customer) == []
    assert last.counts()["to_send"] == 0
    assert not EmployeeLink.objects.filter(target_id="").exists()
    created = following.changes.filter(kind=ChangeKind.CREATE, outcome="applied")
    assert {row.employee_number for row in created}.isdisjoint(before)

    shown = progress(killed)
    if killed.planned_at:
        assert shown.sentence == (
            f"It was interrupted after {shown.settled} of {shown.to_send} people."
        )
    else:
        assert "nothing was sent" in shown.sentence
    tell_of_changes(timezone.now() + SILENT)
    killed.refresh_from_db()
    assert killed.told == "aside"  # no alarm for what mended itself


def interrupted(customer: World, now: datetime, **columns: Any) -> SyncRun:
    return make_run(
        customer.integration,
        **{"status": "interrupted", "queued_at": now, "finished_at": now} | columns,
    )


def test_it_is_taken_up_once(customer: World, queue: Queue) -> None:
    now = timezone.now()
    interrupted(customer, now)
    go_on_with_interrupted(now)
    go_on_with_interrupted(now)
    assert customer.integration.runs.active().count() == queue.length() == 1


def test_a_run_that_ends_every_worker_is_left_to_a_person(customer: World, queue: Queue) -> None:
    now = timezone.now()
    interrupted(customer, now)
    for _ in range(10):
        now += timedelta(minutes=1)
        go_on_with_interrupted(now)
        for run in customer.integration.runs.active():
            run.claim(now)
            run.interrupt(now)
    assert customer.integration.runs.count() == 1 + MOST_IN_A_ROW
    tell_of_changes(now)
    told = customer.integration.runs.values_list("told", flat=True)
    assert list(told) == ["failing", *["aside"] * MOST_IN_A_ROW]


@pytest.mark.parametrize("state", ["paused", "needs_attention", "quarantined"])
def test_a_schedule_that_is_off_by_now_takes_nothing_up(
    customer: World, queue: Queue, state: str
) -> None:
    now = timezone.now()
    scheduled = interrupted(customer, now, trigger=SyncRun.Trigger.SCHEDULED)
    Integration.objects.update(state=state)
    go_on_with_interrupted(now)
    assert not customer.integration.runs.active().exists()
    assert queue.length() == 0
    SyncRun.objects.filter(pk=scheduled.pk).update(trigger=SyncRun.Trigger.MANUAL)
    go_on_with_interrupted(now)  # what a person asked for is done all the same
    assert queue.length() == 1


@pytest.mark.parametrize("why", ["preview", "restore", "old", "followed", "draft", "no add-on"])
def test_what_is_not_wanted_any_more_is_not_taken_up(
    customer: World, queue: Queue, why: str
) -> None:
    now = timezone.now()
    columns: dict[str, Any] = {"preview": why == "preview"}
    if why == "restore":
        columns["trigger"] = SyncRun.Trigger.RESTORE
    if why == "old":
        columns["finished_at"] = now - continuing.RECENT - timedelta(seconds=1)
    interrupted(customer, now - timedelta(minutes=5), **{"finished_at": now} | columns)
    if why == "followed":
        make_run(customer.integration, queued_at=now)
    if why == "draft":
        Integration.objects.update(state=Integration.State.DRAFT)
    if why == "no add-on":
        organisation = customer.integration.organisation
        organisation.addon_since = None
        organisation.save()
    go_on_with_interrupted(now)
    assert not customer.integration.runs.active().exists()
    assert queue.length() == 0


def test_who_cancelled_a_run_finds_it_cancelled_though_its_worker_died(
    customer: World, queue: Queue
) -> None:
    now = timezone.now()
    run, _ = runs.open_run(customer.integration, now)
    assert run.claim(now)
    cancel(run, User.objects.create_user("alice@fjordkraft.example"), now)
    swept(now + SILENT)
    assert not customer.integration.runs.active().exists()


def test_a_run_by_hand_makes_the_interrupted_one_good_and_a_trial_does_not(
    customer: World,
) -> None:
    now = timezone.now()
    whole = interrupted(customer, now - timedelta(minutes=5))
    trial, _ = runs.open_run(customer.integration, now, only=["1"])
    assert trial.continues is None
    SyncRun.objects.filter(pk=trial.pk).delete()
    following, _ = runs.open_run(customer.integration, now)
    assert following.continues == whole
