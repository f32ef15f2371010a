"""Reads both systems in full and decides whether what came can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from integration_hub.core.errors import IncompleteRead

from . import guard
from .models import SyncRun
from .ports import Source, Target
from .records import Employee, PickLists, TargetEmployee

PROBES = 5  # people missing from the list whom we look up by id, at most, in one run


@dataclass(frozen=True, slots=True)
class Reading:
    """Both systems at one moment."""

    people: Sequence[Employee]
    there: Sequence[TargetEmployee]
    pick_lists: PickLists


def read_both(
    source: Source, target: Target, linked: Sequence[str], last: SyncRun | None, today: date
) -> Reading:
    """Everyone in both. `linked`: source ids that must be in HR; `last`: the last planned run.

    Raises IncompleteRead when a list has collapsed or lacks somebody who is there by id.
    """
    people = source.employees(today)
    _believe(source.label, len(people), last.source_count if last else 0)
    _look_up_missing(source, people, linked)
    there = target.employees()
    _believe(target.label, len(there), last.target_count if last else 0)
    return Reading(people, there, target.pick_lists())


def _believe(label: str, count: int, before: int) -> None:
    if guard.collapsed(count, before):
        raise IncompleteRead(
            f"{label} showed {count} people, {before} in the run before. Nothing was sent. Check "
            "there whether the list is complete and run again."
        )


def _look_up_missing(source: Source, people: Sequence[Employee], linked: Sequence[str]) -> None:
    present = {person.id for person in people}
    missing = [source_id for source_id in linked if source_id not in present]
    if any(source.exists(source_id) for source_id in missing[:PROBES]):
        raise IncompleteRead(
            f"{source.label} left somebody out of its list who is still there. Nothing was sent; "
            "the next sync reads the list again."
        )
