"""From both systems as they are now to a list of changes, one row a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from . import reasons
from .diff import Baseline, FieldChange, Fingerprint, compare, compare_new
from .mapping import Desired, MappingRow, map_employee
from .matching import Roster
from .records import (
    ChangeKind,
    Employee,
    FieldSpec,
    Outcome,
    PickLists,
    Problem,
    TargetEmployee,
)
from .scope import Part, Scope, part_of

NOT_IN_SCOPE = "not in scope"
LEFT_EARLIER = "left earlier, not in payroll"


@dataclass(frozen=True, slots=True)
class LinkState:
    """What the Hub remembers of one person; `target_id` empty while a create is unsettled."""

    source_id: str
    target_id: str = ""
    baseline: Baseline = field(default_factory=dict)
    create_sent_at: datetime | None = None
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One row of the plan. `outcome` None waits to be sent; `flagged` means a value is left out."""

    kind: ChangeKind
    employee: Employee
    target_id: str = ""
    fields: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    outcome: Outcome | None = None
    flagged: bool = False


@dataclass
class Plan:
    """The rows in the order they are sent, the links found, and counts of people without a row."""

    changes: list[PlannedChange] = field(default_factory=list)
    links: list[LinkState] = field(default_factory=list)
    in_scope: int = 0
    unchanged: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Rules:
    """What the admin configured and what the target accepts.

    `taken`: target ids that another integration keeps, with its label.
    """

    scope: Scope
    rows: Sequence[MappingRow]
    source_specs: Mapping[str, FieldSpec]
    target_specs: Mapping[str, FieldSpec]
    pick_lists: PickLists
    number_field: str
    end_field: str
    fingerprint: Fingerprint
    retry_after: timedelta
    taken: Mapping[str, str] = field(default_factory=dict)


class _LeftOut(Exception):
    """This person gets one row that sends nothing, with the problem as its reason."""

    def __init__(self, problem: Problem, outcome: Outcome = Outcome.SKIPPED) -> None:
        self.problem = problem
        self.outcome = outcome


class Planner:
    """Plans everyone against one reading of the target."""

    def __init__(
        self, rules: Rules, roster: Roster, links: Sequence[LinkState], today: date, now: datetime
    ) -> None:
        self.rules = rules
        self.roster = roster
        self.today = today
        self.now = now
        self.plan = Plan()
        self._links = {link.source_id: link for link in links}
        self._owner = {link.target_id: link.source_id for link in links if link.target_id}
        self._rows = {row.target: row for row in rules.rows}

    def people(self, employees: Sequence[Employee]) -> Plan:
        """The whole plan."""
        twice = self._numbers_held_twice(employees)
        for employee in sorted(employees, key=lambda person: not person.active):
            if not self.rules.scope.contains(employee):
                self.plan.left_out[NOT_IN_SCOPE] += 1
                continue
            self.plan.in_scope += 1
            try:
                self._person(employee, twice)
            except _LeftOut as left_out:
                self._add_left_out(employee, left_out)
        self._gone({employee.id for employee in employees})
        return self.plan

    def _gone(self, in_hr: set[str]) -> None:
        """Lists linked people whom HR no longer has and payroll still pays. Ends nobody."""
        for link in self._links.values():
            found = self.roster.by_id.get(link.target_id)
            if link.source_id in in_hr or found is None or found.fields.get(self.rules.end_field):
                continue
            person = Employee(link.source_id, active=False, identity=found.identity, fields={})
            self._add_left_out(person, _LeftOut(reasons.GONE_FROM_HR))

    def _add_left_out(self, employee: Employee, left_out: _LeftOut) -> None:
        self.plan.changes.append(
            PlannedChange(
                ChangeKind.NONE, employee, problems=(left_out.problem,), outcome=left_out.outcome
            )
        )

    def _numbers_held_twice(self, employees: Sequence[Employee]) -> set[str]:
        """Numbers of two people who both take part: neither may be sent."""
        numbers = Counter(
            person.identity.number
            for person in employees
            if person.identity.number and (person.active or person.id in self._links)
        )
        return {number for number, people in numbers.items() if people > 1}

    def _person(self, employee: Employee, twice: set[str]) -> None:
        found = self._find(employee, twice)
        part, problem = part_of(employee, self.rules.scope, self.today, found is not None)
        if problem:
            raise _LeftOut(problem)
        if part is Part.NOTHING:
            if employee.active:
                raise _LeftOut(reasons.ALREADY_LEFT)
            self.plan.in_scope -= 1
            self.plan.left_out[LEFT_EARLIER] += 1
            return
        desired = self._desired(employee, part)
        doubts = self._doubts(employee)
        for doubt in doubts:
            self._add_left_out(employee, _LeftOut(doubt, Outcome.HELD))
        blocking = [problem for problem in desired.problems if problem.blocking]
        if blocking:
            raise _LeftOut(blocking[0])
        if found is None:
            self._create(employee, desired)
        else:
            self._update(employee, found, desired, held=bool(doubts))

    def _doubts(self, employee: Employee) -> list[Problem]:
        """Contradictions in HR about something that is sent."""
        sent = {row.source for row in self.rules.rows}
        return [doubt for doubt in employee.doubts if doubt.field in sent]

    def _desired(self, employee: Employee, part: Part) -> Desired:
        rules = self.rules
        rows = rules.rows
        if part is Part.END_DATE:
            rows = [row for row in rows if row.target == rules.end_field]
        return map_employee(
            employee, rows, rules.source_specs, rules.target_specs, rules.pick_lists
        )

    # --- who is it in payroll? -------------------------------------------------------------------

    def _find(self, employee: Employee, twice: set[str]) -> TargetEmployee | None:
        """The person there, linked on the way; None when they must be created."""
        if employee.active and employee.identity.number in twice:
            raise _LeftOut(reasons.duplicate_number(employee.identity.number))
        link = self._links.get(employee.id)
        if link and link.target_id:
            return self._linked(link)
        if link is None and not employee.identity.number:
            return None
        match = self.roster.match(employee.identity)
        if not employee.active and (match.employee is None or self._owned(match.employee)):
            return None  # left, and not known in payroll as this person
        if match.problem:
            raise _LeftOut(match.problem)
        if match.employee is not None:
            self._claim(employee, match.employee)
        elif link and link.create_sent_at:
            self._await_create(link)
        return match.employee

    def _owned(self, found: TargetEmployee) -> bool:
        return found.id in self._owner or found.id in self.rules.taken

    def _linked(self, link: LinkState) -> TargetEmployee:
        found = self.roster.by_id.get(link.target_id)
        if found is None:
            raise _LeftOut(reasons.GONE_FROM_PAYROLL, Outcome.HELD)
        return found

    def _claim(self, employee: Employee, found: TargetEmployee) -> None:
        """Remembers who it is there, unless somebody else already has that person."""
        other = self.rules.taken.get(found.id)
        if other:
            raise _LeftOut(reasons.belongs_to(other))
        if self._owner.setdefault(found.id, employee.id) != employee.id:
            raise _LeftOut(reasons.duplicate_number(employee.identity.number))
        self.plan.links.append(LinkState(employee.id, found.id))

    def _await_create(self, link: LinkState) -> None:
        """A create whose answer was lost is sent again only after two full reads without it."""
        if link.missing_since is None:
            self.plan.links.append(replace(link, missing_since=self.now))
            raise _LeftOut(reasons.CREATE_UNKNOWN, Outcome.UNKNOWN)
        if self.now - link.missing_since < self.rules.retry_after:
            raise _LeftOut(reasons.CREATE_UNKNOWN, Outcome.UNKNOWN)

    # --- what changes? ---------------------------------------------------------------------------

    def _create(self, employee: Employee, desired: Desired) -> None:
        fields = compare_new(desired.values, self.rules.target_specs)
        missing = self._missing({change.field for change in fields})
        if missing:
            raise _LeftOut(reasons.missing_fields(missing))
        self.roster.expect(employee.identity)
        self._add(ChangeKind.CREATE, employee, "", fields, desired.problems)

    def _missing(self, given: set[str]) -> list[str]:
        """What the target requires of a new person and does not get, as HR calls it."""
        missing = []
        for key, spec in self.rules.target_specs.items():
            if spec.required and key not in given:
                source = self._rows[key].source if key in self._rows else ""
                missing.append(self.rules.source_specs.get(source, spec).label)
        return missing

    def _update(
        self, employee: Employee, found: TargetEmployee, desired: Desired, *, held: bool
    ) -> None:
        link = self._links.get(employee.id)
        changes = compare(
            desired.values,
            found.fields,
            link.baseline if link else {},
            self._rows,
            self.rules.target_specs,
            self.rules.fingerprint,
        )
        allowed = tuple(c for c in changes if self._held_because(c, employee) is None)
        for change in changes:
            reason = self._held_because(change, employee)
            if reason:
                held = True
                self._hold(employee, found.id, change, reason)
        kind = ChangeKind.UPDATE
        if any(c.field == self.rules.end_field and c.after is not None for c in allowed):
            kind = ChangeKind.END
        if not allowed and not held:
            self.plan.unchanged += 1
        self._add(kind, employee, found.id, allowed, desired.problems)

    def _held_because(self, change: FieldChange, employee: Employee) -> Problem | None:
        """Why this field waits for a person to decide."""
        if self.rules.target_specs[change.field].immutable:
            return reasons.NUMBER_CHANGED
        if change.field == self.rules.end_field and change.after is None:
            return None if self._surely_employed(employee) else reasons.END_UNCLEAR
        return None

    def _surely_employed(self, employee: Employee) -> bool:
        """Positive evidence that employment goes on: only then is an end date cleared."""
        job = employee.employment
        return (
            employee.active
            and job is not None
            and job.period.covers(self.today)
            and job.period.end is None
            and not job.terminated
        )

    def _hold(
        self, employee: Employee, target_id: str, change: FieldChange, reason: Problem
    ) -> None:
        self.plan.changes.append(
            PlannedChange(
                ChangeKind.UPDATE, employee, target_id, (change,), (reason,), Outcome.HELD
            )
        )

    def _add(
        self,
        kind: ChangeKind,
        employee: Employee,
        target_id: str,
        fields: tuple[FieldChange, ...],
        problems: tuple[Problem, ...],
    ) -> None:
        """A row for a person with something to send or something to say."""
        if not fields and not problems:
            return
        self.plan.changes.append(
            PlannedChange(
                kind if fields else ChangeKind.NONE,
                employee,
                target_id,
                fields,
                problems,
                None if fields else Outcome.SKIPPED,
                flagged=bool(problems),
            )
        )
