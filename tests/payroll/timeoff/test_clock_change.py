"""Hours of leave on the nights of 29 March and 25 October 2026, when the clocks in Oslo change."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from payroll.records import Period
from payroll.timeoff.clock_change import passed, stretches
from payroll.timeoff.days import DaySlice, Sliced, slices_of
from payroll.timeoff.records import Duration, LeaveDay, Shift, WorkDay, WorkWeek

from .fake import leave

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # 02 becomes 03; 03 becomes 02
BEFORE_SPRING, BEFORE_AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
NIGHT, EARLY, SPLIT = ["22:00-06:00"], ["00:00-08:00"], ["20:00-22:30", "23:00-04:00"]


def week(*shifts: str, hours: str = "8") -> WorkWeek:
    spans = [each.split("-") for each in shifts]
    day = WorkDay(
        Decimal(hours),
        tuple(Shift(time.fromisoformat(one), time.fromisoformat(other)) for one, other in spans),
    )
    return WorkWeek(date(2020, 1, 1), None, (day,) * 7)


def sliced(worked: WorkWeek, day: date, span: str, counted: str | None) -> Sliced:
    begin, end = span.split("-")
    hourly: dict[str, Any] = {
        "start": day,
        "end": day,
        "duration": Duration.MINUTES,
        "time_from": time.fromisoformat(begin),
        "time_to": time.fromisoformat(end),
        "days": () if counted is None else (LeaveDay(day, Decimal(counted)),),
    }
    return slices_of(leave(**hourly), [worked], YEAR)


def taken(worked: WorkWeek, day: date, span: str, counted: str | None) -> DaySlice:
    found = sliced(worked, day, span, counted)
    assert found.problem is None, found.problem
    (one,) = found.slices
    return one


@pytest.mark.parametrize(
    ("shifts", "day", "span", "counted", "hours", "percent"),
    [
        # In March an hour is left out: the shift of eight hours lasts seven.
        (NIGHT, BEFORE_SPRING, "22:00-06:00", "7", "7", "100"),
        (NIGHT, BEFORE_SPRING, "23:00-04:00", "4", "4", "57.14"),
        (EARLY, SPRING, "01:00-04:00", "2", "2", "28.57"),
        (NIGHT, SPRING, "01:00-04:00", "2", "2", "28.57"),  # of the shift that began the day before
        (SPLIT, BEFORE_SPRING, "20:00-04:00", "6.5", "6.5", "100"),
        (SPLIT, BEFORE_SPRING, "22:00-03:30", "4.5", "4", "61.54"),  # HR takes no break away
        # In October one comes twice: it lasts nine.
        (NIGHT, BEFORE_AUTUMN, "22:00-06:00", "9", "9", "100"),
        (NIGHT, BEFORE_AUTUMN, "23:00-04:00", "6", "6", "66.67"),
        (EARLY, AUTUMN, "01:00-04:00", "4", "4", "44.44"),
        (NIGHT, AUTUMN, "01:00-04:00", "4", "4", "44.44"),
        # Whoever begins or ends in the hour that comes twice: the count tells which time.
        (NIGHT, BEFORE_AUTUMN, "22:00-02:30", "5.5", "5.5", "61.11"),
        (NIGHT, BEFORE_AUTUMN, "22:00-02:30", "4.5", "4.5", "56.25"),
        (EARLY, AUTUMN, "02:30-04:00", "2.5", "2.5", "27.78"),
    ],
)
def test_hours_that_hr_counts_as_they_pass_are_those_of_absence(
    shifts: list[str], day: date, span: str, counted: str, hours: str, percent: str
) -> None:
    contract = "7.5" if shifts == SPLIT else "8"
    found = taken(week(*shifts, hours=contract), day, span, counted)
    assert (found.hours, found.percent) == (Decimal(hours), Decimal(percent))
    begin, end = (time.fromisoformat(each) for each in span.split("-"))
    whole = found.percent == 100
    assert (found.time_from, found.time_to) == ((None, None) if whole else (begin, end))


@pytest.mark.parametrize(
    ("day", "span", "counted"),
    [
        (BEFORE_SPRING, "22:00-06:00", "8"),
        (BEFORE_SPRING, "23:00-04:00", "5"),
        (BEFORE_AUTUMN, "22:00-06:00", "8"),
        (BEFORE_AUTUMN, "23:00-04:00", "5"),
    ],
)
def test_so_are_hours_that_hr_counts_by_the_clock(day: date, span: str, counted: str) -> None:
    assert taken(week(*NIGHT), day, span, counted).hours == Decimal(counted)


@pytest.mark.parametrize(("day", "hours"), [(BEFORE_SPRING, "4"), (BEFORE_AUTUMN, "6")])
def test_without_a_count_the_hours_that_passed_are_those_of_absence(day: date, hours: str) -> None:
    assert taken(week(*NIGHT), day, "23:00-04:00", None).hours == Decimal(hours)


@pytest.mark.parametrize("day", [BEFORE_SPRING, BEFORE_AUTUMN])
@pytest.mark.parametrize("counted", ["3", "4.5", "7"])
def test_a_count_that_fits_neither_stays_a_conflict(day: date, counted: str) -> None:
    problem = sliced(week(*NIGHT), day, "23:00-04:00", counted).problem
    assert problem
    assert problem.code == "hours_differ"


def test_what_can_mean_two_numbers_of_hours_stays_a_conflict() -> None:
    broken = week("20:00-22:00", "23:00-05:00")
    by_clock_or_without_the_break = sliced(broken, BEFORE_SPRING, "20:00-05:00", "8")
    which_half_past_two = sliced(week(*NIGHT), BEFORE_AUTUMN, "22:00-02:30", None)
    for each in (by_clock_or_without_the_break, which_half_past_two):
        assert each.problem
        assert each.problem.code == "clocks_change"


@pytest.mark.parametrize("day", [BEFORE_SPRING, BEFORE_AUTUMN])
@pytest.mark.parametrize("counted", [None, "2"])
def test_hours_before_the_change_are_as_on_any_night(day: date, counted: str | None) -> None:
    found = taken(week(*NIGHT), day, "23:00-01:00", counted)
    assert (found.hours, found.percent) == (Decimal(2), Decimal(25))


def test_without_shifts_the_hours_that_passed_are_held_against_the_day() -> None:
    found = taken(week(hours="7.5"), SPRING, "01:00-04:00", "2")
    assert (found.hours, found.percent) == (Decimal(2), Decimal("26.67"))


def test_the_hour_that_is_left_out_takes_no_time() -> None:
    assert [passed(SPRING, minutes, 0) for minutes in (119, 120, 150, 180, 181)] == [
        *(119, 120, 120),
        *(120, 121),
    ]
    assert list(stretches(SPRING, 60, 240)) == [(60, 180)]
    assert list(stretches(AUTUMN, 60, 240)) == [(60, 300)]
    assert list(stretches(date(2026, 6, 1), 60, 240)) == []
