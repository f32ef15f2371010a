"""What a row makes of one person, in the words of the step Fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from payroll.diff import Sent
from payroll.mapping import Blank, MappingRow, Mode
from payroll.pages.sample import Sample, SampleLine, find_people, sample_line
from payroll.records import UNREADABLE, Actual, Employee, Problem
from tests.payroll.people import (
    NATIONAL_ID,
    PICK_LISTS,
    SOURCE_SPECS,
    TARGET_SPECS,
    fingerprint,
    in_payroll,
    person,
)


def line(row: MappingRow, employee: Employee, *, known: bool = True, **there: Actual) -> SampleLine:
    """One row of a person whom payroll knows or does not."""
    found = in_payroll(employee, **there) if known else None
    sample = Sample(employee, found, {}, fingerprint)
    spec, source = TARGET_SPECS[row.target], SOURCE_SPECS.get(row.source)
    return sample_line(sample, row, spec, source, PICK_LISTS.get(row.target))


PHONE = MappingRow("private_phone", "phone")
NUMBER = "+4722334455"


@pytest.mark.parametrize(
    ("row", "there", "verdict"),
    [
        (PHONE, NUMBER, "The same already"),
        (PHONE, None, "Would be sent"),
        (PHONE, "+4799999999", "Would be sent"),
        (replace(PHONE, mode=Mode.IF_EMPTY), "+4799999999", "Not sent: not empty there"),
        (replace(PHONE, mode=Mode.IF_EMPTY), NUMBER, "The same already"),
        (replace(PHONE, mode=Mode.IF_EMPTY), None, "Would be sent"),
        (replace(PHONE, mode=Mode.ON_CREATE), None, "Not sent: only new people get it"),
        (replace(PHONE, mode=Mode.OFF), None, "Off"),
    ],
)
def test_the_verdict_is_what_a_sync_would_do(row: MappingRow, there: Actual, verdict: str) -> None:
    assert line(row, person(private_phone="22 33 44 55"), phone=there).verdict == verdict


def test_somebody_new_gets_what_there_is() -> None:
    assert line(PHONE, person(private_phone="22334455"), known=False).verdict == "For a new person"
    assert line(PHONE, person(private_phone=None), known=False).verdict == "Nothing to send"


def test_a_blank_clears_only_where_the_row_says_so() -> None:
    blank = person(private_phone=None)
    assert line(PHONE, blank, phone=NUMBER).verdict == "Nothing to send"
    cleared = line(replace(PHONE, blank=Blank.CLEAR), blank, phone=NUMBER)
    assert (cleared.verdict, cleared.sent, cleared.now) == ("Would be cleared", "", NUMBER)


def test_what_a_person_must_decide_is_held() -> None:
    made = line(MappingRow("employee_number", "code"), person("1001"), code="77")
    assert made.verdict == "Held: a person must decide"
    doubt = Problem("end_date_contradiction", "They do not agree.", "hire_date")
    held = line(MappingRow("hire_date", "employmentFrom"), person(doubts=(doubt,)))
    assert (held.verdict, held.sends) == ("Held: HR contradicts itself here", False)


def test_what_payroll_does_not_show_is_said_to_be_hidden() -> None:
    made = line(MappingRow("gender", "text1"), person(gender="Kvinne"), text1=UNREADABLE)
    assert (made.hidden, made.now, made.verdict) == (True, "", "Would be sent")


def test_what_payroll_made_of_the_last_value_is_in_sync() -> None:
    kari = person(first_name="Åse")
    there = in_payroll(kari, firstName="AASE")
    sample = Sample(kari, there, {"firstName": Sent("Åse", "AASE")}, fingerprint)
    row = MappingRow("first_name", "firstName")
    assert sample_line(sample, row, TARGET_SPECS["firstName"], None, None).verdict == (
        "The same already"
    )


@pytest.mark.parametrize("target", ["socialSec", "text1", "employeeGroup"])
def test_a_private_value_is_masked_wherever_it_goes(target: str) -> None:
    made = line(MappingRow("national_id", target), person(national_id=NATIONAL_ID))
    assert NATIONAL_ID not in str(made)
    assert made.raw == "010190*****"


def test_a_field_of_ones_own_is_masked_where_it_becomes_private() -> None:
    own: dict[str, Any] = {"custom.id": NATIONAL_ID}
    made = line(MappingRow("custom.id", "socialSec"), person(**own))
    assert NATIONAL_ID not in str(made)


def test_people_are_found_by_number_or_by_parts_of_the_name() -> None:
    people = [person("1"), person("10"), person("77", first_name="Åse")]
    assert [each.identity.number for each in find_people(people, " 1 ")] == ["1"]
    assert [each.identity.number for each in find_people(people, "nordmann åse")] == ["77"]
    assert len(find_people(people, "nord")) == 3
    assert find_people(people, "  ") == []
