"""Reads when a leave begins and ends, in each form in which Simployer One may write it. Pure.

Which form it uses is unknown (simployer-one.md, dates): midnight in UTC or local midnight put in
UTC, the last second of a day instead of its midnight, with or without local dates beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .reading import OSLO, UnreadableValue, as_date, as_text

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?", re.ASCII)
_DAY_ONLY = len("2026-03-31")


def as_moment(raw: object) -> datetime | None:
    """An aware time in UTC; one without an offset is Oslo wall clock. None when blank."""
    written = _written(raw)
    if written is None:
        return None
    try:
        aware = written.replace(tzinfo=OSLO) if written.tzinfo is None else written
        return aware.astimezone(UTC)
    except OverflowError:
        raise UnreadableValue from None


def as_last_day(raw: object) -> date | None:
    """The day of a midnight, as `as_date` has it, or that ends at 23:59 in UTC or in Oslo."""
    day, end = as_date(raw), _written(raw)
    if end is not None and _is_last_minute(end.time()):
        return end.date()
    return day


def as_local_day(raw: object) -> date | None:
    """The day of a local date as it is written, even where it is written as if it were UTC.

    Only a midnight or last minute can be that; another time with an offset is a moment like any.
    """
    written = _written(raw)
    if written is None:
        return None
    if written.tzinfo is None or written.time() == time() or _is_last_minute(written.time()):
        return written.date()
    return as_last_day(raw)


def as_local_clock(raw: object) -> datetime | None:
    """Wall clock as it is written, an offset disregarded; None when blank or a day only."""
    written = _written(raw)
    if written is None or len(str(raw).strip()) == _DAY_ONLY:
        return None
    return to_the_minute(written.replace(tzinfo=None))


def day_at(moment: datetime, place: ZoneInfo) -> date:
    """The day it is there."""
    return _shown(moment, place).date()


def wall_clock(moment: datetime, place: ZoneInfo) -> datetime:
    """What the clock shows there, to the minute."""
    return to_the_minute(_shown(moment, place))


def _shown(moment: datetime, place: ZoneInfo) -> datetime:
    try:
        return moment.astimezone(place).replace(tzinfo=None)
    except OverflowError:
        raise UnreadableValue from None


def to_the_minute(clock: datetime) -> datetime:
    """Without seconds; the last second of a day is the midnight after it."""
    if clock.time() >= time(23, 59, 59):
        return _midnight_after(clock)
    return clock.replace(second=0, microsecond=0)


def _midnight_after(clock: datetime) -> datetime:
    try:
        return datetime.combine(clock.date() + timedelta(days=1), time())
    except OverflowError:
        raise UnreadableValue from None


def zone(raw: object) -> ZoneInfo:
    """The time zone of this name; Oslo where there is none."""
    try:
        return ZoneInfo(raw) if isinstance(raw, str) and raw else OSLO
    except (ValueError, OSError, LookupError):
        return OSLO


def _written(raw: object) -> datetime | None:
    """Date and time as they stand there, with an offset if one does."""
    if raw is not None and not isinstance(raw, str):
        raise UnreadableValue
    text = as_text(raw)
    if text is None:
        return None
    if not _WRITTEN.fullmatch(text):
        raise UnreadableValue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableValue from None


def _is_last_minute(found: time) -> bool:
    return (found.hour, found.minute) == (23, 59)
