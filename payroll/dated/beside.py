"""Rows of payroll that count beside the one in HR, and could add to it. Pure.

A row of another employment that HR has as well is meant, and is no matter here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payroll.records import Employee

from .records import DatedRow


def later_beside(
    employee: Employee, rows: Sequence[DatedRow], day: date, last: date | None, today: date
) -> date | None:
    """When the first row begins that one from `day` up to `last` (None: open) would meet."""
    others = (row for row in _unknown(employee, rows, today) if day < row.first_day)
    met = (row.first_day for row in others if last is None or row.first_day <= last)
    return min(met, default=None)


def earlier_beside(
    employee: Employee, rows: Sequence[DatedRow], day: date, today: date
) -> date | None:
    """When the first row began that counts on beside one from `day`."""
    others = (row for row in _unknown(employee, rows, max(day, today)) if row.first_day < day)
    return min((row.first_day for row in others), default=None)


def left_open(employee: Employee, rows: Sequence[DatedRow], last: date, today: date) -> date | None:
    """When the first row begins that counts on, or will, after the employment ended on `last`."""
    others = (row.first_day for row in _unknown(employee, rows, today) if row.first_day > last)
    return min(others, default=None)


def _unknown(employee: Employee, rows: Sequence[DatedRow], day: date) -> list[DatedRow]:
    """The rows that are not over on `day` and that no employment in HR stands behind."""
    known = {
        each.period.start
        for each in employee.employments
        if each.period.end is None or each.period.end >= day
    }
    return [
        row
        for row in rows
        if (row.last_day is None or row.last_day >= day) and row.first_day not in known
    ]
