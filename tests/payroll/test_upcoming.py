"""What lies ahead in HR is listed with the day it goes, and leaves the list on that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from payroll.employment import current_compensation, current_employment
from payroll.linking import LinkState
from payroll.managers import make_plan
from payroll.mapping import MappingRow, Mode
from payroll.matching import Roster
from payroll.plan import Upcoming, UpcomingKind
from payroll.records import (
    Compensation,
    Employee,
    Employment,
    FieldSpec,
    FieldType,
    Period,
    TargetEmployee,
)
from payroll.scope import Scope

from .people import NOW, ROWS, TARGET_SPECS, TODAY, in_payroll, job, link, person, rules

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
SPECS = {
    **TARGET_SPECS,
    "percent": FieldSpec("percent", "Percent", FieldType.DECIMAL),
    "pay": FieldSpec("pay", "Pay", FieldType.DECIMAL),
}
ALL_ROWS = (
    *ROWS,
    MappingRow("employment_percent", "percent"),
    MappingRow("pay_amount", "pay"),
)


def pay(day: date, amount: int) -> Compensation:
    return Compensation(f"pay {day}", day, Decimal(amount), "NOK", "MONTHLY")


def part_time(day: date, percent: int, **changes: Any) -> Employment:
    usual: dict[str, Any] = {"type": "Fast ansatt", "percent": Decimal(percent)}
    return Employment(f"job {day}", Period(day, None), **(usual | changes))


def with_rows(
    *pays: Compensation, jobs: tuple[Employment, ...] = (), today: date = TODAY
) -> Employee:
    """Somebody as a source gives them on `today`, with these rows."""
    now, paid = current_employment(jobs, today), current_compensation(pays, today)
    held: dict[str, Any] = {}
    if now:
        held = {"employment_percent": now.percent, "employment_type": now.type}
    if paid:
        held |= {"pay_amount": paid.amount, "pay_effective": paid.effective}
    made = person(employment=now, **held)
    return replace(made, employments=jobs, compensation=paid, compensations=pays)


def ahead(
    employee: Employee, today: date = TODAY, *, known: bool = True, **changes: Any
) -> list[Upcoming]:
    there: list[TargetEmployee] = [in_payroll(employee)] if known else []
    links: list[LinkState] = [link(employee)] if known else []
    settings = rules(**({"rows": ALL_ROWS, "target_specs": SPECS} | changes))
    return make_plan([employee], settings, Roster(there), links, today, NOW).upcoming


def told(found: list[Upcoming]) -> list[tuple[UpcomingKind, date, dict[str, tuple[Any, Any]]]]:
    return [
        (each.kind, each.goes_on, {f.field: (f.before, f.after) for f in each.fields})
        for each in found
    ]


def test_later_pay_is_listed_with_its_day_and_what_it_changes() -> None:
    found = ahead(with_rows(pay(date(2025, 1, 1), 100), pay(APRIL, 110), pay(MAY, 120)))
    assert told(found) == [
        (UpcomingKind.PAY, APRIL, {"pay": (Decimal(100), Decimal(110))}),
        (UpcomingKind.PAY, MAY, {"pay": (Decimal(110), Decimal(120))}),
    ]


def test_on_its_day_it_is_no_longer_ahead() -> None:
    pays = (pay(date(2025, 1, 1), 100), pay(APRIL, 110))
    assert ahead(with_rows(*pays, today=APRIL - timedelta(days=1)), APRIL - timedelta(days=1))
    assert not ahead(with_rows(*pays, today=APRIL), APRIL)


def test_a_later_employment_is_listed_by_what_is_mapped_and_differs() -> None:
    jobs = (
        Employment(
            "a", Period(date(2020, 1, 1), date(2026, 3, 31)), "Fast ansatt", "", Decimal(100)
        ),
        part_time(APRIL, 60),
    )
    assert told(ahead(with_rows(jobs=jobs))) == [
        (UpcomingKind.EMPLOYMENT, APRIL, {"percent": (Decimal(100), Decimal(60))})
    ]


def test_what_is_not_mapped_or_does_not_change_is_not_listed() -> None:
    same = with_rows(pay(date(2025, 1, 1), 100), pay(APRIL, 100))
    assert not ahead(same)
    differs = with_rows(pay(date(2025, 1, 1), 100), pay(APRIL, 110))
    off = (*ROWS, MappingRow("pay_amount", "pay", Mode.OFF))
    assert ahead(differs)
    assert not ahead(differs, rows=ROWS)
    assert not ahead(differs, rows=off)


def test_a_value_that_payroll_will_not_take_on_that_day_is_told_now() -> None:
    jobs = (job(date(2020, 1, 1)), part_time(APRIL, 100, type="Lærling"))
    [found] = ahead(with_rows(jobs=jobs))
    assert not found.fields
    assert [problem.code for problem in found.problems] == ["unmapped_value"]


def test_somebody_who_starts_later_waits_until_the_scope_reaches_that_day() -> None:
    starter = person(hire_date=MAY, employment_start=MAY)
    [found] = ahead(starter, known=False, scope=Scope(future_days=14))
    assert (found.kind, found.goes_on) == (UpcomingKind.START, date(2026, 4, 17))
    assert found.effective == MAY
    assert not ahead(starter, date(2026, 4, 17), known=False, scope=Scope(future_days=14))


def test_nobody_is_listed_who_does_not_take_part() -> None:
    pays = (pay(date(2025, 1, 1), 100), pay(APRIL, 110))
    employee = with_rows(*pays)
    assert ahead(employee)
    assert not ahead(employee, scope=Scope(exclude=frozenset({"1001"})))
    left = replace(employee, fields={**employee.fields, "end_date": date(2026, 2, 1)})
    assert not ahead(left)
    incomplete = replace(employee, fields={**employee.fields, "title": None})
    assert not ahead(incomplete)


def test_a_trial_lists_nothing() -> None:
    employee = with_rows(pay(date(2025, 1, 1), 100), pay(APRIL, 110))
    assert not ahead(employee, only=frozenset({employee.id}))


@given(
    st.lists(
        st.tuples(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(1, 3)),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row[0],
    ),
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
)
def test_following_the_list_day_by_day_gives_what_counts_on_each_day(
    rows: list[tuple[date, int]], today: date
) -> None:
    pays = tuple(sorted((pay(day, amount) for day, amount in rows), key=lambda p: p.effective))
    employee = with_rows(*pays, today=today)
    found = ahead(employee, today)
    assert all(each.goes_on > today for each in found)
    for day in {each.effective for each in pays if each.effective > today}:
        known = [each for each in found if each.goes_on <= day]
        value = known[-1].fields[0].after if known else employee.fields["pay_amount"]
        counts = current_compensation(pays, day)
        assert counts
        assert value == counts.amount
