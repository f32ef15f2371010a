"""A run from end to end: read both systems, store the plan, send it, say what happened.

`run_sync` is the verb on the button. `plan_sync` stores Change rows and sends nothing;
`apply_sync` sends those stored rows and plans nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import transaction

from integration_hub.core.errors import HubError, TransientError

from . import pins, probing, schedule, stretch, troubles, waiting
from .again import try_again
from .apply import apply_changes
from .approved import settle_outdated
from .cancelling import Watch, settle_unwanted
from .connection import both
from .dated.reading import believed, known_rows, read_rows
from .employment import percent_withheld
from .guard import stored
from .judgement import PLAN_AGE, judge
from .links import LinkBook
from .managers import make_plan
from .matching import Roster
from .models import Change, Integration, SyncRun, UpcomingChange
from .plan import Plan, Upcoming
from .plan_rows import change_of, upcoming_change_of
from .ports import Source, Target
from .reading import Reading, believe, believe_again, read_both
from .restores import planned_before
from .restoring import make_restore
from .rules import rules_of
from .second_round import waits_for_others
from .stretch import Clock, End

Sleep = Callable[[float], None]
CHUNK = 500  # change rows per insert


@dataclass
class Session:
    """One run under way: its connections, its links, the clock, its watch, what it measured."""

    run: SyncRun
    source: Source
    target: Target
    links: LinkBook
    clock: Clock
    watch: Watch

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
            self.run.spend(time.monotonic() - begin, part)


def run_sync(run: SyncRun, clock: Clock, sleep: Sleep = time.sleep) -> None:
    """Does a queued run; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the run's row says how, in words for a person.
    """
    stretch.do(run, partial(_work, run, clock, sleep), partial(_close, run), clock)


def _close(run: SyncRun, end: End, now: datetime) -> None:
    """Stores how it ended. Raises LeaseLost."""
    if end.goes_on_at:  # a person wants no more of it
        settle_unwanted(run, now)
    if isinstance(end.stopped, TransientError):
        try_again(run, now)
    with transaction.atomic():
        run.finish(end.status, now, error=end.error, seconds=run.seconds, requests=run.requests)
        probing.book(run, now)


def _work(run: SyncRun, clock: Clock, sleep: Sleep) -> SyncRun.Status:
    with _session(run, clock, sleep) as session:
        if run.planned_at:
            check_plan(session)
        else:
            plan_sync(session)
        session.integration.recover()
        if run.preview:
            return SyncRun.Status.SUCCEEDED
        if run.guard and not run.approved_at:
            return SyncRun.Status.HELD
        stopped = apply_sync(session)
        if stopped:
            raise stopped
    counts = run.counts()
    troubled = counts["rejected"] or counts["failed"] or counts["held"]
    return SyncRun.Status.WITH_PROBLEMS if troubled else SyncRun.Status.SUCCEEDED


@contextmanager
def _session(run: SyncRun, clock: Clock, sleep: Sleep) -> Iterator[Session]:
    """Both connections, closed afterwards with their requests counted on the run.

    Each request first says that the run is alive, so none goes out once it was ended elsewhere or
    a person has cancelled it.
    """
    watch = Watch(run, clock, sleep)
    with both(
        run.integration,
        read_only=run.preview,
        on_request=watch.look,
        sleep=watch.sleep,
        clock=clock,
    ) as (source, target):
        try:
            yield Session(run, source, target, LinkBook(run.integration), clock, watch)
        finally:
            before = run.requests  # a run that was held has read before
            run.requests = {
                each.kind: before.get(each.kind, 0) + each.requests_sent
                for each in (source, target)
            }


# --- plan ----------------------------------------------------------------------------------------


def plan_sync(session: Session) -> None:
    """Reads both systems in full and stores what is to be done. Sends nothing.

    Raises IncompleteRead when a list cannot be believed.
    """
    reading = _read(session)
    session.run.keep(source_count=len(reading.people), target_count=len(reading.there))
    believe(session.run, session.source, session.target, session.clock())
    with session.timed("plan"):
        plan = _plan(session, reading)
        session.run.keep(config_version=session.integration.config_version)
        _store(session, plan, _rows(session, plan, reading))


def check_plan(session: Session) -> None:
    """Reads both systems again, and leaves of a stored plan what would be planned now as well.

    It was approved since, or the run has waited to go on. Nothing is left of one that is a day
    old or of other settings. Sends nothing. Raises IncompleteRead when a list cannot be believed.
    """
    reading = _read(session)
    believe_again(session.run, session.source, session.target, reading)
    with session.timed("plan"):
        plan = _plan(session, reading)
        fresh = _rows(session, plan, reading)
    with transaction.atomic():
        session.run.beat(session.clock())
        references = {spec.key for spec in session.target.fields if waits_for_others(spec)}
        rows = fresh if _is_current(session) else []
        settle_outdated(session.run, rows, references, session.clock())
        session.links.remember(plan.links, plan.released)
        _pin_unsent(session, plan)


def _is_current(session: Session) -> bool:
    run, integration = session.run, session.integration
    if run.planned_at is None or run.config_version != integration.config_version:
        return False
    return (run.approved_at or session.clock()) - run.planned_at <= PLAN_AGE


def _read(session: Session) -> Reading:
    """Everyone in both systems, as of the run's day in Oslo."""
    today = session.clock().astimezone(schedule.ZONE).date()
    linked = [link.source_id for link in session.links.states() if link.target_id]
    with session.timed("read"):
        return read_both(session.source, session.target, linked, today)


def _plan(session: Session, reading: Reading) -> Plan:
    """What is to be done, not yet stored."""
    session.integration.refresh_from_db()  # who was taken out while we read is not sent
    run, people, today = session.run, reading.people, reading.today
    links, roster, now = session.links.states(), Roster(reading.there), session.clock()
    restores = run.trigger == SyncRun.Trigger.RESTORE
    dated = None
    if not restores:
        read = read_rows(session.target, session.integration)
        read = believed(session.integration.target, read, links)
        dated, run.withheld = known_rows(session.integration, read, now)
    rules = rules_of(session.integration, reading.pick_lists, dated)
    rules = replace(rules, only=frozenset(run.only))
    if restores:
        return make_restore(planned_before(run), people, rules, roster, links, today, now)
    run.withheld = [*run.withheld, *percent_withheld(people, rules.sources)]
    return make_plan(people, rules, roster, links, today, now)


def _rows(session: Session, plan: Plan, reading: Reading) -> list[Change]:
    """The plan as rows, not yet stored; what payroll keeps refusing has its place among them."""
    run, specs = session.run, session.integration.target_specs
    rows = [change_of(run, position, change, specs) for position, change in enumerate(plan.changes)]
    return troubles.arrange(run, rows, reading.pick_lists)


def _store(session: Session, plan: Plan, rows: Sequence[Change]) -> None:
    """Keeps the plan; it becomes visible only when all of it is there. A preview links nobody."""
    run = session.run
    trips = judge(run, plan, session.links.states(), session.clock())
    for begin in range(0, len(rows), CHUNK):
        Change.objects.bulk_create(rows[begin : begin + CHUNK])
        session.watch.look()
    _store_upcoming(session, plan.upcoming)
    with transaction.atomic():
        if not run.preview:
            session.links.remember(plan.links, plan.released)
            if run.trigger != SyncRun.Trigger.RESTORE:  # that plan says nothing of what HR asks
                waiting.book(run, rows, session.clock())
            pins.end(session.integration, plan.unpinned)
            if not trips:
                _pin_unsent(session, plan)
        run.keep(
            planned_at=session.clock(),
            in_scope=plan.in_scope,
            unchanged=plan.unchanged,
            left_out=dict(plan.left_out),
            pinned=dict(plan.pinned),
            withheld=run.withheld,
            guard=[stored(trip) for trip in trips],
        )


def _store_upcoming(session: Session, upcoming: Sequence[Upcoming]) -> None:
    """Keeps what waits for its day, for the pages: it is planned anew when that has come."""
    run, specs = session.run, session.integration.target_specs
    for begin in range(0, len(upcoming), CHUNK):
        UpcomingChange.objects.bulk_create(
            upcoming_change_of(run, position, each, specs)
            for position, each in enumerate(upcoming[begin : begin + CHUNK], start=begin)
        )
        session.watch.look()


def _pin_unsent(session: Session, plan: Plan) -> None:
    """Pins what a restore finds in payroll already, as nothing of it is sent."""
    specs = session.integration.target_specs if plan.held_already else {}
    rows = [change_of(session.run, 0, change, specs) for change in plan.held_already]
    pins.place(session.run, rows, session.clock())


def apply_sync(session: Session) -> HubError | None:
    """Sends the stored plan; the error that ended it early, if one did."""
    session.run.enter(SyncRun.Phase.SENDING, session.clock())
    with session.timed("apply"):
        run, links = session.run, session.links
        return apply_changes(run, session.target, links, session.clock, session.watch)
