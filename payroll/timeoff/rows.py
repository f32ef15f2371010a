"""Slices put together to rows as each channel wants them. Pure.

An absence is an unbroken run of one leave with one code and grade, days off inside it; a timesheet
line is one working day. Rows never join two leaves, so that each can be corrected by itself.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from .days import DaySlice
from .records import Channel


@dataclass(frozen=True, slots=True)
class Row:
    """One row for payroll, before it is known whose it is: its slices, in order, never none."""

    slices: tuple[DaySlice, ...]
    daily: bool

    @property
    def start(self) -> date:
        """The first day of absence."""
        return self.slices[0].day

    @property
    def end(self) -> date:
        """The last one; days off lie inside and not at the ends."""
        return self.slices[-1].day

    @property
    def days(self) -> tuple[date, ...]:
        """The working days it stands for."""
        return tuple(each.day for each in self.slices)

    @property
    def percent(self) -> Decimal | None:
        """The grade; a timesheet line has hours instead."""
        return None if self.daily else self.slices[0].percent

    @property
    def hours(self) -> Decimal | None:
        """The hours of a timesheet line."""
        return self.slices[0].hours if self.daily else None

    @property
    def times(self) -> tuple[time | None, time | None]:
        """From when to when; an absence over several days has a grade only."""
        first = self.slices[0]
        partly = self.daily or not first.graded
        return (first.time_from, first.time_to) if partly else (None, None)


def rows_of(
    channel: Channel,
    slices: Sequence[DaySlice],
    wanted: Set[date],
    breaks: Set[date] = frozenset(),
) -> list[Row]:
    """Rows for the `wanted` days of one leave's slices, in order.

    `slices` are all that are known, so that a day which is there by another row breaks a run and a
    day off does not. `breaks`: further days that no run may span.
    """
    if channel is Channel.TIMESHEETS:
        return [Row((each,), daily=True) for each in slices if each.day in wanted]
    rows: list[list[DaySlice]] = []
    before: DaySlice | None = None
    for each in slices:
        if each.day in wanted:
            if before and before.day in wanted and _joins(before, each, breaks):
                rows[-1].append(each)
            else:
                rows.append([each])
        before = each
    return [Row(tuple(row), daily=False) for row in rows]


def _joins(one: DaySlice, other: DaySlice, breaks: Set[date]) -> bool:
    """Whether two days that follow each other in the leave are of one run."""
    alike = one.graded and other.graded and one.percent == other.percent
    return alike and not any(one.day < day < other.day for day in breaks)
