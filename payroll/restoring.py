"""The plan that takes back what a run sent: the same compare towards the values of before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from . import reasons
from .diff import FieldChange, compare
from .linking import LeftOut, LinkState, is_somebody_else
from .mapping import MappingRow, Mode
from .matching import Roster
from .pinning import LIFTED
from .plan import Plan, PlannedChange, Rules
from .planner import Planner
from .records import (
    Actual,
    ChangeKind,
    Employee,
    FieldSpec,
    FieldType,
    Identity,
    Outcome,
    Problem,
    TargetEmployee,
    Value,
)
from .scope import Part
from .values import canonical, restore

_NEVER_EMPTIED = {FieldType.BANK_ACCOUNT, FieldType.NATIONAL_ID}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run changed of one field, as canonical texts; `unreadable`: before is not known."""

    before: str | None
    after: str | None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What a run sent of one person, in payroll `target_id`.

    `fields` is empty where `created` or `purged`.
    """

    source_id: str
    target_id: str
    fields: Mapping[str, Taken]
    created: bool = False
    purged: bool = False


def never(rules: Rules, key: str, taken: Taken) -> Problem | None:
    """Why this field can surely not be restored, whatever payroll holds now; None where it may."""
    spec = rules.target_specs.get(key) or FieldSpec(key, key, writable=False)
    sent = {row.target for row in rules.rows if row.mode not in (Mode.OFF, Mode.ON_CREATE)}
    if key == rules.end_field:
        return reasons.restore_end_date(spec)
    if spec.in_rows:
        return reasons.restore_row(spec)
    if spec.type is FieldType.REFERENCE or spec.immutable:
        return reasons.restore_by_hand(spec)
    if key not in sent or not spec.writable:
        return reasons.restore_unmapped(spec)
    if taken.unreadable or not spec.readable:
        return reasons.restore_unreadable(spec)
    if key in rules.four_eyes.subjects:
        return reasons.restore_waits(spec)
    if taken.before is None and (spec.required or spec.type in _NEVER_EMPTIED):
        return reasons.restore_was_blank(spec)
    return None


def make_restore(
    before: Sequence[Before],
    people: Sequence[Employee],
    rules: Rules,
    roster: Roster,
    links: Sequence[LinkState],
    today: date,
    now: datetime,
) -> Plan:
    """Only these people and only these fields; everything else of them is left alone."""
    restorer = _Restorer(people, rules, roster, links, today, now)
    return restorer.restore(before, people, links)


class _Restorer(Planner):
    """Plans everyone towards an earlier state of payroll."""

    def restore(
        self, before: Sequence[Before], people: Sequence[Employee], links: Sequence[LinkState]
    ) -> Plan:
        self._known = {employee.id: employee for employee in people}
        self._linked = {link.source_id: link for link in links if link.target_id}
        self._overwrite = {
            key: MappingRow(row.source, key, Mode.OVERWRITE) for key, row in self._rows.items()
        }
        self.plan.in_scope = sum(self.rules.scope.contains(employee) for employee in people)
        for each in before:
            link = self._linked.get(each.source_id)
            found = self.roster.by_id.get(link.target_id) if link else None
            employee = self._employee(each.source_id, found)
            try:
                self._take_back(each, employee, link, found)
            except LeftOut as left_out:
                self._add_left_out(employee, left_out)
        return self.plan

    def _employee(self, source_id: str, found: TargetEmployee | None) -> Employee:
        """Who it is, also where HR has forgotten them."""
        identity = found.identity if found else Identity()
        nobody = Employee(source_id, active=False, identity=identity, fields={})
        return self._known.get(source_id, nobody)

    def _take_back(
        self,
        before: Before,
        employee: Employee,
        link: LinkState | None,
        found: TargetEmployee | None,
    ) -> None:
        """Raises LeftOut where nothing of the person can be restored."""
        if before.created:
            raise LeftOut(reasons.RESTORE_CREATED)
        if before.purged:
            raise LeftOut(reasons.RESTORE_PURGED)
        if link is None or found is None or found.id in self.rules.taken:
            raise LeftOut(reasons.RESTORE_NOT_LINKED)
        if found.id != before.target_id:  # the link was forgotten since, and made anew
            raise LeftOut(reasons.RESTORE_NOT_LINKED)
        if employee.id in self._known and is_somebody_else(employee, found):
            raise LeftOut(reasons.LINKED_TO_ANOTHER, Outcome.HELD, found.id)
        values, problems = self._values(before, link, found)
        specs, mark = self.rules.target_specs, self.rules.fingerprint
        changes = compare(values, found.fields, link.baseline, self._overwrite, specs, mark)
        changes = tuple(replace(each, drifted=False, sent_on=None) for each in changes)
        wanted = self._wanted(employee)
        changes = tuple(self._pinned(employee.id, each, wanted) for each in changes)
        if not changes:
            self.plan.unchanged += 1
        self._add(ChangeKind.UPDATE, employee, found.id, changes, tuple(problems))
        others = values.keys() - {change.field for change in changes}
        self._keep(employee, found, {key: values[key] for key in values if key in others}, wanted)

    def _values(
        self, before: Before, link: LinkState, found: TargetEmployee
    ) -> tuple[dict[str, Value], list[Problem]]:
        """What payroll shall hold again, and why not the rest."""
        values: dict[str, Value] = {}
        problems = []
        for key, taken in before.fields.items():
            problem = never(self.rules, key, taken) or self._not_now(key, taken, link, found)
            if problem:
                problems.append(problem)
            else:
                values[key] = restore(taken.before, self.rules.target_specs[key].type)
        return values, problems

    def _not_now(
        self, key: str, taken: Taken, link: LinkState, found: TargetEmployee
    ) -> Problem | None:
        """Why payroll as it is now does not get the value back."""
        spec, actual = self.rules.target_specs[key], found.fields.get(key)
        try:
            restore(taken.before, spec.type)
        except (ValueError, ArithmeticError):  # it was no date or no number, as the field now is
            return reasons.restore_unreadable(spec)
        codes = {entry.code for entry in self.rules.pick_lists.get(key, ())}
        if taken.before and spec.type is FieldType.CODE and codes and taken.before not in codes:
            return reasons.restore_off_list(spec)
        if self._changed_since(spec, taken, link, actual):
            return reasons.restore_changed_since(spec)
        return None

    def _changed_since(
        self, spec: FieldSpec, taken: Taken, link: LinkState, actual: Actual
    ) -> bool:
        """Whether payroll holds neither the value of before nor what a run has last sent."""
        held = canonical(actual, spec.type)
        if held == taken.before:
            return False
        last = link.baseline.get(spec.key)
        if last is None:
            return held != taken.after
        return last.seen != self.rules.fingerprint(spec, held)

    def _wanted(self, employee: Employee) -> Mapping[str, Value]:
        """What HR wants in payroll now; nothing of somebody whom it no longer has."""
        if employee.id not in self._known:
            return {}
        return self._desired(employee, Part.ALL, known=True).values

    def _pinned(
        self, source_id: str, change: FieldChange, wanted: Mapping[str, Value]
    ) -> FieldChange:
        """With the digest that pins it, unless HR wants just this."""
        spec, pins = self.rules.target_specs[change.field], self.rules.pins
        same = spec.key in wanted and (
            canonical(wanted[spec.key], spec.type) == canonical(change.after, spec.type)
        )
        return replace(change, pin=LIFTED if same else pins.mark(source_id, spec, wanted))

    def _keep(
        self,
        employee: Employee,
        found: TargetEmployee,
        values: Mapping[str, Value],
        wanted: Mapping[str, Value],
    ) -> None:
        """Payroll holds these already; they are pinned without being sent."""
        kept = []
        for key, value in values.items():
            unsent = FieldChange(key, found.fields.get(key), value)
            change = self._pinned(employee.id, unsent, wanted)
            pinned = self.rules.pins.holds(employee.id, found.id, key, change.pin or LIFTED)
            if change.pin and not pinned:
                kept.append(change)
        if kept:
            row = PlannedChange(ChangeKind.UPDATE, employee, found.id, tuple(kept))
            self.plan.held_already.append(row)
