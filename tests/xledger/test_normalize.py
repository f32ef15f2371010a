"""From X-ledger's shape to the Hub's and back, over any value and over awkward nodes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll import values
from payroll.records import UNREADABLE, FieldSpec, FieldType, Value
from xledger import answers
from xledger.fields import EMPLOYEE_FIELDS, FLEXI_PATHS, SPECS
from xledger.normalize import FLEXI_INPUT, READ_PATHS, employee, field_at, node_input

SENT = [spec for spec in EMPLOYEE_FIELDS if spec.writable and not spec.in_rows]
COMPARED = [spec for spec in SENT if spec.readable]


def text_for(spec: FieldSpec) -> st.SearchStrategy[str]:
    match spec.type:
        case FieldType.EMAIL:
            return st.from_regex(r"\A[a-zæøå.]{1,9}@[a-z]{1,9}\.no\Z")
        case FieldType.PHONE:
            return st.from_regex(r"\A(\+47 ?)?[49][0-9]{7}\Z")
        case FieldType.NATIONAL_ID | FieldType.BANK_ACCOUNT:
            return st.from_regex(r"\A[0-9]{11}\Z")
        case FieldType.REFERENCE:
            return st.from_regex(r"\A[1-9][0-9]{0,8}\Z")
        case _:
            return st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)


def value_for(spec: FieldSpec) -> st.SearchStrategy[Value]:
    """A value as the engine hands it over: canonical and typed."""
    if spec.type is FieldType.DATE:
        return st.none() | st.dates()
    if spec.type is FieldType.BOOLEAN:
        return st.none() | st.booleans()
    if spec.type is FieldType.DECIMAL:
        places = 0 if spec.whole else 2
        return st.none() | st.decimals(-999_999_999, 999_999_999, places=places)
    return st.none() | text_for(spec).map(
        lambda text: values.restore(values.canonical(text, spec.type), spec.type)
    )


PEOPLE = st.fixed_dictionaries({}, optional={spec.key: value_for(spec) for spec in SENT})


def as_kept(node: dict[str, Any]) -> dict[str, Any]:
    """What a system that keeps exactly what it is sent gives back, by X-ledger's read paths."""
    kept: dict[str, Any] = {"dbId": 1, "contactDbId": 2, "contact": {}}
    for key, value in node.items():
        place = kept
        *steps, last = READ_PATHS.get(key, (key,))[0].split(".")
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    return kept


@given(PEOPLE)
def test_what_is_written_reads_back_equal(wanted: dict[str, Value]) -> None:
    fields = employee(as_kept(node_input(wanted, SPECS))).fields
    for spec in COMPARED:
        expected = values.canonical(wanted.get(spec.key), spec.type)
        assert values.canonical(fields[spec.key], spec.type) == expected


@given(PEOPLE)
def test_what_is_written_has_the_shapes_of_the_inputs(wanted: dict[str, Value]) -> None:
    node = node_input(wanted, SPECS)
    flexi = node.pop(FLEXI_INPUT, {})
    found = node | {key: flexi[name] for key, name in FLEXI_PATHS.items() if name in flexi}
    assert found.keys() == wanted.keys()
    assert len(flexi) == len(wanted.keys() & FLEXI_PATHS.keys())
    for key, sent in found.items():
        assert (sent is None) == (wanted[key] is None)
        if sent is not None:
            assert isinstance(sent, shape_of(SPECS[key]))


def shape_of(spec: FieldSpec) -> type:
    number = int if spec.whole else float
    shapes = {
        FieldType.CODE: dict,
        FieldType.REFERENCE: dict,
        FieldType.BOOLEAN: bool,
        FieldType.DECIMAL: number,
    }
    return shapes.get(spec.type, str)


@given(PEOPLE)
def test_reading_twice_gives_the_same(wanted: dict[str, Value]) -> None:
    """A value that was read can be written and read again without a difference."""
    first = employee(as_kept(node_input(wanted, SPECS)))
    again = {k: v for k, v in first.fields.items() if v is not UNREADABLE}
    assert employee(as_kept(node_input(again, SPECS))).fields == first.fields


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["code", "firstName"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["contact", "subledger", *SPECS]), JSON))
def test_no_answer_whatever_breaks_the_reading(node: dict[str, Any]) -> None:
    fields = employee({"dbId": 1, **node}).fields
    assert fields.keys() == SPECS.keys()


def test_each_value_is_written_in_its_own_shape() -> None:
    wanted: dict[str, Value] = {
        "code": "0042",
        "birthday": date(1990, 1, 31),
        "timesheet": False,
        "glObject1": "2760",
        "glObject2": None,
        "employmentTo": None,
        "number1": Decimal("42"),
        "value1": Decimal("37.5"),
        "date1": date(2026, 3, 1),
        "flexiText8": "blue",
        "flexiValue4": Decimal("0.1"),
        "flexiFlag1": True,
        "flexiDate2": None,
    }
    assert node_input(wanted, SPECS) == {
        "code": "0042",
        "birthday": "1990-01-31",
        "timesheet": False,
        "glObject1": {"code": "2760"},
        "glObject2": None,
        "employmentTo": None,
        "number1": 42,
        "value1": 37.5,
        "date1": "2026-03-01",
        "flexiFieldItem": {"text8": "blue", "value4": 0.1, "flag1": True, "date2": None},
    }


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("flexiFieldItem.text1", "flexiText1"),
        ("flexiFieldItem.flag4", "flexiFlag4"),
        ("glObject1.code", "glObject1.code"),
        ("flexiFieldItem", "flexiFieldItem"),
        ("", ""),
    ],
)
def test_a_refused_flexi_field_is_named_as_the_field_table_names_it(path: str, field: str) -> None:
    assert field_at(path) == field


@pytest.mark.parametrize("db_id", [30100001, "30100001"])
def test_a_dbid_is_digits_whether_it_comes_as_number_or_text(db_id: object) -> None:
    assert employee({"dbId": db_id}).id == "30100001"


@pytest.mark.parametrize("db_id", [None, 1.0, True, "", "abc", "1.5", -1, "²"])
def test_a_node_without_a_usable_dbid_is_refused(db_id: object) -> None:
    with pytest.raises(ValueError, match="dbId"):
        employee({"dbId": db_id})


def test_a_person_without_a_number_is_still_a_person() -> None:
    person = employee({"dbId": 1, "code": None, "contact": {"firstName": "Kari"}})
    assert person.identity.number == ""
    assert person.identity.first_name == "Kari"
    assert person.fields["code"] is None


MASKED = "010190*****"
FULL = "01019010046"


@pytest.mark.parametrize(
    ("full", "masked", "read", "known"),
    [
        (FULL, MASKED, FULL, FULL),
        ("010190 10046", None, FULL, FULL),
        (None, MASKED, UNREADABLE, ""),
        (MASKED, MASKED, UNREADABLE, ""),
        (MASKED, None, UNREADABLE, ""),
        ("010190", MASKED, UNREADABLE, ""),
        (FULL + "*", MASKED, UNREADABLE, ""),
        (None, None, None, ""),
        ("", "", None, ""),
    ],
)
def test_a_national_id_is_read_whole_or_not_at_all(
    full: str | None, masked: str | None, read: object, known: str
) -> None:
    person = employee({"dbId": 1, "contact": {"socialSec": full}, "socialSecurityMasked": masked})
    assert person.fields["socialSec"] == read
    assert person.identity.national_id == known


def test_a_contact_that_is_withheld_is_unreadable_and_not_empty() -> None:
    fields = employee({"dbId": 1, "contactDbId": 7, "contact": None}).fields
    assert {
        key for key, value in fields.items() if value is UNREADABLE and SPECS[key].readable
    } == {
        *("firstName", "lastName", "initials", "birthday", "socialSec", "phone", "email"),
        "fullAddress",
    }
    assert fields["bankAccount"] is None


def test_a_person_without_a_contact_has_empty_fields() -> None:
    fields = employee({"dbId": 1, "contactDbId": None, "contact": None}).fields
    assert [fields[spec.key] for spec in COMPARED] == [None] * len(COMPARED)


def test_the_employees_own_email_wins_and_all_of_them_identify() -> None:
    contact = {"email": "Privat@Kari.no", "email2": " KARI@gmail.com ", "email3": ""}
    person = employee({"dbId": 1, "email": "kari@Firma.no", "contact": contact})
    assert person.fields["email"] == "kari@firma.no"
    assert person.identity.emails == {"kari@firma.no", "privat@kari.no", "kari@gmail.com"}
    assert employee({"dbId": 1, "contact": contact}).fields["email"] == "privat@kari.no"


def test_the_home_address_stands_in_where_there_is_no_other() -> None:
    home = {"fullAddress": "Storgata 1, 0150 Oslo"}
    person = employee({"dbId": 1, "contact": {"address": None, "homeAddress": home}})
    assert person.fields["fullAddress"] == "Storgata 1, 0150 Oslo"


@pytest.mark.parametrize("raw", ["2024-02-30", "soon", 5, {}, True])
def test_a_date_that_is_none_is_unreadable(raw: object) -> None:
    assert employee({"dbId": 1, "employmentTo": raw}).fields["employmentTo"] is UNREADABLE


@pytest.mark.parametrize("raw", ["2024-02-29", "2024-02-29T00:00:00"])
def test_a_date_may_carry_a_time(raw: str) -> None:
    assert employee({"dbId": 1, "employmentTo": raw}).fields["employmentTo"] == date(2024, 2, 29)


def test_a_reference_without_a_code_is_unreadable() -> None:
    fields = employee({"dbId": 1, "glObject1": {"code": None}, "glObject2": None}).fields
    assert fields["glObject1"] is UNREADABLE
    assert fields["glObject2"] is None


def test_fields_that_never_come_back_are_unreadable() -> None:
    fields = employee({"dbId": 1}).fields
    assert {key for key, value in fields.items() if value is UNREADABLE} == {
        spec.key for spec in EMPLOYEE_FIELDS if not spec.readable
    }


def test_half_a_character_or_nul_of_one_person_is_replaced_and_stops_nobody() -> None:
    answer = answers.parse(
        rb'{"dbId": 1, "code": "10\u00001", "contact": {"firstName": "K\ud800", "lastName":'
        rb' "\ud83d\ude00 \\\\ud800 \u00e5"}, "email": "\udfff@fjordkraft.test"}'
    )
    assert answer is not None
    kari = employee(answer)
    assert kari.identity.number == "10�1"
    assert (kari.identity.first_name, kari.identity.last_name) == ("K�", "😀 \\\\ud800 å")
    assert kari.identity.emails == {"�@fjordkraft.test"}


@pytest.mark.parametrize(
    ("superior", "read"),
    [(None, None), ({"dbId": 31}, "31"), ({"dbId": "31"}, "31"), ({}, UNREADABLE)],
)
def test_a_superior_is_read_by_dbid(superior: object, read: object) -> None:
    assert employee({"dbId": 1, "superior": superior}).fields["superior"] == read


def test_a_superior_is_written_by_dbid_and_cleared_by_null() -> None:
    assert node_input({"superior": "31"}, SPECS) == {"superior": {"dbId": 31}}
    assert node_input({"superior": None}, SPECS) == {"superior": None}
