"""Opens what counting and judging people needs: of the newest reading, and of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from . import portable
from .headcount import Crowd
from .models import Integration, MatchDecision, SnapshotPart
from .readiness import Requirements
from .reading import Reading
from .records import Employee, PickLists, Problem


def newest_crowd(integration: Integration, now: datetime) -> Crowd | None:
    """Everyone as last read; None where there is no reading. Raises DecryptionError.

    Of payroll's side only the numbers are opened, which spares half of the work.
    """
    kinds = SnapshotPart.Kind
    bodies: dict[str, list[Any]] = {kinds.SOURCE: [], kinds.FRAME: []}
    for part in SnapshotPart.objects.shown(integration, now).filter(kind__in=bodies):
        bodies[part.kind].extend(part.body)
    if not bodies[kinds.FRAME]:
        return None
    frame = bodies[kinds.FRAME][0]
    crowd = _crowd(
        integration,
        [portable.read_employee(row) for row in bodies[kinds.SOURCE]],
        set(frame["numbers"]),
        portable.read_pick_lists(frame["pick_lists"]),
        date.fromisoformat(frame["today"]),
    )
    # a reading is kept for a day: one of before doubts were kept has none
    return replace(crowd, in_doubt=_still_in_doubt(integration, frame.get("doubts", {}), crowd))


def _still_in_doubt(
    integration: Integration, kept: Mapping[str, Sequence[Any]], crowd: Crowd
) -> Mapping[str, Problem]:
    """What a link or a decision has not settled since people were read. One query."""
    decided = MatchDecision.objects.filter(integration=integration, same=False)
    apart = set(decided.values_list("source_id", "target_id"))
    open_: dict[str, Problem] = {}
    for source_id, doubts in kept.items():
        for target_id, *written in doubts:
            problem = Problem(*written)
            settled = problem.code == "probable_match" and (source_id, target_id) in apart
            if source_id not in crowd.linked and not settled:
                open_.setdefault(source_id, problem)
    return open_


def crowd_of(integration: Integration, reading: Reading) -> Crowd:
    """The people of a reading, and who of them payroll knows. One query."""
    numbers = {each.identity.number for each in reading.there}
    return _crowd(integration, reading.people, numbers, reading.pick_lists, reading.today)


def _crowd(
    integration: Integration,
    people: Sequence[Employee],
    numbers: set[str],
    pick_lists: PickLists,
    today: date,
) -> Crowd:
    linked = integration.links.exclude(target_id="").values_list("source_id", flat=True)
    ids, known = frozenset(linked), numbers - {""}
    return Crowd(
        people=people,
        today=today,
        linked=ids,
        in_payroll=ids | {each.id for each in people if each.identity.number in known},
        pick_lists=pick_lists,
    )


def needs_of(integration: Integration) -> Requirements:
    """The field table, and what payroll needs of a new person."""
    source, target = integration.source, integration.target
    return Requirements(
        rows=[mapping.row for mapping in integration.mappings.all()],
        source_specs={spec.key: spec for spec in source.fields},
        target_specs=integration.target_specs,
        end_field=target.end_field,
    )
