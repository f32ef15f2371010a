"""Days that time off is told by: months, weekdays and the changes of the clock."""

from __future__ import annotations

from datetime import date, timedelta

SUNDAY = 6


def first_of_month(day: date) -> date:
    """The first day of the month that `day` lies in."""
    return day.replace(day=1)


def month_before(day: date) -> date:
    """The first day of the month before the one that `day` lies in."""
    return first_of_month(first_of_month(day) - timedelta(days=1))


def on_weekday(day: date, weekday: int) -> date:
    """The first such weekday on or after `day`; Monday is 0."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def clock_change(today: date) -> date:
    """The latest change of the clock on or before `today`: the last Sunday of March or October."""
    sundays = [
        on_weekday(date(year, month, 25), SUNDAY)
        for year in (today.year - 1, today.year)
        for month in (3, 10)
    ]
    return max(sunday for sunday in sundays if sunday <= today)
