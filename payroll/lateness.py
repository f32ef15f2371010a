"""Is a scheduled run late, was it missed, and when is a failed one tried again? Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from .schedule import shown

LATE_AFTER = timedelta(hours=1)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (10, 20, 40))


def is_late(due: datetime | None, started: datetime | None) -> bool:
    """Whether a run began more than an hour after the time that people were told."""
    return due is not None and started is not None and started - shown(due) > LATE_AFTER


def missed(planned: datetime | None, waiting: datetime | None, now: datetime) -> datetime | None:
    """The time that passed an hour ago without its run having started; None where all is well.

    `planned` is when the schedule runs next, or should have; `waiting` is the time of a scheduled
    run that is queued and that no worker has taken.
    """
    for due in (waiting, planned):
        if due is not None and now - shown(due) >= LATE_AFTER:
            return due
    return None


def again_at(tries: int, now: datetime, following: datetime | None) -> datetime | None:
    """When a run that could not reach a system is tried again, after `tries` of them.

    None when that is enough, when the schedule is off, or when its next run, `following`, comes
    first.
    """
    if following is None or not 1 <= tries <= len(_WAITS):
        return None
    again = now + _WAITS[tries - 1]
    return again if again < following else None
