"""A worker that is killed in the middle costs nobody anything but time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from payroll import runs
from payroll.models import EmployeeLink, SyncRun
from payroll.models.lease import LEASE
from payroll.records import ChangeKind, Outcome
from payroll.runs import enqueue
from tests.journeys.world import World

from .conftest import StartWorker
from .runs import RUN_SYNC, Gate, finished, held_twice, people_sent, queued


def killed_at(customer: World, start_worker: StartWorker, **fault: Any) -> SyncRun:
    """A run whose worker was killed while payroll was busy with the request of `fault`."""
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", **fault)
    run = queued(customer)
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        worker.kill()
    gate.open()
    run.refresh_from_db()
    assert run.status == SyncRun.Status.RUNNING
    return run


def swept(run: SyncRun) -> SyncRun:
    """The run after a sweep that finds it silent for longer than its lease."""
    now = timezone.now()
    runs.sweep(now)
    run.refresh_from_db()
    assert run.is_active  # it might only be slow
    runs.sweep(now + LEASE + timedelta(seconds=1))
    run.refresh_from_db()
    return run


def row_of(run: SyncRun) -> dict[str, Any]:
    """Every column of the run as it is stored."""
    return dict(SyncRun.objects.filter(pk=run.pk).values().get())


@pytest.mark.parametrize(
    ("root", "commit"),
    [("addEmployees", True), ("addEmployees", False), ("updateEmployees", True)],
)
def test_what_a_killed_worker_left_is_done_by_the_next_run_and_nobody_twice(
    customer: World, start_worker: StartWorker, root: str, commit: bool
) -> None:
    killed = swept(
        killed_at(customer, start_worker, when="mutation", root=root, skip=1, commit=commit)
    )
    assert killed.status == SyncRun.Status.INTERRUPTED
    planned = set(
        killed.changes.filter(kind=ChangeKind.CREATE).values_list("employee_number", flat=True)
    )
    left = row_of(killed)
    enqueue(killed)  # a broker gives a message again that nobody acknowledged
    with start_worker() as worker:
        second = finished(queued(customer), worker)
        third = finished(queued(customer), worker)
        last = finished(queued(customer, preview=True), worker)
    statuses = {second.status, third.status}
    assert SyncRun.Status.FAILED not in statuses
    assert held_twice(customer) == []
    assert len(planned) > 2
    assert all(len(customer.xledger.with_code(number)) == 1 for number in planned)
    assert last.counts()["to_send"] == 0
    assert not EmployeeLink.objects.filter(target_id="").exists()
    assert row_of(killed) == left


def test_the_row_of_an_interrupted_run_says_what_was_sent_and_what_was_not(
    customer: World, start_worker: StartWorker
) -> None:
    killed = swept(killed_at(customer, start_worker, when="mutation", root="addEmployees", skip=1))
    assert killed.finished_at is not None
    assert "stopped in the middle" in killed.error
    assert killed.fence == 2

    confirmed = people_sent(customer)
    in_flight = people_sent(customer, fault="slow")
    to_send = killed.changes.filter(sendable=True)
    applied = to_send.filter(outcome=Outcome.APPLIED)
    assert confirmed > 2
    assert in_flight == 2
    assert applied.count() == killed.counts()["settled"] == confirmed
    assert all(row.sent_at and row.settled_at and row.target_id for row in applied)
    assert to_send.filter(outcome="", sent_at__isnull=False).count() == in_flight
    untouched = to_send.filter(sent_at__isnull=True)
    assert untouched.count() == to_send.count() - confirmed - in_flight > 0
    assert EmployeeLink.objects.filter(target_id="").count() == in_flight


def test_a_worker_killed_while_it_reads_leaves_no_plan_and_the_next_run_does_it_all(
    customer: World, start_worker: StartWorker
) -> None:
    killed = swept(killed_at(customer, start_worker, when="query"))
    assert killed.status == SyncRun.Status.INTERRUPTED
    assert killed.planned_at is None
    assert not killed.changes.exists()
    assert people_sent(customer) == 0
    with start_worker() as worker:
        after = finished(queued(customer), worker)
    assert after.status == SyncRun.Status.SUCCEEDED
    assert after.counts()["settled"] == after.counts()["to_send"] > 0


def test_a_message_that_comes_back_from_a_killed_child_does_not_touch_the_run(
    customer: World, start_worker: StartWorker
) -> None:
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="mutation", root="addEmployees")
    run = queued(customer)
    with start_worker(pool="prefork") as worker:
        worker.until(gate.reached.is_set)
        worker.kill_child()
        gate.open()
        worker.until(lambda: worker.done(RUN_SYNC) == 1)
    requests = len(customer.xledger.log)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.RUNNING
    assert run.fence == 1
    assert swept(run).status == SyncRun.Status.INTERRUPTED
    assert len(customer.xledger.log) == requests
    assert people_sent(customer, fault="slow") == 2
