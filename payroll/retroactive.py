"""Which months before the current payroll month a change reaches back to. Pure.

A change counts from a day: pay from the day its row is valid, employment type and percent from the
start of the employment, hire and end dates from themselves, the end of an earlier dated row from
the day after. Other fields of HR carry no such day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

from .diff import FieldChange
from .fields import PAY_FIELDS
from .payroll_month import PayrollMonth
from .plan import Plan, PlannedChange, Rules
from .records import ChangeKind, Employee

Touched = tuple[date, date]
"""First days of the first and of the last month that are touched."""

LATE_STARTER_MONTHS = 12  # who began earlier and is new in payroll was paid from elsewhere

_COUNTS_FROM: Mapping[str, str] = {
    **dict.fromkeys(PAY_FIELDS, "pay_effective"),
    "employment_type": "employment_start",
    "employment_percent": "employment_start",
    "employment_fraction": "employment_start",
    "employment_start": "employment_start",
}
_DATES = {"hire_date", "end_date", "employment_end"}  # each counts from itself


def mark(plan: Plan, rules: Rules, today: date) -> None:
    """Notes on each field of the plan the months it touches; `today` is the run's day in Oslo."""
    sources = {row.target: row.source for row in rules.rows}
    endings = {kind.ends for kind in rules.dated.kinds if kind.ends}
    plan.changes[:] = [_marked(change, sources, endings, today) for change in plan.changes]


def _marked(
    change: PlannedChange, sources: Mapping[str, str], endings: Collection[str], today: date
) -> PlannedChange:
    if not change.fields:
        return change
    new, employee = change.kind is ChangeKind.CREATE, change.employee
    marked = []
    for each in change.fields:
        source = sources.get(each.field, "")
        if each.field in endings:
            span = _of_ending(each, today)
        elif new:
            span = _of_new(source, employee, today)
        else:
            span = touched(each, source, employee, today)
        marked.append(replace(each, touches=span))
    return replace(change, fields=tuple(marked))


def touched(change: FieldChange, source: str, employee: Employee, today: date) -> Touched | None:
    """The months that a changed field of somebody in payroll touches, `source` being HR's field.

    None where it touches none, and where HR may not have changed anything: payroll's own value was
    edited there, or is one it does not show and has never been sent.
    """
    if change.drifted or change.first_confirmation:
        return None
    if source in _DATES:
        return _before(today, change.before, change.after)
    return _before(today, employee.fields.get(_COUNTS_FROM.get(source, "")))


def _of_ending(change: FieldChange, today: date) -> Touched | None:
    """The months of the days on which the row counts no more, or counts again."""
    last = min(day for day in (change.before, change.after) if isinstance(day, date))
    return _before(today, last + timedelta(days=1))


def _of_new(source: str, employee: Employee, today: date) -> Touched | None:
    """The months since a late starter's first day; None for who began long ago."""
    if source != "hire_date":
        return None
    span = _before(today, employee.fields.get("hire_date"))
    return span if span and months_between(*span) <= LATE_STARTER_MONTHS else None


def _before(today: date, *days: object) -> Touched | None:
    """From the month of the first of the days to the one before the current, if there is one."""
    known = [day for day in days if isinstance(day, date)]
    current = PayrollMonth.of(today)
    if not known or min(known) >= current.first:
        return None
    return PayrollMonth.of(min(known)).first, current.before.first


def months_between(first: date, last: date) -> int:
    """How many months, both included."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def together(spans: list[Touched]) -> Touched | None:
    """One span over all of them."""
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
