"""When people at Fjordkraft work: the company's week, an office's, and weeks of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from fjordkraft.leaves import by_case, night_worker
from fjordkraft.people import Person


@dataclass(frozen=True, slots=True)
class Turn:
    """Work on one day, Oslo wall clock; an `end` not after `start` is on the next day."""

    start: time
    end: time
    hours: Decimal  # without the unpaid break


@dataclass(frozen=True, slots=True)
class Week:
    """A schedule, Monday first; a day without work is None.

    It belongs to a person, to an office, or, with neither, to the whole company.
    """

    days: tuple[Turn | None, ...]
    start: date
    end: date | None = None
    person_key: int | None = None
    office: str | None = None


DAY = Turn(time(8), time(16), Decimal("7.5"))
SHORT_DAY = Turn(time(7), time(14, 30), Decimal(7))
NIGHT = Turn(time(22), time(6), Decimal("7.5"))
SHORT_OFFICE = "Bodø"
FULL_WEEK = (*[DAY] * 5, None, None)
THREE_DAYS = (DAY, DAY, DAY, None, None, None, None)
FOUR_NIGHTS = (NIGHT, NIGHT, None, None, NIGHT, NIGHT, None)
_BEGINNING = date(2015, 1, 1)


def weeks(staff: Sequence[Person], *, today: date) -> tuple[Week, ...]:
    """Every schedule; the part-timer and the night worker have their own.

    Somebody whose rate changed had a full week of their own until then.
    """
    found = [
        Week(FULL_WEEK, _BEGINNING),
        Week((*[SHORT_DAY] * 5, None, None), _BEGINNING, office=SHORT_OFFICE),
    ]
    if part_timer := by_case(staff, "part-timer"):
        found.append(Week(THREE_DAYS, _BEGINNING, person_key=part_timer.key))
    if night := night_worker(staff):
        found.append(Week(FOUR_NIGHTS, _BEGINNING, person_key=night.key))
    if changed := by_case(staff, "changed rate"):
        change = today - timedelta(days=70)
        last = change - timedelta(days=1)
        four_days = (*[DAY] * 4, None, None, None)
        found += [
            Week(FULL_WEEK, _BEGINNING, last, person_key=changed.key),
            Week(four_days, change, person_key=changed.key),
        ]
    return tuple(found)
