"""From Simployer One's leaves to the domain's time off. Pure: no HTTP, no clock.

What contradicts itself or cannot be read is a doubt on that leave: it is shown, never exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from payroll import values
from payroll.records import Period
from payroll.timeoff.records import Duration, Half, LeaveStatus, TimeOff

from .leave_days import DayRows, read_days
from .moments import as_last_day, as_local_clock, as_local_day, as_moment, day_at, wall_clock, zone
from .reading import (
    OSLO,
    Reading,
    Row,
    UnreadableValue,
    as_date,
    as_number,
    readable_text,
)

_LONGEST = timedelta(days=3660)  # ten years; more is a slip of the pen or a stand-in for "open"
_LOST = date(1970, 1, 1)  # for a first day that cannot be read, if the caller has no better one
_CORRECT = "Correct the leave in HR."


@dataclass(frozen=True, slots=True)
class _Span:
    """When a leave is: days, and for an hourly one the times of the first."""

    start: date
    end: date | None
    time_from: time | None = None
    time_to: time | None = None

    @property
    def over_midnight(self) -> bool:
        """Whether an hourly leave ends on the day after."""
        if self.time_from is None or self.time_to is None:
            return False
        return self.time_to <= self.time_from


def read_leaves(
    rows: Iterable[Row], transactions: Sequence[Row] = (), *, lost: date = _LOST
) -> list[TimeOff]:
    """Every leave, by start, then id, with the days that the transactions give it.

    One whose first day cannot be read, which is in doubt, begins on `lost` unless it ended before.
    """
    days = DayRows(transactions)
    found = [_time_off(row, days, lost) for row in rows]
    return sorted(found, key=lambda leave: (leave.start, leave.id))


def touches(leave: TimeOff, period: Period) -> bool:
    """Whether a day of the leave lies in the period."""
    begun = period.end is None or leave.start <= period.end
    return begun and (leave.end is None or leave.end >= period.start)


def _time_off(row: Row, days: DayRows, lost: date) -> TimeOff:
    reading = Reading()
    duration, span = _read_span(reading, row, lost)
    return TimeOff(
        id=_id(reading, row, "id"),
        employee_id=_id(reading, row, "employeeId"),
        type_id=_id(reading, row, "typeId"),
        status=_status(reading, row),
        duration=duration,
        start=span.start,
        end=span.end,
        time_from=span.time_from,
        time_to=span.time_to,
        half=_half(reading, row, duration),
        grade=_grade(reading, row),
        days=read_days(reading, days, row["id"], span.start, span.end, span.over_midnight),
        note=_note(row.get("description")),
        about_child=not values.is_blank(row.get("childId")),
        doubts=reading.doubts,
    )


def _id(reading: Reading, row: Row, key: str) -> str:
    raw = row.get(key)
    text = values.legible(raw).strip() if isinstance(raw, str) else ""
    if not text or text != raw:
        what = {"employeeId": "Whose leave this is", "typeId": "The type of this leave"}
        named = what.get(key, "The id of this leave")
        reading.doubt("unreadable_id", f"{named} cannot be read. {_CORRECT}", key)
    return text


def _status(reading: Reading, row: Row) -> LeaveStatus:
    """The mark of a deleted row wins over what it says of approval."""
    deleted = row.get("deleted")
    if deleted is True:
        return LeaveStatus.DELETED
    if deleted is not None and deleted is not False:
        words = f"HR does not say clearly whether this leave is deleted. {_CORRECT}"
        reading.doubt("unclear_deletion", words, "status")
    try:
        return LeaveStatus(readable_text(row, "status").casefold())
    except ValueError:
        return LeaveStatus.UNKNOWN


def _grade(reading: Reading, row: Row) -> Decimal | None:
    """Percent of absence, in the later field or the one of 2024 (simployer-one.md, leave)."""
    try:
        given = {as_number(row.get(key)) for key in ("gradePercentage", "extent")} - {None}
    except UnreadableValue:
        given = {None}
    if not given:
        return None
    grade = next(iter(given))
    if len(given) > 1 or grade is None or not 1 <= grade <= 100:
        words = "The grade of this leave is no percentage from 1 to 100."
        reading.doubt("unclear_grade", f"{words} {_CORRECT}", "grade")
        return None
    return grade


def _half(reading: Reading, row: Row, duration: Duration) -> Half | None:
    """Which half a half day takes; a whole day that claims one half contradicts itself."""
    morning, afternoon = row.get("morning") is True, row.get("afternoon") is True
    one_half = morning != afternoon
    if duration is Duration.HALF_DAY and one_half:
        return Half.MORNING if morning else Half.AFTERNOON
    if duration is Duration.HALF_DAY:
        words = "HR does not say whether this half day is the morning or the afternoon."
        reading.doubt("unclear_half", f"{words} {_CORRECT}", "half")
    elif one_half and duration is not Duration.MINUTES:
        words = "HR has this leave as whole days, and as half a day."
        reading.doubt("unclear_half", f"{words} {_CORRECT}", "half")
    return None


def _note(raw: object) -> str:
    return values.clean_text(values.legible(raw)) if isinstance(raw, str) else ""


def _read_span(reading: Reading, row: Row, lost: date) -> tuple[Duration, _Span]:
    duration = _duration(row)
    if duration is Duration.MINUTES:
        if span := _hours(reading, row):
            return duration, span
        words = f"This leave is in hours, and HR gives no times within a day for it. {_CORRECT}"
        reading.doubt("unclear_times", words, "time")
    start, end = _days(reading, row, lost)
    if duration is None:
        words = f"How long this leave is cannot be read. {_CORRECT}"
        reading.doubt("unreadable_duration", words, "duration")
        duration = Duration.ONE_DAY if end == start else Duration.LONGER
    if duration is not Duration.LONGER:
        if end not in (None, start):
            words = f"HR has this leave as one day, and as several. {_CORRECT}"
            reading.doubt("contradictory_length", words, "end")
        end = end or start
    return duration, _Span(start, end)


def _duration(row: Row) -> Duration | None:
    try:
        return Duration(readable_text(row, "duration").casefold())
    except ValueError:
        return None


def _days(reading: Reading, row: Row, lost: date) -> tuple[date, date | None]:
    """First and last day, the earlier first."""
    start = _day(reading, row, "start", as_date)
    end = _day(reading, row, "end", as_last_day)
    if start is None:
        words = f"The first day of this leave cannot be read. {_CORRECT}"
        reading.doubt("unreadable_start", words, "start")
        return min(lost, end or lost), end
    if end is not None and end < start:
        words = f"This leave ends before it begins. {_CORRECT}"
        reading.doubt("end_before_start", words, "end")
        return end, start
    if end is not None and end - start > _LONGEST:
        words = f"This leave lasts more than ten years. {_CORRECT}"
        reading.doubt("too_long", words, "end")
    return start, end


def _day(
    reading: Reading, row: Row, key: str, convert: Callable[[object], date | None]
) -> date | None:
    """The local day, else the day of the moment; in doubt where the two differ."""
    raw, raw_local = row.get(f"{key}Date"), row.get(f"local{key.title()}Date")
    try:
        day, local = convert(raw), as_local_day(raw_local)
        moment, place = as_moment(raw), zone(row.get("timezone"))
        there = None if moment is None else day_at(moment, place)
    except UnreadableValue:
        words = f"The {_DATE_NAMES[key]} of this leave cannot be read. {_CORRECT}"
        reading.doubt(f"unreadable_{key}", words, key)
        return None
    if local is not None and day is not None and local != day and (place == OSLO or local != there):
        words = f"HR gives two {_DATE_NAMES[key]}s for this leave. {_CORRECT}"
        reading.doubt("contradictory_date", words, key)
    return local or day


_DATE_NAMES: Mapping[str, str] = {"start": "first day", "end": "last day"}


def _hours(reading: Reading, row: Row) -> _Span | None:
    """The times of an hourly leave; None where there are no usable ones.

    An end on the next day is a night's; both days are then the one on which it begins.
    """
    begin, until = _moment(reading, row, "start"), _moment(reading, row, "end")
    if begin is None or until is None:
        return None
    try:
        first, last = wall_clock(begin, OSLO), wall_clock(until, OSLO)
    except UnreadableValue:
        return None
    forward = until > begin and last > first  # by the clock too, which goes back in October
    if not forward or last - first >= timedelta(days=1):
        return None
    return _Span(first.date(), first.date(), first.time(), last.time())


def _moment(reading: Reading, row: Row, key: str) -> datetime | None:
    """When it begins or ends; in doubt where the local time is another, in Oslo and at the place.

    Where only the local time is given it is taken for Oslo's.
    """
    raw, raw_local = row.get(f"{key}Date"), row.get(f"local{key.title()}Date")
    try:
        moment, local = as_moment(raw), as_local_clock(raw_local)
        if local is None:
            return moment
        if moment is None:
            return local.replace(tzinfo=OSLO)
        seen = {wall_clock(moment, place) for place in (OSLO, zone(row.get("timezone")))}
    except UnreadableValue:
        return None
    if local not in seen:
        words = f"HR gives two times for this leave. {_CORRECT}"
        reading.doubt("contradictory_time", words, "time")
    return moment
