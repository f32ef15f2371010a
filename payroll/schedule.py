"""When does an integration run next? Chosen weekdays, 06:00 on the clock in Oslo. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Oslo")
QUEUED_AT = time(6, 0)
SPREAD_SECONDS = 600  # runs start spread over the minutes after 06:00
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_run(days: Sequence[str], after: datetime, offset: int) -> datetime | None:
    """The first 06:00 in Oslo after `after` on one of `days`, plus `offset` seconds, in UTC.

    None where no day is chosen. `days` are from DAYS; `after` is aware.
    """
    if not days:
        return None
    local = after.astimezone(ZONE)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        slot = datetime.combine(day, QUEUED_AT, ZONE)
        if DAYS[day.weekday()] in days and slot > local:
            return slot.astimezone(UTC) + timedelta(seconds=offset)
    raise ValueError(f"no weekday among {list(days)!r}")


def shown(planned: datetime) -> datetime:
    """The time that people are told: 06:00 for what starts in the minutes after it, in UTC."""
    local = planned.astimezone(ZONE)
    six = datetime.combine(local.date(), QUEUED_AT, ZONE)
    spread = 0 <= (planned - six.astimezone(UTC)).total_seconds() < SPREAD_SECONDS
    return (six if spread else planned).astimezone(UTC)


def due_of(planned: datetime, days: Sequence[str], offset: int) -> datetime:
    """The scheduled time that a run planned for `planned` makes good.

    That is `planned` itself, or for a run that is tried again the time it was first due.
    """
    today = planned.astimezone(ZONE).date()
    for day in (today, today - timedelta(days=1)):
        due = datetime.combine(day, QUEUED_AT, ZONE).astimezone(UTC) + timedelta(seconds=offset)
        if DAYS[day.weekday()] in days and due <= planned:
            return due
    return planned


def about_to_start(planned: datetime, days: Sequence[str], now: datetime) -> bool:
    """Whether the 06:00 of a planned run has passed, so that a change of days leaves it alone.

    It is not where its own day is no longer among `days`.
    """
    day = planned.astimezone(ZONE).date()
    return DAYS[day.weekday()] in days and datetime.combine(day, QUEUED_AT, ZONE) <= now
