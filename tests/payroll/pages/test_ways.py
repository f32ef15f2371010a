"""By which way pay and the employment percent go to payroll, in words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll import registry
from payroll.dated.kinds import withheld_kinds
from payroll.fields import EMPLOYEE_FIELDS
from payroll.mapping import MappingRow, Mode
from payroll.pages.ways import Way, ways

SOURCES = {spec.key: spec for spec in EMPLOYEE_FIELDS}
FREE = ("value1", "value2", "text1", "text2", "flexiValue1")


AS_RATES = (
    MappingRow("pay_full_time", "pay"),
    MappingRow("pay_period", "payElement"),
    MappingRow("pay_effective", "payFrom"),
)


def told(*rows: MappingRow, offered: Mapping[str, bool] | None = None) -> dict[str, Way]:
    target = registry.targets["xledger"]
    targets = {spec.key: spec for spec in target.fields}
    withheld = withheld_kinds(target, rows, offered)
    return {way.spec.key: way for way in ways(rows, SOURCES, targets, "X-ledger", withheld)}


def test_unmapped_neither_is_sent() -> None:
    found = told()
    assert set(found) == {"employmentPercent", "pay"}
    for way in found.values():
        assert not way.sent
        assert way.sentence == "Not sent."
        assert way.hint == "It can be mapped to a free field of X-ledger."


def test_each_free_field_is_named_with_what_it_holds() -> None:
    found = told(
        MappingRow("pay_amount", "value1"),
        MappingRow("pay_full_time", "value2", Mode.ON_CREATE),
        MappingRow("pay_period", "text1"),
        MappingRow("pay_currency", "text2"),
        MappingRow("employment_percent", "flexiValue1", Mode.IF_EMPTY),
    )
    assert found["pay"].sentence == (
        "Sent to Value 1 (Pay) and Value 2 (Pay at full time, new people only)."
    )
    assert not found["pay"].hint
    assert found["employmentPercent"].sentence == (
        "Sent to Flexi value 1 (Employment percent, if empty in X-ledger)."
    )


@pytest.mark.parametrize(
    ("beside", "missing"),
    [((), "Pay period and Pay currency"), (("pay_period",), "Pay currency")],
)
def test_an_amount_without_its_period_or_currency_is_told(
    beside: tuple[str, ...], missing: str
) -> None:
    rows = [MappingRow(key, f"text{number}") for number, key in enumerate(beside, 1)]
    found = told(MappingRow("pay_amount", "value1"), *rows)
    assert f"Not sent with it: {missing}." in found["pay"].hint


def test_a_row_that_is_off_sends_nothing() -> None:
    assert not told(MappingRow("pay_amount", "value1", Mode.OFF))["pay"].sent


def test_pay_rates_are_in_force_where_payroll_takes_them() -> None:
    way = told(*AS_RATES, offered={"pay_rates": True})["pay"]
    assert way.sentence == "Sent to pay rates (Pay at full time)."
    assert not way.hint


@pytest.mark.parametrize(
    ("rows", "offered", "words"),
    [
        (AS_RATES, None, "Press Test connection"),
        (AS_RATES, {"pay_rates": False}, "offers no write of them"),
        (AS_RATES[:1], {"pay_rates": True}, "map “Pay: rate element” and “Pay: valid from”"),
    ],
)
def test_what_keeps_pay_rates_from_going_is_said(
    rows: tuple[MappingRow, ...], offered: Mapping[str, bool] | None, words: str
) -> None:
    way = told(*rows, offered=offered)["pay"]
    assert not way.sent
    assert words in way.hint


@given(
    st.dictionaries(
        st.sampled_from(FREE), st.tuples(st.sampled_from(sorted(SOURCES)), st.sampled_from(Mode))
    )
)
def test_pay_is_said_to_go_exactly_where_a_row_sends_it(
    chosen: dict[str, tuple[str, Mode]],
) -> None:
    found = told(*(MappingRow(source, target, mode) for target, (source, mode) in chosen.items()))
    going = {source for source, mode in chosen.values() if mode is not Mode.OFF}
    assert found["pay"].sent == bool(going & {"pay_amount", "pay_full_time"})
    percents = {"employment_percent", "employment_fraction"}
    assert found["employmentPercent"].sent == bool(going & percents)
