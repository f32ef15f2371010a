"""An export at work: both systems live, and what was read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from integration_hub.core.errors import ConfigurationError
from payroll.cancelling import Watch
from payroll.connection import both
from payroll.models import TimeOffExport
from payroll.ports import Source, Target
from payroll.records import Period

from .judged import Judged
from .ports import TimeOffTarget, time_off_target
from .reading import LeavesRead

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]


@dataclass
class Session:
    """One export under way: its connections, the clock, its watch, and what was read."""

    export: TimeOffExport
    source: Source
    target: Target
    clock: Clock
    watch: Watch
    found: LeavesRead | None = None
    judged: Sequence[Judged] = ()

    @property
    def period(self) -> Period:
        """The days that are exported."""
        return Period(self.export.period_start, self.export.period_end)

    @property
    def taker(self) -> TimeOffTarget:
        """Payroll, as what takes absence. Raises ConfigurationError."""
        taker = time_off_target(self.target)
        if taker is None:
            raise ConfigurationError(f"{self.target.label} takes no time off but as a file.")
        return taker


@contextmanager
def opened(export: TimeOffExport, clock: Clock, sleep: Sleep) -> Iterator[Session]:
    """Both connections, closed afterwards with their requests counted on the export."""
    watch = Watch(export, clock, sleep)
    with both(
        export.integration,
        read_only=False,
        on_request=watch.look,
        sleep=watch.sleep,
        clock=clock,
    ) as (source, target):
        try:
            yield Session(export, source, target, clock, watch)
        finally:
            before = export.requests  # one that had to wait has asked before
            export.requests = {
                each.kind: before.get(each.kind, 0) + each.requests_sent
                for each in (source, target)
            }
