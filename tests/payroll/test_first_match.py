"""The groups of the first match are what the plan would do, and say what a person may decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.first_match import FirstMatch, Group, Row
from payroll.likeness import Verdict, side_by_side
from payroll.linking import LinkState
from payroll.records import ChangeKind, Employee, Identity, TargetEmployee
from payroll.scope import Scope

from .people import (
    NATIONAL_ID,
    NOW,
    TODAY,
    in_payroll,
    link,
    person,
    plan,
    reasons_of,
    rules,
    sent,
)
from .test_plan_of_anybody import Case, cases

KARI = person()


def first_match(
    people: Sequence[Employee],
    there: Sequence[TargetEmployee] = (),
    links: Sequence[LinkState] = (),
    **changes: Any,
) -> FirstMatch:
    return FirstMatch(people, there, rules(**changes), links, TODAY, NOW)


def only_row(board: FirstMatch, group: Group) -> Row:
    """The one row there is on HR's side, which is in this group."""
    rows = [row for rows in board.rows.values() for row in rows if row.employee]
    assert [row.group for row in rows] == [group]
    return rows[0]


def under(number: str, employee: Employee = KARI, **changes: Any) -> TargetEmployee:
    """The same person in payroll under another number."""
    return in_payroll(employee, code=number, **changes)


# --- the groups ----------------------------------------------------------------------------------


def test_the_same_number_is_matched_by_number() -> None:
    row = only_row(first_match([KARI], [in_payroll(KARI)]), Group.NUMBER)
    assert row.there == in_payroll(KARI)


def test_a_linked_person_is_linked() -> None:
    only_row(first_match([KARI], [in_payroll(KARI)], [link(KARI)]), Group.LINKED)


def test_somebody_linked_since_the_reading_is_not_said_to_be_gone() -> None:
    row = only_row(first_match([KARI], [], [link(KARI)]), Group.LINKED)
    assert row.words == "Not among the people who were read from payroll."


def test_a_likeness_waits_for_a_person() -> None:
    board = first_match([KARI], [under("2002")])
    assert only_row(board, Group.PROBABLE).pair == ("e1001", "te1001")
    assert (board.rows[Group.ONLY_PAYROLL], list(board.probable)) == ([], [("e1001", "te1001")])


def test_everyone_alike_is_shown_once() -> None:
    by_mail = TargetEmployee("t2", Identity("7", "K", "N", emails=KARI.identity.emails), {})
    board = first_match([KARI], [under("2002"), by_mail])
    assert sorted(board.probable) == [("e1001", "t2"), ("e1001", "te1001")]


def test_another_person_under_the_number_is_a_conflict() -> None:
    there = in_payroll(person(first_name="Ola", last_name="Hansen"))
    row = only_row(first_match([KARI], [there]), Group.CONFLICT)
    assert row.there == there
    assert "the names differ" in row.words


def test_a_number_twice_in_hr_shows_who_else_has_it() -> None:
    ola = person(id="e2", first_name="Ola", last_name="Hansen", email="o@x.no")
    rows = first_match([KARI, ola]).rows[Group.DUPLICATE]
    assert [[each.name for each in row.others] for row in rows] == [
        ["Ola Hansen"],
        ["Kari Nordmann 1001"],
    ]


def test_a_number_twice_in_payroll_shows_both() -> None:
    there = [in_payroll(KARI), replace(in_payroll(KARI), id="t2")]
    assert len(only_row(first_match([KARI], there), Group.DUPLICATE).others) == 2


def test_the_same_new_person_twice_in_hr_is_a_duplicate() -> None:
    again = person("1002", last_name="Nordmann 1001")
    rows = first_match([KARI, again]).rows
    assert (len(rows[Group.ONLY_HR]), len(rows[Group.DUPLICATE])) == (1, 1)


def test_only_in_hr_says_who_is_created_and_who_is_not_ready() -> None:
    row = only_row(first_match([KARI]), Group.ONLY_HR)
    assert (row.ready, row.words) == (True, "")
    row = only_row(first_match([person(without=["email"])]), Group.ONLY_HR)
    assert row.ready is False
    assert "E-mail" in row.words


def test_only_in_payroll_tells_ended_people_from_open_ones() -> None:
    ended = in_payroll(person("2"), employmentTo=date(2020, 1, 1))
    rows = first_match([], [in_payroll(KARI), ended]).rows[Group.ONLY_PAYROLL]
    assert [row.ended for row in rows] == [False, True]


def test_somebody_out_of_scope_is_on_payrolls_side_with_the_reason() -> None:
    board = first_match([KARI], [in_payroll(KARI)], scope=Scope.parse({"exclude": ["1001"]}))
    [row] = board.rows[Group.ONLY_PAYROLL]
    assert "HR has this number too" in row.words


def test_an_earlier_leaver_whom_payroll_never_knew_is_in_no_group() -> None:
    gone = person(active=False, end_date=TODAY - timedelta(days=300))
    assert not any(first_match([gone]).rows.values())


# --- what a person may decide --------------------------------------------------------------------


def test_a_pair_said_to_be_two_people_no_longer_blocks() -> None:
    distinct = frozenset({("e1001", "te1001")})
    board = first_match([KARI], [under("2002")], distinct=distinct)
    assert [row.ready for row in board.rows[Group.ONLY_HR]] == [True]
    assert [row.pair for row in board.rows[Group.APART]] == [("e1001", "te1001")]
    assert [row.kind for row in sent(plan([KARI], [under("2002")], distinct=distinct).changes)] == [
        ChangeKind.CREATE
    ]


def test_a_pair_said_to_be_two_people_stays_so_when_the_numbers_become_equal() -> None:
    distinct = frozenset({("e1001", "te1001")})
    made = plan([KARI], [in_payroll(KARI)], distinct=distinct)
    assert (sent(made.changes), made.links) == ([], [])
    row = only_row_of(first_match([KARI], [in_payroll(KARI)], distinct=distinct), Group.CONFLICT)
    assert "two people" in row.words


def test_a_pair_said_to_be_two_people_blocks_again_once_the_national_ids_are_the_same() -> None:
    kari = person(national_id=NATIONAL_ID)
    there = in_payroll(kari, code="2002")
    distinct = frozenset({("e1001", "te1001")})
    made = plan([kari], [there], distinct=distinct)
    assert (sent(made.changes), reasons_of(made)) == ([], ["probable_match"])
    row = only_row_of(first_match([kari], [there], distinct=distinct), Group.PROBABLE)
    assert row.pair == ("e1001", "te1001")


def only_row_of(board: FirstMatch, group: Group) -> Row:
    [row] = board.rows[group]
    return row


def test_one_national_id_is_never_two_people() -> None:
    kari = person(national_id=NATIONAL_ID)
    row = only_row(first_match([kari], [under("2002", kari)]), Group.PROBABLE)
    assert "same national id" in row.no_different
    assert row.no_same == ""
    assert NATIONAL_ID not in row.no_different


def test_records_that_contradict_each_other_are_not_linked_by_hand() -> None:
    there = replace(
        under("2002"), identity=replace(KARI.identity, number="2002", birth_date=date(1970, 1, 1))
    )
    row = only_row(first_match([KARI], [there]), Group.PROBABLE)
    assert row.no_same.startswith("The birth dates differ. ")
    assert row.no_different == ""


@pytest.mark.parametrize("links", [[], [LinkState("e5", "te1001")]])
def test_somebody_who_is_another_persons_match_is_not_linked_twice(
    links: list[LinkState],
) -> None:
    five = person("5", email="kari.1001@fjordkraft.test")
    there = replace(in_payroll(five), id="te1001")
    board = first_match([KARI, five], [there], links)
    [row] = board.rows[Group.PROBABLE]
    assert "Already linked to employee number 5" in row.no_same


def test_a_link_of_an_archived_record_is_taken_over_by_number_only() -> None:
    old = person("2002", id="old", active=False, end_date=TODAY - timedelta(days=300))
    board = first_match([KARI, old], [under("2002")], [LinkState("old", "te1001")])
    [row] = board.rows[Group.PROBABLE]
    assert "the new record the number 2002" in row.no_same


def test_a_person_kept_by_another_integration_is_not_linked() -> None:
    board = first_match([KARI], [under("2002")], taken={"te1001": "Xledger Sverige"})
    assert "Xledger Sverige" in only_row(board, Group.PROBABLE).no_same


def test_a_create_without_an_answer_is_settled_first() -> None:
    unsettled = LinkState("e1001", create_sent_at=NOW)
    row = only_row(first_match([KARI], [under("2002")], [unsettled]), Group.PROBABLE)
    assert "Run a sync first" in row.no_same


# --- side by side --------------------------------------------------------------------------------


def test_traits_say_what_agrees_and_never_show_a_national_id() -> None:
    hr = Identity("0417", "Kari", "Nordmann", date(1990, 1, 1), NATIONAL_ID, frozenset({"a@x.no"}))
    payroll = Identity("417", "Kari", "Hansen", None, NATIONAL_ID, frozenset({"b@x.no"}))
    assert [each.verdict for each in side_by_side(hr, payroll)] == [
        Verdict.NEARLY,
        Verdict.NEARLY,
        Verdict.UNKNOWN,
        Verdict.DIFFERENT,
        Verdict.SAME,
    ]
    assert NATIONAL_ID not in str(side_by_side(hr, payroll))


# --- anybody -------------------------------------------------------------------------------------


@st.composite
def pairs(draw: st.DrawFn) -> frozenset[tuple[str, str]]:
    some = st.tuples(
        st.sampled_from([f"e{n}" for n in range(8)]), st.sampled_from([f"t{n}" for n in range(6)])
    )
    return draw(st.frozensets(some, max_size=4))


@given(cases(), pairs())
def test_the_groups_are_what_the_plan_does(
    case: Case, distinct: frozenset[tuple[str, str]]
) -> None:
    made, board = plan(*case, distinct=distinct), first_match(*case, distinct=distinct)

    def ids(group: Group, *, ready: bool = False) -> set[str]:
        return {r.employee.id for r in board.rows[group] if r.employee and (r.ready or not ready)}

    created = {row.employee.id for row in sent(made.changes, ChangeKind.CREATE)}
    written = {row.employee.id for row in sent(made.changes)}
    assert ids(Group.ONLY_HR, ready=True) == created
    assert ids(Group.NUMBER) <= {each.source_id for each in made.links if each.target_id}
    assert not written & ids(Group.PROBABLE)
    blocked = {
        r.employee.id
        for r in made.changes
        if r.problems[:1] and r.problems[0].code == "probable_match"
    }
    assert ids(Group.PROBABLE) == blocked


@given(cases(), pairs())
def test_everybody_stands_in_one_group_of_each_side(
    case: Case, distinct: frozenset[tuple[str, str]]
) -> None:
    board = first_match(*case, distinct=distinct)
    shown = [g for g in Group if g not in (Group.APART, Group.ONLY_PAYROLL)]
    for employee in case[0]:
        groups = {
            g for g in shown for r in board.rows[g] if r.employee and r.employee.id == employee.id
        }
        assert len(groups) <= 1
    alone = {row.there.id for row in board.rows[Group.ONLY_PAYROLL] if row.there}
    others = {row.there.id for g in shown for row in board.rows[g] if row.there}
    assert alone | others == {each.id for each in case[1]}
    assert not alone & others
