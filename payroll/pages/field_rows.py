"""The step Fields as a page: every row with its sample, its values and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payroll.crowds import crowd_of
from payroll.dated.kinds import withheld_kinds
from payroll.employment import percent_withheld
from payroll.forms import FieldRowForm, FieldsForm
from payroll.headcount import Crowd
from payroll.mapping import MappingRow, Mode
from payroll.models import ConnectionTest
from payroll.ports import FixedValue
from payroll.reading import Reading
from payroll.records import Employee, FieldSpec

from .field_table import FieldLine, field_line
from .sample import (
    HITS,
    Sample,
    SampleLine,
    find_people,
    first_ready,
    sample_line,
    sample_of,
    staff,
)
from .sample_in_rows import with_rows
from .value_rows import Gap, ValueTable, gap_in, value_table
from .ways import Way, ways


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One payroll field. `form` is None where the target decides; `line` where nothing is sent."""

    spec: FieldSpec
    form: FieldRowForm | None
    line: FieldLine | None
    sample: SampleLine | None
    values: ValueTable | None
    gap: Gap | None

    @property
    def locked(self) -> bool:
        """Whether it is shown and not edited."""
        return self.form is None

    @property
    def opened(self) -> bool:
        """Whether its settings are shown at once: something in them is wrong."""
        return bool(self.form and self.form.errors)

    @property
    def changed(self) -> bool:
        """Whether saving would change it."""
        return bool(self.form and self.form.differs)


@dataclass(frozen=True)
class FieldPage:
    """The step. A search for `searched` gave `found` people; `hits` are they, to choose from.

    `ways` tells of the rows in force, not of what is entered and not saved yet. `withheld` is why
    what is entered would be sent of nobody.
    """

    form: FieldsForm
    sent: Sequence[FieldRow]
    off: Sequence[FieldRow]
    gaps: Sequence[Gap]
    withheld: Sequence[str]
    fixed: Sequence[FixedValue]
    ways: Sequence[Way]
    not_writable: Sequence[FieldSpec]
    sample: Sample | None
    hits: Sequence[Employee]
    searched: str
    found: int
    has_people: bool

    @property
    def nobody_found(self) -> bool:
        """Whether a search found nobody."""
        return bool(self.searched and not self.found)

    @property
    def more_hits(self) -> bool:
        """Whether there may be people besides those listed."""
        return len(self.hits) == HITS

    @property
    def mistakes(self) -> Sequence[FieldRow]:
        """Rows with something wrong, for the summary."""
        return [row for row in (*self.sent, *self.off) if row.opened]

    @property
    def off_opened(self) -> bool:
        """Whether the fields not sent are shown at once."""
        return any(row.opened or row.changed for row in self.off)


def field_page(
    form: FieldsForm, reading: Reading | None, person: str, searched: str, now: datetime
) -> FieldPage:
    """Everything the step shows. `person` is the source id of who was chosen.

    Four queries, and five more where payroll keeps anything that is sent in dated rows.
    """
    crowd = crowd_of(form.integration, reading) if reading else None
    members = staff(crowd, form.integration.parsed_scope) if crowd else []
    hits = find_people(crowd.people, searched) if crowd else []
    sample = _sample(form, reading, crowd, members, hits, person)
    if sample and reading:
        sample = with_rows(sample, form.integration, reading, _entered(form), now)
    target = form.integration.target
    table = _Table(form, crowd, members, sample)
    rows = [table.row(spec) for spec in target.fields if spec.writable]
    return FieldPage(
        form=form,
        sent=[row for row in rows if row.line and not _is_off(row)],
        off=[row for row in rows if not row.line or _is_off(row)],
        gaps=[row.gap for row in rows if row.gap],
        withheld=percent_withheld(crowd.people, _sources(form)) if crowd else [],
        fixed=target.fixed_values,
        ways=_ways(form, table),
        not_writable=[spec for spec in target.fields if spec.never_sent],
        sample=sample,
        hits=hits if len(hits) != 1 else [],
        searched=searched,
        found=len(hits),
        has_people=crowd is not None,
    )


def _entered(form: FieldsForm) -> Sequence[MappingRow]:
    """The rows as they stand in the form, saved or not."""
    return [*(row.row for row in form.rows if row.row), *form.locked.values()]


def _sources(form: FieldsForm) -> set[str]:
    return {row.source for row in _entered(form) if row.mode is not Mode.OFF}


def _ways(form: FieldsForm, table: _Table) -> Sequence[Way]:
    """Which way pay and percent go by the rows in force. One query."""
    test = ConnectionTest.objects.filter(integration=form.integration).first()
    target, rows = form.integration.target, list(form.held_rows.values())
    withheld = withheld_kinds(target, rows, test.capabilities if test else None)
    return ways(rows, table.sources, table.targets, target.label, withheld)


def _is_off(row: FieldRow) -> bool:
    return bool(row.form and row.form.row and row.form.row.mode is Mode.OFF)


def _sample(
    form: FieldsForm,
    reading: Reading | None,
    crowd: Crowd | None,
    members: Sequence[Employee],
    hits: Sequence[Employee],
    person: str,
) -> Sample | None:
    """The one person that was searched for, else the one chosen, else somebody who is ready."""
    if reading is None or crowd is None:
        return None
    chosen = hits[0] if len(hits) == 1 else crowd.by_id.get(person) or first_ready(members)
    return sample_of(form.integration, reading, chosen) if chosen else None


class _Table:
    """What the rows of one page have in common."""

    def __init__(
        self,
        form: FieldsForm,
        crowd: Crowd | None,
        members: Sequence[Employee],
        sample: Sample | None,
    ) -> None:
        integration = form.integration
        self._forms = {row.spec.key: row for row in form.rows}
        self._locked = form.locked
        self._crowd = crowd
        self._members = members
        self._sample = sample
        self.sources = {spec.key: spec for spec in integration.source.fields}
        self.targets = {spec.key: spec for spec in integration.target.fields}
        self._system = integration.target.label

    def row(self, spec: FieldSpec) -> FieldRow:
        """One payroll field's."""
        form = self._forms.get(spec.key)
        row = form.row if form else self._locked[spec.key]
        values = value_table(form, self._source(row), self._crowd, self._members) if form else None
        return FieldRow(
            spec=spec,
            form=form,
            line=field_line(row, self.sources, self.targets, self._system) if row else None,
            sample=self._sample_line(row, spec),
            values=values,
            gap=gap_in(values, spec) if values else None,
        )

    def _source(self, row: MappingRow | None) -> FieldSpec | None:
        return self.sources.get(row.source) if row else None

    def _sample_line(self, row: MappingRow | None, spec: FieldSpec) -> SampleLine | None:
        if self._sample is None or self._crowd is None or row is None or row.mode is Mode.OFF:
            return None
        entries = self._crowd.pick_lists.get(spec.key)
        return sample_line(self._sample, row, spec, self._source(row), entries)
