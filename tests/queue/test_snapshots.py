"""A worker process reads people for the settings pages; the message that asks holds none."""

from __future__ import annotations

import json

from django.utils import timezone

from payroll import queue as messages
from payroll import snapshots
from payroll.models import Snapshot
from payroll.models.lease import LEASE
from tests.journeys.world import World

from .broker import Queue
from .conftest import StartWorker


def requested(customer: World) -> Snapshot:
    return snapshots.request_snapshot(customer.integration, None, timezone.now())


def test_a_worker_reads_both_systems(customer: World, start_worker: StartWorker) -> None:
    requested(customer)
    with start_worker() as worker:
        worker.until(Snapshot.objects.filter(status=Snapshot.Status.READY).exists)
        worker.until(lambda: worker.done(snapshots.TAKE_SNAPSHOT) == 1)
    reading = snapshots.newest_reading(customer.integration, timezone.now())
    assert reading is not None
    assert len(reading.people) > 100
    assert len(reading.there) == len(customer.xledger.employees)
    log = worker.log.read_text()
    assert [each.identity.name for each in reading.people if each.identity.name in log] == []


def test_the_message_holds_an_id_and_no_person(customer: World, queue: Queue) -> None:
    snapshot = requested(customer)
    [message] = queue.messages()
    args, kwargs, _ = message["body"]
    assert (args, kwargs) == ([], {"snapshot_id": str(snapshot.pk)})
    assert customer.integration.label not in json.dumps(message)


def test_a_double_click_sends_one_message(customer: World, queue: Queue) -> None:
    assert requested(customer).pk == requested(customer).pk
    assert queue.length() == 1


def test_a_message_delivered_twice_reads_once(
    customer: World, queue: Queue, start_worker: StartWorker
) -> None:
    snapshot = requested(customer)
    messages.send(snapshots.TAKE_SNAPSHOT, snapshot_id=str(snapshot.pk))
    with start_worker(pool="threads", concurrency=2) as worker:
        worker.until(lambda: worker.done(snapshots.TAKE_SNAPSHOT) == 2)
    read = Snapshot.objects.get()
    assert read.is_ready
    assert read.requests >= len(customer.xledger.log) > 0
    assert read.fence == 1


def test_a_lost_message_is_sent_again_by_asking_again(
    customer: World, queue: Queue, start_worker: StartWorker
) -> None:
    requested(customer)
    queue.clear()
    Snapshot.objects.update(heartbeat_at=timezone.now() - LEASE)
    told = snapshots.newest_snapshot(customer.integration, timezone.now())
    assert told is not None
    assert "did not begin" in told.error
    requested(customer)
    with start_worker() as worker:
        worker.until(Snapshot.objects.filter(status=Snapshot.Status.READY).exists)
