"""The row before: which one a new row takes the place of, and when that one ends. Pure.

For kinds of which several rows of a person may count at once. Only a row that begins with an
employment which is over in HR is ever ended, on the day before the new one or earlier where HR
ends it earlier; every other row that still counts is for a person to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payroll import reasons
from payroll.diff import FieldChange
from payroll.records import Employee, Problem

from .records import DatedRow, RowKind


@dataclass(frozen=True, slots=True)
class Ending:
    """A row of payroll and the last day that it is to get."""

    row: DatedRow
    last_day: date

    def as_change(self, kind: RowKind) -> FieldChange:
        """The change that ends the row."""
        return FieldChange(kind.ends, self.row.last_day, self.last_day, row=self.row.id)


def ending_of(
    kind: RowKind, employee: Employee, rows: Sequence[DatedRow], day: date
) -> Ending | None:
    """The one earlier row that still counts on `day`, the new row's first; None where none may end.

    Of several none is ended, as nobody can say which was meant.
    """
    earlier = [row for row in rows if row.first_day < day and row.counts_on(day)]
    if not kind.ends or len(earlier) != 1:
        return None
    last = _last_day(employee, earlier[0], day)
    return Ending(earlier[0], last) if last else None


def _last_day(employee: Employee, row: DatedRow, day: date) -> date | None:
    """When the employment that began with the row was over; None where HR has it no more, or on."""
    ends = _ends(employee, row)
    if len(ends) != 1 or (end := ends.pop()) is None or end >= day:
        return None
    return end


def _ends(employee: Employee, row: DatedRow) -> set[date | None]:
    """When the employments end that began with the row."""
    return {each.period.end for each in employee.employments if each.period.start == row.first_day}


def hindrance(
    kind: RowKind,
    employee: Employee,
    rows: Sequence[DatedRow],
    day: date,
    last: date | None,
    today: date,
    *,
    closable: bool,
) -> Problem | None:
    """What speaks against a new row from `day` up to `last` (None: open, or no last day is sent).

    `closable`: rows can be ended.
    """
    job = employee.employment
    over = job.period.end if job else None
    if last is None and over and over < today:
        return reasons.employment_over(kind, over)
    after = [row.first_day for row in rows if day < row.first_day]
    later = [first for first in after if first <= today or last is None or first <= last]
    if later:
        return reasons.later_row(kind, min(later))
    earlier = [row for row in rows if row.counts_on(day)]
    if not earlier or (closable and ending_of(kind, employee, rows, day)):
        return None
    ends = _ends(employee, earlier[0]) if len(earlier) == 1 else set()
    if len(ends) == 1 and (end := ends.pop()) and end >= day:
        return reasons.employments_overlap(kind, earlier[0].first_day, end, day)
    return reasons.earlier_row_open(kind, min(row.first_day for row in earlier))
