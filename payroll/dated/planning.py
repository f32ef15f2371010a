"""Which dated rows a person's values make: a new row, one corrected in place, or none. Pure.

A row is told by person, first day and, where its kind has one, code; so there are never two of one
day. It counts until the next one begins: of a kind where payroll must be told that (`RowKind.ends`)
the row of the employment before is ended the day before, and only that one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from payroll import reasons
from payroll.diff import Baseline, FieldChange, Fingerprint
from payroll.mapping import Desired, MappingRow, Mode
from payroll.records import Actual, Employee, FieldSpec, Problem, Value
from payroll.values import canonical, is_blank

from .beside import earlier_beside, later_beside, left_open
from .earlier import Ending, ending_of, hindrance
from .records import DatedRow, DatedRows, RowKind


@dataclass(frozen=True)
class Faced:
    """What a person should hold beside what payroll has of just those rows, ready to be compared.

    By field of the amount: in `rows` the id of the row that is there already; in `before` the
    amount that counts now, where a row is to be added; in `endings` the earlier row to be ended;
    in `over` whether payroll has ended the row while HR has not.
    """

    desired: Desired
    actual: Mapping[str, Actual]
    baseline: Baseline
    rows: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Actual] = field(default_factory=dict)
    endings: Mapping[str, Ending] = field(default_factory=dict)
    over: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Wanted:
    """The row of one kind that a person should have; `values` are all that are to be sent."""

    kind: RowKind
    employee: Employee
    code: str
    day: date
    values: Mapping[str, Value]

    def last_day(self, found: DatedRow | None = None) -> date | None:
        """When it is over: as HR has it where that is sent, else as payroll has it."""
        last = self.values.get(self.kind.last_day, found.last_day if found else None)
        return last if isinstance(last, date) else None


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
        faced = Faced(desired, {}, baseline)
        for kind in self.known.kinds:
            if any(key in desired.values for key in kind.fields):
                faced = self._kind(kind, employee, target_id, faced)
        return faced

    def _kind(self, kind: RowKind, employee: Employee, target_id: str, faced: Faced) -> Faced:
        values = faced.desired.values
        code, day = values.get(kind.code, ""), values.get(kind.first_day)
        missing = is_blank(values.get(kind.amount)) or (kind.code and not code)
        rows = self.known.of(kind, target_id) if target_id else ()
        there = any(row.first_day == day for row in rows) and not kind.code
        if (missing and not there) or not isinstance(code, str) or not isinstance(day, date):
            # HR has none, or why it cannot go is told already
            return _without(faced, kind, self._left_as_it_is(kind, employee, faced.desired, rows))
        if missing:  # the rest of a row that is there goes all the same
            faced = _without(faced, kind, only=kind.amount)
        if rows and self.mappings[kind.amount].mode is Mode.IF_EMPTY:
            return _without(faced, kind)
        wanted = _Wanted(kind, employee, code, day, values)
        problem = self._problem(wanted, rows)
        if problem:
            return _without(faced, kind, problem)
        return self._beside(wanted, rows, faced)

    def _left_as_it_is(
        self, kind: RowKind, employee: Employee, desired: Desired, rows: Sequence[DatedRow]
    ) -> Problem | None:
        """That a row counts on in payroll, as HR has no amount for what took its place, or none."""
        day, last = desired.values.get(kind.first_day), desired.values.get(kind.last_day)
        told = any(problem.field in kind.fields for problem in desired.problems)
        if not kind.ends or told or not isinstance(day, date):
            return None
        counting = [row.first_day for row in rows if row.counts_on(max(day, self.today))]
        amount = self.mappings[kind.amount]
        if not counting or amount.mode is not Mode.OVERWRITE:
            return None
        if isinstance(last, date) and last < self.today:
            return reasons.row_left_open(kind, min(counting), last)
        if is_blank(employee.fields.get(amount.source)):
            return reasons.amount_missing(kind, self.specs[kind.amount], day)
        return None

    def _beside(self, wanted: _Wanted, rows: Sequence[DatedRow], faced: Faced) -> Faced:
        """What payroll has of this row, and of the one before it."""
        kind, code, day = wanted.kind, wanted.code, wanted.day
        found = next((row for row in rows if row.stands_for(code, day)), None)
        actual: dict[str, Actual] = dict.fromkeys(kind.fields)
        if found:
            actual |= {**found.values, **({kind.code: code} if kind.code else {})}
        ending = self._ending(wanted, rows, faced.baseline)
        earlier = None if found else _in_force(rows, code, day)
        desired = faced.desired
        if found and kind.ends:
            desired = self._with_others(wanted, rows, ending, desired)
        over = bool(found and self._is_over(wanted, found))
        return replace(
            faced,
            desired=desired,
            actual={**faced.actual, **actual},
            baseline=self._of_this_row(wanted, faced.baseline),
            rows={**faced.rows, **({kind.amount: found.id} if found else {})},
            before={
                **faced.before,
                **({kind.amount: earlier.values[kind.amount]} if earlier else {}),
            },
            endings={**faced.endings, **({kind.amount: ending} if ending else {})},
            over=faced.over | ({kind.amount} if over else set()),
        )

    def _with_others(
        self,
        wanted: _Wanted,
        rows: Sequence[DatedRow],
        ending: Ending | None,
        desired: Desired,
    ) -> Desired:
        """The values, and that other rows count beside this one, or after it is over, and stay."""
        others = [row for row in rows if ending is None or row is not ending.row]
        kind, employee, last = wanted.kind, wanted.employee, wanted.last_day()
        earlier = earlier_beside(employee, others, wanted.day, self.today)
        problems = [reasons.rows_add_up(kind, earlier)] if earlier is not None else []
        if last and last < self.today:
            after = left_open(employee, others, last, self.today)
            problems = [reasons.row_left_open(kind, after, last)] if after is not None else problems
        return replace(desired, problems=(*desired.problems, *problems))

    def _is_over(self, wanted: _Wanted, found: DatedRow) -> bool:
        """Whether payroll has ended the row while the employment goes on in HR."""
        job, last = wanted.employee.employment, found.last_day
        goes_on = job is not None and job.period.covers(self.today)
        return bool(wanted.kind.ends) and goes_on and last is not None and last < self.today

    def _ending(
        self, wanted: _Wanted, rows: Sequence[DatedRow], baseline: Baseline
    ) -> Ending | None:
        """The earlier row that is to be ended; None also where payroll was told and shows less."""
        kind = wanted.kind
        if kind.capability not in self.known.changeable:
            return None
        ending = ending_of(kind, wanted.employee, rows, wanted.day)
        last = baseline.get(kind.ends)
        if ending is None or last is None:
            return ending
        spec = self.specs[kind.ends]
        sent, seen = (
            self.fingerprint(spec, canonical(each, spec.type))
            for each in (ending.last_day, ending.row.last_day)
        )
        return None if (last.sent, last.seen) == (sent, seen) else ending

    def _problem(self, wanted: _Wanted, rows: Sequence[DatedRow]) -> Problem | None:
        """Why no row can go, if so."""
        kind, day = wanted.kind, wanted.day
        currency = wanted.employee.fields.get("pay_currency")
        if kind.currency and currency != kind.currency:
            return reasons.other_currency(kind, str(currency or ""))
        found = [row for row in rows if row.stands_for(wanted.code, day)]
        if len(found) > 1:
            return reasons.rows_twice(kind, day)
        if found:
            return self._later(wanted, rows, found[0])
        if (wanted.employee.id, kind.capability) in self.known.in_doubt:
            return reasons.row_in_doubt(kind)
        if kind.ends:
            closable = kind.capability in self.known.changeable
            last = wanted.last_day()
            return hindrance(kind, wanted.employee, rows, day, last, self.today, closable=closable)
        return _hindrance(wanted, rows, self._codes(kind), self.today)

    def _later(self, wanted: _Wanted, rows: Sequence[DatedRow], found: DatedRow) -> Problem | None:
        """That another row counts after the one that HR has, where rows can add up."""
        last = wanted.last_day(found)
        later = later_beside(wanted.employee, rows, wanted.day, last, self.today)
        return reasons.later_row(wanted.kind, later) if wanted.kind.ends and later else None

    def _codes(self, kind: RowKind) -> Collection[str]:
        """The codes that are ours, folded: those that HR's words are mapped to."""
        row = self.mappings[kind.code]
        return {each.casefold() for each in (*row.value_map.values(), row.constant)} - {""}

    def _of_this_row(self, wanted: _Wanted, baseline: Baseline) -> Baseline:
        """What was last sent, where that was this very row; of another it says nothing here."""
        kind = wanted.kind
        told = {kind.first_day: wanted.day, **({kind.code: wanted.code} if kind.code else {})}
        for key, value in told.items():
            spec, last = self.specs[key], baseline.get(key)
            if last and last.sent == self.fingerprint(spec, canonical(value, spec.type)):
                continue
            return {key: sent for key, sent in baseline.items() if key not in kind.fields}
        return baseline

    def settle(
        self, faced: Faced, changes: Sequence[FieldChange]
    ) -> tuple[tuple[FieldChange, ...], tuple[Problem, ...]]:
        """The changes with the rows they correct or end, without rows that are not whole.

        And what has to be looked at by hand: a row that payroll lets nobody correct, or that it
        has ended and nothing opens again.
        """
        kept, problems = list(changes), []
        for kind in self.known.kinds:
            ours = {each.field: each for each in kept if each.field in kind.keys}
            kept = [each for each in kept if each.field not in ours]
            row, ending = faced.rows.get(kind.amount, ""), faced.endings.get(kind.amount)
            corrected = [ours[key] for key in kind.correctable if key in ours]
            if row and corrected and kind.capability not in self.known.changeable:
                problems += [reasons.correct_by_hand(self.specs[each.field]) for each in corrected]
                continue
            if row:
                kept += [replace(each, row=row) for each in corrected]
            elif ours.keys() >= set(kind.needed):
                before = faced.before.get(kind.amount, ours[kind.amount].before)
                ours[kind.amount] = replace(ours[kind.amount], before=before)
                kept += [each for key, each in ours.items() if key != kind.ends]
            if kind.amount in faced.over and kind.last_day not in ours:
                problems.append(reasons.row_over(kind))
            if ending and (row or ours.keys() >= set(kind.needed)):
                kept.append(ending.as_change(kind))
        return tuple(kept), tuple(problems)


def _without(faced: Faced, kind: RowKind, problem: Problem | None = None, only: str = "") -> Faced:
    """Without the values of the kind, or without just one of them."""
    keys = (only,) if only else kind.fields
    values = {key: value for key, value in faced.desired.values.items() if key not in keys}
    problems = (*faced.desired.problems, *([problem] if problem else []))
    return replace(faced, desired=Desired(values, problems))


def _in_force(rows: Sequence[DatedRow], code: str, day: date) -> DatedRow | None:
    """The row that the new one follows upon, to be shown."""
    earlier = [
        row
        for row in rows
        if row.code.casefold() == code.casefold() and row.first_day < day and row.counts_on(day)
    ]
    return max(earlier, key=lambda row: row.first_day, default=None)


def _hindrance(
    wanted: _Wanted, rows: Sequence[DatedRow], ours: Collection[str], today: date
) -> Problem | None:
    """What in payroll speaks against a new row of this code and day."""
    kind, day = wanted.kind, wanted.day
    for row in rows:
        same = row.code.casefold() == wanted.code.casefold()
        if not row.code and row.first_day == day:
            return reasons.row_unreadable(kind, day)
        if same and day < row.first_day <= today:
            return reasons.later_row(kind, row.first_day)
        open_then = row.last_day is None or row.last_day >= day
        if not same and row.code.casefold() in ours and open_then:
            return reasons.other_row_open(kind, row.code, row.first_day)
    return None
