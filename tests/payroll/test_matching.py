"""A number alone makes nobody the same person, and a likeness makes nobody new."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payroll.matching import Match, Roster, conflict
from payroll.records import Identity, TargetEmployee

KARI = Identity(
    "1001",
    "Kari",
    "Nordmann",
    date(1990, 1, 1),
    "01019010046",
    frozenset({"kari@fjordkraft.test"}),
)


def like_kari(**changes: Any) -> Identity:
    """Kari with changes."""
    known = {
        "number": KARI.number,
        "first_name": KARI.first_name,
        "last_name": KARI.last_name,
        "birth_date": KARI.birth_date,
        "national_id": KARI.national_id,
        "emails": KARI.emails,
    }
    return Identity(**(known | changes))


def roster(*identities: Identity) -> Roster:
    return Roster(
        TargetEmployee(f"t{position}", identity, {}) for position, identity in enumerate(identities)
    )


def problem(match: Match) -> str:
    assert match.employee is None
    return match.problem.code if match.problem else ""


def found(match: Match) -> str:
    assert match.problem is None
    return match.employee.id if match.employee else ""


identities = st.builds(
    Identity,
    number=st.sampled_from(["", "1", "2"]),
    first_name=st.sampled_from(["", "Kari", "Ola"]),
    last_name=st.sampled_from(["", "Nordmann", "Hansen"]),
    birth_date=st.sampled_from([None, date(1990, 1, 1), date(1991, 1, 1)]),
    national_id=st.sampled_from(["", "01019010046", "15108695088"]),
    emails=st.frozensets(st.sampled_from(["a@x.no", "b@x.no"])),
)


def test_the_same_number_and_person_is_a_match() -> None:
    assert found(roster(like_kari(number="1002"), KARI).match(KARI)) == "t1"


def test_somebody_quite_unlike_is_not_found() -> None:
    other = Identity("2", "Ola", "Hansen", date(1980, 5, 5), "15108695088", frozenset({"o@x.no"}))
    assert roster(KARI).match(other) == Match()


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": date(1991, 1, 1)},
        {"national_id": "15108695088"},
        {"first_name": "Ola", "last_name": "Hansen"},
    ],
)
def test_the_same_number_on_another_human_is_a_conflict(changes: dict[str, Any]) -> None:
    assert problem(roster(like_kari(**changes)).match(KARI)) == "conflict"


@pytest.mark.parametrize(
    "changes",
    [
        {"last_name": "Hansen"},
        {"first_name": "Kari Marie"},
        {"birth_date": None, "national_id": ""},
        {"first_name": "", "last_name": "", "birth_date": None, "national_id": ""},
        {"first_name": "KARI", "last_name": " nordmann "},
        {"emails": frozenset({"other@x.no"})},
    ],
)
def test_one_changed_or_unknown_trait_does_not_part_a_person(changes: dict[str, Any]) -> None:
    assert found(roster(like_kari(**changes)).match(KARI)) == "t0"


def test_names_are_the_same_however_their_letters_are_composed() -> None:
    hr, payroll = Identity("1", "Pål", "Bråten"), Identity("1", "Pa\u030al", "Bra\u030aten")
    assert conflict(hr, payroll) == ""


@pytest.mark.parametrize(
    ("trait", "changes"),
    [
        ("national id", {"birth_date": None, "emails": frozenset()}),
        ("e-mail", {"birth_date": None, "national_id": ""}),
        ("name and birth date", {"emails": frozenset(), "national_id": ""}),
    ],
)
@pytest.mark.parametrize("number", ["1002", ""])
def test_a_likeness_under_another_number_is_a_problem_and_never_a_match(
    number: str, trait: str, changes: dict[str, Any]
) -> None:
    match = roster(like_kari(number=number, **changes)).match(KARI)
    assert problem(match) == "probable_match"
    assert match.problem is not None
    assert trait in match.problem.message


def test_no_reason_tells_a_national_id_or_an_address() -> None:
    match = roster(like_kari(number="1002")).match(KARI)
    assert match.problem is not None
    assert KARI.national_id not in match.problem.message
    assert "@" not in match.problem.message


def test_a_number_that_two_have_in_payroll_is_never_guessed() -> None:
    assert problem(roster(KARI, like_kari(first_name="Ola")).match(KARI)) == (
        "number_twice_in_payroll"
    )


def test_people_without_a_number_are_not_the_same_person() -> None:
    one = Identity("", "Kari", "Nordmann")
    assert roster(Identity("", "Kari", "Nordmann")).match(one) == Match()
    assert roster(one).numbered("") == []


@given(st.lists(identities), identities)
def test_a_match_always_has_the_number_and_no_conflict(
    others: list[Identity], wanted: Identity
) -> None:
    match = roster(*others).match(wanted)
    same_number = [other for other in others if wanted.number and other.number == wanted.number]
    if match.employee:
        assert [match.employee.identity] == same_number
        assert conflict(wanted, match.employee.identity) == ""
    else:
        assert match.problem or not same_number


@given(st.lists(identities), identities)
def test_the_doubts_about_a_person_begin_with_what_keeps_them_from_being_matched(
    others: list[Identity], wanted: Identity
) -> None:
    everyone = roster(*others)
    doubts = [each for _, each in everyone.doubts(wanted)]
    assert doubts[:1] == [each for each in [everyone.match(wanted).problem] if each]


@given(identities, identities)
def test_a_conflict_looks_the_same_from_both_sides_when_both_are_named(
    one: Identity, other: Identity
) -> None:
    if one.name and other.name:
        assert conflict(one, other) == conflict(other, one)


@given(identities)
def test_nobody_with_a_name_is_in_conflict_with_themselves(one: Identity) -> None:
    assume(one.name)
    assert conflict(one, one) == ""


def test_a_number_without_anything_else_is_nobody_we_know() -> None:
    assert conflict(KARI, Identity(KARI.number)) == "nothing there says who it is"


@pytest.mark.parametrize(("hr", "there"), [("00417", "417"), ("a12", "A12")])
def test_a_number_that_differs_in_case_or_leading_zeros_is_a_probable_match(
    hr: str, there: str
) -> None:
    match = roster(Identity(there, "Ola", "Hansen")).match(Identity(hr, "Kari", "Nordmann"))
    assert match.employee is None
    assert match.problem is not None
    assert match.problem.code == "probable_match"
