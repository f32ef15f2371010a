"""From Simployer One's work weeks to the schedules that apply to each person. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from itertools import takewhile
from typing import cast

from payroll import values
from payroll.timeoff.records import Shift, WorkDay, WorkWeek

from .moments import as_last_day, zone
from .reading import OSLO, Row, UnreadableValue, as_date, as_number

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_HOURS, _MOST_MINUTES = 24, 24 * 60
_Days = tuple[WorkDay, WorkDay, WorkDay, WorkDay, WorkDay, WorkDay, WorkDay]
_Level = list[tuple[date, WorkWeek | None]]
"""Schedules of one person, office or company by their start; None where one cannot be read."""


def read_work_weeks(weeks: Iterable[Row], people: Iterable[Row]) -> dict[str, list[WorkWeek]]:
    """Schedules by employee id: own, office's, company's, of each kind the latest first.

    An unreadable schedule ends the list, lest a less specific or older one stand in for it.
    """
    levels: dict[tuple[str, str], _Level] = defaultdict(list)
    for row in weeks:
        if row.get("deleted") is not True:
            levels[_owner(row)].append(_week(row))
    for level in levels.values():
        level.sort(key=lambda each: each[0], reverse=True)
    found = {person["id"]: _of(person, levels) for person in people}
    return {person: schedules for person, schedules in found.items() if schedules}


def _owner(row: Row) -> tuple[str, str]:
    for key in ("employeeId", "officeId"):
        if not values.is_blank(row.get(key)):
            return key, str(row[key])
    return "companyId", str(row.get("companyId"))


def _of(person: Row, levels: Mapping[tuple[str, str], _Level]) -> list[WorkWeek]:
    owners = (
        ("employeeId", person["id"]),
        ("officeId", str(person.get("officeId"))),
        ("companyId", str(person.get("companyId"))),
    )
    everything = (week for owner in owners for _, week in levels.get(owner, ()))
    return [week for week in takewhile(lambda week: week is not None, everything) if week]


def _week(row: Row) -> tuple[date, WorkWeek | None]:
    """The schedule and its start; the latest of all days where that cannot be read."""
    start = date.max
    try:
        begun = as_date(row.get("effectiveFrom"))
        if begun is None:
            return start, None
        start, end = begun, as_last_day(row.get("effectiveTo"))
        days = tuple(_work_day(row.get(name)) for name in _WEEKDAYS)
        if not _clock_is_oslos(row.get("timezone"), start):
            days = tuple(WorkDay(day.hours) for day in days)
        return start, WorkWeek(start, end, cast("_Days", days))
    except UnreadableValue:
        return start, None


def _clock_is_oslos(name: object, start: date) -> bool:
    """Whether the schedule's wall clock is Oslo's; if not, its hours hold and its times do not."""
    noon = datetime.combine(start, time(12))
    return noon.replace(tzinfo=zone(name)).utcoffset() == noon.replace(tzinfo=OSLO).utcoffset()


def _work_day(raw: object) -> WorkDay:
    """Raises UnreadableValue where it is unclear how long somebody works that day."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("working"), bool):
        raise UnreadableValue
    if not raw["working"]:
        return WorkDay(Decimal())
    shifts = _shifts(raw.get("shifts"))
    on_the_clock = sum(_minutes_of(shift) for shift in shifts)
    duration = as_number(raw.get("duration"))
    minutes = Decimal(on_the_clock) if duration is None else _in_minutes(duration)
    if not 0 < minutes <= _MOST_MINUTES or (shifts and minutes > on_the_clock):
        raise UnreadableValue
    return WorkDay(minutes / 60, shifts)


def _in_minutes(duration: Decimal) -> Decimal:
    """The unit is undocumented: up to 24 it is hours, above that minutes."""
    return duration * 60 if duration <= _MOST_HOURS else duration


def _shifts(raw: object) -> tuple[Shift, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise UnreadableValue
    return tuple(_shift(each) for each in raw)


def _shift(raw: object) -> Shift:
    if not isinstance(raw, Mapping):
        raise UnreadableValue
    return Shift(_clock(raw, "start"), _clock(raw, "end"))


def _clock(raw: Mapping[str, object], which: str) -> time:
    """A time of day; 24:00 is midnight."""
    hour, minute = as_number(raw.get(f"{which}Hour")), as_number(raw.get(f"{which}Minute"))
    if hour is None or minute is None or hour % 1 or minute % 1:
        raise UnreadableValue
    try:
        return time(int(hour) % 24 if hour == 24 else int(hour), int(minute))
    except ValueError:
        raise UnreadableValue from None


def _minutes_of(shift: Shift) -> int:
    minutes = (shift.end.hour - shift.start.hour) * 60 + shift.end.minute - shift.start.minute
    return minutes if minutes > 0 else minutes + _MOST_MINUTES
