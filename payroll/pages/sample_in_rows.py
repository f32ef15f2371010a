"""What the dated rows of a shown person come to: there already, new, or not to be sent, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from payroll.dated.planning import DatedPlan, Faced
from payroll.dated.reading import known_rows, offered_kinds
from payroll.dated.records import DatedRows, RowKind
from payroll.mapping import Desired, MappingRow, Mode, map_employee
from payroll.models import Integration
from payroll.reading import Reading
from payroll.records import UNREADABLE, Actual, FieldSpec

from .sample import Sample

WITHHELD = "Not sent. The reason stands below"
UNREAD = "Not known: payroll's rows were not read. Read people again"
NOT_WHOLE = "Not sent: a value that it needs is missing"
NOT_EMPTY = "Not sent: not empty there"


def with_rows(
    sample: Sample,
    integration: Integration,
    reading: Reading,
    rows: Sequence[MappingRow],
    now: datetime,
) -> Sample:
    """The person with payroll's dated rows, as `rows` of the field table would send theirs.

    Five queries where any of them is on, none else.
    """
    on = {row.target: row for row in rows if row.mode is not Mode.OFF}
    kinds = offered_kinds(integration, on)
    if not kinds:
        return sample
    known, _ = known_rows(integration, reading.rows, now, on)
    shown = _InRows(sample, integration, reading, on, known)
    not_sent: dict[str, str] = {}
    for kind, hindered in kinds:
        not_sent |= shown.not_sent(kind, hindered=bool(hindered))
    unread = [key for kind, _ in kinds if kind not in known.kinds for key in kind.fields]
    rows_there: dict[str, Actual] = {**dict.fromkeys(unread, UNREADABLE), **shown.faced.actual}
    there = sample.there and replace(sample.there, fields={**sample.there.fields, **rows_there})
    return replace(
        sample,
        there=there,
        baseline=shown.faced.baseline,
        not_sent=not_sent,
        new_rows=shown.new_rows(),
        by_hand=shown.by_hand(),
    )


@dataclass(frozen=True)
class _InRows:
    """One person's dated rows by one field table."""

    sample: Sample
    integration: Integration
    reading: Reading
    rows: Mapping[str, MappingRow]
    known: DatedRows

    @property
    def specs(self) -> Mapping[str, FieldSpec]:
        return self.integration.target_specs

    @property
    def _target_id(self) -> str:
        return self.sample.there.id if self.sample.there else ""

    @cached_property
    def desired(self) -> Desired:
        """What the field table makes of the kinds that can be sent."""
        keys = {key for kind in self.known.kinds for key in kind.fields}
        known = self.sample.there is not None
        rows = [
            row
            for key, row in self.rows.items()
            if key in keys and not (known and row.mode is Mode.ON_CREATE)
        ]
        sources = {spec.key: spec for spec in self.integration.source.fields}
        lists = self.reading.pick_lists
        return map_employee(self.sample.employee, rows, sources, self.specs, lists)

    @cached_property
    def faced(self) -> Faced:
        """The same beside payroll's rows, as a run compares them."""
        sample, today = self.sample, self.reading.today
        plan = DatedPlan(self.known, self.rows, self.specs, sample.fingerprint, today)
        return plan.face(sample.employee, self._target_id, self.desired, sample.baseline)

    def new_rows(self) -> frozenset[str]:
        """The fields that would go out in a row that payroll does not have yet."""
        return frozenset(
            key
            for kind in self.known.kinds
            if kind.amount not in self.faced.rows
            for key in kind.fields
        )

    def by_hand(self) -> frozenset[str]:
        """The fields of rows that are there and that payroll lets nobody correct."""
        return frozenset(
            key
            for kind in self.known.kinds
            if kind.amount in self.faced.rows and kind.capability not in self.known.changeable
            for key in kind.fields
        )

    def not_sent(self, kind: RowKind, *, hindered: bool) -> dict[str, str]:
        """By field of the kind, why it does not go; empty where it does or there is nothing.

        `hindered`: nobody's goes, which is told elsewhere on the page.
        """
        keys = [key for key in kind.fields if key in self.rows]
        if kind not in self.known.kinds:
            return dict.fromkeys(keys, WITHHELD if hindered else UNREAD)
        desired, faced = self.desired, self.faced
        given = [key for key in keys if desired.values.get(key) is not None]
        if not given or any(key in faced.desired.values for key in given):
            return {}
        return dict.fromkeys(given, self._why(kind, desired, faced))

    def _why(self, kind: RowKind, desired: Desired, faced: Faced) -> str:
        told = [problem for problem in faced.desired.problems if problem not in desired.problems]
        for problem in told:
            if problem.field in kind.keys:
                return problem.message  # none of these quotes an amount
        only_empty = self.rows[kind.amount].mode is Mode.IF_EMPTY
        rows_there = self._target_id and self.known.of(kind, self._target_id)
        return NOT_EMPTY if only_empty and rows_there else NOT_WHOLE
