"""Which dated rows a person's values make: a new row, an amount corrected in place, or none. Pure.

A row is told by person, code and first day, so there are never two of one day. It counts until the
next one begins; rows before it are left as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from payroll import reasons
from payroll.diff import Baseline, FieldChange, Fingerprint
from payroll.mapping import Desired, MappingRow, Mode
from payroll.records import Actual, Employee, FieldSpec, Problem, Value
from payroll.values import canonical, is_blank

from .records import DatedRow, DatedRows, RowKind


@dataclass(frozen=True)
class Faced:
    """What a person should hold beside what payroll has of just those rows, ready to be compared.

    `rows`: by field of the amount, the row that is there already. `before`: by that field, the
    amount that counts now, where a row is to be added.
    """

    desired: Desired
    actual: Mapping[str, Actual]
    baseline: Baseline
    rows: Mapping[str, str]
    before: Mapping[str, Value]


@dataclass(frozen=True)
class DatedPlan:
    """Plans the dated rows of everybody."""

    known: DatedRows
    mappings: Mapping[str, MappingRow]
    specs: Mapping[str, FieldSpec]
    fingerprint: Fingerprint
    today: date

    def face(
        self, employee: Employee, target_id: str, desired: Desired, baseline: Baseline
    ) -> Faced:
        """The values without those that cannot go as a row, each with its reason.

        `target_id` is empty for somebody who is not in payroll yet.
        """
        faced = Faced(desired, {}, baseline, {}, {})
        for kind in self.known.kinds:
            if any(key in desired.values for key in kind.fields):
                faced = self._kind(kind, employee, target_id, faced)
        return faced

    def _kind(self, kind: RowKind, employee: Employee, target_id: str, faced: Faced) -> Faced:
        values = faced.desired.values
        amount, code, day = (values.get(key) for key in kind.fields)
        if is_blank(amount) or not isinstance(code, str) or not isinstance(day, date):
            return _without(faced, kind)  # HR has none, or why it cannot go is told already
        rows = self.known.of(kind, target_id) if target_id else ()
        if rows and self.mappings[kind.amount].mode is Mode.IF_EMPTY:
            return _without(faced, kind)
        problem = self._problem(kind, employee, rows, code, day)
        if problem:
            return _without(faced, kind, problem)
        found = [row for row in rows if row.stands_for(code, day)]
        actual: dict[str, Actual] = dict.fromkeys(kind.fields)
        if found:
            actual = {kind.amount: found[0].amount, kind.code: code, kind.first_day: day}
        return replace(
            faced,
            actual={**faced.actual, **actual},
            baseline=self._of_this_row(kind, faced.baseline, code, day),
            rows={**faced.rows, **({kind.amount: found[0].id} if found else {})},
            before={**faced.before, **_in_force(kind, rows, code, day, found)},
        )

    def _problem(
        self,
        kind: RowKind,
        employee: Employee,
        rows: Sequence[DatedRow],
        code: str,
        day: date,
    ) -> Problem | None:
        """Why no row can go, if so."""
        field = kind.amount
        currency = employee.fields.get("pay_currency")
        if currency != kind.currency:
            return reasons.other_currency(field, str(currency or ""), kind.currency)
        found = [row for row in rows if row.stands_for(code, day)]
        if len(found) > 1:
            return reasons.rows_twice(field, day)
        if found:
            return None
        if (employee.id, kind.capability) in self.known.in_doubt:
            return reasons.ROW_IN_DOUBT
        return _hindrance(kind, rows, code, day, self._codes(kind), self.today)

    def _codes(self, kind: RowKind) -> Collection[str]:
        """The codes that are ours, folded: those that HR's words are mapped to."""
        row = self.mappings[kind.code]
        return {each.casefold() for each in (*row.value_map.values(), row.constant)} - {""}

    def _of_this_row(self, kind: RowKind, baseline: Baseline, code: str, day: date) -> Baseline:
        """What was last sent, where that was this very row; of another it says nothing here."""
        for key, value in ((kind.code, code), (kind.first_day, day)):
            spec, last = self.specs[key], baseline.get(key)
            if last and last.sent == self.fingerprint(spec, canonical(value, spec.type)):
                continue
            return {key: sent for key, sent in baseline.items() if key not in kind.fields}
        return baseline

    def settle(
        self, faced: Faced, changes: Sequence[FieldChange]
    ) -> tuple[tuple[FieldChange, ...], tuple[Problem, ...]]:
        """The changes with the rows they correct, without rows that are not whole.

        And what has to be corrected by hand, where payroll lets nobody correct a row.
        """
        kept, problems = list(changes), []
        for kind in self.known.kinds:
            ours = {change.field: change for change in kept if change.field in kind.fields}
            if not ours:
                continue
            kept = [change for change in kept if change.field not in kind.fields]
            row, amount = faced.rows.get(kind.amount, ""), ours.get(kind.amount)
            if row and amount and kind.capability not in self.known.changeable:
                problems.append(reasons.correct_by_hand(self.specs[kind.amount]))
            elif row and amount:
                kept.append(replace(amount, row=row))
            elif ours.keys() == set(kind.fields):
                before = faced.before.get(kind.amount, ours[kind.amount].before)
                kept += [
                    replace(each, before=before) if key == kind.amount else each
                    for key, each in ours.items()
                ]
        return tuple(kept), tuple(problems)


def _without(faced: Faced, kind: RowKind, problem: Problem | None = None) -> Faced:
    values = {k: value for k, value in faced.desired.values.items() if k not in kind.fields}
    problems = (*faced.desired.problems, *([problem] if problem else []))
    return replace(faced, desired=Desired(values, problems))


def _in_force(
    kind: RowKind, rows: Sequence[DatedRow], code: str, day: date, found: Sequence[DatedRow]
) -> Mapping[str, Value]:
    """The amount that the new row follows upon, to be shown."""
    earlier = [
        row
        for row in rows
        if row.code.casefold() == code.casefold() and row.first_day < day and _open_on(row, day)
    ]
    if found or not earlier:
        return {}
    return {kind.amount: max(earlier, key=lambda row: row.first_day).amount}


def _open_on(row: DatedRow, day: date) -> bool:
    return row.last_day is None or row.last_day >= day


def _hindrance(
    kind: RowKind,
    rows: Sequence[DatedRow],
    code: str,
    day: date,
    ours: Collection[str],
    today: date,
) -> Problem | None:
    """What in payroll speaks against a new row of this code and day."""
    field = kind.amount
    for row in rows:
        same = row.code.casefold() == code.casefold()
        if not row.code and row.first_day == day:
            return reasons.row_unreadable(field, day)
        if same and day < row.first_day <= today:
            return reasons.later_row(field, row.first_day)
        if not same and row.code.casefold() in ours and _open_on(row, day):
            return reasons.other_row_open(field, row.code, row.first_day)
    return None
