"""How long something lasts on the two nights of the year when the clocks in Oslo change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from payroll.schedule import ZONE

FOLDS = (0, 1)
"""In October an hour comes twice: 0 is its first time. At any other minute both are the same."""


def passed(day: date, minutes: int, fold: int) -> int:
    """Minutes that have passed since the day began when the clock shows so many since then.

    Below 0 and above 1440 they are of the days beside it. A minute of the hour that is left out in
    March is the moment when it is.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=ZONE, fold=fold).astimezone(UTC)
    if moment.astimezone(ZONE).replace(tzinfo=None) != wall:
        moment = wall.replace(tzinfo=ZONE, fold=0).astimezone(UTC).replace(minute=0)
    begin = datetime.combine(day, time(), ZONE).astimezone(UTC)
    return int((moment - begin) / timedelta(minutes=1))


def stretches(day: date, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Each stretch of time, in minutes passed, that two minutes on the clock can mean.

    None where they mean the same as on any other day: no change lies between them.
    """
    found = {
        (passed(day, first, one), passed(day, last, other)) for one in FOLDS for other in FOLDS
    }
    if any(end - begin != last - first for begin, end in found):
        yield from sorted((begin, end) for begin, end in found if begin < end)
