"""The made-up company's time off holds every awkward case, and is the same every time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fjordkraft import absence
from fjordkraft.company import people
from fjordkraft.days import clock_change, first_of_month, month_before
from fjordkraft.leaves import CASES, leaves
from fjordkraft.schedules import weeks

TODAY = date(2026, 3, 16)
STAFF = people(250, 1, today=TODAY)


def test_the_same_people_seed_and_day_give_the_same_leaves() -> None:
    first = leaves(STAFF, 1, today=TODAY)
    assert leaves(STAFF, 1, today=TODAY) == first
    assert leaves(STAFF, 2, today=TODAY) != first
    assert len({each.key for each in first}) == len(first)


def test_every_awkward_case_is_there_once() -> None:
    made = [each.case for each in leaves(STAFF, 1, today=TODAY) if each.case != "everyday"]
    assert made == [case.name for case in CASES]


def test_every_leave_is_of_a_person_and_of_a_type() -> None:
    made = leaves(STAFF, 1, today=TODAY)
    assert {each.person_key for each in made} <= {person.key for person in STAFF}
    assert {each.type for each in made} <= {kind.name for kind in absence.TYPES}


def test_nobody_but_the_pair_is_away_twice_at_once() -> None:
    by_person: dict[int, list[tuple[date, date]]] = {}
    for each in leaves(STAFF, 1, today=TODAY):
        span = (each.start, each.end or date.max)
        by_person.setdefault(each.person_key, []).append(span)
    doubled = [
        key
        for key, spans in by_person.items()
        if any(later[0] <= earlier[1] for earlier, later in zip(*_pairs(spans), strict=True))
    ]
    assert len(doubled) == 1


def _pairs(
    spans: list[tuple[date, date]],
) -> tuple[list[tuple[date, date]], list[tuple[date, date]]]:
    ordered = sorted(spans)
    return ordered[:-1], ordered[1:]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_leaves_lie_about_the_month_before_whatever_the_day(today: date) -> None:
    staff = STAFF[:60]
    for each in leaves(staff, 1, today=today):
        assert each.end is None or each.start <= each.end
        assert each.start <= first_of_month(today) + timedelta(days=31)
    over = next(each for each in leaves(staff, 1, today=today) if "month's end" in each.case)
    assert month_before(today) < over.start < first_of_month(today) <= (over.end or date.min)


@pytest.mark.parametrize(
    ("today", "change"),
    [
        (date(2026, 3, 28), date(2025, 10, 26)),
        (date(2026, 3, 29), date(2026, 3, 29)),
        (date(2026, 12, 1), date(2026, 10, 25)),
    ],
)
def test_the_latest_change_of_the_clock_is_found(today: date, change: date) -> None:
    assert clock_change(today) == change


@pytest.mark.parametrize("employees", [1, 2, 5, 40])
def test_a_small_company_has_the_leaves_it_has_people_for(employees: int) -> None:
    staff = people(employees, 1, today=TODAY)
    keys = {person.key for person in staff}
    assert {each.person_key for each in leaves(staff, 1, today=TODAY)} <= keys
    assert {each.person_key for each in weeks(staff, today=TODAY)} <= keys | {None}
