"""What a viewer is told of a problem says something, and nothing of the person."""

from __future__ import annotations

from datetime import date

import pytest

from payroll import reasons
from payroll.pages.problem_words import problem_words
from payroll.records import Problem
from xledger.fields import SPECS
from xledger.pay_rates import PAY_RATES
from xledger.positions import POSITIONS

QUOTED = "SECRET"
OTHER = problem_words(Problem("never_seen", QUOTED), sees_people=False)

FIXED = [value for value in vars(reasons).values() if isinstance(value, Problem)]
MADE = [
    reasons.missing_fields([QUOTED]),
    reasons.starts_later(date(2026, 3, 2), date(2026, 2, 1)),
    reasons.duplicate_number(QUOTED),
    reasons.belongs_to(QUOTED),
    reasons.number_twice_in_payroll(QUOTED),
    reasons.probable_match(QUOTED, QUOTED),
    reasons.same_person_in_hr(QUOTED, QUOTED),
    reasons.already_linked(QUOTED),
    reasons.kept_apart(QUOTED),
    reasons.number_reused(QUOTED),
    reasons.swallowed(SPECS["email"]),
    reasons.conflict(QUOTED, QUOTED),
    reasons.rejected(QUOTED),
    reasons.not_sent(QUOTED),
    reasons.other_currency(PAY_RATES, QUOTED),
    reasons.rows_twice(PAY_RATES, date(2026, 3, 2)),
    reasons.row_unreadable(PAY_RATES, date(2026, 3, 2)),
    reasons.later_row(PAY_RATES, date(2026, 3, 2)),
    reasons.other_row_open(PAY_RATES, QUOTED, date(2026, 3, 2)),
    reasons.earlier_row_open(POSITIONS, date(2026, 3, 2)),
    reasons.employments_overlap(POSITIONS, *[date(2026, 3, 2)] * 3),
    reasons.employment_over(POSITIONS, date(2026, 3, 2)),
    reasons.amount_missing(POSITIONS, SPECS["employmentPercent"], date(2026, 3, 2)),
    reasons.rows_add_up(POSITIONS, date.min),
    reasons.row_left_open(POSITIONS, date(2026, 3, 2), date(2026, 3, 2)),
    reasons.row_over(POSITIONS),
    reasons.ending_refused(POSITIONS, QUOTED),
    reasons.correct_by_hand(SPECS["pay"]),
    reasons.row_refused(PAY_RATES, QUOTED),
    reasons.row_not_sent("pay rate", QUOTED, "pay"),
    reasons.row_changed(PAY_RATES),
    reasons.row_person_missing(PAY_RATES),
    reasons.restore_row(SPECS["pay"]),
]


@pytest.mark.parametrize("problem", FIXED + MADE, ids=lambda problem: problem.code)
def test_every_reason_has_a_sentence_of_its_own(problem: Problem) -> None:
    told = problem_words(problem, sees_people=False)
    assert told != OTHER
    assert QUOTED not in told
    assert problem_words(problem, sees_people=True) == problem.message


def test_a_problem_that_nobody_foresaw_is_told_without_its_words() -> None:
    assert OTHER
    assert QUOTED not in OTHER
