"""How many hours of the shifts an hourly leave takes: by the clock, and as time passes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from . import clock_change
from .records import WorkDay

DAY = 24 * 60
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Count:
    """Hours of absence, of the whole working day, and from the first minute to the last."""

    hours: Decimal
    whole: Decimal
    spoken: Decimal


def span(begin: time, end: time) -> Span:
    """Minutes since the day began; an end not after the begin is on the next day."""
    first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
    return first, last if last > first else last + DAY


def spans(work: WorkDay) -> list[Span]:
    """The shifts in their order, those after midnight of the same working day last."""
    return sorted(span(shift.start, shift.end) for shift in work.shifts)


def by_clock(work: WorkDay, leave: Span) -> Count:
    """As the clock shows them, in the early morning of a night shift too."""
    spoken = _hours(_length(leave))
    there = [(begin - back, end - back) for begin, end in spans(work) for back in (0, DAY)]
    hours = _hours(sum(_common(shift, leave) for shift in there)) if there else spoken
    return Count(min(hours, work.hours), work.hours, spoken)


def by_time(day: date, work: WorkDay, leave: Span) -> list[Count]:
    """As they pass on a night when the clocks change; none where they do not change meanwhile.

    Several where the leave, or a shift, begins or ends in the hour that comes twice.
    """
    found = (
        _in_time(day, work, stretch, fold)
        for stretch in clock_change.stretches(day, *leave)
        for fold in clock_change.FOLDS
    )
    return list(dict.fromkeys(found))


def _in_time(day: date, work: WorkDay, leave: Span, fold: int) -> Count:
    """Of the shift that begins on the day and of the one of the night before, in minutes passed."""
    nights = []
    for back in (0, DAY):
        there = [_passed(day, shift, back, fold) for shift in spans(work)]
        longer = sum(map(_length, there)) - sum(map(_length, spans(work)))
        nights.append((sum(_common(shift, leave) for shift in there), longer))
    _, longer = max(nights)
    spoken, whole = _hours(_length(leave)), work.hours + _hours(longer)
    hours = _hours(sum(inside for inside, _ in nights)) if work.shifts else spoken
    return Count(min(hours, whole), whole, spoken)


def _passed(day: date, shift: Span, back: int, fold: int) -> Span:
    begin, end = (clock_change.passed(day, minutes - back, fold) for minutes in shift)
    return begin, end


def _length(each: Span) -> int:
    return each[1] - each[0]


def _common(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _hours(minutes: int) -> Decimal:
    return Decimal(minutes) / 60
