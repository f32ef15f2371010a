"""An export of time off that waits for payroll outlives the worker that began it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from payroll.models import TimeOffExport, TimeOffLine
from payroll.timeoff import starting
from payroll.timeoff.records import Channel
from tests.journeys.test_time_off import OCTOBER, ready_to_export, shown
from tests.journeys.world import World

from .conftest import StartWorker


def queued(customer: World) -> TimeOffExport:
    """An export of everything that can go, whose message lies in the queue."""
    leaves = shown(customer, Channel.ABSENCES)
    chosen = {key: each.digest for key, each in leaves.items() if each.sendable}
    export, new = starting.open_export(
        customer.integration, OCTOBER, Channel.ABSENCES, chosen, timezone.now()
    )
    assert new
    starting.enqueue(export)
    return export


def test_a_worker_killed_while_it_waits_loses_nothing_and_another_goes_on(
    customer: World, start_worker: StartWorker
) -> None:
    ready_to_export(customer, Channel.ABSENCES)
    before = len(customer.xledger.absences)
    customer.xledger.faults.add("credits", when="mutation", skip=1)
    export = queued(customer)

    def is_paused() -> bool:
        export.refresh_from_db()
        return export.is_paused

    def is_over() -> bool:
        export.refresh_from_db()
        return not export.is_active

    with start_worker() as worker:
        worker.until(is_paused)
        worker.kill()
    sent = len(customer.xledger.absences) - before
    assert 0 < sent < export.results.count()
    starting.sweep(timezone.now() + timedelta(minutes=10))
    assert is_paused()  # it is not taken for dead
    TimeOffExport.objects.update(resume_at=timezone.now())
    starting.sweep(timezone.now() + timedelta(minutes=10))
    with start_worker() as worker:
        worker.until(is_over)
    assert export.status == TimeOffExport.Status.SUCCEEDED
    added = export.counts()["added"]
    assert added == export.results.count() > sent
    assert len(customer.xledger.absences) == before + added
    live = TimeOffLine.objects.live()
    assert set(live.values_list("state", flat=True)) == {"sent"}
    assert live.values("target_row").distinct().count() == added
