"""Where faults happen: a customer, the queue between, and a clock that goes on by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from payroll.models import SyncRun
from payroll.sync import run_sync
from tests.journeys.world import World
from tests.queue.broker import Queue

AN_HOUR = timedelta(hours=1)


@dataclass
class Stage:
    """A customer, the queue between, and how many faults were met so far."""

    customer: World
    queue: Queue
    folder: Path
    injected: int = 0

    def sync(self) -> SyncRun:
        """One run in this process, an hour after the last, in payroll as everywhere."""
        self.customer.now += AN_HOUR
        began = self.customer.xledger.clock()
        self.customer.xledger.clock = lambda: began + AN_HOUR
        paused = SyncRun.objects.active().first()
        return self._go_on_with(paused) if paused else self.customer.run()

    def _go_on_with(self, run: SyncRun) -> SyncRun:
        """A run that let its worker go while payroll asked for a long wait."""
        run_sync(run, lambda: self.customer.now, sleep=lambda seconds: None)
        run.refresh_from_db()
        return run

    def order(self, system: str, kind: str, **options: Any) -> None:
        """Trouble that the next requests to one system meet."""
        sandbox = self.customer.simployer if system == "hr" else self.customer.xledger
        sandbox.faults.add(kind, **options)

    def waiting(self, system: str) -> int:
        """How often the trouble ordered is still to be met."""
        if system == "hr":
            return len(self.customer.simployer.faults)
        return sum(fault.times or 0 for fault in self.customer.xledger.faults.waiting)

    def calm(self) -> None:
        """No trouble any more; what was met counts."""
        for faults in (self.customer.simployer.faults, self.customer.xledger.faults):
            faults.clear()
        usual = {"burst_limit": None, "concurrency_limit": None, "batch": "atomic"}
        self.customer.xledger.switches.set(usual)
