"""Reads both systems in full and decides whether what came can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from integration_hub.core.errors import IncompleteRead

from . import guard
from .dated.records import RowsRead
from .models import SyncRun
from .ports import Source, System, Target
from .records import Employee, PickLists, TargetEmployee

PROBES = 5  # people missing from the list whom we look up by id, at most, in one run


@dataclass(frozen=True, slots=True)
class Reading:
    """Both systems at one moment; `people` as they are on `today` (Oslo).

    `rows` are payroll's dated rows in a reading for showing; a run reads them when it plans.
    """

    people: Sequence[Employee]
    there: Sequence[TargetEmployee]
    pick_lists: PickLists
    today: date
    rows: RowsRead = field(default_factory=RowsRead)


def read_both(source: Source, target: Target, linked: Sequence[str], today: date) -> Reading:
    """Everyone in both. `linked`: source ids that must be in HR.

    Raises IncompleteRead when HR's list lacks somebody who is there by id.
    """
    people = source.employees(today)
    _look_up_missing(source, people, linked, today)
    there = target.employees()
    return Reading(people, there, target.pick_lists(), today)


def believe(run: SyncRun, source: Source, target: Target, now: datetime) -> None:
    """Compares the run's counts with those of the last planned run.

    A list that has collapsed is believed when a person starts the run again within a day and the
    counts are the same. Raises IncompleteRead.
    """
    planned = run.integration.runs.filter(planned_at__isnull=False).exclude(pk=run.pk)
    last = planned.order_by("-planned_at").first()
    if last is None or _confirmed(run, now):
        return
    _refuse_collapse(source, run.source_count, last.source_count)
    _refuse_collapse(target, run.target_count, last.target_count)


def believe_again(run: SyncRun, source: Source, target: Target, reading: Reading) -> None:
    """Compares a second reading with that of the run's own plan. Raises IncompleteRead."""
    _refuse_collapse(source, len(reading.people), run.source_count)
    _refuse_collapse(target, len(reading.there), run.target_count)


def _refuse_collapse(system: System, count: int, before: int) -> None:
    if guard.collapsed(count, before):
        raise IncompleteRead(
            f"{system.label} showed {count} people, {before} in the run before. Nothing was sent. "
            "Check there whether the list is complete. If it is, press Sync now again: the "
            "same counts twice within a day, asked for by a person, are believed."
        )


def _confirmed(run: SyncRun, now: datetime) -> bool:
    """Whether the same counts stopped a run before, and a person has started this one."""
    stopped = run.integration.runs.filter(
        status=SyncRun.Status.FAILED,
        planned_at__isnull=True,
        source_count=run.source_count,
        target_count=run.target_count,
        queued_at__gte=now - timedelta(days=1),
    )
    return run.trigger == SyncRun.Trigger.MANUAL and stopped.exclude(pk=run.pk).exists()


def _look_up_missing(
    source: Source, people: Sequence[Employee], linked: Sequence[str], today: date
) -> None:
    """Looks a few up, other ones each day, so that everybody's turn comes."""
    present = {person.id for person in people}
    missing = sorted(source_id for source_id in linked if source_id not in present)
    begin = today.toordinal() * PROBES % len(missing) if missing else 0
    probed = (missing[begin:] + missing[:begin])[:PROBES]
    if any(source.exists(source_id) for source_id in probed):
        raise IncompleteRead(
            f"{source.label} left somebody out of its list who is still there. Nothing was sent; "
            "the next sync reads the list again."
        )
