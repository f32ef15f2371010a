"""What a leave takes of each working day: percent, hours and times on the clock in Oslo. Pure.

A grade is the absence of the last part of the shift, so times are counted back from its end. Hours
come from the person's own work week; HR's day rows are held against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from payroll.records import Period, Problem

from . import reasons, shifts
from .records import Duration, Half, LeaveDay, TimeOff, WorkDay, WorkWeek

WHOLE = Decimal(100)
HALF = Decimal(50)
TOLERANCE = Decimal("0.02")  # of an hour: systems round 37,5 % of 7,5 differently
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DaySlice:
    """What one leave takes of one day. `percent` is of the working day, above 0 up to 100.

    `hours` are those of absence; times only where it does not fill the day and the schedule has
    shifts; `time_to` not after `time_from` is on the next day. `graded`: the percent is a grade,
    the same on every day, and not a part of the day that the leave itself names.
    """

    day: date
    percent: Decimal
    hours: Decimal
    time_from: time | None = None
    time_to: time | None = None
    graded: bool = True


@dataclass(frozen=True, slots=True)
class Sliced:
    """The slices of a leave by day, or what keeps it from being sliced."""

    slices: tuple[DaySlice, ...] = ()
    problem: Problem | None = None


def slices_of(leave: TimeOff, weeks: Sequence[WorkWeek], period: Period) -> Sliced:
    """A leave clipped to the period; its days off and HR's own free days give no slice.

    An open-ended leave is clipped too: whether it may go is not decided here.
    """
    if leave.end is not None and leave.end < leave.start:
        return Sliced(problem=reasons.BACKWARDS)
    if leave.grade is not None and not 1 <= leave.grade <= WHOLE:
        return Sliced(problem=reasons.bad_grade(leave.grade))
    counted = {row.day: row for row in leave.days}
    slices: list[DaySlice] = []
    for day in _days(leave, period):
        week = next((week for week in weeks if week.covers(day)), None)
        if week is None:
            return Sliced(problem=reasons.no_schedule(day))
        row = counted.get(day)
        if leave.days and row is None:
            continue  # a public holiday, say: HR counts no absence
        found = _slice(leave, day, week.days[day.weekday()], row)
        if isinstance(found, Problem):
            return Sliced(problem=found)
        if found is not None:
            slices.append(found)
    return Sliced(tuple(slices))


def _days(leave: TimeOff, period: Period) -> list[date]:
    first = max(leave.start, period.start)
    ends = [end for end in (leave.end, period.end) if end is not None]
    if not ends:
        raise ValueError("an open-ended leave in an open period has no last day")
    return [first + timedelta(days=n) for n in range((min(ends) - first).days + 1)]


def _slice(
    leave: TimeOff, day: date, work: WorkDay, row: LeaveDay | None
) -> DaySlice | Problem | None:
    hours = row.hours if row else None
    if not work.working:
        if hours:
            return reasons.hours_differ(day, hours, Decimal(0))
        return None
    if hours is not None and hours == 0:
        return None
    match leave.duration:
        case Duration.MINUTES:
            return _some_hours(leave, day, work, hours)
        case Duration.HALF_DAY:
            return _half_day(leave, day, work, hours)
        case _:
            return _whole_day(leave, day, work, row)


def _whole_day(
    leave: TimeOff, day: date, work: WorkDay, row: LeaveDay | None
) -> DaySlice | Problem | None:
    extent = row.extent if row else None
    if extent is not None and leave.grade is not None and extent != leave.grade:
        return reasons.grades_differ(day, extent, leave.grade)
    grade = leave.grade if leave.grade is not None else extent
    grade = WHOLE if grade is None else grade
    if not 1 <= grade <= WHOLE:
        return None if grade == 0 else reasons.bad_grade(grade)
    hours = work.hours * grade / WHOLE
    if not _fits(row.hours if row else None, hours, work.hours):
        return reasons.hours_differ(day, (row and row.hours) or Decimal(0), hours)
    times = _last_part(work, grade) if grade < WHOLE else None
    return _made(day, grade, hours, times)


def _half_day(
    leave: TimeOff, day: date, work: WorkDay, counted: Decimal | None
) -> DaySlice | Problem:
    grade = leave.grade or WHOLE
    percent = HALF * grade / WHOLE
    hours = work.hours * percent / WHOLE
    if not _fits(counted, hours, work.hours / 2, work.hours):
        return reasons.hours_differ(day, counted or Decimal(0), hours)
    first = leave.half is Half.MORNING
    times = _first_part(work, percent) if first else _last_part(work, percent)
    return _made(day, percent, hours, times, graded=False)


def _some_hours(
    leave: TimeOff, day: date, work: WorkDay, counted: Decimal | None
) -> DaySlice | Problem:
    begin, end = leave.time_from, leave.time_to
    if begin is None or end is None:
        return reasons.NO_TIMES
    span = shifts.span(begin, end)
    clock, time_passed = [shifts.by_clock(work, span)], shifts.by_time(day, work, span)
    # Where HR counts nothing, the hours that really passed are those of absence.
    possible = time_passed if time_passed and counted is None else clock + time_passed
    possible = [each for each in possible if each.hours > 0]
    if not possible:
        return reasons.outside_shift(day)
    fitting = [each for each in possible if _fits(counted, each.hours, each.spoken)]
    if not fitting:
        return reasons.hours_differ(day, counted or Decimal(0), possible[0].hours)
    if len({each.hours for each in fitting}) > 1:
        return reasons.clocks_change(day)
    found = fitting[0]
    percent = _rounded(found.hours * WHOLE / found.whole)
    times = None if percent == WHOLE else (begin, end)
    return _made(day, max(percent, _CENT), found.hours, times, graded=False)


def _fits(counted: Decimal | None, *expected: Decimal) -> bool:
    """Whether HR's count is one of those that the schedule allows; no count contradicts nothing."""
    if counted is None:
        return True
    return any(abs(counted - hours) <= TOLERANCE for hours in expected)


def _made(
    day: date,
    percent: Decimal,
    hours: Decimal,
    times: tuple[time, time] | None,
    *,
    graded: bool = True,
) -> DaySlice:
    begin, end = times or (None, None)
    return DaySlice(day, _rounded(percent), _rounded(hours), begin, end, graded)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT).normalize() + 0


# --- times on the clock --------------------------------------------------------------------------


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _last_part(work: WorkDay, percent: Decimal) -> tuple[time, time] | None:
    """The last part of the shift: 50 % of 08-16 is 12-16. Breaks between shifts do not count."""
    spans = shifts.spans(work)
    if not spans:
        return None
    left = _minutes(spans, percent)
    for begin, end in reversed(spans):
        if left <= end - begin:
            return _clock(end - left), _clock(spans[-1][1])
        left -= end - begin
    return _clock(spans[0][0]), _clock(spans[-1][1])


def _first_part(work: WorkDay, percent: Decimal) -> tuple[time, time] | None:
    """The first part of the shift."""
    spans = shifts.spans(work)
    if not spans:
        return None
    left = _minutes(spans, percent)
    for begin, end in spans:
        if left <= end - begin:
            return _clock(spans[0][0]), _clock(begin + left)
        left -= end - begin
    return _clock(spans[0][0]), _clock(spans[-1][1])


def _minutes(spans: Sequence[tuple[int, int]], percent: Decimal) -> int:
    """Whole minutes of absence."""
    worked = sum(end - begin for begin, end in spans)
    return int((worked * percent / WHOLE).quantize(Decimal(1)))
