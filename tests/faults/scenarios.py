"""What can go wrong between two systems, a queue and a database: each by a name, to be injected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from payroll import runs, schedule
from payroll.models import SyncRun
from payroll.sync import run_sync

from .answers import ANSWERS
from .killed_services import ON_POSTGRESQL, SERVICES
from .killed_workers import WORKERS
from .row_rounds import ROW_ANSWERS, ROWS
from .stage import Stage

ALWAYS = 10_000  # times


@dataclass(frozen=True)
class Scenario:
    """Something that goes wrong. `happen` makes it go wrong, and returns how often it did."""

    name: str
    happen: Callable[[Stage], int]


@dataclass(frozen=True)
class Clock:
    """The schedule goes on by the minute while the clock is changed, and HR is down till seven."""

    sunday: datetime  # of the change, midnight in Oslo

    def __call__(self, stage: Stage) -> int:
        customer = stage.customer
        customer.integration.schedule_days = ["sun", "mon"]
        customer.integration.plan_next_run(self.sunday)
        customer.integration.save()
        stage.order("hr", "dropped", times=ALWAYS)
        begun = [self._minute(stage, minute) for minute in range(10 * 60)]
        starts = [run for run in begun if run]
        due = {schedule.shown(run.due_at) for run in starts if run.due_at}
        assert due == {self.sunday.replace(hour=6).astimezone(UTC)}, "06:00 on the wall, once"
        customer.now = self.sunday + timedelta(days=1)
        dropped = [seen for seen in customer.simployer.log if seen.status is None]
        return 1 + len(dropped)

    def _minute(self, stage: Stage, minute: int) -> SyncRun | None:
        now = (self.sunday.astimezone(UTC) + timedelta(minutes=minute)).astimezone(schedule.ZONE)
        if now.hour >= 7:
            stage.calm()
        runs.start_due(now)
        run = SyncRun.objects.active().first()
        if run:
            run_sync(run, lambda: now, sleep=lambda seconds: None)
        return run


def _change(year: int, month: int, day: int) -> Clock:
    return Clock(datetime(year, month, day, tzinfo=schedule.ZONE))


CLOCK: Sequence[tuple[str, Clock]] = (
    ("the clock is put back, HR down", _change(2027, 10, 31)),
    ("the clock is put forward, HR down", _change(2027, 3, 28)),
)

_ONLY_HERE = ON_POSTGRESQL if connection.vendor == "postgresql" else ()


def _named(happenings: Iterable[tuple[str, Callable[[Stage], int]]]) -> tuple[Scenario, ...]:
    return tuple(Scenario(name, happen) for name, happen in happenings)


SCENARIOS = _named([*ANSWERS, *WORKERS, *SERVICES, *_ONLY_HERE, *CLOCK])
OF_ROWS = _named([*ROW_ANSWERS, *ROWS])
