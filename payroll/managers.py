"""Adds to a plan who each person's manager is, to be sent once everybody new is there. Pure.

A manager stands in a plan by their id in HR, and becomes the id in payroll when it is sent: the
manager may be created by this very plan. Nobody waits for a manager or fails because of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from . import reasons
from .diff import FieldChange, compare, swallowed
from .linking import LinkState
from .mapping import MappingRow, Mode, trace
from .matching import Roster
from .plan import Plan, PlannedChange, Rules
from .planner import Planner
from .records import (
    Actual,
    ChangeKind,
    Employee,
    FieldType,
    Identity,
    Outcome,
    Problem,
    TargetEmployee,
)
from .retroactive import mark
from .scope import Part, has_left, part_of
from .upcoming import upcoming
from .values import is_blank


def make_plan(
    people: Sequence[Employee],
    rules: Rules,
    roster: Roster,
    links: Sequence[LinkState],
    today: date,
    now: datetime,
) -> Plan:
    """The whole plan, with managers where they are sent, marks, and what lies ahead."""
    plan = Planner(people, rules, roster, links, today, now).make()
    for row in rules.rows:
        if row.mode is not Mode.OFF and rules.target_specs[row.target].type is FieldType.REFERENCE:
            _Managers(plan, people, rules, roster, links, row).add(today)
    mark(plan, rules, today)
    if not rules.only:
        plan.upcoming = upcoming(people, plan, rules, today)
    return plan


class _Without(Exception):
    """The person goes without a manager, for this reason."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Managers:
    """One row of the field table, for everybody."""

    def __init__(
        self,
        plan: Plan,
        people: Sequence[Employee],
        rules: Rules,
        roster: Roster,
        links: Sequence[LinkState],
        row: MappingRow,
    ) -> None:
        self._plan = plan
        self._people = people
        self._rules = rules
        self._roster = roster
        self._row = row
        self._spec = rules.target_specs[row.target]
        known = {link.source_id: link for link in [*links, *plan.links]}
        self._links = {
            source_id: link
            for source_id, link in known.items()
            if source_id not in plan.released and link.target_id in roster.by_id
        }
        self._numbered: dict[str, list[Employee]] = defaultdict(list)
        for person in people:
            if person.active and person.identity.number:
                self._numbered[person.identity.number].append(person)
        # Of one person there is at most one row that goes through or that only tells something.
        self._places = {
            change.employee.id: place
            for place, change in enumerate(plan.changes)
            if change.outcome is None or change.flagged
        }
        self._kept_back = {change.employee.id for change in plan.changes if change.keeps_rest_back}
        self._asked = {change.employee.id for change in plan.changes if change.proposal}

    def add(self, today: date) -> None:
        """Puts the managers into the plan."""
        for employee in self._people:
            if not self._goes_through(employee, today):
                continue
            try:
                change = self._change(employee)
            except _Without as without:
                self._note(employee, without.problem)
                continue
            if change:
                self._put(employee, change)

    def _goes_through(self, employee: Employee, today: date) -> bool:
        """Whether the person is kept true by this plan with everything, not only with an end."""
        rules = self._rules
        if rules.only and employee.id not in rules.only:
            return False
        if employee.id in self._kept_back or not rules.scope.contains(employee):
            return False
        if any(doubt.field == self._row.source for doubt in employee.doubts):
            return False
        if self._is_created(employee.id):
            return True
        if employee.id not in self._links or has_left(employee, today):
            return False
        return part_of(employee, rules.scope, today, in_payroll=True) == (Part.ALL, None)

    def _is_created(self, source_id: str) -> bool:
        place = self._places.get(source_id)
        return place is not None and self._plan.changes[place].kind is ChangeKind.CREATE

    # --- who is it? ------------------------------------------------------------------------------

    def _change(self, employee: Employee) -> FieldChange | None:
        """What to send, if anything. Raises _Without."""
        source = self._rules.source_specs.get(self._row.source)
        label = source.label if source else ""
        traced = trace(employee, self._row, self._spec, None, label)
        if traced.problem:
            raise _Without(traced.problem)
        if not traced.sends:
            return None
        manager = None if traced.value is None else self._manager(employee, str(traced.value))
        if self._is_created(employee.id):
            return self._told(FieldChange(self._spec.key, None, ""), manager) if manager else None
        link = self._links[employee.id]
        there = self._roster.by_id[link.target_id]
        change = self._compared(link, there, manager)
        return self._told(change, manager) if change else None

    def _manager(self, employee: Employee, number: str) -> Employee:
        """The one active person with the number, who is in payroll or will be. Raises _Without."""
        field = self._spec.key
        found = self._numbered.get(number, [])
        if not found:
            raise _Without(reasons.manager_unknown(number, field))
        if len(found) > 1:
            raise _Without(reasons.manager_ambiguous(number, field))
        if found[0].id == employee.id:
            raise _Without(reasons.own_manager(field))
        if found[0].id not in self._links and not self._is_created(found[0].id):
            raise _Without(reasons.manager_not_linked(number, field))
        return found[0]

    def _compared(
        self, link: LinkState, there: TargetEmployee, manager: Employee | None
    ) -> FieldChange | None:
        """As any other field; a manager who is being created is surely not who stands there."""
        key, row = self._spec.key, self._row
        if manager is None or manager.id in self._links:
            wanted = self._links[manager.id].target_id if manager else None
            return self._compared_ids(link, there, wanted)
        before = there.fields.get(key)
        kept = row.mode is Mode.ON_CREATE or (row.mode is Mode.IF_EMPTY and not is_blank(before))
        return None if kept else FieldChange(key, before, "")

    def _compared_ids(
        self, link: LinkState, there: TargetEmployee, wanted: str | None
    ) -> FieldChange | None:
        """The usual compare. Raises _Without where payroll shows nothing of what was sent."""
        key, mark = self._spec.key, self._rules.fingerprint
        values, specs = {key: wanted}, {key: self._spec}
        found = compare(values, there.fields, link.baseline, {key: self._row}, specs, mark)
        if swallowed(values, there.fields, link.baseline, specs, mark):
            raise _Without(reasons.swallowed(self._spec))
        return found[0] if found else None

    def _told(self, change: FieldChange, manager: Employee | None) -> FieldChange:
        """By the manager's id in HR, with what people call whoever was and will be the manager."""
        after = manager.id if manager else None
        named = (self._name_of(change.before), _name(manager.identity) if manager else "")
        return replace(change, after=after, named=named)

    def _name_of(self, target_id: Actual) -> str:
        there = self._roster.by_id.get(target_id) if isinstance(target_id, str) else None
        return _name(there.identity) if there else ""

    # --- into the plan ---------------------------------------------------------------------------

    def _put(self, employee: Employee, change: FieldChange) -> None:
        """Onto the person's row, so that each stays one row; else as a row of its own."""
        place = self._places.get(employee.id)
        if place is None:
            target_id = self._links[employee.id].target_id
            row = PlannedChange(ChangeKind.UPDATE, employee, target_id, (change,))
            self._no_longer_unchanged(employee)
            self._append(row)
            return
        row = self._plan.changes[place]
        if row.outcome is not None:  # until now it only told something
            self._no_longer_unchanged(employee)
            row = replace(row, kind=ChangeKind.UPDATE, outcome=None)
        target_id = row.target_id or self._target_id(employee)
        self._plan.changes[place] = replace(row, target_id=target_id, fields=(*row.fields, change))

    def _no_longer_unchanged(self, employee: Employee) -> None:
        """Who has a change that waits for a second person was not counted as unchanged."""
        if employee.id not in self._asked:
            self._plan.unchanged -= 1

    def _target_id(self, employee: Employee) -> str:
        link = self._links.get(employee.id)
        return link.target_id if link else ""

    def _note(self, employee: Employee, problem: Problem) -> None:
        place = self._places.get(employee.id)
        if place is None:
            target_id = self._target_id(employee)
            problems, skipped = (problem,), Outcome.SKIPPED
            self._append(
                PlannedChange(
                    ChangeKind.NONE, employee, target_id, (), problems, skipped, flagged=True
                )
            )
            return
        row = self._plan.changes[place]
        self._plan.changes[place] = replace(row, problems=(*row.problems, problem), flagged=True)

    def _append(self, row: PlannedChange) -> None:
        self._places[row.employee.id] = len(self._plan.changes)
        self._plan.changes.append(row)


def _name(identity: Identity) -> str:
    """`10049 Kari Nordmann`."""
    return f"{identity.number} {identity.name}".strip()
