"""What a restore plans: the values of before, only those, and a reason for each that stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.four_eyes import FourEyes
from payroll.linking import LinkState
from payroll.mapping import Mode
from payroll.matching import Roster
from payroll.pinning import LIFTED, Pins
from payroll.plan import Plan
from payroll.records import Employee, Identity, Subject, TargetEmployee
from payroll.restoring import Before, Taken, make_restore

from .people import NOW, TODAY, in_payroll, link, person, reasons_of, rules, sent

OLD, WRONG, OTHER = "+4790000001", "+4790000002", "+4790000003"
PHONES = st.sampled_from([None, OLD, WRONG, OTHER])


def restored(
    employee: Employee,
    there: list[TargetEmployee],
    links: list[LinkState],
    fields: dict[str, Taken],
    **changes: Any,
) -> Plan:
    before = [Before(employee.id, f"t{employee.id}", fields)]
    people = changes.pop("people", [employee])
    return make_restore(before, people, rules(**changes), Roster(there), links, TODAY, NOW)


def phone_restored(
    before: str | None = OLD, held: str | None = WRONG, wanted: str | None = WRONG, **changes: Any
) -> Plan:
    """Of somebody whose phone a run changed from `before` to WRONG."""
    employee = person(private_phone=wanted, last_name="Hansen")
    there = in_payroll(employee, phone=held, lastName="Nordmann")
    taken = {"phone": Taken(before, WRONG)}
    return restored(employee, [there], [link(employee, phone=WRONG)], taken, **changes)


def why(made: Plan) -> list[str]:
    """The reasons, also of rows that go out with a value left out."""
    return [problem.code for row in made.changes for problem in row.problems]


@given(before=PHONES, held=PHONES, wanted=PHONES)
def test_only_the_field_of_the_run_goes_back_and_is_pinned_against_hr(
    before: str | None, held: str | None, wanted: str | None
) -> None:
    made = phone_restored(before, held, wanted)
    changes = [change for row in sent(made.changes) for change in row.fields]
    if held == WRONG != before:
        [change] = changes
        assert (change.field, change.before, change.after) == ("phone", WRONG, before)
        assert (change.pin == LIFTED) == (wanted is not None and wanted == before)
    else:
        assert changes == []
        assert why(made) == ([] if held == before else ["restore_changed_since"])


def test_what_payroll_holds_already_is_pinned_once_and_not_sent() -> None:
    made = phone_restored(held=OLD)
    assert not made.changes
    [kept] = made.held_already
    pin = kept.fields[0].pin
    assert pin
    field = kept.employee.id, kept.fields[0].field
    again = phone_restored(held=OLD, pins=Pins({field: pin}, {field: kept.target_id}))
    assert not again.held_already
    before = phone_restored(held=OLD, pins=Pins({field: pin}, {field: "somebody else"}))
    assert before.held_already


@pytest.mark.parametrize(
    ("field", "taken", "reason"),
    [
        ("employmentTo", Taken(None, "2026-12-31"), "restore_end_date"),
        ("code", Taken("1", "1001"), "restore_by_hand"),
        ("text1", Taken(None, "M", unreadable=True), "restore_unreadable"),
        ("email", Taken(None, "kari@x.test"), "restore_was_blank"),
        ("socialSec", Taken(None, "01019010046"), "restore_was_blank"),
        ("employeeGroup", Taken("GONE", "F"), "restore_off_list"),
        ("employmentFrom", Taken("no date", "2020-01-01"), "restore_unreadable"),
        ("long gone", Taken("a", "b"), "restore_unmapped"),
    ],
)
def test_what_cannot_go_back_is_told(field: str, taken: Taken, reason: str) -> None:
    employee = person()
    made = restored(employee, [in_payroll(employee)], [link(employee)], {field: taken})
    assert not sent(made.changes)
    assert reasons_of(made) == [reason]


def test_a_field_that_is_off_or_waits_for_a_second_person_is_told() -> None:
    off = [
        row if row.target != "phone" else type(row)("private_phone", "phone", Mode.OFF)
        for row in rules().rows
    ]
    assert why(phone_restored(rows=off)) == ["restore_unmapped"]
    waits = FourEyes(subjects={"phone": Subject.PAY})
    assert why(phone_restored(four_eyes=waits)) == ["restore_waits"]


def test_one_value_that_stays_does_not_keep_the_others_back() -> None:
    employee = person(private_phone=WRONG)
    taken = {"phone": Taken(OLD, WRONG), "employmentTo": Taken(None, "2026-12-31")}
    made = restored(employee, [in_payroll(employee)], [link(employee, phone=WRONG)], taken)
    [row] = sent(made.changes)
    assert [change.field for change in row.fields] == ["phone"]
    assert row.flagged
    assert why(made) == ["restore_end_date"]


@pytest.mark.parametrize("gone", ["link", "payroll", "other integration"])
def test_who_is_not_linked_to_somebody_there_gets_nothing(gone: str) -> None:
    employee = person(private_phone=WRONG)
    there = [] if gone == "payroll" else [in_payroll(employee)]
    links = [] if gone == "link" else [link(employee, phone=WRONG)]
    taken = {f"t{employee.id}": "Another"} if gone == "other integration" else {}
    made = restored(employee, there, links, {"phone": Taken(OLD, WRONG)}, taken=taken)
    assert reasons_of(made) == ["restore_not_linked"]


def test_nothing_is_restored_to_another_human_who_has_the_id_in_payroll_by_now() -> None:
    employee = person(private_phone=WRONG)
    stranger = Identity("5", "Ola", "Hansen")
    there = replace(in_payroll(employee, phone=WRONG), identity=stranger)
    taken = {"phone": Taken(OLD, WRONG)}  # and the stranger's phone happens to be the same
    made = restored(employee, [there], [link(employee, phone=WRONG)], taken)
    assert (sent(made.changes), made.held_already) == ([], [])
    assert reasons_of(made) == ["linked_to_another"]


def test_nothing_of_one_in_payroll_is_restored_to_another_whom_the_person_is_linked_to_since() -> (
    None
):
    employee = person(private_phone=WRONG)
    there = replace(in_payroll(employee, phone=WRONG), id="t2")
    again = replace(link(employee, phone=WRONG), target_id="t2")
    made = restored(employee, [there], [again], {"phone": Taken(OLD, WRONG)})
    assert (sent(made.changes), made.held_already) == ([], [])
    assert reasons_of(made) == ["restore_not_linked"]


def test_who_is_no_longer_in_hr_is_restored_and_pinned_until_they_are_back() -> None:
    employee = person(private_phone=WRONG)
    made = restored(
        employee,
        [in_payroll(employee)],
        [link(employee, phone=WRONG)],
        {"phone": Taken(OLD, WRONG)},
        people=[],
    )
    [row] = sent(made.changes)
    assert row.fields[0].pin == Pins().mark(employee.id, rules().target_specs["phone"], {})
