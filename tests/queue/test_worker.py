"""A worker process takes runs from the queue and does each of them once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from fjordkraft.company import people
from integration_hub.celery import app
from payroll.models import Change, Integration, SyncRun
from payroll.records import ChangeKind
from payroll.runs import enqueue
from tests.journeys.world import NOW, World
from tests.payroll.views.scenes import make_run

from .broker import Queue
from .conftest import StartWorker
from .runs import RUN_SYNC, finished, held_twice, people_sent, queued


def test_a_queued_run_is_done_by_a_worker(customer: World, start_worker: StartWorker) -> None:
    before = len(customer.xledger.employees)
    run = queued(customer)
    with start_worker() as worker:
        finished(run, worker)
    assert run.status == SyncRun.Status.SUCCEEDED
    created = Change.objects.filter(run=run, kind=ChangeKind.CREATE)
    there = {row["code"]: str(row["dbId"]) for row in customer.xledger.employees}
    assert created
    assert len(there) == before + len(created)
    assert {row.employee_number: row.target_id for row in created}.items() <= there.items()
    assert run.requests["xledger"] == len(customer.xledger.log)


def test_a_message_holds_the_id_of_its_run_and_no_person(customer: World, queue: Queue) -> None:
    run = queued(customer)
    [message] = queue.messages()
    args, kwargs, _ = message["body"]
    assert args == []
    assert kwargs == {"run_id": str(run.pk)}

    text = json.dumps(message, ensure_ascii=False)
    told = {customer.integration.label, customer.integration.organisation.name}
    for person in people(150, 1, today=NOW.date()):
        told |= {person.last_name, person.work_email or "", person.national_id or ""}
    told.discard("")
    assert len(told) > 150
    assert [words for words in told if words in text] == []


def test_a_message_delivered_several_times_does_the_run_once(
    customer: World, queue: Queue, start_worker: StartWorker
) -> None:
    run = queued(customer)
    enqueue(run)
    enqueue(run)
    assert queue.length() == 3
    with start_worker(pool="threads", concurrency=3) as worker:
        worker.until(lambda: worker.done(RUN_SYNC) == 3)
        finished(run, worker)
    assert run.status == SyncRun.Status.SUCCEEDED
    assert run.fence == 1
    assert people_sent(customer) == run.counts()["to_send"] > 0
    assert held_twice(customer) == []


def test_a_preview_in_the_queue_writes_nothing(customer: World, start_worker: StartWorker) -> None:
    before = customer.xledger.employees
    run = queued(customer, preview=True)
    with start_worker() as worker:
        finished(run, worker)
    assert run.counts()["to_send"] > 0
    assert people_sent(customer) == 0
    assert customer.xledger.employees == before


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_what_a_worker_logs_is_redacted(
    customer: World, start_worker: StartWorker, pool: str
) -> None:
    personal = {"id": "01019010046", "email": "kari@fjordkraft.no", "token": "eGxlZGdlci10b2tlbg"}
    for name in ("payroll.tasks.unheard_of", RUN_SYNC):
        app.send_task(name, kwargs=personal, queue="sync")
    with start_worker(pool=pool) as worker:
        worker.until(lambda: "unregistered task" in worker.log.read_text())
        worker.until(lambda: "raised unexpected" in worker.log.read_text())
    log = worker.log.read_text()
    assert "•••" in log
    assert [words for words in personal.values() if words in log] == []


def test_a_tick_starts_what_is_due_and_a_worker_does_it(
    customer: World, start_worker: StartWorker
) -> None:
    make_run(customer.integration)  # a first run that the schedule starts would be held
    scheduled = customer.integration.runs.filter(trigger=SyncRun.Trigger.SCHEDULED)
    due = timezone.now() - timedelta(minutes=1)
    Integration.objects.update(next_run_at=due)
    app.send_task("payroll.tasks.start_due_syncs")
    with start_worker() as worker:
        worker.until(scheduled.exists)
        run = finished(scheduled.get(), worker)
    assert run.trigger == SyncRun.Trigger.SCHEDULED
    assert run.status == SyncRun.Status.SUCCEEDED
    assert people_sent(customer) > 0
