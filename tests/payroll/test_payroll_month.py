"""The payroll month is a calendar month on the clock in Oslo, and so is its cut-off day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.payroll_month import CUT_OFF_DAYS, LAST_DAY, PayrollMonth, end_of
from payroll.schedule import ZONE

NOVEMBER = PayrollMonth(date(2026, 11, 1))
DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), "2026-10"),  # 23:59 in Oslo
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), "2026-11"),  # midnight, in winter time
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "2026-03"),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "2026-04"),  # midnight, in summer time
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01"),
    ],
)
def test_a_month_begins_at_midnight_in_oslo(moment: datetime, month: str) -> None:
    assert str(PayrollMonth.at(moment)) == month


@pytest.mark.parametrize(
    ("month", "hours"), [("2026-03", 31 * 24 - 1), ("2026-10", 31 * 24 + 1), ("2026-02", 28 * 24)]
)
def test_a_month_in_which_the_clock_changes_is_an_hour_off(month: str, hours: int) -> None:
    read = PayrollMonth.read(month)
    assert read
    assert read.ends - read.begins == timedelta(hours=hours)


@given(DAYS)
def test_months_follow_each_other_without_a_gap(day: date) -> None:
    month = PayrollMonth.of(day)
    assert month.first <= day <= month.last
    assert month.after.before == month
    assert month.after.begins == month.ends
    assert PayrollMonth.read(str(month)) == month
    assert PayrollMonth.at(month.ends - timedelta(microseconds=1)) == month


@given(DAYS, st.sampled_from(CUT_OFF_DAYS))
def test_every_month_has_every_cut_off_day(day: date, cut_off: int) -> None:
    month = PayrollMonth.of(day)
    found = month.cut_off(cut_off)
    assert month.first <= found <= month.last
    assert found.day == cut_off or (cut_off == LAST_DAY and found == month.last)
    assert month.begins < end_of(found) <= month.ends


def test_the_cut_off_is_the_end_of_its_day_in_oslo() -> None:
    assert end_of(NOVEMBER.cut_off(15)) == datetime(2026, 11, 15, 23, 0, tzinfo=UTC)
    assert end_of(date(2026, 3, 29)).astimezone(ZONE).isoformat() == "2026-03-30T00:00:00+02:00"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-1", "x", "٢٠٢٦-11"]
)
def test_anything_else_is_no_month(text: str) -> None:
    assert PayrollMonth.read(text) is None
