"""A trial: everybody is looked at, only the chosen are planned."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from payroll.linking import LinkState
from payroll.plan import NOT_IN_SCOPE, NOT_IN_TRIAL
from payroll.records import Outcome
from payroll.scope import Scope

from .people import TODAY, in_payroll, link, person, plan, reasons_of, sent
from .test_plan_of_anybody import Case, cases

KARI, OLA = person("1001"), person("1002", first_name="Ola")


def only(*ids: str) -> frozenset[str]:
    return frozenset(ids)


def test_a_trial_plans_the_chosen_and_counts_the_others() -> None:
    made = plan([KARI, OLA], only=only(KARI.id))
    assert [row.employee.id for row in sent(made.changes)] == [KARI.id]
    assert made.in_scope == 2
    assert made.left_out == {NOT_IN_TRIAL: 1}


def test_a_trial_of_everybody_leaves_nobody_out() -> None:
    assert plan([KARI], only=only(KARI.id)).left_out == {}


def test_a_trial_links_and_counts_nobody_else() -> None:
    there = [in_payroll(KARI), in_payroll(OLA)]
    made = plan([KARI, OLA], there, only=only(KARI.id))
    assert made.links == [LinkState(KARI.id, f"t{KARI.id}")]
    assert made.unchanged == 1


def test_a_trial_sees_that_somebody_else_has_the_number() -> None:
    twin = person("1001", id="twin", last_name="Hansen", email="h@x.no")
    assert reasons_of(plan([KARI, twin], only=only(KARI.id))) == ["duplicate_number"]


def test_a_trial_leaves_the_link_of_an_old_record_that_somebody_else_takes_over() -> None:
    old = person(id="old", active=False, end_date=TODAY - timedelta(days=300))
    links = [LinkState("old", f"t{KARI.id}")]
    made = plan([old, KARI, OLA], [in_payroll(KARI)], links, only=only(OLA.id))
    assert (made.links, made.released) == ([], [])
    made = plan([old, KARI, OLA], [in_payroll(KARI)], links, only=only(KARI.id))
    assert made.released == ["old"]


def test_somebody_out_of_scope_in_a_trial_is_told_so() -> None:
    made = plan([KARI, OLA], only=only(KARI.id), scope=Scope.parse({"exclude": ["1001", "1002"]}))
    assert reasons_of(made, Outcome.SKIPPED) == ["trial_not_in_scope"]
    assert (made.in_scope, made.left_out) == (0, {NOT_IN_SCOPE: 1})


def test_somebody_in_a_trial_who_is_gone_from_hr_is_told_so() -> None:
    assert reasons_of(plan([], only=only("nobody"))) == ["trial_gone_from_hr"]


def test_a_trial_lists_nobody_else_who_is_gone_from_hr() -> None:
    made = plan([OLA], [in_payroll(KARI)], [link(KARI)], only=only(OLA.id))
    assert [row.employee.id for row in made.changes] == [OLA.id]


@given(cases(), st.frozensets(st.sampled_from([f"e{n}" for n in range(8)]), min_size=1))
def test_a_trial_says_of_its_people_what_the_whole_plan_says(
    case: Case, chosen: frozenset[str]
) -> None:
    everybody, trial = plan(*case), plan(*case, only=chosen)
    in_hr = {employee.id for employee in case[0]}
    whole = [row for row in everybody.changes if row.employee.id in chosen & in_hr]
    assert [row for row in trial.changes if row.employee.id in in_hr] == whole
    assert trial.links == [each for each in everybody.links if each.source_id in chosen]
    assert trial.in_scope == everybody.in_scope
