"""Rows of pay over any history on both sides: never two for a day, never two elements, at rest."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payroll.dated.planning import DatedPlan
from payroll.dated.records import DatedRow, DatedRows, RowKind
from payroll.diff import Baseline, FieldChange, Sent, compare
from payroll.mapping import Desired, MappingRow
from payroll.records import Employee, FieldSpec, FieldType, Identity, Problem
from payroll.values import canonical

TODAY = date(2026, 11, 23)
KIND = RowKind(
    "pay_rates", "pay rate", "pay rates", "pay", "payFrom", code="payElement", currency="NOK"
)
SPECS = {
    "pay": FieldSpec("pay", "Pay", FieldType.DECIMAL, capability="pay_rates"),
    "payElement": FieldSpec("payElement", "Element", FieldType.CODE, capability="pay_rates"),
    "payFrom": FieldSpec("payFrom", "From", FieldType.DATE, capability="pay_rates"),
}
MAPPINGS = {
    "pay": MappingRow("pay_amount", "pay"),
    "payElement": MappingRow("pay_period", "payElement", value_map={"M": "100", "H": "200"}),
    "payFrom": MappingRow("pay_effective", "payFrom"),
}
DAYS = st.integers(0, 6).map(lambda n: date(2026, 7, 1) + timedelta(days=31 * n))
AMOUNTS = st.sampled_from([Decimal(30000), Decimal("40000.50"), Decimal("0.0001")])


def paid(
    row_id: str, code: str, first_day: date, last_day: date | None, amount: Decimal | None
) -> DatedRow:
    """A row of pay of the one person."""
    values = {"pay": amount, "payElement": code, "payFrom": first_day}
    return DatedRow(row_id, "7", first_day, last_day, values, code)


ROWS = st.lists(
    st.builds(
        paid,
        st.uuids().map(str),
        st.sampled_from(["100", "200", "999", ""]),
        DAYS,
        st.none() | st.just(date(2027, 6, 30)),
        st.none() | AMOUNTS,
    ),
    max_size=4,
)
WANTED = st.tuples(AMOUNTS, st.sampled_from(["100", "200"]), DAYS)


def planned(
    wanted: tuple[Decimal, str, date],
    rows: list[DatedRow],
    baseline: Baseline | None = None,
    *,
    changeable: bool = True,
    currency: str = "NOK",
) -> tuple[tuple[FieldChange, ...], tuple[Problem, ...]]:
    """The changes for somebody who has these rows, and what is told."""
    known = DatedRows(
        kinds=(KIND,),
        there={"pay_rates": {"7": tuple(rows)}},
        changeable=frozenset({"pay_rates"} if changeable else ()),
    )
    plan = DatedPlan(known, MAPPINGS, SPECS, lambda _, text: text, TODAY)
    kari = Employee("1", True, Identity("1001"), {"pay_currency": currency})
    desired = Desired(dict(zip(("pay", "payElement", "payFrom"), wanted, strict=True)))
    faced = plan.face(kari, "7", desired, baseline or {})
    changes = compare(
        faced.desired.values, faced.actual, faced.baseline, MAPPINGS, SPECS, lambda _, text: text
    )
    kept, by_hand = plan.settle(faced, changes)
    return kept, (*faced.desired.problems, *by_hand)


def sent(rows: list[DatedRow], changes: tuple[FieldChange, ...]) -> list[DatedRow]:
    """Payroll after the changes were written."""
    if not changes:
        return rows
    by_field = {change.field: change for change in changes}
    amount = by_field["pay"].after
    assert isinstance(amount, Decimal)
    if by_field["pay"].row:
        [corrected] = [row for row in rows if row.id == by_field["pay"].row]
        others = [row for row in rows if row is not corrected]
        new = paid(corrected.id, corrected.code, corrected.first_day, corrected.last_day, amount)
        return [*others, new]
    code, day = by_field["payElement"].after, by_field["payFrom"].after
    assert isinstance(code, str)
    assert isinstance(day, date)
    return [*rows, paid("new", code, day, None, amount)]


def days_held_twice(rows: list[DatedRow]) -> int:
    held = Counter((row.code, row.first_day) for row in rows)
    return sum(count - 1 for count in held.values())


def told(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.code for problem in problems}


@given(WANTED, ROWS)
def test_no_day_ever_gets_a_second_row_and_a_second_plan_is_empty(
    wanted: tuple[Decimal, str, date], rows: list[DatedRow]
) -> None:
    changes, _ = planned(wanted, rows)
    after = sent(rows, changes)
    assert days_held_twice(after) == days_held_twice(rows)
    assert planned(wanted, after)[0] == ()


@given(WANTED, ROWS)
def test_a_new_row_is_whole_or_not_planned(
    wanted: tuple[Decimal, str, date], rows: list[DatedRow]
) -> None:
    changes, problems = planned(wanted, rows)
    fields = {change.field for change in changes}
    assert fields in (set(), {"pay"}, set(KIND.fields))
    assert (fields == {"pay"}) == any(change.row for change in changes)
    held = any(
        row.stands_for(wanted[1], wanted[2]) and row.values["pay"] == wanted[0] for row in rows
    )
    assert bool(changes) or bool(problems) or held


@given(WANTED, ROWS)
def test_no_element_is_added_beside_another_that_counts(
    wanted: tuple[Decimal, str, date], rows: list[DatedRow]
) -> None:
    amount, code, day = wanted
    other = {"100": "200", "200": "100"}[code]
    changes, problems = planned(wanted, [*rows, paid("x", other, day, None, amount)])
    added = [change for change in changes if not change.row]
    assert not added
    assert changes or problems or any(row.stands_for(code, day) for row in rows)


def test_a_raise_shows_what_it_follows_upon_and_is_no_drift() -> None:
    old = paid("a", "100", date(2026, 1, 1), None, Decimal(30000))
    last: Baseline = {
        "pay": Sent("30000", "30000"),
        "payElement": Sent("100", "100"),
        "payFrom": Sent("2026-01-01", "2026-01-01"),
    }
    changes, problems = planned((Decimal(31000), "100", date(2026, 11, 1)), [old], last)
    by_field = {change.field: change for change in changes}
    assert by_field["pay"].before == Decimal(30000)
    assert not any(change.drifted for change in changes)
    assert not problems


def test_a_row_that_payroll_reformatted_is_at_rest() -> None:
    there = paid("a", "100", date(2026, 1, 1), None, Decimal(30001))
    last: Baseline = {
        "pay": Sent(canonical(Decimal("30000.60"), FieldType.DECIMAL), "30001"),
        "payElement": Sent("100", "100"),
        "payFrom": Sent("2026-01-01", "2026-01-01"),
    }
    assert planned((Decimal("30000.60"), "100", date(2026, 1, 1)), [there], last)[0] == ()


def test_a_row_that_payroll_never_shows_is_not_added_again() -> None:
    last: Baseline = {
        "pay": Sent("30000", None),
        "payElement": Sent("100", None),
        "payFrom": Sent("2026-01-01", None),
    }
    assert planned((Decimal(30000), "100", date(2026, 1, 1)), [], last)[0] == ()


def test_where_no_row_can_be_changed_the_correction_is_told() -> None:
    there = paid("a", "100", date(2026, 1, 1), None, Decimal(1))
    wanted = (Decimal(30000), "100", date(2026, 1, 1))
    changes, problems = planned(wanted, [there], changeable=False)
    assert (changes, told(problems)) == ((), {"correct_by_hand"})


def test_another_or_no_currency_is_told() -> None:
    for currency in ("EUR", ""):
        changes, problems = planned((Decimal(1), "100", TODAY), [], currency=currency)
        assert (changes, told(problems)) == ((), {"other_currency"})
