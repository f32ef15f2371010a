"""Who takes part, and how much of them is sent today."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.fields import REQUIRED_FIELDS
from payroll.records import Employee, FieldType, Place
from payroll.scope import DIMENSIONS, Part, Scope, has_left, missing_fields, part_of

from .people import TODAY, job, person

DAY = timedelta(days=1)


def placed(**places: str) -> Employee:
    return person(placements={key: Place(value) for key, value in places.items()})


def leaver(days_ago: int, *, active: bool = False, **changes: Any) -> Employee:
    return person(active=active, end_date=TODAY - days_ago * DAY, **changes)


def part(
    employee: Employee, scope: Scope | None = None, *, in_payroll: bool = False
) -> tuple[Part, str]:
    """The part, and the code of the reason for not more."""
    found, problem = part_of(employee, scope or Scope(), TODAY, in_payroll)
    return found, problem.code if problem else ""


# --- the admin's choice


def test_an_empty_scope_takes_everybody_in() -> None:
    assert Scope.parse({}).contains(person())


def test_everybody_is_in_by_some_place_of_each_chosen_dimension() -> None:
    scope = Scope.parse({"departments": ["IT", "HR"], "offices": ["Bergen"]})
    assert scope.contains(placed(department="IT", office="Bergen"))
    assert not scope.contains(placed(department="IT", office="Oslo"))
    assert not scope.contains(placed(office="Bergen"))


@given(st.booleans(), st.booleans(), st.booleans())
def test_leaving_out_wins_over_taking_in_wins_over_the_place(
    left_out: bool, taken_in: bool, in_place: bool
) -> None:
    scope = Scope.parse(
        {
            "departments": ["IT" if in_place else "HR"],
            "include": ["1001"] if taken_in else [],
            "exclude": ["e1001"] if left_out else [],
        }
    )
    employee = placed(department="IT")
    assert scope.contains(employee) == (not left_out and (taken_in or in_place))


def test_somebody_without_a_number_is_not_meant_by_an_empty_word() -> None:
    nobody = person("", id="e1")
    assert Scope.parse({"exclude": [""]}).contains(nobody)
    assert not Scope.parse({"departments": ["IT"], "include": [""]}).contains(nobody)


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, True),
        ({"percent": Decimal("100.0")}, True),
        ({"type": "PERMANENT"}, True),
        ({"percent": Decimal(80)}, False),
        ({"percent": None}, False),
        ({"type": "Midlertidig ansatt"}, False),
    ],
)
def test_only_permanent_full_time_people_where_that_is_chosen(
    changes: dict[str, Any], inside: bool
) -> None:
    employee = person(employment=job(date(2020, 1, 1), **changes))
    assert Scope.parse({"permanent_full_time_only": True}).contains(employee) == inside
    assert Scope.parse({}).contains(employee)


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"departements": []}, "departements"),
        ({"departments": "IT"}, "departments"),
        ({"departments": [1]}, "departments"),
        ({"include": "1001"}, "include"),
        ({"future_days": -1}, "future_days"),
        ({"future_days": True}, "future_days"),
        ({"leaver_days": "45"}, "leaver_days"),
        ({"leaver_days": 3651}, "leaver_days"),
        ({"permanent_full_time_only": "yes"}, "permanent_full_time_only"),
        ({"departments": ""}, "departments"),
        ({"offices": None}, "offices"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused_by_the_name_of_its_key(
    config: dict[str, Any], key: str
) -> None:
    with pytest.raises(ValueError, match=rf"scope\.{key}: "):
        Scope.parse(config)


def test_every_dimension_can_be_chosen() -> None:
    for key, dimension in DIMENSIONS.items():
        scope = Scope.parse({key: ["x"]})
        assert scope.contains(placed(**{dimension: "x"}))
        assert not scope.contains(placed(**{dimension: "y"}))


# --- today's part


def test_a_complete_person_is_sent_whole() -> None:
    assert part(person()) == (Part.ALL, "")


@pytest.mark.parametrize("spec", REQUIRED_FIELDS, ids=lambda spec: spec.key)
@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_person_with_a_required_field_blank_is_not_sent_and_it_is_named(
    spec: Any, blank: Any
) -> None:
    missing: dict[str, Any] = {spec.key: None if spec.type is FieldType.DATE else blank}
    employee = person(id="e1", **missing)
    assert part(employee) == (Part.NOTHING, "missing_field")
    assert spec.label in missing_fields(employee)


def test_all_that_is_missing_is_named_at_once() -> None:
    employee = person(without=["title", "email", "employment_start"])
    assert missing_fields(employee) == [
        "E-mail (work, else private)",
        "Job title",
        "Employment start",
    ]


def test_a_person_without_an_employment_is_not_sent() -> None:
    employee = person(without=["employment_start"])
    assert employee.employment is None
    assert part(employee) == (Part.NOTHING, "missing_field")


@given(st.integers(-400, 400), st.integers(0, 60))
def test_a_future_starter_is_sent_from_the_first_day_of_the_window(ahead: int, window: int) -> None:
    starts = TODAY + ahead * DAY
    employee = person(hire_date=starts, employment_start=starts)
    expected = (Part.ALL, "") if ahead <= window else (Part.NOTHING, "starts_later")
    assert part(employee, Scope(future_days=window)) == expected


def test_somebody_hired_long_ago_does_not_wait_for_their_next_job() -> None:
    assert part(person(employment_start=TODAY + 90 * DAY)) == (Part.ALL, "")


def test_the_last_day_itself_is_a_day_at_work() -> None:
    assert not has_left(person(end_date=TODAY), TODAY)
    assert has_left(person(end_date=TODAY - DAY), TODAY)
    assert has_left(person(active=False), TODAY)


@given(st.integers(1, 2000), st.integers(0, 100), st.booleans())
def test_a_leavers_end_is_always_sent_and_the_rest_only_within_the_window(
    days_ago: int, window: int, active: bool
) -> None:
    found = part(leaver(days_ago, active=active), Scope(leaver_days=window), in_payroll=True)
    assert found == (Part.ALL if days_ago <= window else Part.END_DATE, "")


@given(st.integers(1, 2000), st.booleans())
def test_a_leaver_whom_payroll_does_not_know_is_not_sent(days_ago: int, active: bool) -> None:
    assert part(leaver(days_ago, active=active)) == (Part.NOTHING, "")


def test_an_incomplete_leavers_end_is_still_sent() -> None:
    assert part(leaver(1, title=None), in_payroll=True) == (Part.END_DATE, "")


def test_a_leaver_without_an_end_date_is_a_problem_only_where_payroll_knows_them() -> None:
    archived = person(active=False)
    assert part(archived, in_payroll=True) == (Part.NOTHING, "archived_without_end_date")
    assert part(archived) == (Part.NOTHING, "")
