"""The readiness list: grouped, searched, sorted, a page at a time, masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from payroll.pages.readiness_rows import ReadinessPage, readiness_page
from payroll.pages.readiness_table import readiness_table
from payroll.readiness import Standing, State
from payroll.records import Problem
from tests.payroll.people import job, person

WORDS = Problem("unmapped_value", "“Lærling” has no counterpart", "employeeGroup", blocking=True)
PEOPLE = [
    Standing(person("9", first_name="Åse"), State.READY),
    Standing(person("10", first_name="Bjørn"), State.NOT_READY, (WORDS,)),
    Standing(person("A1", first_name="Cato"), State.LATER),
]


def page(asked: Mapping[str, str], *, sees_people: bool = True) -> ReadinessPage:
    return readiness_page(PEOPLE, asked, sees_people=sees_people)


def numbers(found: ReadinessPage) -> list[str]:
    return [row.number for row in found.rows]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["10", "A1", "9"]),
        ({"sort": "number"}, ["9", "10", "A1"]),
        ({"sort": "-number"}, ["A1", "10", "9"]),
        ({"sort": "name"}, ["10", "A1", "9"]),
        ({"sort": "nonsense"}, ["10", "A1", "9"]),
        ({"show": "later"}, ["A1"]),
        ({"show": "nonsense"}, ["10", "A1", "9"]),
        ({"find": "BJØRN nord"}, ["10"]),
        ({"find": "1", "sort": "number"}, ["10", "A1"]),
        ({"page": "99"}, ["10", "A1", "9"]),
    ],
)
def test_the_list_follows_what_was_asked(asked: dict[str, str], expected: list[str]) -> None:
    assert numbers(page(asked)) == expected


def test_every_group_is_counted_whatever_is_looked_for() -> None:
    counts = {tab.key: tab.people for tab in page({"find": "nobody"}).tabs}
    assert counts == {"all": 3, "ready": 1, "partly": 0, "not_ready": 1, "later": 1}


def test_who_may_not_see_people_finds_and_sorts_by_number_alone() -> None:
    assert numbers(page({"find": "bjørn"}, sees_people=False)) == []
    found = page({"sort": "name"}, sees_people=False)
    assert found.sort == "state"
    assert {row.name for row in found.rows} == {""}
    assert found.rows[0].words == ["A value has no counterpart in payroll's list."]


def test_a_heading_says_how_it_is_sorted_and_turns_it() -> None:
    heading = page({"sort": "number"}).columns[0]
    assert (heading.direction, heading.sort) == ("ascending", "-number")
    assert page({"sort": "-number"}).columns[0].direction == "descending"


def test_people_come_fifty_at_a_time() -> None:
    many = [Standing(person(str(n)), State.READY) for n in range(120)]
    assert len(readiness_page(many, {}, sees_people=True).rows) == 50
    assert len(readiness_page(many, {"page": "3"}, sees_people=True).rows) == 20


def beside(*, sees_people: bool) -> str:
    """What the list says of somebody with a main employment and one at its side."""
    main = job(date(2020, 5, 1), type="Fast", percent=Decimal(80))
    side = job(date(2025, 6, 1), type="", percent=Decimal("20.0"))
    both = replace(person("7"), employment=main, other_employments=(side,))
    standing = Standing(both, State.READY)
    [row] = readiness_page([standing], {}, sees_people=sees_people).rows
    [line] = readiness_table([standing], sees_people=sees_people).rows
    assert line[-1] == row.beside
    return row.beside


def test_of_several_employments_it_says_which_counts() -> None:
    words = beside(sees_people=True)
    assert words.startswith("HR has 2 employments at once. Of these the one from 1 May 2020 (Fast")
    assert words.endswith(", 80 %) counts; the one from 1 June 2025 (20 %) is not sent.")


def test_a_viewer_reads_of_several_employments_only_how_many() -> None:
    assert "2 employments at once" in beside(sees_people=False)
    assert "May" not in beside(sees_people=False)


def test_of_one_employment_nothing_is_said() -> None:
    assert {row.beside for row in page({}).rows} == {""}
