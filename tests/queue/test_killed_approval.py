"""A worker that is killed with an approved plan: the approval dies with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integration_hub.accounts.models import User
from payroll import runs
from payroll.approval import NotNow, approve
from payroll.jobs import LOST_AFTER
from payroll.models import SyncRun
from payroll.models.lease import LEASE
from payroll.runs import enqueue, open_run
from tests.journeys.world import World

from .conftest import StartWorker
from .runs import RUN_SYNC, Gate, finished, held_twice, people_sent, queued


def held_first_run(customer: World, start_worker: StartWorker) -> SyncRun:
    """The first run, which the schedule started unseen."""
    now = timezone.now()
    run, _ = open_run(customer.integration, now, trigger=SyncRun.Trigger.SCHEDULED)
    enqueue(run)
    with start_worker() as worker:
        finished(run, worker)
    assert run.status == SyncRun.Status.HELD
    return run


@pytest.mark.parametrize("when", ["query", "mutation"])
def test_after_a_kill_nothing_more_of_an_approved_plan_goes_out(
    customer: World, start_worker: StartWorker, when: str
) -> None:
    run = held_first_run(customer, start_worker)
    hr = User.objects.create_user("hr@fjordkraft.example")
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when=when)
    approve(run, hr, timezone.now())
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        worker.kill()
    gate.open()
    runs.sweep(timezone.now() + LEASE + timedelta(seconds=1))
    run.refresh_from_db()
    assert run.status == SyncRun.Status.INTERRUPTED

    enqueue(run)
    with start_worker() as worker:
        worker.until(lambda: worker.done(RUN_SYNC) == 1)
        assert people_sent(customer) == 0  # besides what was under way
        with pytest.raises(NotNow):
            approve(run, hr, timezone.now())
        after = finished(queued(customer), worker)
    assert after.status == SyncRun.Status.SUCCEEDED
    assert held_twice(customer) == []


def test_an_approval_whose_message_was_lost_is_taken_up_by_the_sweep(
    customer: World, start_worker: StartWorker
) -> None:
    run = held_first_run(customer, start_worker)
    hr = User.objects.create_user("hr@fjordkraft.example")
    SyncRun.objects.filter(pk=run.pk).update(  # as if it died right after the commit
        status=SyncRun.Status.QUEUED, approved_at=timezone.now(), approved_by=hr
    )
    runs.sweep(timezone.now() + LOST_AFTER)
    with start_worker() as worker:
        finished(run, worker)
    assert run.status == SyncRun.Status.SUCCEEDED
    assert people_sent(customer) == run.counts()["to_send"] > 0
