"""A list that collapsed is a fault over there, and a plan too big waits for a person."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.guard import (
    DEFAULTS,
    Base,
    Counts,
    Kind,
    Limit,
    Trip,
    collapsed,
    count,
    limits_of,
    restored,
    sentence,
    stored,
    trips,
    unseen,
)
from payroll.plan import Plan
from payroll.records import ChangeKind

from .people import in_payroll, person, plan, sent

counts = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("count", "before", "suspicious"),
    [
        (0, 300, True),
        (149, 300, True),
        (150, 300, False),
        (299, 300, False),
        (2, 5, True),
        (3, 5, False),
        (0, 5, True),
        (0, 4, False),
        (0, 0, False),
    ],
)
def test_fewer_than_half_of_last_time_is_suspicious(
    count: int, before: int, suspicious: bool
) -> None:
    assert collapsed(count, before) == suspicious


@given(counts, counts)
def test_a_list_that_grew_or_stayed_is_never_suspicious(count: int, more: int) -> None:
    assert not collapsed(count + more, count)


@given(counts, counts, counts)
def test_a_shorter_list_is_never_less_suspicious(count: int, fewer: int, before: int) -> None:
    assert collapsed(max(count - fewer, 0), before) >= collapsed(count, before)


# --- a plan too big to be sent unseen -------------------------------------------------------------

BASE = Base(in_scope=210, linked=200)


def kinds(counts: Counts, base: Base = BASE) -> list[tuple[str, str]]:
    """The limits that are passed, each with its field."""
    return [(trip.kind.value, trip.field) for trip in trips(counts, base, DEFAULTS)]


@pytest.mark.parametrize(
    ("counts", "passed"),
    [
        (Counts(create=63), []),  # 30 % of 210
        (Counts(create=64), [("create", "")]),
        (Counts(update=80), []),  # 40 % of 200
        (Counts(update=81), [("update", "")]),
        (Counts(end=10), []),  # 5 % of 200, and 10 people
        (Counts(end=11), [("end", "")]),
        (Counts(fields={"phone": 100}), []),  # 50 % of 200
        (Counts(fields={"phone": 101, "email": 3}), [("field", "phone")]),
        (Counts(create=210, end=200), [("create", ""), ("end", "")]),
        (Counts(), []),
    ],
)
def test_each_kind_of_change_has_its_limit(counts: Counts, passed: list[tuple[str, str]]) -> None:
    assert kinds(counts) == passed


def test_ten_people_are_the_limit_where_five_percent_are_more() -> None:
    assert kinds(Counts(end=10), Base(1000, 1000)) == []
    assert kinds(Counts(end=11), Base(1000, 1000)) == [("end", "")]


@pytest.mark.parametrize("counts", [Counts(5, 0, 0), Counts(0, 5, 0), Counts(0, 0, 5)])
def test_five_people_are_never_too_many(counts: Counts) -> None:
    assert kinds(counts, Base(5, 5)) == []
    assert kinds(counts, Base(0, 0)) == []


def test_the_sixth_person_of_six_is_too_many() -> None:
    assert kinds(Counts(6, 6, 6), Base(6, 6)) == [("create", ""), ("update", ""), ("end", "")]


@given(counts, counts, counts)
def test_more_people_are_never_less_suspicious(number: int, more: int, base: int) -> None:
    for limit in DEFAULTS.values():
        assert limit.passed(number + more, base) >= limit.passed(number, base)


def test_limits_of_an_integration_replace_the_usual_ones() -> None:
    own = limits_of({"end": {"percent": 20, "people": None, "floor": 2}})
    assert own == {**DEFAULTS, Kind.END: Limit(20, None, 2)}


def planned(**changes: str) -> Plan:
    """Ten people of whom payroll knows eight, planned with these changes in HR to the eight."""
    known = [person(str(1000 + each)) for each in range(8)]
    new = [person(str(2000 + each)) for each in range(2)]
    now = [replace(each, fields={**each.fields, **changes}) for each in known]
    return plan([*now, *new], [in_payroll(each) for each in known])


def test_people_are_counted_by_what_is_sent_about_them() -> None:
    made = planned(email="all@fjordkraft.test", private_phone="+47 90 00 00 00")
    assert count(made) == Counts(2, 8, 0, {"email": 8, "phone": 8})


def test_values_sent_for_the_first_time_that_payroll_never_shows_are_not_counted() -> None:
    made = planned(gender="female")
    assert len(sent(made.changes, ChangeKind.UPDATE)) == 8
    assert count(made) == Counts(2, 0, 0, {})


def test_whoever_is_held_is_not_counted() -> None:
    made = planned(employee_number="77")
    assert count(made).total == 2


def test_a_trip_is_told_with_numbers_and_survives_being_stored() -> None:
    [trip] = trips(Counts(end=41), Base(210, 210), DEFAULTS)
    [again] = restored(json.loads(json.dumps([stored(trip)])))
    assert again == trip
    assert sentence(again).replace("\N{NO-BREAK SPACE}", " ") == (
        "41 of 210 people would get an end date; the limit is 5 % or 10 people."
    )


def test_a_field_is_told_by_its_name() -> None:
    trip = Trip(Kind.FIELD, 120, 210, DEFAULTS[Kind.FIELD], "phone")
    assert sentence(trip, "Phone").startswith("Phone would be changed for 120 of 210 people;")


def test_a_first_run_that_nobody_has_seen_is_told_so() -> None:
    trip = unseen(Counts(16, 11, 2), BASE)
    assert restored([stored(trip)]) == [trip]
    assert "first sync" in sentence(trip)
    assert "29 people" in sentence(trip)
