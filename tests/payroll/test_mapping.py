"""What payroll should hold for one person, and why a value is left out."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.mapping import (
    TRANSFORMS,
    Blank,
    Desired,
    MappingRow,
    Mode,
    map_employee,
    specs_in_use,
)
from payroll.records import Employee, FieldSpec, FieldType, PickListEntry, PickLists, Problem, Value

from .people import NATIONAL_ID, PICK_LISTS, ROWS, SOURCE_SPECS, TARGET_SPECS, person

SPECS = TARGET_SPECS | {
    spec.key: spec
    for spec in (
        FieldSpec("note", "Note", max_length=5),
        FieldSpec("rate", "Rate", FieldType.DECIMAL),
        FieldSpec("timesheet", "Timesheet", FieldType.BOOLEAN),
        FieldSpec("account", "Account", FieldType.BANK_ACCOUNT, sensitive=True),
        FieldSpec("gender", "Gender", writable=False),
    )
}
blanks = st.sampled_from([None, "", "  ", "\u00a0"])


def mapped(employee: Employee, *rows: MappingRow, pick_lists: PickLists = PICK_LISTS) -> Desired:
    return map_employee(employee, rows, SOURCE_SPECS, SPECS, pick_lists)


def one(row: MappingRow, pick_lists: PickLists = PICK_LISTS, **fields: Any) -> Desired:
    """One row for a person with these fields."""
    return mapped(person(**fields), row, pick_lists=pick_lists)


def only(desired: Desired) -> Problem:
    """The one problem, where nothing is sent."""
    assert desired.values == {}
    [problem] = desired.problems
    return problem


def test_every_row_gives_its_value() -> None:
    desired = mapped(person(national_id=NATIONAL_ID, private_phone="22 33 44 55"), *ROWS)
    assert desired.problems == ()
    assert desired.values == {
        "code": "1001",
        "firstName": "Kari",
        "lastName": "Nordmann 1001",
        "email": "kari.1001@fjordkraft.test",
        "phone": "+4722334455",
        "employmentFrom": date(2020, 1, 1),
        "employmentTo": None,
        "socialSec": NATIONAL_ID,
        "employeeGroup": "F",
    }


def test_a_source_that_was_not_delivered_sends_nothing() -> None:
    desired = mapped(person(without=["end_date", "hire_date"]), *ROWS)
    assert {"employmentTo", "employmentFrom"}.isdisjoint(desired.values)
    assert desired.problems == ()


@given(blanks, st.sampled_from(Blank), st.sampled_from(Mode))
def test_a_blank_never_clears_unless_the_row_says_so(
    blank: str | None, rule: Blank, mode: Mode
) -> None:
    for target, spec in SPECS.items():
        row = MappingRow("private_phone", target, mode, blank=rule, default="x")
        cleared = target in one(row, private_phone=blank).values and (
            one(row, private_phone=blank).values[target] is None
        )
        assert cleared == (rule is Blank.CLEAR and mode is not Mode.OFF and spec.writable)


@given(blanks)
def test_a_blank_takes_the_default_where_the_row_has_one(blank: str | None) -> None:
    row = MappingRow("private_phone", "phone", blank=Blank.DEFAULT, default="22 33 44 55")
    assert one(row, private_phone=blank).values == {"phone": "+4722334455"}


@pytest.mark.parametrize("rule", [Blank.KEEP, Blank.CLEAR])
def test_a_default_is_sent_only_where_the_row_says_so(rule: Blank) -> None:
    row = MappingRow("private_phone", "phone", blank=rule, default="22334455")
    assert "+4722334455" not in one(row, private_phone=None).values.values()


def test_a_default_that_is_blank_sends_nothing() -> None:
    row = MappingRow("private_phone", "phone", blank=Blank.DEFAULT)
    assert one(row, private_phone=None) == Desired({})


@pytest.mark.parametrize("value", [False, Decimal(0)])
def test_false_and_zero_are_sent(value: Any) -> None:
    target = "timesheet" if value is False else "rate"
    assert one(MappingRow("custom.x", target), **{"custom.x": value}).values == {target: value}


def test_a_row_that_is_off_sends_nothing() -> None:
    assert one(MappingRow("first_name", "firstName", Mode.OFF)) == Desired({})


def test_a_field_that_payroll_does_not_take_is_never_sent() -> None:
    assert one(MappingRow("first_name", "gender")) == Desired({})


def test_a_constant_is_sent_whatever_the_person() -> None:
    row = MappingRow("", "timesheet", Mode.ON_CREATE, constant="false")
    assert one(row).values == {"timesheet": False}


def test_a_field_that_hr_contradicts_itself_about_is_left_out() -> None:
    doubt = Problem("end_date_contradiction", "They do not agree.", "end_date")
    desired = mapped(person(end_date=date(2026, 5, 1), doubts=(doubt,)), *ROWS)
    assert "employmentTo" not in desired.values
    assert desired.values["firstName"] == "Kari"


@pytest.mark.parametrize(
    ("transform", "text"),
    [
        ("full_name", "Åse Marie Nordmann 7"),
        ("initials", "Å7"),
        ("upper", "ÅSE MARIE"),
        ("digits", "7"),
    ],
)
def test_a_transform_changes_the_value(transform: str, text: str) -> None:
    source = "last_name" if transform == "digits" else "first_name"
    row = MappingRow(source, "description", transform=transform)
    specs = SPECS | {"description": FieldSpec("description", "Description")}
    desired = map_employee(
        person(first_name="Åse Marie", last_name="Nordmann 7"), [row], SOURCE_SPECS, specs, {}
    )
    assert desired.values == {"description": text}


@given(st.text(), st.text(), st.sampled_from(sorted(TRANSFORMS)))
def test_a_transform_works_on_any_name(first: str, last: str, transform: str) -> None:
    row = MappingRow("first_name", "lastName", transform=transform)
    desired = one(row, first_name=first, last_name=last)
    assert len(desired.values) + len(desired.problems) <= 1


@pytest.mark.parametrize(
    "word", ["F", "Fast ansatt", "FAST ANSATT", " fast  ansatt "], ids=str.strip
)
def test_a_code_is_found_by_code_or_by_label(word: str) -> None:
    row = MappingRow("employment_type", "employeeGroup")
    assert one(row, employment_type=word).values == {"employeeGroup": "F"}


def test_a_label_is_found_however_its_letters_are_composed() -> None:
    lists = {
        "employeeGroup": (PickListEntry("T", unicodedata.normalize("NFD", "Tillkalt på dag")),)
    }
    row = MappingRow("employment_type", "employeeGroup")
    assert one(row, lists, employment_type="Tillkalt på dag").values == {"employeeGroup": "T"}


def test_hrs_word_is_mapped_to_payrolls_code() -> None:
    row = MappingRow("employment_type", "employeeGroup", value_map={"Vikar": "M"})
    assert one(row, employment_type="Vikar").values == {"employeeGroup": "M"}


def test_a_mapped_word_must_be_in_payrolls_list_too() -> None:
    row = MappingRow("employment_type", "employeeGroup", value_map={"Vikar": "gone"})
    assert only(one(row, employment_type="Vikar")).code == "unmapped_value"


def test_a_word_without_a_counterpart_is_named() -> None:
    problem = only(one(MappingRow("employment_type", "employeeGroup"), employment_type="Lærling"))
    assert (problem.code, problem.field) == ("unmapped_value", "employeeGroup")
    assert "Lærling" in problem.message


def test_a_label_that_stands_twice_is_not_guessed() -> None:
    lists = {"employeeGroup": (PickListEntry("1", "Fast"), PickListEntry("2", "fast"))}
    row = MappingRow("employment_type", "employeeGroup")
    assert only(one(row, lists, employment_type="Fast")).code == "ambiguous_value"


def test_a_code_wins_over_an_equal_label() -> None:
    lists = {"employeeGroup": (PickListEntry("1", "2"), PickListEntry("2", "Fast"))}
    row = MappingRow("employment_type", "employeeGroup")
    assert one(row, lists, employment_type="2").values == {"employeeGroup": "2"}


def test_without_a_list_to_check_the_word_is_sent_as_mapped() -> None:
    row = MappingRow("employment_type", "employeeGroup", value_map={"Vikar": "M"})
    assert one(row, {}, employment_type="Vikar").values == {"employeeGroup": "M"}


@pytest.mark.parametrize(
    ("source", "target", "value", "code"),
    [
        ("national_id", "socialSec", "01019010047", "invalid_national_id"),
        ("bank_account", "account", "86011117949", "invalid_bank_account"),
        ("private_email", "email", "kari", "invalid_email"),
        ("title", "note", "Montør", "too_long"),
        ("title", "note", "M\x00", "forbidden_character"),
        ("custom.a", "rate", "mye", "invalid_value"),
        ("custom.a", "rate", "NaN", "invalid_value"),
        ("custom.a", "timesheet", "ja", "invalid_value"),
        ("custom.a", "employmentFrom", "31.03.2026", "invalid_value"),
    ],
)
def test_an_unlawful_value_is_left_out_with_a_reason_that_does_not_tell_it(
    source: str, target: str, value: Any, code: str
) -> None:
    problem = only(one(MappingRow(source, target), **{source: value}))
    assert (problem.code, problem.field) == (code, target)
    assert value not in problem.message


@pytest.mark.parametrize("key", ["email", "note"])
def test_a_value_left_out_stops_the_person_only_where_payroll_requires_it(key: str) -> None:
    problem = only(one(MappingRow("title", key), title="too long, and no e-mail address"))
    assert problem.blocking == SPECS[key].required


def test_one_bad_value_does_not_stop_the_others() -> None:
    desired = mapped(person(national_id="01019010047"), *ROWS)
    assert [problem.code for problem in desired.problems] == ["invalid_national_id"]
    assert desired.values["lastName"] == "Nordmann 1001"


@pytest.mark.parametrize(
    ("target", "raw", "value"),
    [
        ("rate", "37,50", Decimal("37.5")),
        ("rate", Decimal("80.00"), Decimal(80)),
        ("timesheet", "True", True),
        ("employmentFrom", "2026-03-31", date(2026, 3, 31)),
        ("account", "NO93 8601 1117 947", "86011117947"),
        ("email", " Kari@Fjordkraft.NO ", "kari@fjordkraft.no"),
    ],
)
def test_text_from_a_customers_own_field_is_read_as_payrolls_type(
    target: str, raw: Any, value: Value
) -> None:
    desired = one(MappingRow("custom.a", target), **{"custom.a": raw})
    assert desired == Desired({target: value})


@given(st.permutations(ROWS))
def test_the_order_of_the_rows_decides_no_value(rows: list[MappingRow]) -> None:
    assert dict(mapped(person(), *rows).values) == dict(mapped(person(), *ROWS).values)


def test_mapping_changes_nothing_it_was_given() -> None:
    given_rows: list[Any] = [replace(row) for row in ROWS]
    employee = person()
    before = dict(employee.fields)
    mapped(employee, *given_rows)
    assert (employee.fields, given_rows) == (before, list(ROWS))


def test_a_mapped_code_is_never_taken_for_a_label() -> None:
    lists = {"employeeGroup": (PickListEntry("7", "10"),)}
    row = MappingRow("employment_type", "employeeGroup", value_map={"Fast ansatt": "10"})
    made = map_employee(person(), [row], SOURCE_SPECS, TARGET_SPECS, lists)
    assert made.values == {}
    assert [problem.code for problem in made.problems] == ["unmapped_value"]


def test_words_may_be_mapped_for_fields_without_a_list() -> None:
    row = MappingRow("gender", "text1", value_map={"Kvinne": "K"})
    made = map_employee(person(gender="Kvinne"), [row], SOURCE_SPECS, TARGET_SPECS, {})
    assert made.values == {"text1": "K"}


def test_a_field_that_carries_a_sensitive_value_is_sensitive_itself() -> None:
    rows = [MappingRow("pay_amount", "text1"), MappingRow("first_name", "firstName")]
    specs = specs_in_use(rows, SOURCE_SPECS, tuple(TARGET_SPECS.values()))
    assert {key for key, spec in specs.items() if spec.sensitive} == {"text1", "socialSec"}
