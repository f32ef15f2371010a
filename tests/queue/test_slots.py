"""The schedule and the sweep have a worker of their own: no long sync holds them up."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from demo import programs
from integration_hub.celery import app
from payroll import configuration
from payroll.models import Integration, SyncRun
from payroll.models.lease import LEASE
from tests.journeys.world import NOW, World, document, fresh_tokens

from .broker import Queue
from .conftest import StartWorker
from .runs import Gate, finished, queued


def test_a_long_sync_delays_neither_the_schedule_nor_the_sweep(
    customer: World, start_worker: StartWorker
) -> None:
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="query")
    body = document(label="Another", organisation="Another AS")
    other = configuration.store(configuration.parse(body, fresh_tokens()), NOW)
    Integration.objects.filter(pk=other.pk).update(next_run_at=timezone.now())
    silent = SyncRun.objects.create(
        integration=other,
        status=SyncRun.Status.RUNNING,
        target_account="elsewhere",
        queued_at=NOW,
        heartbeat_at=timezone.now() - LEASE - timedelta(seconds=1),
    )
    run = queued(customer)
    with start_worker(queues="sync") as worker, start_worker(queues="tick") as tick:
        worker.until(gate.reached.is_set)  # its only slot is taken
        app.send_task("payroll.tasks.sweep")
        tick.until(lambda: tick.done("payroll.tasks.sweep") == 1)
        app.send_task("payroll.tasks.start_due_syncs")
        tick.until(lambda: tick.done("payroll.tasks.start_due_syncs") == 1)
        silent.refresh_from_db()
        assert silent.status == SyncRun.Status.INTERRUPTED
        assert other.runs.active().exists()
        run.refresh_from_db()
        assert run.status == SyncRun.Status.RUNNING
        gate.open()
        finished(run, worker)
    assert run.status == SyncRun.Status.SUCCEEDED


def test_the_demo_has_a_worker_for_each_queue() -> None:
    queues = [words[words.index("--queues") + 1] for words in (programs.worker(), programs.tick())]
    assert queues == ["sync", "tick"]


def test_nothing_waits_in_the_broker_until_a_later_time(customer: World, queue: Queue) -> None:
    queued(customer)
    app.send_task("payroll.tasks.sweep")
    for message in [*queue.messages("sync"), *queue.messages("tick")]:
        assert (message["headers"]["eta"], message["headers"]["expires"]) == (None, None)
