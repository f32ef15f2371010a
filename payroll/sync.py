"""A run from end to end: read both systems, store the plan, send it, say what happened.

`run_sync` is the verb on the button. `plan_sync` stores Change rows and sends nothing;
`apply_sync` sends those stored rows and plans nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction

from integration_hub.core.errors import ConfigurationError, HubError

from . import schedule
from .apply import apply_changes
from .connection import both
from .links import LinkBook
from .matching import Roster
from .models import Change, Integration, SyncRun
from .models.run import RunTakenOver
from .plan import Plan, PlannedChange, Planner
from .ports import Source, Target
from .reading import believe, read_both
from .records import UNREADABLE, Employee, FieldSpec
from .rules import rules_of
from .values import LONGEST_NUMBER, canonical

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]
CHUNK = 500  # change rows per insert


@dataclass
class Session:
    """One run under way: its two connections, its links, the clock, and what it has measured."""

    run: SyncRun
    source: Source
    target: Target
    links: LinkBook
    clock: Clock

    @property
    def integration(self) -> Integration:
        """Whose run it is."""
        return self.run.integration

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Adds the seconds spent inside to the run's figures under `part`."""
        begin = time.monotonic()
        try:
            yield
        finally:
            spent = self.run.seconds.get(part, 0) + time.monotonic() - begin
            self.run.seconds[part] = round(spent, 3)


def run_sync(run: SyncRun, clock: Clock, sleep: Sleep = time.sleep) -> None:
    """Does a queued run; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the run's row says how, in words for a person.
    """
    if not run.claim(clock()):
        return
    begin = time.monotonic()
    try:
        status, error = _outcome(run, clock, sleep)
        run.seconds["total"] = round(time.monotonic() - begin, 3)
        run.finish(status, clock(), seconds=run.seconds, requests=run.requests, error=error)
    except RunTakenOver:
        log.warning("run %s was ended from elsewhere", run.pk)
    except (KeyboardInterrupt, SystemExit):
        run.interrupt(clock())
        raise


def _outcome(run: SyncRun, clock: Clock, sleep: Sleep) -> tuple[SyncRun.Status, str]:
    """How the run ended, and what a person is told when it ended badly."""
    try:
        return _work(run, clock, sleep), ""
    except RunTakenOver:
        raise
    except HubError as error:
        log.warning("run %s stopped: %s (%s)", run.pk, error.message, error.detail)
        if isinstance(error, ConfigurationError):
            run.integration.needs_attention(error.message)
        return SyncRun.Status.FAILED, error.message
    except Exception:
        log.exception("run %s failed", run.pk)
        words = f"Something went wrong on our side. Tell support this code: {str(run.pk)[:8]}."
        return SyncRun.Status.FAILED, words


def _work(run: SyncRun, clock: Clock, sleep: Sleep) -> SyncRun.Status:
    with _session(run, clock, sleep) as session:
        plan_sync(session)
        session.integration.recover()
        if run.preview:
            return SyncRun.Status.SUCCEEDED
        stopped = apply_sync(session)
        if stopped:
            raise stopped
    counts = run.counts()
    troubled = counts["rejected"] or counts["failed"] or counts["held"]
    return SyncRun.Status.WITH_PROBLEMS if troubled else SyncRun.Status.SUCCEEDED


@contextmanager
def _session(run: SyncRun, clock: Clock, sleep: Sleep) -> Iterator[Session]:
    """Both connections, closed afterwards with their requests counted on the run.

    Each request first says that the run is alive, so none goes out once it was ended elsewhere.
    """
    with both(
        run.integration,
        read_only=run.preview,
        on_request=lambda: run.beat(clock()),
        sleep=sleep,
    ) as (source, target):
        try:
            yield Session(run, source, target, LinkBook(run.integration), clock)
        finally:
            run.requests = {each.kind: each.requests_sent for each in (source, target)}


# --- plan ----------------------------------------------------------------------------------------


def plan_sync(session: Session) -> None:
    """Reads both systems in full and stores what is to be done. Sends nothing.

    Raises IncompleteRead when a list cannot be believed.
    """
    now = session.clock()
    today = now.astimezone(schedule.ZONE).date()
    states = session.links.states()
    linked = [link.source_id for link in states if link.target_id]
    with session.timed("read"):
        reading = read_both(session.source, session.target, linked, today)
    people, there = reading.people, reading.there
    session.run.keep(source_count=len(people), target_count=len(there))
    believe(session.run, session.source, session.target, now)
    with session.timed("plan"):
        only = frozenset(session.run.only)
        rules = replace(rules_of(session.integration, reading.pick_lists), only=only)
        _store(session, Planner(people, rules, Roster(there), states, today, now).make())


def _store(session: Session, plan: Plan) -> None:
    """Keeps the plan; it becomes visible only when all of it is there. A preview links nobody."""
    run = session.run
    specs = session.integration.target_specs
    rows = [_row(run, position, change, specs) for position, change in enumerate(plan.changes)]
    for begin in range(0, len(rows), CHUNK):
        Change.objects.bulk_create(rows[begin : begin + CHUNK])
        run.beat(session.clock())
    with transaction.atomic():
        if not run.preview:
            session.links.remember(plan.links, plan.released)
        run.keep(
            planned_at=session.clock(),
            in_scope=plan.in_scope,
            unchanged=plan.unchanged,
            left_out=dict(plan.left_out),
        )


def _row(
    run: SyncRun, position: int, change: PlannedChange, specs: Mapping[str, FieldSpec]
) -> Change:
    fields = {
        field.field: {
            "before": None
            if field.before is UNREADABLE
            else canonical(field.before, specs[field.field].type),
            "after": canonical(field.after, specs[field.field].type),
            "unreadable": field.before is UNREADABLE,
            "drifted": field.drifted,
            "first": field.first_confirmation,
            "sensitive": specs[field.field].sensitive,
        }
        for field in change.fields
    }
    problems = [asdict(problem) for problem in change.problems]
    return Change(
        run=run,
        position=position,
        kind=change.kind.value,
        outcome=change.outcome.value if change.outcome else "",
        sendable=change.outcome is None,
        flagged=change.flagged,
        source_id=change.employee.id,
        target_id=change.target_id,
        employee_number=_kept_number(change.employee.identity.number),
        details=_person(change.employee) | {"fields": fields, "problems": problems},
    )


def _kept_number(number: str) -> str:
    """As much of a number as can be stored; one that cannot be is told as a problem."""
    return number.replace("\x00", "�")[:LONGEST_NUMBER]


def _person(employee: Employee) -> dict[str, str | None]:
    """Enough to show a row, and to know the person again in payroll after a lost answer."""
    born = employee.identity.birth_date
    return {
        "first_name": employee.identity.first_name,
        "last_name": employee.identity.last_name,
        "birth_date": born.isoformat() if born else None,
    }


def apply_sync(session: Session) -> HubError | None:
    """Sends the stored plan; the error that ended it early, if one did."""
    session.run.enter(SyncRun.Phase.SENDING, session.clock())
    with session.timed("apply"):
        return apply_changes(session.run, session.target, session.links, session.clock)
