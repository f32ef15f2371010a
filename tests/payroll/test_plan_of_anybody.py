"""The plan for anybody and any payroll: what never happens, however numbers and links fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from payroll.linking import LinkState
from payroll.matching import conflict
from payroll.plan import NOT_IN_SCOPE
from payroll.records import ChangeKind, Employee, Place, TargetEmployee
from payroll.scope import Scope

from .people import TODAY, in_payroll, person, plan, sent

DAY = timedelta(days=1)
CREATE, UPDATE, END = ChangeKind.CREATE, ChangeKind.UPDATE, ChangeKind.END

few = st.sampled_from
people = st.builds(
    lambda id, number, first, last, born, email, active, end, department: person(  # noqa: A006
        number,
        id=id,
        active=active,
        first_name=first,
        last_name=last,
        birth_date=born,
        email=email,
        end_date=end,
        placements={"department": Place(department)},
    ),
    few([f"e{n}" for n in range(8)]),
    few(["", "1", "2", "3", "4"]),
    few(["Kari", "Ola"]),
    few(["Nordmann", "Hansen"]),
    few([None, date(1990, 1, 1), date(1991, 1, 1)]),
    few(["a@x.no", "b@x.no", "c@x.no", "d@x.no", ""]),
    st.booleans(),
    few([None, None, TODAY + 30 * DAY, TODAY - DAY, TODAY - 100 * DAY]),
    few(["IT", "HR"]),
)
staff = st.lists(people, max_size=8, unique_by=lambda employee: employee.id)


@st.composite
def payrolls(draw: st.DrawFn) -> list[TargetEmployee]:
    there = draw(st.lists(people, max_size=6, unique_by=lambda employee: employee.id))
    return [replace(in_payroll(employee), id=f"t{n}") for n, employee in enumerate(there)]


@st.composite
def linked(draw: st.DrawFn, there: Sequence[TargetEmployee]) -> list[LinkState]:
    """Some people linked to somebody there, or to somebody gone."""
    targets = [employee.id for employee in there] + ["gone"]
    pairs = draw(st.dictionaries(few([f"e{n}" for n in range(8)]), few(targets), max_size=4))
    unique = {target: source for source, target in pairs.items()}
    return [LinkState(source, target) for target, source in unique.items()]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Employee], list[TargetEmployee], list[LinkState]]:
    there = draw(payrolls())
    return draw(staff), there, draw(linked(there))


Case = tuple[list[Employee], list[TargetEmployee], list[LinkState]]


@given(cases())
def test_nobody_is_created_whose_number_or_likeness_is_in_payroll(case: Case) -> None:
    everybody, there, links = case
    for row in sent(plan(everybody, there, links).changes, CREATE):
        new = row.employee.identity
        for employee in there:
            other = employee.identity
            assert new.number != other.number
            assert not new.emails & other.emails
            assert (new.name, new.birth_date) != (other.name, other.birth_date or date.min)


@given(cases())
def test_no_number_is_created_twice_in_one_plan(case: Case) -> None:
    numbers = [row.employee.identity.number for row in sent(plan(*case).changes, CREATE)]
    assert len(numbers) == len(set(numbers))
    assert "" not in numbers


@given(cases())
def test_nobody_in_payroll_is_written_for_two_people(case: Case) -> None:
    targets = [row.target_id for row in sent(plan(*case).changes, UPDATE, END)]
    assert len(targets) == len(set(targets))


@given(cases())
def test_only_the_linked_or_the_same_person_is_written(case: Case) -> None:
    everybody, there, links = case
    by_id = {employee.id: employee for employee in there}
    before = {link.source_id: link.target_id for link in links}
    for row in sent(plan(everybody, there, links).changes, UPDATE, END):
        linked_to = before.get(row.employee.id)
        identity = by_id[row.target_id].identity
        assert linked_to == row.target_id or (
            linked_to is None
            and identity.number == row.employee.identity.number
            and not conflict(row.employee.identity, identity)
        )


@given(cases())
def test_no_active_people_with_one_number_are_sent(case: Case) -> None:
    everybody, there, links = case
    numbers = [e.identity.number for e in everybody if e.active]
    for row in sent(plan(everybody, there, links).changes, CREATE, UPDATE):
        number = row.employee.identity.number
        assert not (number and row.employee.active) or numbers.count(number) == 1


@given(cases())
def test_nobody_who_left_and_is_not_in_payroll_is_created(case: Case) -> None:
    for row in sent(plan(*case).changes, CREATE):
        end = row.employee.fields["end_date"]
        assert row.employee.active
        assert end is None or (isinstance(end, date) and end >= TODAY)


@given(cases(), st.frozensets(few(["1", "2", "e3", "e4"])))
def test_nothing_is_planned_for_anyone_out_of_scope(case: Case, excluded: frozenset[str]) -> None:
    scope = Scope.parse({"departments": ["IT"], "exclude": sorted(excluded)})
    made = plan(*case, scope=scope)
    in_hr = {employee.id for employee in case[0]}
    assert all(scope.contains(r.employee) for r in made.changes if r.employee.id in in_hr)
    outside = sum(not scope.contains(employee) for employee in case[0])
    assert made.left_out[NOT_IN_SCOPE] == outside


@given(cases())
def test_everybody_is_counted_once(case: Case) -> None:
    made = plan(*case)
    assert made.in_scope + made.left_out.total() == len(case[0])
    in_hr = {employee.id for employee in case[0]}
    with_a_row = {row.employee.id for row in made.changes} & in_hr
    assert len(with_a_row) <= made.in_scope <= len(with_a_row) + made.unchanged


@given(cases())
def test_a_row_that_goes_out_has_something_to_send(case: Case) -> None:
    for row in plan(*case).changes:
        assert row.fields or row.problems
        assert row.outcome is not None or row.fields


@given(cases())
def test_a_second_plan_on_the_same_state_is_the_same(case: Case) -> None:
    assert plan(*case) == plan(*case)


@given(cases())
def test_nobody_found_has_two_links_and_nobody_two_people(case: Case) -> None:
    everybody, there, links = case
    made = plan(everybody, there, links)
    found = made.links
    kept = [link for link in links if link.source_id not in made.released]
    targets = [link.target_id for link in [*kept, *found] if link.target_id]
    sources = [link.source_id for link in found]
    assert len(targets) == len(set(targets))
    assert len(sources) == len(set(sources))
