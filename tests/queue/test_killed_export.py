"""A worker that is killed while it sends time off: another goes on, and nothing goes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payroll.models import TimeOffExport, TimeOffLine
from payroll.models.lease import LEASE
from payroll.timeoff import starting
from payroll.timeoff.records import Channel
from tests.journeys.test_time_off import ready_to_export
from tests.journeys.world import World

from .conftest import StartWorker
from .runs import Gate
from .test_paused_export import queued


@pytest.mark.parametrize("commit", [True, False])
def test_an_export_whose_worker_is_killed_goes_on_by_itself(
    customer: World, start_worker: StartWorker, commit: bool
) -> None:
    ready_to_export(customer, Channel.ABSENCES)
    before = len(customer.xledger.absences)
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="mutation", skip=1, commit=commit)
    export = queued(customer)
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        worker.kill()
    gate.open()
    customer.xledger.faults.clear()

    starting.sweep(timezone.now() + LEASE + timedelta(seconds=1))
    export.refresh_from_db()
    assert (export.status, export.taken_up) == (TimeOffExport.Status.QUEUED, 1)

    def is_over() -> bool:
        export.refresh_from_db()
        return not export.is_active

    with start_worker() as worker:
        worker.until(is_over)
    counts = export.counts()
    there = len(customer.xledger.absences) - before
    assert counts["added"] == there > 0
    assert counts["added"] + counts["failed"] == counts["rows"]
    assert (counts["failed"] == 0) == commit  # looked up twice, and then a person chooses again
    sent = TimeOffLine.objects.live().filter(state=TimeOffLine.State.SENT)
    assert sent.values("target_row").distinct().count() == there
