"""Who in scope can be sent today, and what keeps the others back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from payroll.headcount import Crowd
from payroll.mapping import MappingRow, Mode
from payroll.readiness import Requirements, Standing, State, standings
from payroll.records import Employee, Problem
from payroll.scope import Scope

from .people import PICK_LISTS, ROWS, SOURCE_SPECS, TARGET_SPECS, TODAY, person, plan

DAY = timedelta(days=1)


def stand(*people: Employee, linked: tuple[str, ...] = (), **changes: Any) -> list[Standing]:
    ids = frozenset(linked)
    needs = Requirements(changes.get("rows", ROWS), SOURCE_SPECS, TARGET_SPECS, "employmentTo")
    return standings(
        Crowd(people, TODAY, ids, ids, PICK_LISTS), changes.get("scope", Scope()), needs
    )


def one(employee: Employee, **changes: Any) -> Standing:
    (found,) = stand(employee, **changes)
    return found


def test_a_complete_person_is_ready() -> None:
    assert one(person()).state is State.READY


def test_what_is_blank_in_hr_is_named() -> None:
    found = one(person(title=None, email=""))
    assert found.state is State.NOT_READY
    assert found.missing == ("E-mail (work, else private)", "Job title")


def test_a_value_without_a_counterpart_stops_the_person_where_payroll_needs_it() -> None:
    found = one(person(employment_type="Lærling"))
    assert found.state is State.NOT_READY
    assert "Lærling" in found.problems[0].message
    assert found.missing == ()


def test_a_value_that_only_costs_itself_is_left_out() -> None:
    found = one(person(national_id="123"))
    assert found.state is State.PARTLY
    assert found.without == ("National id",)


def test_a_contradiction_in_hr_leaves_that_field_out() -> None:
    doubt = Problem("unclear", "HR says two things.", field="gender")
    found = one(person(gender="F", doubts=(doubt,)))
    assert (found.state, found.without) == (State.PARTLY, ("Gender",))


def test_a_future_starter_is_later_with_the_date() -> None:
    starts = TODAY + 60 * DAY
    found = one(person(hire_date=starts, employment_start=starts))
    assert found.state is State.LATER
    assert "1 May 2026" in found.problems[0].message


def test_what_payroll_requires_of_a_new_person_is_asked_of_nobody_it_knows() -> None:
    rows = tuple(row for row in ROWS if row.target != "employeeGroup")
    assert one(person(), rows=rows).missing == ("Employee group",)
    assert one(person(), rows=rows, linked=("e1001",)).state is State.READY


def test_a_row_that_is_off_keeps_nobody_back() -> None:
    rows = (*ROWS[:-1], MappingRow("national_id", "text1", Mode.OFF))
    assert one(person(), rows=rows).state is State.READY


def test_only_leavers_whom_payroll_knows_are_listed() -> None:
    gone = person(active=False, end_date=TODAY - 3 * DAY, title=None)
    assert stand(gone) == []
    found = one(gone, linked=("e1001",))
    assert (found.state, found.left) == (State.READY, True)
    assert stand(person(end_date=TODAY - 90 * DAY), linked=("e1001",)) == []


def test_an_archived_person_without_an_end_date_is_not_ready() -> None:
    found = one(person(active=False), linked=("e1001",))
    assert (found.state, found.problems[0].code) == (State.NOT_READY, "archived_without_end_date")


def test_two_people_with_one_number_are_not_ready() -> None:
    found = stand(person("7", id="a"), person("7", id="b"))
    assert {each.state for each in found} == {State.NOT_READY}


def test_somebody_out_of_scope_is_not_listed() -> None:
    assert stand(person(), scope=Scope.parse({"exclude": ["1001"]})) == []


def test_the_list_says_what_a_plan_would_do() -> None:
    starts = TODAY + 60 * DAY
    people = [
        person("1"),
        person("2", title=None),
        person("3", employment_type="Lærling"),
        person("4", national_id="123"),
        person("5", hire_date=starts, employment_start=starts),
    ]
    planned = {change.employee.id: change for change in plan(people).changes}
    for each in stand(*people):
        sends = planned[each.employee.id].outcome is None
        assert sends == (each.state in (State.READY, State.PARTLY)), each
