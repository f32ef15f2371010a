"""A pinned value is never sent while HR wants the same, and goes as soon as HR wants another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.mapping import Blank, MappingRow
from payroll.pinning import Pins
from payroll.plan import Plan
from payroll.records import ChangeKind, Employee, Value

from .people import ROWS, TARGET_SPECS, in_payroll, link, person, plan, reasons_of, sent

CLEARING = [*(row for row in ROWS if row.target != "phone")]
CLEARING.append(MappingRow("private_phone", "phone", blank=Blank.CLEAR))
PHONES = st.sampled_from([None, "+4790000001", "+4790000002", "+4790000003"])
NAMES = st.sampled_from(["Nordmann", "Hansen", "Berg"])
OLD, WRONG, NEW = "+4790000001", "+4790000002", "+4790000003"


def pins(employee: Employee, **wanted: Value) -> Pins:
    """Pinned when HR wanted these values, by payroll's fields; of a field without one, nothing."""
    blank = Pins()
    return Pins(
        {(employee.id, key): blank.mark(employee.id, TARGET_SPECS[key], wanted) for key in wanted},
        {(employee.id, key): in_payroll(employee).id for key in wanted},
    )


def planned(employee: Employee, payroll: dict[str, Any], kept: Pins, **baseline: Value) -> Plan:
    there = in_payroll(employee, **payroll)
    return plan([employee], [there], [link(employee, **baseline)], pins=kept, rows=CLEARING)


def fields(made: Plan) -> set[str]:
    """What goes out."""
    return {change.field for row in sent(made.changes) for change in row.fields}


@given(then=PHONES, now=PHONES, held=PHONES, name=NAMES, other=NAMES)
def test_only_the_pinned_field_is_left_alone_and_only_while_hr_stays(
    then: str | None, now: str | None, held: str | None, name: str, other: str
) -> None:
    employee = person(private_phone=now, last_name=name)
    payroll = {"phone": held, "lastName": other}
    kept = pins(employee, phone=then)
    free, made = (planned(employee, payroll, each) for each in (Pins(), kept))
    if then == now:
        assert "phone" not in fields(made)
        assert made.pinned == ({"phone": 1} if now != held else {})
        assert made.unpinned == []
    else:
        assert ("phone" in fields(made)) == (now != held)
        assert made.pinned == {}
        assert made.unpinned == [(employee.id, "phone")]
    assert fields(made) - {"phone"} == fields(free) - {"phone"}


def test_an_end_date_goes_past_every_pin() -> None:
    ended = person(private_phone=WRONG, end_date=date(2026, 3, 31))
    made = planned(ended, {"phone": OLD, "employmentTo": None}, pins(ended, phone=WRONG))
    [row] = sent(made.changes)
    assert row.kind is ChangeKind.END
    assert fields(made) == {"employmentTo"}


@pytest.mark.parametrize("edited", [NEW, None])
def test_what_somebody_changes_in_payroll_is_left_and_told(edited: str | None) -> None:
    employee = person(private_phone=WRONG)
    made = planned(employee, {"phone": edited}, pins(employee, phone=WRONG), phone=OLD)
    assert fields(made) == set()
    assert reasons_of(made) == ["pinned_and_changed"]
    assert made.pinned == {"phone": 1}


def test_a_field_that_hr_does_not_deliver_stays_pinned() -> None:
    employee = person(without=["private_phone"])
    made = planned(employee, {"phone": OLD}, pins(employee, phone=WRONG))
    assert (made.unpinned, made.pinned, fields(made)) == ([], {}, set())


def test_a_pin_set_while_hr_had_nothing_gives_way_to_the_first_value() -> None:
    employee = person(private_phone=NEW)
    mark = Pins().mark(employee.id, TARGET_SPECS["phone"], {})
    made = planned(employee, {"phone": OLD}, Pins({(employee.id, "phone"): mark}))
    assert fields(made) == {"phone"}
    assert made.unpinned == [(employee.id, "phone")]


def test_a_pin_of_one_person_holds_nobody_else() -> None:
    one, other = person(private_phone=WRONG), person("1002", private_phone=WRONG)
    there = [in_payroll(each, phone=OLD) for each in (one, other)]
    links = [link(each) for each in (one, other)]
    made = plan([one, other], there, links, pins=pins(one, phone=WRONG))
    assert [row.employee.id for row in sent(made.changes)] == [other.id]


def test_a_pin_holds_no_value_of_somebody_else_whom_the_person_is_linked_to_by_now() -> None:
    employee = person(private_phone=WRONG)
    there = replace(in_payroll(employee, phone=OLD), id="t9")
    kept = pins(employee, phone=WRONG)
    made = plan([employee], [there], [replace(link(employee), target_id="t9")], pins=kept)
    assert (fields(made), made.pinned) == ({"phone"}, {})
    assert made.unpinned == [(employee.id, "phone")]


def test_the_digest_depends_on_the_person_the_field_and_the_value() -> None:
    phone, email = TARGET_SPECS["phone"], TARGET_SPECS["email"]
    marks = {
        Pins().mark("1", phone, {"phone": OLD}),
        Pins().mark("2", phone, {"phone": OLD}),
        Pins().mark("1", email, {"email": OLD}),
        Pins().mark("1", phone, {"phone": NEW}),
        Pins().mark("1", phone, {"phone": None}),
        Pins().mark("1", phone, {}),
    }
    assert len(marks) == 6
    same = Pins().mark("1", phone, {"phone": "900 00 001"})
    assert same == Pins().mark("1", phone, {"phone": "+4790000001"})
