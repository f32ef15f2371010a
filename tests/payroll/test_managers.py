"""Who the manager is: planned for everybody who goes through, by HR's id, and never in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from payroll.diff import Sent
from payroll.linking import LinkState
from payroll.managers import make_plan
from payroll.mapping import Blank, MappingRow, Mode
from payroll.matching import Roster
from payroll.plan import Plan, PlannedChange
from payroll.records import (
    Actual,
    ChangeKind,
    Employee,
    FieldSpec,
    FieldType,
    Outcome,
    Problem,
    TargetEmployee,
)
from payroll.scope import Scope

from .people import NOW, ROWS, TARGET_SPECS, TODAY, in_payroll, link, person, rules

SPECS = {**TARGET_SPECS, "superior": FieldSpec("superior", "Manager", FieldType.REFERENCE)}
ROW = MappingRow("manager", "superior")
BOSS = person("1000")
KARI = person("1001", manager="1000")


def there(employee: Employee, superior: Actual = None) -> TargetEmployee:
    return in_payroll(employee, superior=superior)


def plan(
    people: list[Employee],
    payroll: list[TargetEmployee],
    links: list[LinkState],
    row: MappingRow = ROW,
    **changes: Any,
) -> Plan:
    made = rules(rows=(*ROWS, row), target_specs=SPECS, **changes)
    return make_plan(people, made, Roster(payroll), links, TODAY, NOW)


def of(made: Plan, employee: Employee) -> PlannedChange:
    (row,) = [row for row in made.changes if row.employee.id == employee.id]
    return row


def superiors(row: PlannedChange) -> list[tuple[Actual, Actual]]:
    return [(each.before, each.after) for each in row.fields if each.field == "superior"]


def codes(row: PlannedChange) -> list[str]:
    return [problem.code for problem in row.problems]


def test_a_manager_stands_in_the_plan_by_the_id_in_hr() -> None:
    made = plan([BOSS, KARI], [there(BOSS), there(KARI)], [link(BOSS), link(KARI)])
    row = of(made, KARI)
    assert row.kind is ChangeKind.UPDATE
    assert row.target_id == f"t{KARI.id}"
    assert superiors(row) == [(None, BOSS.id)]
    assert row.fields[0].named == ("", "1000 Kari Nordmann 1000")
    assert made.unchanged == 1


def test_a_manager_who_is_the_same_already_is_not_sent() -> None:
    payroll = [there(BOSS), there(KARI, f"t{BOSS.id}")]
    made = plan([BOSS, KARI], payroll, [link(BOSS), link(KARI)])
    assert made.changes == []
    assert made.unchanged == 2


def test_two_new_people_get_each_other_whatever_their_order() -> None:
    boss = replace(BOSS, fields={**BOSS.fields, "manager": "1001"})
    for people in ([boss, KARI], [KARI, boss]):
        made = plan(people, [], [])
        assert superiors(of(made, KARI)) == [(None, BOSS.id)]
        assert superiors(of(made, boss)) == [(None, KARI.id)]
        assert all(row.kind is ChangeKind.CREATE for row in made.changes)


def test_somebody_in_payroll_may_get_a_manager_who_is_being_created() -> None:
    made = plan([BOSS, KARI], [there(KARI, "told")], [link(KARI)])
    assert superiors(of(made, KARI)) == [("told", BOSS.id)]


def test_a_manager_joins_what_else_changes_of_the_person() -> None:
    payroll = [there(BOSS), in_payroll(KARI, superior=None, phone="+4791111111")]
    kari = replace(KARI, fields={**KARI.fields, "private_phone": "+4792222222"})
    made = plan([BOSS, kari], payroll, [link(BOSS), link(kari)])
    assert [each.field for each in of(made, kari).fields] == ["phone", "superior"]


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([KARI], "manager_unknown"),
        ([KARI, replace(BOSS, active=False)], "manager_unknown"),
        ([KARI, person("1000", title=None)], "manager_not_linked"),
        ([KARI, BOSS, person("1000", id="other")], "manager_ambiguous"),
        ([person("1001", manager="1001")], "own_manager"),
    ],
)
def test_without_a_manager_in_payroll_the_person_goes_all_the_same(
    people: list[Employee], code: str
) -> None:
    created = of(plan(people, [], []), KARI)
    assert (created.kind, created.outcome) == (ChangeKind.CREATE, None)
    assert created.flagged
    assert codes(created) == [code]
    assert superiors(created) == []
    known = of(plan(people, [there(KARI)], [link(KARI)]), KARI)
    assert (known.kind, known.outcome) == (ChangeKind.NONE, Outcome.SKIPPED)
    assert known.flagged
    assert codes(known) == [code]


def test_a_manager_out_of_scope_is_told_as_such() -> None:
    scope = Scope(exclude=frozenset({"1000"}))
    made = plan([BOSS, KARI], [there(BOSS), there(KARI)], [link(KARI)], scope=scope)
    assert codes(of(made, KARI)) == ["manager_not_linked"]


def test_nobody_who_is_kept_back_gets_a_manager() -> None:
    late = replace(KARI, fields={**KARI.fields, "title": None})
    made = plan([BOSS, late], [there(BOSS), there(KARI)], [link(BOSS), link(KARI)])
    assert superiors(of(made, late)) == []


def test_a_manager_about_whom_hr_contradicts_itself_is_not_sent() -> None:
    doubted = replace(KARI, doubts=(Problem("any", "Why.", "manager"),))
    made = plan([BOSS, doubted], [there(BOSS), there(KARI)], [link(BOSS), link(KARI)])
    assert all(superiors(row) == [] for row in made.changes)


def test_a_leaver_keeps_the_manager_there_was() -> None:
    gone = person("1001", manager="1000", end_date=TODAY.replace(day=1))
    made = plan([BOSS, gone], [there(BOSS), there(KARI)], [link(BOSS), link(gone)])
    assert superiors(of(made, gone)) == []


@pytest.mark.parametrize(
    ("row", "now", "sent"),
    [
        (replace(ROW, mode=Mode.OFF), None, []),
        (replace(ROW, mode=Mode.ON_CREATE), None, []),
        (replace(ROW, mode=Mode.IF_EMPTY), None, [(None, BOSS.id)]),
        (replace(ROW, mode=Mode.IF_EMPTY), "told", []),
        (replace(ROW, blank=Blank.CLEAR), "told", [("told", BOSS.id)]),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_the_rows_mode_is_kept(
    row: MappingRow, now: Actual, sent: list[tuple[Actual, Actual]], known: bool
) -> None:
    payroll, links = [there(KARI, now)], [link(KARI)]
    if known:
        payroll, links = [*payroll, there(BOSS)], [*links, link(BOSS)]
    made = plan([BOSS, KARI], payroll, links, row)
    found = [each for row in made.changes if row.employee is KARI for each in superiors(row)]
    assert found == sent


@pytest.mark.parametrize(("blank", "sent"), [(Blank.KEEP, []), (Blank.CLEAR, [("told", None)])])
def test_no_manager_in_hr_clears_only_where_that_was_asked_for(
    blank: Blank, sent: list[tuple[Actual, Actual]]
) -> None:
    alone = person("1001", manager=None)
    row = replace(ROW, blank=blank)
    made = plan([alone], [there(alone, "told")], [link(alone)], row)
    assert [each for row in made.changes for each in superiors(row)] == sent


def test_a_manager_that_payroll_swallowed_is_told_and_not_sent_again() -> None:
    sent = replace(link(KARI), baseline=kept(f"t{BOSS.id}", None))
    made = plan([BOSS, KARI], [there(BOSS), there(KARI)], [link(BOSS), sent])
    assert codes(of(made, KARI)) == ["sent_but_empty"]
    assert superiors(of(made, KARI)) == []


def test_a_manager_changed_in_payroll_is_told_as_drift() -> None:
    sent = replace(link(KARI), baseline=kept(f"t{BOSS.id}", f"t{BOSS.id}"))
    made = plan([BOSS, KARI], [there(BOSS), there(KARI, "told")], [link(BOSS), sent])
    assert of(made, KARI).fields[0].drifted


def kept(sent: str, seen: str | None) -> dict[str, Any]:
    return {"superior": Sent(sent, seen)}


def test_a_trial_gives_managers_only_to_its_people() -> None:
    ola = person("1002", manager="1000")
    payroll = [there(each) for each in (BOSS, KARI, ola)]
    links = [link(each) for each in (BOSS, KARI, ola)]
    made = plan([BOSS, KARI, ola], payroll, links, only=frozenset({KARI.id}))
    assert {row.employee.id for row in made.changes} == {KARI.id}
