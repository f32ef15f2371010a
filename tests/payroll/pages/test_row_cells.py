"""Rows of time off as cells: what is to stand in payroll, to be added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.pages.row_cells import row_cells

MONDAY, TUESDAY, FRIDAY = (date(2026, 11, day) for day in (9, 10, 13))


def test_each_row_that_is_to_stand_by_hand_has_its_own_line() -> None:
    whole = {"start": "2026-11-09", "end": "2026-11-10", "percent": "100", "hours": "15"}
    hours = {"start": "2026-11-13", "end": "2026-11-13", "percent": None, "hours": "3.75"}
    told = {"before": ["2026-11-09", "2026-11-13"], "after": [whole, hours]}
    assert row_cells(told) == [
        (MONDAY, TUESDAY, Decimal(100), Decimal(15)),
        (FRIDAY, FRIDAY, None, Decimal("3.75")),
    ]


def test_a_row_that_goes_away_has_its_days_and_no_hours() -> None:
    told = {"before": ["2026-11-10", "2026-11-09"], "after": [], "start": "2026-11-01", "end": ""}
    assert row_cells(told) == [(MONDAY, TUESDAY, None, None)]


def test_a_leave_that_is_not_sent_has_its_own_days_as_far_as_they_are_known() -> None:
    assert row_cells({"start": "2026-11-09", "end": "2026-11-13"}) == [(MONDAY, FRIDAY, None, None)]
    assert row_cells({"start": "2026-11-09", "end": ""}) == [(MONDAY, None, None, None)]
    assert row_cells({"number": "", "problems": []}) == [(None, None, None, None)]
