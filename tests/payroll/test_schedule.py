"""06:00 on the clock in Oslo, on the chosen weekdays, all year round."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.models import Integration
from payroll.schedule import DAYS, SPREAD_SECONDS, ZONE, about_to_start, due_of, next_run, shown

EVERY_DAY = list(DAYS)

moments = st.builds(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second),
    st.integers(0, 366 * 86_400),
)
chosen = st.lists(st.sampled_from(DAYS), min_size=1, unique=True)
offsets = st.integers(0, SPREAD_SECONDS - 1)


def oslo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type, misc]


def on(day: date) -> str:
    return DAYS[day.weekday()]


def test_without_a_day_there_is_no_next_run() -> None:
    assert next_run([], oslo(2026, 3, 2, 5), 0) is None


@given(chosen, moments, offsets)
def test_it_is_the_first_chosen_day_whose_six_oclock_is_still_to_come(
    days: list[str], after: datetime, offset: int
) -> None:
    found = next_run(days, after, offset)
    assert found is not None
    local = (found - timedelta(seconds=offset)).astimezone(ZONE)
    assert (local.time(), on(local.date()) in days, local > after) == (time(6), True, True)
    first = after.astimezone(ZONE).date()
    for skipped in range((local.date() - first).days):
        day = first + timedelta(days=skipped)
        assert on(day) not in days or datetime.combine(day, time(6), ZONE) <= after


def test_a_year_of_days_gives_one_run_each() -> None:
    now = oslo(2026, 1, 1)
    local: list[datetime] = []
    for _ in range(365):
        found = next_run(EVERY_DAY, now, 0)
        assert found is not None
        now = found
        local.append(found.astimezone(ZONE))
    assert [moment.date() for moment in local] == [
        date(2026, 1, 1) + timedelta(days=n) for n in range(365)
    ]
    assert {moment.time() for moment in local} == {time(6)}


@pytest.mark.parametrize(
    ("after", "utc"),
    [
        (oslo(2026, 3, 28, 12), datetime(2026, 3, 29, 4, tzinfo=UTC)),
        (oslo(2026, 3, 27, 12), datetime(2026, 3, 28, 5, tzinfo=UTC)),
        (oslo(2026, 10, 24, 12), datetime(2026, 10, 25, 5, tzinfo=UTC)),
        (oslo(2026, 10, 23, 12), datetime(2026, 10, 24, 4, tzinfo=UTC)),
    ],
)
def test_six_oclock_keeps_to_the_wall_through_both_changes_of_the_clock(
    after: datetime, utc: datetime
) -> None:
    assert next_run(EVERY_DAY, after, 0) == utc


@pytest.mark.parametrize("fold", [0, 1])
def test_in_the_hour_that_comes_twice_the_run_is_the_same_morning(fold: int) -> None:
    after = oslo(2026, 10, 25, 2, 30).replace(fold=fold)
    assert next_run(EVERY_DAY, after, 0) == oslo(2026, 10, 25, 6)


def test_switched_on_before_six_it_runs_today() -> None:
    assert next_run(["mon"], oslo(2026, 3, 2, 5, 59, 59), 0) == oslo(2026, 3, 2, 6)


@pytest.mark.parametrize("second", [0, 1])
def test_switched_on_at_six_or_later_it_runs_on_the_next_chosen_day(second: int) -> None:
    after = oslo(2026, 3, 2, 6, 0, second)
    assert next_run(["mon", "wed"], after, 0) == oslo(2026, 3, 4, 6)
    assert next_run(["mon"], after, 0) == oslo(2026, 3, 9, 6)


def test_the_weekday_is_oslos() -> None:
    sunday_in_london = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # Monday already in Oslo
    assert next_run(["mon"], sunday_in_london, 0) == oslo(2026, 3, 2, 6)


@given(moments, offsets)
def test_the_offset_is_added_and_changes_no_day(after: datetime, offset: int) -> None:
    bare, spread = next_run(EVERY_DAY, after, 0), next_run(EVERY_DAY, after, offset)
    assert bare is not None
    assert spread == bare + timedelta(seconds=offset)
    # Asked again while the run of this morning is about to start: the next one is tomorrow's.
    again = next_run(EVERY_DAY, spread, offset)
    assert again is not None
    assert again.astimezone(ZONE).date() == spread.astimezone(ZONE).date() + timedelta(days=1)


def test_the_answer_is_in_utc() -> None:
    found = next_run(EVERY_DAY, oslo(2026, 7, 1), 0)
    assert found is not None
    assert found.tzinfo is UTC


def test_a_day_that_is_no_weekday_is_an_error() -> None:
    with pytest.raises(ValueError, match="holiday"):
        next_run(["holiday"], oslo(2026, 3, 2), 0)


# --- a run whose 06:00 has passed, and which starts in a few minutes ------------------------------


@pytest.mark.parametrize("minute", [0, 4, 30])
def test_a_run_about_to_start_is_left_alone(minute: int) -> None:
    planned = oslo(2026, 3, 2, 6, 5)
    assert about_to_start(planned, ["mon", "tue"], oslo(2026, 3, 2, 6, minute))


def test_a_run_of_a_later_morning_is_planned_anew() -> None:
    assert not about_to_start(oslo(2026, 3, 2, 6, 5), ["mon"], oslo(2026, 3, 2, 5, 59))


def test_a_run_on_a_day_that_was_taken_out_is_planned_anew() -> None:
    assert not about_to_start(oslo(2026, 3, 2, 6, 5), ["tue"], oslo(2026, 3, 2, 6, 1))


# --- what people are told, and what a run makes good ---------------------------------------------


@given(moments, offsets)
def test_people_are_told_six_whatever_the_offset(after: datetime, offset: int) -> None:
    planned = next_run(EVERY_DAY, after, offset)
    assert planned is not None
    assert shown(planned) == next_run(EVERY_DAY, after, 0)


@given(chosen, moments, offsets, st.integers(0, 70))
def test_a_run_tried_again_makes_good_the_time_it_was_first_due(
    days: list[str], after: datetime, offset: int, minutes: int
) -> None:
    due = next_run(days, after, offset)
    assert due is not None
    assert due_of(due + timedelta(minutes=minutes), days, offset) == due


def test_what_was_planned_at_another_time_is_shown_and_due_as_it_stands() -> None:
    planned = oslo(2026, 3, 2, 6, 40).astimezone(UTC)
    assert shown(planned) == planned
    assert due_of(planned, ["thu"], 0) == planned


def test_after_midnight_a_run_still_makes_good_the_day_before() -> None:
    planned = oslo(2026, 3, 3, 0, 5)
    assert due_of(planned, ["mon", "wed"], 30) == oslo(2026, 3, 2, 6, 0, 30)


# --- a thousand customers ------------------------------------------------------------------------


def test_a_thousand_integrations_start_spread_over_the_minutes_after_six() -> None:
    offsets = [Integration(id=UUID(int=7919 * n)).offset for n in range(1_000)]
    assert min(offsets) >= 0
    assert max(offsets) < SPREAD_SECONDS
    a_second, a_minute = Counter(offsets), Counter(offset // 60 for offset in offsets)
    assert max(a_second.values()) <= 10
    assert max(a_minute.values()) <= 150


def test_an_integration_keeps_its_second_all_year() -> None:
    integration = Integration(id=UUID(int=1), state="active", schedule_days=EVERY_DAY)
    now, seconds = oslo(2026, 1, 1), set()
    for _ in range(365):
        found = integration.next_run_after(now)
        assert found is not None
        local = (now := found).astimezone(ZONE)
        seconds.add((local.hour, 60 * local.minute + local.second))
    assert seconds == {(6, integration.offset)}
