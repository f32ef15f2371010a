"""Simployer One's work weeks become each person's schedules, whatever unit they are written in."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.timeoff.records import Shift, WorkWeek
from simployer.work_weeks import read_work_weeks

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
WEEKEND = ("saturday", "sunday")
OFF = {"working": False, "duration": 0, "shifts": []}
PEOPLE: list[dict[str, Any]] = [
    {"id": "anna", "companyId": "c", "officeId": "bodo"},
    {"id": "bo", "companyId": "c", "officeId": None},
    {"id": "eva", "companyId": "other"},
]


def shift(start: int, end: int, minute: int = 0) -> dict[str, Any]:
    return {"startHour": start, "startMinute": minute, "endHour": end, "endMinute": minute}


def work(duration: object = 450, *shifts: dict[str, Any]) -> dict[str, Any]:
    return {"working": True, "duration": duration, "shifts": list(shifts) or [shift(8, 16)]}


def week(day: object = None, **row: Any) -> dict[str, Any]:
    return {
        "id": "w",
        "companyId": "c",
        "effectiveFrom": "2026-01-01T00:00:00.000Z",
        "timezone": "Europe/Oslo",
        **dict.fromkeys(WEEKDAYS, work() if day is None else day),
        **dict.fromkeys(WEEKEND, OFF),
        **row,
    }


def of(person: str, *weeks: dict[str, Any]) -> list[WorkWeek]:
    return read_work_weeks(weeks, PEOPLE).get(person, [])


@pytest.mark.parametrize("duration", [450, Decimal("7.5"), Decimal("450.0")])
def test_minutes_and_hours_are_told_apart(duration: object) -> None:
    [found] = of("bo", week(work(duration)))
    assert [day.hours for day in found.days] == [Decimal("7.5")] * 5 + [Decimal(0)] * 2
    assert found.days[0].shifts == (Shift(time(8), time(16)),)
    assert not found.days[6].working


def test_without_a_duration_the_shifts_count() -> None:
    [found] = of("bo", week(work(None, shift(8, 11), shift(12, 16))))
    assert found.days[0].hours == 7
    [night] = of("bo", week(work(None, shift(22, 6))))
    assert night.days[0].hours == 8
    [late] = of("bo", week(work(None, shift(16, 24))))
    assert late.days[0].hours == 8
    assert late.days[0].shifts[0].end == time(0)


def test_the_own_week_comes_first_then_the_offices_then_the_companys() -> None:
    common, office = week(id="1"), week(work(420), id="2", officeId="bodo")
    own = week(work(240), id="3", employeeId="anna", officeId="bodo")
    assert [each.days[0].hours for each in of("anna", common, office, own)] == [4, 7, 7.5]
    assert [each.days[0].hours for each in of("bo", common, office, own)] == [7.5]
    assert of("eva", common, office, own) == []


def test_of_two_own_weeks_the_later_comes_first() -> None:
    old = week(id="1", employeeId="bo", effectiveTo="2026-02-28T23:59:59Z")
    new = week(id="2", employeeId="bo", effectiveFrom="2026-02-28T23:00:00Z")
    first, second = of("bo", old, new)
    assert (first.start, first.end) == (date(2026, 3, 1), None)
    assert (second.start, second.end) == (date(2026, 1, 1), date(2026, 2, 28))


def test_the_times_of_another_clock_are_left_out_and_the_hours_kept() -> None:
    [found] = of("bo", week(timezone="Europe/Helsinki"))
    assert (found.days[0].hours, found.days[0].shifts) == (Decimal("7.5"), ())
    [same] = of("bo", week(timezone="Europe/Stockholm"))
    assert same.days[0].shifts


@pytest.mark.parametrize(
    "broken",
    [
        {"monday": None},
        {"monday": {"duration": 450, "shifts": []}},
        {"monday": work(600)},
        {"monday": work(27000)},
        {"monday": work(-1)},
        {"monday": work(450, shift(8, 25))},
        {"monday": work(450, shift(8, 16, 61))},
        {"monday": work("a day")},
        {"monday": work() | {"shifts": 7}},
        {"effectiveTo": "some day"},
        {"effectiveFrom": None},
    ],
)
def test_nothing_less_specific_stands_in_for_an_unreadable_week(broken: dict[str, Any]) -> None:
    own = week(id="2", employeeId="bo") | broken
    assert of("bo", week(id="1"), own) == []
    assert len(of("anna", week(id="1"), own)) == 1


def test_a_newer_readable_week_still_counts_before_an_unreadable_one() -> None:
    old = week(id="1", employeeId="bo", monday=None)
    new = week(id="2", employeeId="bo", effectiveFrom="2026-03-01")
    assert [each.start for each in of("bo", old, new)] == [date(2026, 3, 1)]


def test_a_deleted_week_is_none() -> None:
    assert of("bo", week(deleted=True)) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(st.sampled_from(list(week())), ANYTHING, st.sampled_from(["employeeId", "officeId"]))
def test_no_week_crashes_whatever_it_holds(key: str, value: object, owner: str) -> None:
    for schedules in read_work_weeks([week() | {key: value, owner: value}], PEOPLE).values():
        for each in schedules:
            assert all(0 <= day.hours <= 24 for day in each.days)
