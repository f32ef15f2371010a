"""From both systems as they are now to a list of changes, one row a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from . import reasons
from .dated.planning import DatedPlan
from .diff import FieldChange, compare, compare_new, swallowed
from .four_eyes import Proposal
from .linking import LeftOut, Linker, LinkState
from .mapping import Desired, Mode, map_employee
from .matching import Roster
from .plan import (
    ARCHIVED,
    LEFT_EARLIER,
    NOT_IN_SCOPE,
    NOT_IN_TRIAL,
    Plan,
    PlannedChange,
    Rules,
)
from .records import (
    ChangeKind,
    Employee,
    Identity,
    Outcome,
    Problem,
    TargetEmployee,
)
from .scope import Part, has_left, part_of
from .values import storable


class Planner:
    """Plans everyone against one reading of the target."""

    def __init__(
        self,
        people: Sequence[Employee],
        rules: Rules,
        roster: Roster,
        links: Sequence[LinkState],
        today: date,
        now: datetime,
    ) -> None:
        self.rules = rules
        self.roster = roster
        self.today = today
        self.plan = Plan()
        self._people = sorted(people, key=_latest_first)
        self._linker = Linker(
            people, roster, links, rules.taken, now, rules.retry_after, rules.distinct
        )
        self._rows = {row.target: row for row in rules.rows}
        self._ends = {rules.end_field, *(kind.last_day for kind in rules.dated.kinds)}
        self._last = {
            key
            for kind in rules.dated.kinds
            if kind.ends
            for key in (kind.first_day, kind.last_day)
        }
        self._dated = DatedPlan(
            rules.dated, self._rows, rules.target_specs, rules.fingerprint, today
        )

    def make(self) -> Plan:
        """The whole plan; of a trial the rows of its people, planned as if it were none."""
        if self.rules.only:
            return self._trial()
        for employee in self._people:
            self._consider(employee)
        self._gone()
        self.plan.links, self.plan.released = self._linker.found, list(self._linker.released)
        return self.plan

    def _trial(self) -> Plan:
        """Everybody is looked at, so that nobody is taken for somebody else; few are planned."""
        only = self.rules.only
        trial, others = self.plan, Plan()
        for employee in self._people:
            self.plan = trial if employee.id in only else others
            self._consider(employee)
        self.plan = trial
        for source_id in sorted(only - {employee.id for employee in self._people}):
            nobody = Employee(source_id, active=False, identity=Identity(), fields={})
            self._add_left_out(nobody, LeftOut(reasons.TRIAL_GONE_FROM_HR))
        trial.in_scope += others.in_scope
        trial.left_out += others.left_out + Counter({NOT_IN_TRIAL: others.in_scope})
        trial.links = [link for link in self._linker.found if link.source_id in only]
        released = self._linker.released
        trial.released = [old for old, new in released.items() if new in only]
        return trial

    def _consider(self, employee: Employee) -> None:
        if not self.rules.scope.contains(employee):
            if employee.id in self.rules.only:
                self._add_left_out(employee, LeftOut(reasons.TRIAL_NOT_IN_SCOPE))
            else:
                self.plan.left_out[NOT_IN_SCOPE] += 1
            return
        self.plan.in_scope += 1
        try:
            self._person(employee)
        except LeftOut as left_out:
            self._add_left_out(employee, left_out)

    def _gone(self) -> None:
        """Lists linked people whom HR no longer has and payroll still pays. Ends nobody."""
        for source_id, found in self._linker.gone():
            if not found.fields.get(self.rules.end_field):
                person = Employee(source_id, active=False, identity=found.identity, fields={})
                self._add_left_out(person, LeftOut(reasons.GONE_FROM_HR))

    def _person(self, employee: Employee) -> None:
        if not storable(employee.identity.number):
            raise LeftOut(reasons.UNUSABLE_NUMBER)
        left = has_left(employee, self.today)
        found = self._linker.find(employee, left=left)
        doubts = self._doubts(employee)
        part, problem = part_of(employee, self.rules.scope, self.today, found is not None)
        if problem:
            end_doubt = next((doubt for doubt in doubts if doubt.field == "end_date"), None)
            raise LeftOut(end_doubt, Outcome.HELD) if left and end_doubt else LeftOut(problem)
        if part is Part.NOTHING:
            self._never_known(employee)
            return
        desired = self._desired(employee, part, known=found is not None)
        blocking = [problem for problem in desired.problems if problem.blocking]
        if part is Part.ALL and left and self._linker.shares_number(employee):
            blocking.append(reasons.duplicate_number(employee.identity.number))
        if blocking and found is not None and left and part is Part.ALL:
            part = Part.END_DATE  # whatever else is wrong, the end date goes
            costs = tuple(replace(problem, blocking=False) for problem in blocking)
            desired = replace(self._desired(employee, part, known=True), problems=costs)
        elif blocking:
            raise LeftOut(blocking[0])
        doubts = doubts if part is Part.ALL else []
        for doubt in doubts:
            self._add_left_out(employee, LeftOut(doubt, Outcome.HELD))
        if found is None:
            self._create(employee, desired)
        else:
            self._update(employee, found, desired, held=bool(doubts))

    def _never_known(self, employee: Employee) -> None:
        """Somebody who has left and whom payroll does not know."""
        if employee.active:
            raise LeftOut(reasons.ALREADY_LEFT)
        end = employee.fields.get("end_date")
        past = isinstance(end, date) and end < self.today
        self.plan.in_scope -= 1
        self.plan.left_out[LEFT_EARLIER if past else ARCHIVED] += 1

    def _add_left_out(self, employee: Employee, left_out: LeftOut) -> None:
        self.plan.changes.append(
            PlannedChange(
                ChangeKind.NONE,
                employee,
                left_out.target_id,
                problems=(left_out.problem,),
                outcome=left_out.outcome,
            )
        )

    def _doubts(self, employee: Employee) -> list[Problem]:
        """Contradictions in HR about something that is sent."""
        sent = {row.source for row in self.rules.rows if row.mode is not Mode.OFF}
        return [doubt for doubt in employee.doubts if doubt.field in sent]

    def _desired(self, employee: Employee, part: Part, *, known: bool) -> Desired:
        """What payroll should hold; rows that only new people get do not concern known ones."""
        rules = self.rules
        rows = [row for row in rules.rows if not (known and row.mode is Mode.ON_CREATE)]
        if part is Part.END_DATE:
            rows = [
                row for row in rows if row.target == rules.end_field or row.target in self._last
            ]
        return map_employee(
            employee, rows, rules.source_specs, rules.target_specs, rules.pick_lists
        )

    # --- what changes? ---------------------------------------------------------------------------

    def _create(self, employee: Employee, desired: Desired) -> None:
        faced = self._dated.face(employee, "", desired, {})
        fields = compare_new(faced.desired.values, self.rules.target_specs)
        fields, _ = self._dated.settle(faced, fields)
        missing = self._missing({change.field for change in fields})
        if missing:
            raise LeftOut(reasons.missing_fields(missing))
        self.roster.expect(employee.identity)
        self._add(ChangeKind.CREATE, employee, "", fields, faced.desired.problems)

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
        link = self._linker.link(employee)
        faced = self._dated.face(employee, found.id, desired, link.baseline if link else {})
        desired, baseline = faced.desired, faced.baseline
        actual = {**found.fields, **faced.actual}
        changes = compare(
            desired.values,
            actual,
            baseline,
            self._rows,
            self.rules.target_specs,
            self.rules.fingerprint,
        )
        changes, by_hand = self._dated.settle(faced, changes)
        changes, notes = self._unpinned(employee, found.id, desired, changes)
        allowed: list[FieldChange] = []
        for change in changes:
            reason = self._held_because(change, employee)
            if reason:
                held = True
                self._hold(employee, found.id, change, reason)
            else:
                allowed.append(change)
        allowed, proposals = self.rules.four_eyes.divide(
            employee.id, found.id, allowed, self.rules.target_specs
        )
        allowed = list(self._dated.settle(faced, allowed)[0])
        for proposal in proposals:
            self._ask(employee, found.id, proposal)
        kind = self._kind(allowed)
        if not allowed and not held and not proposals:
            self.plan.unchanged += 1
        lost = swallowed(
            desired.values,
            actual,
            baseline,
            self.rules.target_specs,
            self.rules.fingerprint,
        )
        problems = (
            desired.problems + tuple(reasons.swallowed(spec) for spec in lost) + notes + by_hand
        )
        self._add(kind, employee, found.id, tuple(allowed), problems)

    def _unpinned(
        self,
        employee: Employee,
        target_id: str,
        desired: Desired,
        changes: Sequence[FieldChange],
    ) -> tuple[tuple[FieldChange, ...], tuple[Problem, ...]]:
        """The changes without those of pinned values, and what is to be said of the latter."""
        specs = self.rules.target_specs
        kept, over = self.rules.pins.divide(employee.id, target_id, desired.values, specs)
        self.plan.unpinned += [(employee.id, key) for key in over]
        withheld = [change for change in changes if change.field in kept]
        self.plan.pinned.update(change.field for change in withheld)
        drifted = [change.field for change in withheld if change.drifted]
        return (
            tuple(change for change in changes if change.field not in kept),
            tuple(reasons.pinned_and_changed(specs[key]) for key in drifted),
        )

    def _held_because(self, change: FieldChange, employee: Employee) -> Problem | None:
        """Why this field waits for a person to decide."""
        if self.rules.target_specs[change.field].immutable:
            return reasons.NUMBER_CHANGED
        if change.after is None and change.field in self._ends:
            return None if self._surely_employed(employee) else reasons.END_UNCLEAR
        return None

    def _ask(self, employee: Employee, target_id: str, proposal: Proposal) -> None:
        """A row of its own for what waits for a second person, or was declined."""
        subject, by = proposal.subject, proposal.declined_by
        reason = reasons.to_approve(subject) if by is None else reasons.declined(subject, by)
        self.plan.changes.append(
            PlannedChange(
                self._kind(proposal.changes),
                employee,
                target_id,
                proposal.changes,
                (reason,),
                Outcome.TO_APPROVE if by is None else Outcome.SKIPPED,
                proposal=proposal,
            )
        )

    def _kind(self, changes: Sequence[FieldChange]) -> ChangeKind:
        """An end, where an end date is set; else an update."""
        end = self.rules.end_field
        ends = any(change.field == end and change.after is not None for change in changes)
        return ChangeKind.END if ends else ChangeKind.UPDATE

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


def _latest_first(employee: Employee) -> tuple[bool, int]:
    """Active people before archived ones, and of those the one who left last."""
    end = employee.fields.get("end_date")
    return not employee.active, -(end.toordinal() if isinstance(end, date) else 0)
