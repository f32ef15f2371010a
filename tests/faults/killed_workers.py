"""A worker is killed (kill -9) in the middle of something, and its run is taken up by the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from payroll import runs
from payroll.models import SyncRun
from payroll.models.lease import LEASE
from tests.queue.runs import Gate, queued
from tests.queue.worker import worker

from .stage import Stage


@dataclass(frozen=True)
class KilledAt:
    """SIGKILL to the worker while a request that `options` describe is under way."""

    system: str
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, stage: Stage) -> int:
        customer, gate = stage.customer, Gate()
        customer.xledger.sleep = gate
        stage.order(self.system, "slow", **dict(self.options))
        run = queued(customer)
        with worker(stage.queue.url, stage.folder) as started:
            started.until(lambda: gate.reached.is_set() or self._in_hr(stage))
            started.kill()
        gate.open()
        _expire(run)
        return 1

    def _in_hr(self, stage: Stage) -> bool:
        return self.system == "hr" and not len(stage.customer.simployer.faults)


def _expire(run: SyncRun) -> None:
    """The lease of a run that nobody works on any more runs out."""
    runs.sweep(timezone.now() + LEASE + timedelta(seconds=1))
    run.refresh_from_db()
    assert run.status == SyncRun.Status.INTERRUPTED


def killed(**options: Any) -> KilledAt:
    """A worker killed in a request to payroll."""
    return KilledAt("payroll", tuple(options.items()))


def _killed_when_planned(stage: Stage) -> int:
    """The plan is complete and nothing of it is sent yet."""
    run = queued(stage.customer)
    stage.order("payroll", "slow", when="mutation", commit=False)
    gate = Gate()
    stage.customer.xledger.sleep = gate
    with worker(stage.queue.url, stage.folder) as started:
        started.until(lambda: SyncRun.objects.filter(pk=run.pk, planned_at__isnull=False).exists())
        started.kill()
    gate.open()
    _expire(run)
    return 1


def _killed_and_started_again_at_once(stage: Stage) -> int:
    """Three workers in a row, each killed in the middle of sending."""
    kill = killed(when="mutation", commit=True)
    return sum(kill(stage) for _ in range(3))


WORKERS: Sequence[tuple[str, Callable[[Stage], int]]] = (
    ("worker killed while it reads HR", KilledAt("hr", (("seconds", 5.0),))),
    ("worker killed while it reads payroll", killed(when="query")),
    ("worker killed with a complete plan", _killed_when_planned),
    ("worker killed in an update, done", killed(root="updateEmployees", commit=True)),
    ("worker killed in an update, not done", killed(root="updateEmployees", commit=False)),
    ("worker killed in a create, done", killed(root="addEmployees", commit=True)),
    ("worker killed in a create, not done", killed(root="addEmployees", commit=False)),
    ("worker killed in a later create, done", killed(root="addEmployees", skip=1, commit=True)),
    ("worker killed three times in a row", _killed_and_started_again_at_once),
)
