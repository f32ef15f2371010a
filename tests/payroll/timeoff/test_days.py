"""What a leave takes of each day: clipped, by the person's own work week, on the clock in Oslo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.records import Period
from payroll.timeoff.days import DaySlice, slices_of
from payroll.timeoff.records import Channel, Duration, Half, LeaveDay, Shift, WorkDay, WorkWeek
from payroll.timeoff.rows import rows_of

from .fake import FREE, NOVEMBER, WEEK, leave

MONDAY = date(2026, 11, 9)


def slices(*weeks: WorkWeek, period: Period = NOVEMBER, **changes: Any) -> Sequence[DaySlice]:
    sliced = slices_of(leave(**changes), weeks or (WEEK,), period)
    assert sliced.problem is None
    return sliced.slices


def problem(*weeks: WorkWeek, **changes: Any) -> str:
    sliced = slices_of(leave(**changes), weeks, NOVEMBER)
    assert sliced.problem is not None
    return sliced.problem.code


def every_day(*shifts: tuple[int, int]) -> WorkWeek:
    spans = tuple(Shift(time(begin), time(end % 24)) for begin, end in shifts)
    hours = Decimal(sum((end - begin) % 24 for begin, end in shifts))
    day = WorkDay(hours, spans)
    return WorkWeek(date(2020, 1, 1), None, (day,) * 7)


def one_day(**changes: Any) -> dict[str, Any]:
    return {"start": MONDAY, "end": MONDAY, "duration": Duration.ONE_DAY} | changes


def test_a_leave_is_clipped_to_the_period_and_skips_days_without_work() -> None:
    found = slices(start=date(2026, 10, 26), end=date(2026, 11, 9))
    assert [each.day.day for each in found] == [2, 3, 4, 5, 6, 9]
    assert {each.hours for each in found} == {Decimal("7.5")}


def test_two_months_take_every_day_once() -> None:
    span: dict[str, Any] = {"start": date(2026, 10, 26), "end": date(2026, 11, 9)}
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    both = [*slices(period=october, **span), *slices(**span)]
    assert both == list(slices(period=Period(date(2026, 1, 1), date(2026, 12, 31)), **span))


@pytest.mark.parametrize(
    ("grade", "begins"), [("50", time(12)), ("25", time(14)), ("75", time(10))]
)
def test_a_grade_is_the_last_part_of_the_shift(grade: str, begins: time) -> None:
    (found,) = slices(every_day((8, 16)), **one_day(grade=Decimal(grade)))
    assert (found.percent, found.time_from, found.time_to) == (Decimal(grade), begins, time(16))
    assert found.hours == 8 * Decimal(grade) / 100


def test_a_break_is_not_absence() -> None:
    (found,) = slices(every_day((8, 12), (13, 17)), **one_day(grade=Decimal(75)))
    assert (found.time_from, found.time_to, found.hours) == (time(10), time(17), Decimal(6))


def test_a_night_shift_ends_on_the_next_morning() -> None:
    (found,) = slices(every_day((22, 30)), **one_day(grade=Decimal(50)))
    assert (found.day, found.time_from, found.time_to) == (MONDAY, time(2), time(6))


def test_half_a_day_is_the_half_that_hr_names() -> None:
    week = every_day((8, 16))
    (morning,) = slices(week, **one_day(duration=Duration.HALF_DAY, half=Half.MORNING))
    (afternoon,) = slices(week, **one_day(duration=Duration.HALF_DAY, half=Half.AFTERNOON))
    assert (morning.time_from, morning.time_to) == (time(8), time(12))
    assert (afternoon.time_from, afternoon.time_to) == (time(12), time(16))
    assert morning.percent == afternoon.percent == 50


def test_hours_of_leave_count_inside_the_shift_only() -> None:
    hours = one_day(duration=Duration.MINUTES, time_from=time(11), time_to=time(14))
    (found,) = slices(every_day((8, 12), (13, 17)), **hours)
    assert (found.hours, found.percent) == (Decimal(2), Decimal(25))
    assert (found.time_from, found.time_to) == (time(11), time(14))


def test_hours_outside_the_shift_are_a_conflict() -> None:
    hours = one_day(duration=Duration.MINUTES, time_from=time(19), time_to=time(20))
    assert problem(every_day((8, 16)), **hours) == "outside_shift"


def test_hours_may_be_counted_with_the_grade_or_without_it() -> None:
    for counted in ("3.75", "7.5"):
        days = (LeaveDay(MONDAY, Decimal(counted)),)
        (found,) = slices(WEEK, **one_day(grade=Decimal(50), days=days))
        assert found.hours == Decimal("3.75")


def test_hours_that_fit_neither_are_a_conflict() -> None:
    days = (LeaveDay(MONDAY, Decimal(5)),)
    assert problem(WEEK, **one_day(grade=Decimal(50), days=days)) == "hours_differ"


def test_the_grade_may_stand_on_the_day_alone() -> None:
    (found,) = slices(WEEK, **one_day(days=(LeaveDay(MONDAY, None, Decimal("37.5")),)))
    assert found.percent == Decimal("37.5")


def test_two_different_grades_are_a_conflict() -> None:
    days = (LeaveDay(MONDAY, None, Decimal(40)),)
    assert problem(WEEK, **one_day(grade=Decimal(50), days=days)) == "grades_differ"


def test_a_day_that_hr_does_not_count_is_no_absence() -> None:
    counted = (LeaveDay(date(2026, 11, 9), Decimal("7.5")), LeaveDay(date(2026, 11, 11)))
    assert [each.day.day for each in slices(days=counted)] == [9, 11]


def test_without_a_work_week_nothing_is_guessed() -> None:
    assert problem() == "no_schedule"
    later = WorkWeek(date(2026, 11, 11), None, WEEK.days)
    assert problem(later) == "no_schedule"


def test_the_most_specific_work_week_of_the_day_counts() -> None:
    own = WorkWeek(date(2026, 11, 9), date(2026, 11, 9), (FREE,) * 7)
    assert [each.day.day for each in slices(own, WEEK)] == [10, 11, 12, 13]


@pytest.mark.parametrize("grade", ["0.5", "101", "-5"])
def test_a_grade_outside_1_to_100_is_a_conflict(grade: str) -> None:
    assert problem(WEEK, grade=Decimal(grade)) == "bad_grade"


def test_an_absence_has_its_weekends_inside_and_not_at_its_ends() -> None:
    found = slices(start=date(2026, 11, 7), end=date(2026, 11, 22))
    (row,) = rows_of(Channel.ABSENCES, found, {each.day for each in found})
    assert (row.start, row.end) == (date(2026, 11, 9), date(2026, 11, 20))
    assert len(row.days) == 10


def test_another_grade_begins_another_row() -> None:
    days = tuple(
        LeaveDay(date(2026, 11, day), None, Decimal(50 if day < 12 else 80)) for day in range(9, 14)
    )
    found = slices(days=days)
    rows = rows_of(Channel.ABSENCES, found, {each.day for each in found})
    assert [(row.start.day, row.end.day, row.percent) for row in rows] == [
        (9, 11, Decimal(50)),
        (12, 13, Decimal(80)),
    ]


def test_a_day_that_is_there_already_splits_the_row() -> None:
    found = slices()
    missing = {each.day for each in found} - {date(2026, 11, 11)}
    rows = rows_of(Channel.ABSENCES, found, missing)
    assert [(row.start.day, row.end.day) for row in rows] == [(9, 10), (12, 13)]


def test_a_timesheet_line_is_one_day_with_hours_and_times() -> None:
    found = slices(every_day((8, 16)), grade=Decimal(50))
    rows = rows_of(Channel.TIMESHEETS, found, {each.day for each in found})
    assert [(row.start, row.hours) for row in rows] == [(each.day, Decimal(4)) for each in found]
    assert {row.times for row in rows} == {(time(12), time(16))}


@given(
    grade=st.decimals("1", "100", places=2),
    shifts=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    begin=st.integers(0, 23),
)
def test_the_times_hold_the_hours_of_the_grade(
    grade: Decimal, shifts: list[int], begin: int
) -> None:
    """With an hour's break between shifts, over midnight too."""
    spans, at = [], begin
    for hours in shifts:
        spans.append(Shift(time(at % 24), time((at + hours) % 24)))
        at += hours + 1
    day = WorkDay(Decimal(sum(shifts)), tuple(spans))
    week = WorkWeek(date(2020, 1, 1), None, (day,) * 7)
    (found,) = slices(week, **one_day(grade=grade))
    assert abs(found.hours - day.hours * grade / 100) <= Decimal("0.005")
    assert (found.time_from is None) == (grade == 100)
