"""How many people a scope takes in, and who comes and goes when it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from payroll.headcount import (
    Crowd,
    Headcount,
    headcount,
    move,
    options,
    shared,
    ticked,
    without_place,
)
from payroll.records import Employee, Place
from payroll.scope import Scope

from .people import TODAY, person

DAY = timedelta(days=1)
IT = Place("d-it", ("IT", "4100"))
HR = Place("d-hr", ("HR",))


def at(place: Place, number: str, **changes: Any) -> Employee:
    return person(number, placements={"department": place}, **changes)


def crowd(*people: Employee, linked: tuple[str, ...] = ()) -> Crowd:
    return Crowd(people, TODAY, frozenset(linked), frozenset(linked))


def numbers(people: Any) -> list[str]:
    return [each.identity.number for each in people]


def test_people_are_counted_by_how_they_stand_today() -> None:
    later = TODAY + 90 * DAY
    people = crowd(
        at(IT, "1"),
        at(HR, "2"),
        at(IT, "3", hire_date=later, employment_start=later),
        at(IT, "4", end_date=TODAY - 5 * DAY),
        at(IT, "5", end_date=TODAY - 5 * DAY),
        at(IT, "6", end_date=TODAY - 90 * DAY),
        linked=("e4", "e6"),
    )
    scope = Scope.parse({"departments": ["IT"]})
    assert headcount(people, scope) == Headcount(everyone=3, now=1, later=1, leavers=1)


def test_a_future_starter_whom_payroll_knows_is_counted_today() -> None:
    later = TODAY + 90 * DAY
    starter = at(IT, "1", hire_date=later, employment_start=later)
    assert headcount(crowd(starter, linked=("e1",)), Scope()).now == 1


def test_a_scope_of_nobody_is_told() -> None:
    assert headcount(crowd(at(IT, "1")), Scope.parse({"departments": ["HR"]})).nobody
    assert not headcount(crowd(at(IT, "1")), Scope()).nobody


def test_a_change_names_who_goes_linked_people_first_and_who_comes() -> None:
    people = crowd(at(IT, "1"), at(IT, "2"), at(HR, "3"), linked=("e2",))
    moved = move(people, Scope.parse({"departments": ["IT"]}), Scope.parse({"departments": ["HR"]}))
    assert numbers(moved.out) == ["2", "1"]
    assert numbers(moved.into) == ["3"]


def test_a_linked_leaver_drops_out_as_their_end_date_would_not_be_sent() -> None:
    people = crowd(
        at(IT, "1", end_date=TODAY - DAY), at(IT, "2", end_date=TODAY - DAY), linked=("e1",)
    )
    assert numbers(move(people, Scope(), Scope.parse({"departments": ["HR"]})).out) == ["1"]


def test_fewer_days_ahead_move_nobody_out() -> None:
    soon = TODAY + 20 * DAY
    people = crowd(at(IT, "1", hire_date=soon, employment_start=soon))
    moved = move(people, Scope(future_days=30), Scope(future_days=5))
    assert (moved.out, moved.into) == ([], [])


def test_people_in_two_scopes_are_found_but_for_leavers() -> None:
    people = crowd(at(IT, "1"), at(IT, "2", end_date=TODAY - DAY), at(HR, "3"), linked=("e2",))
    assert numbers(shared(people, Scope(), Scope.parse({"departments": ["4100"]}))) == ["1"]


def test_every_place_is_an_option_with_its_people() -> None:
    people = crowd(at(IT, "1"), at(HR, "2"), at(IT, "3", end_date=TODAY - DAY), person("4"))
    found = options(people, "department")
    assert [(option.place.id, option.people) for option in found] == [("d-hr", 1), ("d-it", 1)]
    assert without_place(people, "department") == 1


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["IT"], ["d-it"]),
        (["4100", "d-hr"], ["d-hr", "d-it"]),
        (["gone"], ["gone"]),
        (["IT", "gone", "also gone"], ["d-it", "also gone", "gone"]),
        ([], []),
    ],
)
def test_a_scope_by_name_or_code_ticks_what_it_means(words: list[str], ids: list[str]) -> None:
    assert ticked(words, options(crowd(at(IT, "1"), at(HR, "2")), "department")) == ids


def test_a_name_of_two_places_ticks_both() -> None:
    people = crowd(at(IT, "1"), at(Place("d-it2", ("IT",)), "2"))
    before, after = ["IT"], ticked(["IT"], options(people, "department"))
    assert sorted(after) == ["d-it", "d-it2"]
    moved = move(people, Scope.parse({"departments": before}), Scope.parse({"departments": after}))
    assert (moved.out, moved.into) == ([], [])


def test_one_person_is_called_by_number_unless_somebody_shares_it() -> None:
    alone, twin, other, unnumbered = (
        person("1", id="a"),
        person("2", id="b"),
        person("2", id="c"),
        person("", id="d"),
    )
    people = crowd(alone, twin, other, unnumbered)
    assert [people.word_for(each) for each in people.people] == ["1", "b", "c", "d"]
    assert people.called("2") == [twin, other]
    assert people.called("b") == [twin]
    assert people.called("nobody") == []
