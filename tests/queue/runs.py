"""What the tests of the queue do with runs and ask of payroll."""

from __future__ import annotations

from collections import Counter
from threading import Event

from django.utils import timezone

from payroll.models import SyncRun
from payroll.runs import enqueue, open_run
from tests.journeys.world import World

from .worker import PATIENCE, Worker

RUN_SYNC = "payroll.tasks.run_sync"


class Gate:
    """Stands in for the sandbox's `sleep`: a slow answer waits here until the gate is opened."""

    def __init__(self) -> None:
        self.reached = Event()
        self._open = Event()

    def __call__(self, seconds: float) -> None:
        self.reached.set()
        self._open.wait(PATIENCE)

    def open(self) -> None:
        """Lets everybody through from now on."""
        self._open.set()


def queued(customer: World, *, preview: bool = False) -> SyncRun:
    """A new run whose message lies in the queue."""
    run, new = open_run(customer.integration, timezone.now(), preview=preview)
    assert new
    enqueue(run)
    return run


def finished(run: SyncRun, worker: Worker) -> SyncRun:
    """The run once the worker is through with it."""

    def is_over() -> bool:
        run.refresh_from_db()
        return not run.is_active

    worker.until(is_over)
    return run


def held_twice(customer: World) -> list[str]:
    """Employee numbers that stand on more than one person in payroll."""
    codes = Counter(row["code"] for row in customer.xledger.employees)
    return [code for code, people in codes.items() if people > 1]


def people_sent(customer: World, *, fault: str | None = None) -> int:
    """People in the writes that payroll got, of those that met this fault."""
    return sum(
        entry.inputs
        for entry in customer.xledger.log
        if entry.operation == "mutation" and entry.fault == fault
    )
