"""Late, missed, tried again: told by the clock in Oslo that people look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from payroll.lateness import again_at, is_late, missed

SIX = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 06:00 in Oslo
DUE = SIX + timedelta(minutes=9, seconds=59)  # the last of those spread over the minutes after
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time in Oslo on that morning."""
    return datetime(2026, 11, 23, hour - 1, minute, second, tzinfo=UTC)


def test_a_run_is_late_when_it_began_more_than_an_hour_after_six() -> None:
    assert not is_late(DUE, DUE)
    assert not is_late(DUE, at(7))
    assert is_late(DUE, at(7, 0, 1))
    assert not is_late(None, at(8))
    assert not is_late(DUE, None)


def test_a_run_is_missed_from_seven_on_whatever_its_offset() -> None:
    assert missed(DUE, None, at(6, 59, 59)) is None
    assert missed(DUE, None, at(7)) == DUE
    assert missed(SIX, None, at(7)) == SIX
    assert missed(DUE + timedelta(days=2), None, at(7)) is None
    assert missed(None, None, at(7)) is None


def test_a_queued_run_that_no_worker_takes_is_missed_as_well() -> None:
    tomorrow = DUE + timedelta(days=1)
    assert missed(tomorrow, DUE, at(7)) == DUE
    assert missed(tomorrow, DUE, at(6, 30)) is None


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, 4, 0, tzinfo=UTC), datetime(2026, 10, 25, 5, 0, tzinfo=UTC)]
)
def test_on_the_days_the_clock_changes_seven_is_an_hour_after_six(day: datetime) -> None:
    assert missed(day, None, day + timedelta(minutes=59)) is None
    assert missed(day, None, day + timedelta(minutes=60)) == day


def test_it_is_tried_again_after_10_20_and_40_minutes_and_then_no_more() -> None:
    following = SIX + timedelta(days=2)
    waits = [again_at(tries, SIX, following) for tries in range(5)]
    assert waits == [None, SIX + 10 * MINUTE, SIX + 20 * MINUTE, SIX + 40 * MINUTE, None]


def test_it_is_not_tried_again_without_a_schedule_or_past_its_next_run() -> None:
    assert again_at(1, SIX, None) is None
    assert again_at(1, SIX, SIX + 10 * MINUTE) is None
