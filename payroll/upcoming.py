"""What in HR waits for its day: people who start later, later employments and later pay. Pure.

An end date that lies ahead is no such thing: payroll is told of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from .diff import FieldChange
from .employment import current_employment, full_time_pay
from .fields import PAY_FIELDS
from .mapping import MappingRow, Mode, map_employee
from .plan import Plan, Rules, Upcoming, UpcomingKind
from .records import Compensation, Employee, Employment, Value
from .scope import Part, first_day, has_left, part_of
from .values import canonical

_JOB_FIELDS = frozenset(
    {
        "employment_type",
        "employment_percent",
        "employment_fraction",
        "employment_start",
        "employment_end",
    }
)


def upcoming(people: Sequence[Employee], plan: Plan, rules: Rules, today: date) -> list[Upcoming]:
    """By the day it goes; only of people who take part in the plan, and of fields that are sent.

    `today` is the run's day in Oslo.
    """
    later = {
        change.employee.id
        for change in plan.changes
        if any(problem.code == "starts_later" for problem in change.problems)
    }
    kept_back = {change.employee.id for change in plan.changes if change.keeps_rest_back}
    found: list[Upcoming] = []
    for employee in people:
        if employee.id in later:
            found += _start(employee, rules)
        elif employee.id not in kept_back and _takes_part(employee, rules, today):
            found += _Ahead(employee, rules, today).all()
    return sorted(found, key=lambda each: (each.goes_on, each.employee.identity.number))


def _start(employee: Employee, rules: Rules) -> Iterator[Upcoming]:
    """Somebody whose first day is further ahead than the scope looks."""
    first = first_day(employee)
    if first is not None:
        opens = first - timedelta(days=rules.scope.future_days)
        yield Upcoming(UpcomingKind.START, employee, opens, first)


def _takes_part(employee: Employee, rules: Rules, today: date) -> bool:
    if not rules.scope.contains(employee) or has_left(employee, today):
        return False
    return part_of(employee, rules.scope, today, in_payroll=True) == (Part.ALL, None)


class _Ahead:
    """One person's later rows, each as what it changes of the row before."""

    def __init__(self, employee: Employee, rules: Rules, today: date) -> None:
        self._employee = employee
        self._rules = rules
        self._today = today

    def all(self) -> Iterator[Upcoming]:
        """Employments, then pay."""
        yield from self._employments()
        yield from self._pay()

    def _employments(self) -> Iterator[Upcoming]:
        now, jobs = self._employee.employment, self._employee.employments
        rows = self._rows(_JOB_FIELDS)
        if now is None or not rows:
            return
        before = self._with(_of_job(now))
        for day in sorted({job.period.start for job in jobs if job.period.start > self._today}):
            job = current_employment(jobs, day)
            if job is None or job.period.start != day or job.id == now.id:
                continue
            after = self._with(_of_job(job))
            yield from self._change(UpcomingKind.EMPLOYMENT, day, before, after, rows)
            before = after

    def _pay(self) -> Iterator[Upcoming]:
        now, rows = self._employee.compensation, self._rows(PAY_FIELDS)
        if now is None or not rows:
            return
        before = self._with(self._of_pay(now))
        by_day = {pay.effective: pay for pay in self._employee.compensations}  # the last by id
        for day in sorted(day for day in by_day if day > self._today):
            if by_day[day].id == now.id:
                continue
            after = self._with(self._of_pay(by_day[day]))
            yield from self._change(UpcomingKind.PAY, day, before, after, rows)
            before = after

    def _of_pay(self, pay: Compensation) -> Mapping[str, Value]:
        """Its full-time amount by the percent of today: a later one is a change of its own."""
        job = self._employee.employment
        return {
            "pay_amount": pay.amount,
            "pay_full_time": full_time_pay(pay, job.percent if job else None),
            "pay_period": pay.period or None,
            "pay_currency": pay.currency or None,
            "pay_effective": pay.effective,
        }

    def _rows(self, sources: frozenset[str]) -> list[MappingRow]:
        """The rows of the field table that send one of these fields to people in payroll."""
        silent = (Mode.OFF, Mode.ON_CREATE, Mode.IF_EMPTY)
        return [row for row in self._rules.rows if row.source in sources and row.mode not in silent]

    def _with(self, values: Mapping[str, Value]) -> Employee:
        """The person as they would be; what HR does not deliver today stays undelivered."""
        given = {key: value for key, value in values.items() if key in self._employee.fields}
        return replace(self._employee, fields={**self._employee.fields, **given})

    def _change(
        self,
        kind: UpcomingKind,
        day: date,
        before: Employee,
        after: Employee,
        rows: Sequence[MappingRow],
    ) -> Iterator[Upcoming]:
        """What would be sent on that day, if anything; and what could not be."""
        rules = self._rules
        specs = rules.target_specs
        was, becomes = (
            map_employee(each, rows, rules.source_specs, specs, rules.pick_lists)
            for each in (before, after)
        )
        fields = tuple(
            FieldChange(key, was.values.get(key), value)
            for key, value in becomes.values.items()
            if canonical(was.values.get(key), specs[key].type) != canonical(value, specs[key].type)
        )
        if fields or becomes.problems:
            yield Upcoming(kind, self._employee, day, day, fields, becomes.problems)


def _of_job(job: Employment) -> Mapping[str, Value]:
    return {
        "employment_type": job.type or None,
        "employment_percent": job.percent,
        "employment_fraction": job.fraction,
        "employment_start": job.period.start,
        "employment_end": job.period.end,
    }
