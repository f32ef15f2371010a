"""Equal things compare equal, whatever they look like, and nothing else does."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.records import FieldType, Value
from payroll.values import canonical, clean_text, decimal_text, is_blank, restore

kinds = st.sampled_from(FieldType)
numbers = st.text(st.sampled_from("0123456789+ .-NO()"), max_size=20)
texts = st.one_of(st.text(), numbers, st.text(st.sampled_from("aåÅé\u030a\u0301 ,.@1ſŋđß")))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda number: -50 < number.adjusted() < 50
)


@given(texts, kinds)
def test_composed_and_decomposed_letters_are_the_same(text: str, kind: FieldType) -> None:
    nfc, nfd = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert canonical(nfc, kind) == canonical(nfd, kind)


@given(texts, kinds)
def test_a_canonical_value_is_its_own_canonical_value(text: str, kind: FieldType) -> None:
    once = canonical(text, kind)
    assert canonical(once, kind) == once


@given(texts, kinds)
def test_only_what_is_blank_has_no_canonical_value(text: str, kind: FieldType) -> None:
    assert (canonical(text, kind) is None) == (not text.strip())


@pytest.mark.parametrize("blank", [None, "", " ", "\t\n", "\u00a0", "\u2003"])
def test_nothing_and_white_space_are_blank(blank: object) -> None:
    assert is_blank(blank)


@pytest.mark.parametrize("value", [False, 0, Decimal(0), "0", "-"])
def test_false_and_zero_are_values(value: object) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize(
    ("kind", "same"),
    [
        (FieldType.TEXT, ["Åse  Ødegård", " A\u030ase Ødega\u030ard\n", "Åse\u00a0Ødegård"]),
        (FieldType.EMAIL, ["Kari@Fjordkraft.NO", " kari@fjordkraft.no "]),
        (FieldType.PHONE, ["+47 22 33 44 55", "22334455", "0047 22334455", "22 33 44 55"]),
        (FieldType.NATIONAL_ID, ["01019010046", "010190 10046", "010190-10046"]),
        (
            FieldType.BANK_ACCOUNT,
            ["86011117947", "8601.11.17947", "8601 11 17947", "NO93 8601 1117 947"],
        ),
        (FieldType.DECIMAL, ["37.5", "37,50", Decimal("37.500"), "+37.5"]),
        (FieldType.DECIMAL, ["0", Decimal("-0.00"), Decimal("0E+3")]),
        (FieldType.DECIMAL, ["100", Decimal("1E+2"), Decimal("100.0")]),
        (FieldType.DATE, ["2026-03-02", date(2026, 3, 2)]),
        (FieldType.BOOLEAN, [True, "true", "True", " TRUE"]),
    ],
)
def test_ways_to_write_one_value_are_the_same(kind: FieldType, same: list[object]) -> None:
    assert len({canonical(value, kind) for value in same}) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (FieldType.TEXT, "Kari", "kari"),
        (FieldType.TEXT, "0150", "150"),
        (FieldType.TEXT, "Hansen", "Hånsen"),
        (FieldType.CODE, "2760", "02760"),
        (FieldType.DECIMAL, "80", "8"),
        (FieldType.DECIMAL, "12345678901234567890123456789.1", "12345678901234567890123456789.2"),
        (FieldType.PHONE, "+4722334455", "+4622334455"),
        (FieldType.BOOLEAN, True, False),
    ],
)
def test_different_values_stay_different(kind: FieldType, one: object, other: object) -> None:
    assert canonical(one, kind) != canonical(other, kind)


@given(decimals, decimals)
def test_decimals_are_the_same_only_when_equal(one: Decimal, other: Decimal) -> None:
    assert (decimal_text(one) == decimal_text(other)) == (one == other)
    assert Decimal(decimal_text(one)) == one


@given(decimals)
def test_a_decimal_is_written_in_plain_digits(number: Decimal) -> None:
    text = decimal_text(number)
    assert set(text) <= set("-0123456789.")
    assert "." not in text or text[-1] not in "0."


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (FieldType.DATE, st.dates()),
        (FieldType.BOOLEAN, st.booleans()),
        (FieldType.DECIMAL, decimals),
        (FieldType.TEXT, st.text().map(clean_text).filter(bool)),
        (FieldType.DATE, st.none()),
    ],
)
@given(st.data())
def test_a_stored_value_comes_back_as_it_was(
    kind: FieldType, values: st.SearchStrategy[Value], data: st.DataObject
) -> None:
    value = data.draw(values)
    assert restore(canonical(value, kind), kind) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldType.BOOLEAN, "ja"),
        (FieldType.BOOLEAN, "1"),
        (FieldType.DATE, "31.03.2026"),
        (FieldType.DECIMAL, "mye"),
        (FieldType.DECIMAL, "NaN"),
        (FieldType.DECIMAL, "Infinity"),
    ],
)
def test_text_that_is_no_such_value_is_an_error_and_never_a_guess(
    kind: FieldType, text: str
) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        restore(canonical(text, kind), kind)


def test_a_number_that_cannot_be_understood_is_kept_as_written() -> None:
    assert canonical("ukjent", FieldType.PHONE) == "ukjent"
    assert canonical("SE45 5000 0000 0583 9825 7466", FieldType.BANK_ACCOUNT) == (
        "SE4550000000058398257466"
    )
