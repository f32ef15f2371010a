"""A run in a worker process is cancelled from a browser's process, in seconds, whatever it does."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from integration_hub.accounts.models import User
from payroll import runs
from payroll.cancelling import LOOK_EVERY, Answer, cancel
from payroll.models import EmployeeLink, SyncRun
from payroll.models.lease import LEASE
from payroll.records import Outcome
from tests.journeys.world import World

from .broker import Queue
from .conftest import StartWorker
from .runs import RUN_SYNC, Gate, finished, held_twice, people_sent, queued

SECONDS = LOOK_EVERY + 3.0  # a look, the answer to it, and a slow machine


@pytest.fixture
def alice(transactional_db: None) -> User:
    return User.objects.create_user("alice@fjordkraft.example", name="Alice")


def test_a_worker_stops_after_the_batch_under_way(
    customer: World, start_worker: StartWorker, alice: User
) -> None:
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="mutation", root="updateEmployees", commit=True)
    run = queued(customer)
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        assert cancel(run, alice, timezone.now()) is Answer.ASKED
        gate.open()
        finished(run, worker)
        assert run.status == SyncRun.Status.CANCELLED
        assert people_sent(customer, fault="slow") == 2
        assert people_sent(customer) == 0
        applied = run.changes.filter(outcome=Outcome.APPLIED).count()
        assert (applied, run.changes.pending().count()) == (2, 0)
        second = finished(queued(customer), worker)
    assert second.status == SyncRun.Status.SUCCEEDED
    assert held_twice(customer) == []
    assert not EmployeeLink.objects.filter(target_id="").exists()


def test_a_worker_that_waits_for_the_vendor_stops_within_seconds(
    customer: World, start_worker: StartWorker, alice: User
) -> None:
    customer.xledger.faults.add("429", when="query", retry_after=30, times=None)
    run = queued(customer)
    with start_worker() as worker:
        worker.until(lambda: [e for e in customer.xledger.log if e.fault == "429"])
        began = time.monotonic()
        cancel(run, alice, timezone.now())
        finished(run, worker)
        took = time.monotonic() - began
    assert run.status == SyncRun.Status.CANCELLED
    assert took < SECONDS
    assert people_sent(customer) == 0


def test_a_run_cancelled_in_the_queue_is_not_done_when_its_message_comes(
    customer: World, queue: Queue, start_worker: StartWorker, alice: User
) -> None:
    run = queued(customer)
    assert cancel(run, alice, timezone.now()) is Answer.AT_ONCE
    with start_worker() as worker:
        worker.until(lambda: worker.done(RUN_SYNC) == 1)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.CANCELLED
    assert customer.xledger.log == []


def test_a_worker_killed_after_cancel_was_asked_leaves_nothing_but_time(
    customer: World, start_worker: StartWorker, alice: User
) -> None:
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="mutation", root="addEmployees", commit=True)
    run = queued(customer)
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        cancel(run, alice, timezone.now())
        worker.kill()
    gate.open()
    assert cancel(run, alice, timezone.now()) is Answer.AGAIN
    runs.sweep(timezone.now() + LEASE + timedelta(seconds=1))
    run.refresh_from_db()
    assert run.status == SyncRun.Status.INTERRUPTED
    assert run.cancel_asked_by == alice
    left = set(run.changes.pending().values_list("source_id", flat=True))
    assert left
    with start_worker() as worker:
        second = finished(queued(customer), worker)
        finished(queued(customer), worker)
        last = finished(queued(customer, preview=True), worker)
    assert second.status != SyncRun.Status.FAILED
    assert second.cancel_asked_at is None
    assert last.counts()["to_send"] == 0
    assert held_twice(customer) == []
    assert not EmployeeLink.objects.filter(target_id="").exists()
