"""What contradicts a leave: another leave, a row entered by hand, an edit in payroll. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal

from payroll.records import Problem

from . import reasons
from .content import clock_text
from .days import WHOLE, DaySlice
from .judged import Judged, Line, Material
from .records import Channel, TimeOffThere
from .rows import Row

_Strangers = Mapping[tuple[Channel, str], Sequence[tuple[TimeOffThere, bool]]]


class Conflicts:
    """All of a material; `slices` are those of every approved leave by its id."""

    def __init__(self, material: Material, slices: Mapping[str, Sequence[DaySlice]]) -> None:
        self._read = material.read
        self._there = {
            channel: {row.target_id: row for row in rows}
            for channel, rows in material.there.items()
        }
        self._people = material.people
        self._overlaps = _overlaps(material, slices)
        self._strangers = self._not_ours(material)

    def overlap(self, leave_id: str) -> Problem | None:
        """Another approved leave of the person covers the same time."""
        day = self._overlaps.get(leave_id)
        return reasons.overlaps(day) if day else None

    def clash(self, verdict: Judged, channel: Channel, row: Row) -> Problem | None:
        """Somebody entered by hand in payroll what the row would add."""
        for there, ours in self._strangers.get((channel, verdict.person.target_id), ()):
            if there.code == verdict.code and there.start <= row.end and row.start <= there.end:
                why = reasons.in_payroll_for_another if ours else reasons.in_payroll
                return why(max(there.start, row.start), there.code)
        return None

    def is_misplaced(self, line: Line) -> bool:
        """Whether its row stands on another person in payroll than its own is linked to by now.

        A file names people by number, and where a person put a row by hand nobody knows.
        """
        booked, person = line.booked, self._people.get(line.employee_id)
        if booked.channel is Channel.FILE or not booked.target_row:
            return False
        there = self._there.get(booked.channel, {}).get(booked.target_row)
        stands_on = there.employee if there else booked.employee
        return stands_on != (person.target_id if person else "")

    def _not_ours(self, material: Material) -> _Strangers:
        """Payroll's rows that are nobody's leave from here, by channel and person.

        One that was sent, and stands on somebody else by now, is marked.
        """
        ours = {line.booked.target_row: self.is_misplaced(line) for line in material.lines}
        found: dict[tuple[Channel, str], list[tuple[TimeOffThere, bool]]] = defaultdict(list)
        for channel, rows in material.there.items():
            for row in rows:
                misplaced = ours.get(row.target_id)
                if misplaced is not False:
                    found[channel, row.employee].append((row, bool(misplaced)))
        return found

    def drift(self, lines: Sequence[Line]) -> Problem | None:
        """What was sent is gone from payroll, or was edited there. Files cannot be read back."""
        for line in lines:
            booked = line.booked
            rows = self._there.get(booked.channel)
            known = rows is not None and booked.target_row
            if not known or not self._read.covers(booked.day):
                continue
            row = rows.get(booked.target_row) if rows else None
            if row is None:
                return reasons.gone_from_payroll(booked.day)
            if _edited(row, line.content):
                return reasons.edited_in_payroll(booked.day)
        return None


def _overlaps(material: Material, slices: Mapping[str, Sequence[DaySlice]]) -> Mapping[str, date]:
    """By leave id, the first day on which another approved leave covers the same time."""
    leaves = {leave.id: leave for leave in material.leaves}
    days: dict[tuple[str, date], list[tuple[str, DaySlice]]] = defaultdict(list)
    for leave_id, those in slices.items():
        for each in those:
            days[leaves[leave_id].employee_id, each.day].append((leave_id, each))
    found: dict[str, date] = {}
    for (_, day), here in sorted(days.items(), key=lambda item: item[0][1]):
        for one, other in _pairs(here):
            if _same_time(one[1], other[1]):
                found.setdefault(one[0], day)
                found.setdefault(other[0], day)
    return found


def _pairs(
    here: Sequence[tuple[str, DaySlice]],
) -> Iterable[tuple[tuple[str, DaySlice], tuple[str, DaySlice]]]:
    return ((one, other) for n, one in enumerate(here) for other in here[n + 1 :])


def _same_time(one: DaySlice, other: DaySlice) -> bool:
    """Whether both cannot be true: more than the day, or the same hours of it."""
    if one.percent + other.percent > WHOLE:
        return True
    if one.graded or other.graded or None in (one.time_from, other.time_from):
        return False  # two grades share the day, and nobody says which hours
    first, second = _minutes(one), _minutes(other)
    return first[0] < second[1] and second[0] < first[1]


def _minutes(each: DaySlice) -> tuple[int, int]:
    begin, end = each.time_from or time(), each.time_to or time()
    first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
    return first, last if last > first else last + 24 * 60


def _edited(row: TimeOffThere, content: Mapping[str, str]) -> bool:
    """Whether payroll's row says something else than was sent; what it does not say is no edit."""
    pairs: list[tuple[object, object]] = [(row.code, content.get("code", row.code))]
    for there, key in ((row.percent, "percent"), (row.hours, "hours")):
        if there is not None and key in content:
            pairs.append((there, Decimal(content[key])))
    for at, key in ((row.time_from, "from"), (row.time_to, "to")):
        if at is not None and content.get(key):
            pairs.append((clock_text(at), content[key]))
    dates = {"start": row.start.isoformat(), "end": row.end.isoformat()}
    pairs += [(dates[key], content[key]) for key in dates if key in content]
    return any(there != sent for there, sent in pairs)
