"""Which job and which pay count today, and on which day employment ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.employment import (
    current_compensation,
    current_employment,
    end_date,
    full_time_pay,
    last_day,
    percent_withheld,
)
from payroll.records import Compensation, Employment, Period

from .people import TODAY, person

DAY = timedelta(days=1)
LAST_YEAR, NEXT_YEAR = TODAY - 365 * DAY, TODAY + 365 * DAY

days = st.dates(date(2020, 1, 1), date(2032, 1, 1))


def row(id: str, start: date, end: date | None = None) -> Employment:  # noqa: A002
    return Employment(id, Period(start, end))


@st.composite
def periods(draw: st.DrawFn) -> Employment:
    start = draw(days)
    end = draw(st.none() | st.dates(start, date(2033, 1, 1)))
    return row(str(draw(st.integers(0, 99))), start, end)


def pay(id: str, effective: date) -> Compensation:  # noqa: A002
    return Compensation(id, effective, Decimal(50000), "NOK", "MONTHLY")


def chosen(rows: list[Employment], primary: str = "") -> str:
    found = current_employment(rows, TODAY, primary)
    return found.id if found else ""


def test_the_job_valid_today_counts() -> None:
    assert chosen([row("old", LAST_YEAR, TODAY - DAY), row("now", TODAY)]) == "now"


def test_the_last_day_still_counts() -> None:
    assert chosen([row("now", LAST_YEAR, TODAY), row("next", TODAY + DAY)]) == "now"


def test_a_future_starter_has_the_first_job_to_begin() -> None:
    assert chosen([row("b", NEXT_YEAR), row("a", TODAY + DAY)]) == "a"


def test_a_leaver_has_the_last_job() -> None:
    rows = [row("a", LAST_YEAR, TODAY - 30 * DAY), row("b", LAST_YEAR, TODAY - 60 * DAY)]
    assert chosen(rows) == "a"


def test_somebody_who_left_and_comes_back_has_the_job_to_come() -> None:
    assert chosen([row("old", LAST_YEAR, TODAY - DAY), row("new", NEXT_YEAR)]) == "new"


def test_of_several_jobs_at_once_the_primary_one_counts() -> None:
    rows = [row("a", LAST_YEAR), row("b", TODAY - DAY)]
    assert chosen(rows, primary="a") == "a"


def test_without_a_primary_one_the_job_begun_last_counts() -> None:
    assert chosen([row("b", LAST_YEAR), row("a", TODAY - DAY)]) == "a"


def test_a_primary_job_that_is_over_does_not_count() -> None:
    assert chosen([row("a", LAST_YEAR, TODAY - DAY), row("b", LAST_YEAR)], primary="a") == "b"


@given(st.lists(periods(), unique_by=lambda row: row.id))
def test_the_order_of_the_rows_decides_nothing(rows: list[Employment]) -> None:
    before = current_employment(rows, TODAY)
    assert before == current_employment(rows[::-1], TODAY)
    assert (before is None) == (not rows)


@given(st.lists(periods()))
def test_a_row_valid_today_always_wins(rows: list[Employment]) -> None:
    found = current_employment(rows, TODAY)
    valid = [row for row in rows if row.period.covers(TODAY)]
    assert not valid or found in valid


def test_the_latest_pay_in_effect_counts() -> None:
    rows = [pay("old", LAST_YEAR), pay("today", TODAY), pay("rise", TODAY + DAY)]
    found = current_compensation(rows, TODAY)
    assert found is not None
    assert found.id == "today"


def test_a_future_starter_has_the_first_pay_to_come() -> None:
    found = current_compensation([pay("b", NEXT_YEAR), pay("a", TODAY + DAY)], TODAY)
    assert found is not None
    assert found.id == "a"


def test_without_pay_rows_there_is_no_pay() -> None:
    assert current_compensation([], TODAY) is None


@given(st.lists(periods()))
def test_employment_ends_with_its_last_row_and_only_if_none_is_open(
    rows: list[Employment],
) -> None:
    ends = [row.period.end for row in rows]
    expected = None if None in ends else max((end for end in ends if end), default=None)
    assert last_day(rows) == expected


@given(st.lists(periods()), st.none() | days)
def test_a_stated_end_is_never_sent_against_the_rows(
    rows: list[Employment], stated: date | None
) -> None:
    ends, doubt = end_date(rows, stated)
    assert ends == (last_day(rows) if rows else stated)
    assert (doubt is not None) == (bool(rows) and stated is not None and stated != ends)


def test_a_stated_end_beside_an_open_row_is_a_contradiction() -> None:
    ends, doubt = end_date([row("a", LAST_YEAR)], NEXT_YEAR)
    assert ends is None
    assert doubt is not None
    assert doubt.field == "end_date"


def test_a_real_last_day_that_differs_from_the_row_is_a_contradiction() -> None:
    rows = [row("a", LAST_YEAR, TODAY)]
    assert end_date(rows, TODAY, [TODAY - DAY])[1] is not None
    assert end_date(rows, TODAY, [TODAY]) == (TODAY, None)


@pytest.mark.parametrize("effective", [[], [None]])
def test_an_end_that_is_not_stated_contradicts_nothing(effective: list[date | None]) -> None:
    assert end_date([row("a", LAST_YEAR, TODAY)], None, effective) == (TODAY, None)


# --- pay at full time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "percent", "expected"),
    [
        ("MONTHLY", Decimal(80), Decimal("62500.00")),
        ("ANNUAL", Decimal("37.5"), Decimal("133333.33")),
        ("MONTHLY", Decimal(100), Decimal("50000.00")),
        ("HOURLY", Decimal(50), Decimal(50000)),
        ("DAILY", None, Decimal(50000)),
        ("MONTHLY", None, None),
        ("MONTHLY", Decimal(0), None),
    ],
)
def test_pay_at_full_time_follows_the_percent_but_for_work_by_the_hour(
    period: str, percent: Decimal | None, expected: Decimal | None
) -> None:
    paid = Compensation("1", TODAY, Decimal(50000), "NOK", period)
    assert full_time_pay(paid, percent) == expected


def test_a_percent_that_is_delivered_of_nobody_is_said_where_it_would_be_sent() -> None:
    without, given = person("1"), person("2", employment_percent=Decimal(80))
    mapped = {"employment_percent", "pay_full_time", "email"}
    [said] = percent_withheld([without], mapped)
    assert said.startswith("Employment percent and Pay at full time are not sent:")
    assert percent_withheld([without], {"email"}) == []
    assert percent_withheld([without, given], mapped) == []
    assert percent_withheld([], mapped) == []


def test_the_answer_that_full_time_is_one_holds_only_while_it_can_be() -> None:
    fractions, percents = (
        person("1", employment_fraction=Decimal(80)),
        person("2", employment_percent=Decimal(80)),
    )
    assert percent_withheld([fractions], {"employment_fraction"}) == []
    [said] = percent_withheld([percents], {"employment_fraction"})
    assert "full time is 100 there" in said
    [unanswered] = percent_withheld([fractions], {"employment_percent"})
    assert "map “Employment percent, where HR writes full time as 1” instead" in unanswered
