"""A change that counts from before the current month is marked with the months that it touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.dated.records import DatedRows
from payroll.diff import FieldChange
from payroll.mapping import MappingRow
from payroll.plan import Plan, PlannedChange
from payroll.records import ChangeKind, Employee, FieldSpec, FieldType
from payroll.retroactive import mark, months_between, together, touched
from xledger.positions import POSITIONS

from .people import ROWS, TARGET_SPECS, TODAY, in_payroll, link, person, plan, rules

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)  # today is 2 March
SPECS = {
    **TARGET_SPECS,
    "percent": FieldSpec("percent", "Percent", FieldType.DECIMAL),
    "pay": FieldSpec("pay", "Pay", FieldType.DECIMAL),
}
WITH_PAY = (
    *ROWS,
    MappingRow("employment_percent", "percent"),
    MappingRow("pay_amount", "pay"),
)


def spans(employee: Employee, **there: Any) -> dict[str, Any]:
    """The marks on the fields that a plan changes of somebody in payroll."""
    settings: dict[str, Any] = {"rows": WITH_PAY, "target_specs": SPECS}
    made = plan([employee], [in_payroll(employee, **there)], [link(employee)], **settings)
    mark(made, rules(**settings), TODAY)
    return {field.field: field.touches for change in made.changes for field in change.fields}


def test_pay_that_counts_from_january_touches_january_and_february() -> None:
    paid = person(pay_amount=Decimal(50000), pay_effective=date(2026, 1, 15))
    assert spans(paid, pay=Decimal(49000)) == {"pay": (JANUARY, FEBRUARY)}


def test_pay_that_counts_from_the_first_of_this_month_touches_none_before() -> None:
    paid = person(pay_amount=Decimal(50000), pay_effective=date(2026, 3, 1))
    assert spans(paid, pay=Decimal(49000)) == {"pay": None}


def test_a_percent_counts_from_the_start_of_its_employment() -> None:
    part_time = person(employment_percent=Decimal(80), employment_start=date(2026, 2, 28))
    assert spans(part_time, percent=Decimal(100))["percent"] == (FEBRUARY, FEBRUARY)


@pytest.mark.parametrize(
    ("before", "after", "span"),
    [
        (None, date(2026, 2, 15), (FEBRUARY, FEBRUARY)),
        (date(2026, 4, 30), date(2026, 1, 31), (JANUARY, FEBRUARY)),
        (date(2026, 1, 31), date(2026, 4, 30), (JANUARY, FEBRUARY)),
        (date(2026, 2, 15), None, (FEBRUARY, FEBRUARY)),
        (None, date(2026, 3, 1), None),
    ],
)
def test_an_end_date_touches_the_months_from_the_earlier_of_both(
    before: date | None, after: date | None, span: Any
) -> None:
    change = FieldChange("employmentTo", before, after)
    assert touched(change, "end_date", person(), TODAY) == span


@pytest.mark.parametrize(
    ("before", "after", "span"),
    [
        (None, date(2026, 1, 31), (FEBRUARY, FEBRUARY)),
        (date.max, date(2026, 1, 30), (JANUARY, FEBRUARY)),
        (None, date(2026, 2, 28), None),  # the one that follows begins this month
    ],
)
def test_the_end_of_an_earlier_position_touches_the_months_after_it(
    before: date | None, after: date, span: Any
) -> None:
    ends = FieldChange("positionEnds", before, after, row="1")
    made = Plan([PlannedChange(ChangeKind.UPDATE, person(), "7", (ends,))])
    mark(made, rules(dated=DatedRows(kinds=(POSITIONS,))), TODAY)
    assert made.changes[0].fields[0].touches == span


def test_a_new_title_touches_no_month() -> None:
    assert touched(FieldChange("title", "A", "B"), "title", person(), TODAY) is None


def test_what_was_edited_in_payroll_is_no_retroactive_change_of_hr() -> None:
    paid = person(pay_amount=Decimal(50000), pay_effective=date(2025, 1, 1))
    change = FieldChange("pay", Decimal(1), Decimal(50000))
    assert touched(change, "pay_amount", paid, TODAY)
    drifted, unseen = replace(change, drifted=True), replace(change, first_confirmation=True)
    assert touched(drifted, "pay_amount", paid, TODAY) is None
    assert touched(unseen, "pay_amount", paid, TODAY) is None


@pytest.mark.parametrize(
    ("hired", "span"),
    [
        (date(2026, 2, 2), (FEBRUARY, FEBRUARY)),
        (date(2025, 3, 1), (date(2025, 3, 1), FEBRUARY)),
        (date(2025, 2, 28), None),  # paid from elsewhere until now
        (date(2026, 3, 1), None),
    ],
)
def test_a_late_starter_touches_the_months_since_the_first_day(hired: date, span: Any) -> None:
    made = plan([person(hire_date=hired, employment_start=hired)])
    mark(made, rules(), TODAY)
    [change] = made.changes
    assert change.kind is ChangeKind.CREATE
    marks = {field.field: field.touches for field in change.fields if field.touches}
    assert marks == ({"employmentFrom": span} if span else {})


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_a_span_begins_with_the_day_and_ends_before_the_current_month(
    effective: date, today: date
) -> None:
    paid = person(pay_effective=effective)
    span = touched(FieldChange("pay", None, Decimal(1)), "pay_amount", paid, today)
    assert (span is None) == (effective >= today.replace(day=1))
    if span:
        first, last = span
        assert first == effective.replace(day=1) <= last < today.replace(day=1)
        assert months_between(first, today) == months_between(first, last) + 1


def test_spans_of_one_person_are_told_as_one() -> None:
    assert together([(FEBRUARY, FEBRUARY), (JANUARY, FEBRUARY)]) == (JANUARY, FEBRUARY)
    assert together([]) is None
