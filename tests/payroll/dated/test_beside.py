"""Positions that stand beside the one in HR: nothing is sent that could add up, and it is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

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


@pytest.mark.parametrize("changeable", [True, False])
def test_an_earlier_position_that_hr_does_not_know_is_told_beside_the_right_one(
    *, changeable: bool
) -> None:
    rows = [position("whose", OLD, None, HALF), position("ours", NOW, None, FULL)]
    changes, problems = planned([job(NOW)], rows, changeable=changeable)
    assert changes == ()
    assert told(problems) == {"rows_add_up"}


def test_an_earlier_position_that_is_over_is_no_news() -> None:
    rows = [position("whose", OLD, date(2026, 11, 5), HALF), position("ours", NOW, None, FULL)]
    assert planned([job(NOW)], rows) == ((), ())


def test_a_position_that_is_over_in_payroll_alone_is_told_where_nothing_opens_it() -> None:
    changes, problems = planned([job(OLD)], [position("ours", OLD, DAY_BEFORE, FULL)])
    assert changes == ()
    assert told(problems) == {"row_over"}
    rows = [position("ours", OLD, DAY_BEFORE, FULL)]
    changes, problems = planned([job(OLD)], rows, with_end=True)
    assert [(change.field, change.after) for change in changes] == [("positionTo", None)]
    assert problems == ()


def test_employments_that_overlap_in_hr_are_told_as_such() -> None:
    """Ending the employment would not help: HR has ended it, only too late."""
    jobs = [job(OLD, date(2026, 11, 10)), job(NOW)]
    changes, problems = planned(jobs, [position("old", OLD, date(2026, 11, 10), FULL)])
    assert changes == ()
    assert told(problems) == {"employments_overlap"}


def test_nobody_who_has_left_gets_a_position_without_an_end() -> None:
    left = [job(OLD, date(2026, 11, 10))]
    changes, problems = planned(left, [])
    assert changes == ()
    assert told(problems) == {"employment_over"}
    changes, problems = planned(left, [], with_end=True)
    assert {change.field for change in changes} == {
        "employmentPercent",
        "positionFrom",
        "positionTo",
    }
    assert problems == ()


def test_an_employment_without_a_percent_is_told_where_an_earlier_position_counts_on() -> None:
    jobs = [job(OLD, DAY_BEFORE), Employment("new", Period(NOW, None))]
    changes, problems = planned(jobs, [position("old", OLD, None, FULL)])
    assert changes == ()
    assert told(problems) == {"amount_missing"}
    assert planned(jobs, [position("old", OLD, DAY_BEFORE, FULL)])[1] == ()
    assert planned(jobs, [])[1] == ()


def test_a_position_without_a_first_day_is_told_without_one() -> None:
    _, [problem] = planned([job(NOW)], [position("always", date.min, None, FULL)])
    assert problem.message.startswith(
        "Payroll has an employee position without a first day that still counts"
    )


def test_the_last_day_of_a_position_goes_also_where_hr_has_no_percent() -> None:
    jobs = [Employment("left", Period(OLD, DAY_BEFORE))]
    rows = [position("ours", OLD, None, FULL)]
    changes, problems = planned(jobs, rows, with_end=True)
    assert [(each.field, each.after, each.row) for each in changes] == [
        ("positionTo", DAY_BEFORE, "ours")
    ]
    assert problems == ()


def test_a_position_of_another_day_that_counts_on_after_somebody_left_is_told() -> None:
    jobs = [Employment("left", Period(NOW, date(2026, 11, 10)))]
    changes, problems = planned(jobs, [position("whose", OLD, None, FULL)], with_end=True)
    assert changes == ()
    assert told(problems) == {"row_left_open"}


def test_a_position_that_begins_after_somebody_left_is_told() -> None:
    """As when HR takes a rehire back that payroll knows of."""
    left = [job(OLD, date(2026, 10, 10))]
    rows = [
        position("ours", OLD, date(2026, 10, 10), FULL),
        position("rehired", NOW, None, FULL),
    ]
    changes, problems = planned(left, rows, with_end=True)
    assert changes == ()
    assert told(problems) == {"row_left_open"}
