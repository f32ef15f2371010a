"""Positions that stand beside the one in HR: nothing is sent that could add up, and it is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from payroll.records import Employment, Period

from .test_earlier import planned, position

OLD, NOW, SOON = date(2026, 7, 1), date(2026, 11, 1), date(2026, 12, 1)
DAY_BEFORE = date(2026, 10, 31)
FULL, HALF = Decimal(100), Decimal(50)


def job(first: date, last: date | None = None, percent: Decimal = FULL) -> Employment:
    """An employment in HR."""
    return Employment(f"from {first}", Period(first, last), percent=percent)


def told(problems: Sequence[object]) -> set[str]:
    """Their codes."""
    return {each.code for each in problems}  # type: ignore[attr-defined]


def test_nothing_is_added_before_a_position_that_begins_later() -> None:
    """As when HR moves somebody's first day forward after the Hub has sent it."""
    changes, problems = planned([job(NOW)], [position("sent", SOON, None, FULL)])
    assert changes == ()
    assert told(problems) == {"later_row"}


def test_what_is_over_before_the_later_one_begins_is_added() -> None:
    ends = date(2026, 11, 30)
    rows = [position("by hand", SOON, None, FULL)]
    changes, problems = planned([job(NOW, ends)], rows, with_end=True)
    assert {change.field for change in changes} > {"employmentPercent", "positionTo"}
    assert problems == ()


def test_nothing_is_opened_again_beside_a_later_position() -> None:
    """As when HR takes a new employment back, and opens the one before."""
    rows = [position("old", OLD, DAY_BEFORE, FULL), position("new", NOW, None, HALF)]
    changes, problems = planned([job(OLD)], rows, with_end=True)
    assert changes == ()
    assert told(problems) == {"later_row"}


def test_a_second_job_that_hr_has_too_is_left_in_peace() -> None:
    rows = [position("first", OLD, None, HALF), position("second", NOW, None, HALF)]
    changes, problems = planned([job(NOW, None, HALF), job(OLD)], rows, with_end=True)
    assert [(change.field, change.row) for change in changes] == [("employmentPercent", "first")]
    assert problems == ()
    changes, problems = planned([job(OLD, None, HALF), job(NOW)], rows, with_end=True)
    assert [(change.field, change.row) for change in changes] == [("employmentPercent", "second")]
    assert problems == ()
