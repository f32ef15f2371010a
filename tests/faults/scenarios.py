"""What can go wrong between two systems, a queue and a database: each by a name, to be injected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from payroll import runs, schedule
from payroll.models import SyncRun
from payroll.models.run import LEASE
from payroll.sync import run_sync
from tests.queue.runs import Gate, queued
from tests.queue.worker import worker

from .killed_services import ON_POSTGRESQL, SERVICES
from .stage import Stage

ALWAYS = 10_000  # times


@dataclass(frozen=True)
class Scenario:
    """Something that goes wrong. `happen` makes it go wrong, and returns how often it did."""

    name: str
    happen: Callable[[Stage], int]


# --- answers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """Answers that go wrong in two runs: so many `times` in a system, as `options` narrow it."""

    system: str
    kind: str
    times: int = 2
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, stage: Stage) -> int:
        for _ in range(2):
            stage.order(self.system, self.kind, times=self.times, **dict(self.options))
            stage.sync()
        met = 2 * self.times - self._waiting(stage)
        stage.calm()
        return met

    def _waiting(self, stage: Stage) -> int:
        if self.system == "hr":
            return len(stage.customer.simployer.faults)
        return sum(fault.times or 0 for fault in stage.customer.xledger.faults.waiting)


def _hr(kind: str, times: int = 2, **options: Any) -> Answers:
    return Answers("hr", kind, times, tuple(options.items()))


def _reads(kind: str, times: int = 2, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("when", "query"), *options.items()))


def _creates(kind: str, times: int = 1, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("root", "addEmployees"), *options.items()))


def _updates(kind: str, times: int = 1, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("root", "updateEmployees"), *options.items()))


ANSWERS: Sequence[tuple[str, Answers]] = (
    ("HR: a storm of 429, with a wait", _hr("rate_limited", 12, seconds=1)),
    ("HR: a storm of 429, without", _hr("rate_limited", 12)),
    ("HR: 500", _hr("server_error", 6)),
    ("HR: 503", _hr("unavailable", 6)),
    ("HR: no answer", _hr("dropped", 6)),
    ("HR: an HTML page", _hr("html", 6)),
    ("HR: half an answer", _hr("truncated", 6)),
    ("HR: a page without rows", _hr("empty_page", path="/employee", after=1)),
    ("HR: employments without rows", _hr("empty_page", path="/employment")),
    ("HR: token refused in the middle", _hr("expired_token", after=2)),
    ("HR: a right taken away", _hr("forbidden", path="/compensation")),
    ("payroll reads: a storm of 429", _reads("429", 12)),
    ("payroll reads: burst limit", _reads("burst", 8)),
    ("payroll reads: concurrency limit", _reads("concurrency", 8)),
    ("payroll reads: credits used up", _reads("credits")),
    ("payroll reads: 500", _reads("500", 6)),
    ("payroll reads: 529", _reads("529", 6)),
    ("payroll reads: no answer", _reads("drop_before", 6)),
    ("payroll reads: an HTML page", _reads("html", 6)),
    ("payroll reads: half an answer", _reads("truncated", 6)),
    ("payroll reads: query timed out", _reads("query_timeout", 6)),
    ("payroll: token refused before the first write", _updates("expired_token")),
    ("create: answer lost, done", _creates("drop_after")),
    ("create: answer lost, not done", _creates("drop_before")),
    ("create: answer lost, done a minute later", _creates("delayed_commit", seconds=60)),
    ("create: half an answer", _creates("truncated")),
    ("create: an HTML page, done", _creates("html", commit=True)),
    ("create: an HTML page, not done", _creates("html", commit=False)),
    ("create: 500, done", _creates("500", commit=True)),
    ("create: 500, not done", _creates("500", commit=False)),
    ("create: an error nobody knows", _creates("unknown_error")),
    ("create: burst limit", _creates("burst", 6)),
    ("create: credits used up", _creates("credits")),
    ("update: answer lost, done", _updates("drop_after")),
    ("update: answer lost, not done", _updates("drop_before")),
    ("update: done a minute later", _updates("delayed_commit", seconds=60)),
    ("update: 503, done", _updates("503", commit=True)),
    ("update: credits used up", _updates("credits")),
)


# --- processes -----------------------------------------------------------------------------------


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


def _killed(**options: Any) -> KilledAt:
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
    kill = _killed(when="mutation", commit=True)
    return sum(kill(stage) for _ in range(3))


PROCESSES: Sequence[tuple[str, Callable[[Stage], int]]] = (
    ("worker killed while it reads HR", KilledAt("hr", (("seconds", 5.0),))),
    ("worker killed while it reads payroll", _killed(when="query")),
    ("worker killed with a complete plan", _killed_when_planned),
    ("worker killed in an update, done", _killed(root="updateEmployees", commit=True)),
    ("worker killed in an update, not done", _killed(root="updateEmployees", commit=False)),
    ("worker killed in a create, done", _killed(root="addEmployees", commit=True)),
    ("worker killed in a create, not done", _killed(root="addEmployees", commit=False)),
    ("worker killed in a later create, done", _killed(root="addEmployees", skip=1, commit=True)),
    ("worker killed three times in a row", _killed_and_started_again_at_once),
)


# --- the clock -----------------------------------------------------------------------------------


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
ALL: tuple[tuple[str, Callable[[Stage], int]], ...] = (
    *ANSWERS,
    *PROCESSES,
    *SERVICES,
    *_ONLY_HERE,
    *CLOCK,
)
SCENARIOS = tuple(Scenario(name, happen) for name, happen in ALL)
