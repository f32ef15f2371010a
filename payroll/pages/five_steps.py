"""One person in five steps: raw, mapped, would be sent, was sent, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from payroll import reasons
from payroll.fields import CUSTOM_PREFIX
from payroll.lost_answers import is_lost
from payroll.mapping import Mode
from payroll.models import Change, Integration, SyncRun
from payroll.plan import NOT_IN_TRIAL, Plan
from payroll.plan_rows import change_of
from payroll.reading import Reading
from payroll.records import Employee, FieldSpec, Outcome
from payroll.single import Since, plan_for, since
from payroll.values import canonical

from .change_rows import PersonRow, person_rows, shown
from .employment_words import beside_words
from .field_table import FieldLine, field_line
from .masking import hides
from .progress import Progress
from .read_back import ReadBack, read_back
from .run_facts import progress
from .sample import Sample, SampleLine, sample_line, sample_of, type_of
from .sample_in_rows import with_rows


@dataclass(frozen=True, slots=True)
class RawLine:
    """One field as HR gave it; `given` is False where HR sent no such field at all."""

    label: str
    value: str
    given: bool


@dataclass(frozen=True, slots=True)
class MappedLine:
    """One row of the field table and what it makes of the person."""

    line: FieldLine
    sample: SampleLine
    always: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be sent. `run` is whose plan it is: one that was stored, or one made for showing.

    `stored`: it is the plan of a run. `nothing`: why there is no row. `outdated`: a run since the
    reading, so that it cannot be said. `withheld`: why dated rows that are mapped are not sent.
    """

    run: SyncRun
    rows: Sequence[PersonRow] = ()
    nothing: str = ""
    outdated: SyncRun | None = None
    stored: bool = False
    withheld: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """The run that was started for this person, and what it did."""

    run: SyncRun
    progress: Progress
    rows: Sequence[PersonRow]
    read_back: Sequence[ReadBack]
    doubtful: bool


@dataclass(frozen=True)
class FiveSteps:
    """Everything the page shows of one person. `sending` is None before anything was started."""

    sample: Sample
    raw: Sequence[RawLine]
    mapped: Sequence[MappedLine]
    planned: Planned
    sending: Sending | None

    @property
    def employee(self) -> Employee:
        """The person in HR."""
        return self.sample.employee

    @property
    def beside(self) -> str:
        """Which of several employments counts, if there are several."""
        return beside_words(self.employee, sees_people=True)

    @property
    def busy(self) -> bool:
        """Whether their run is under way."""
        return self.sending is not None and self.sending.run.is_active


def five_steps(
    integration: Integration,
    reading: Reading,
    read_at: datetime,
    employee: Employee,
    now: datetime,
) -> FiveSteps:
    """The steps of `employee`, who is in the reading. Nothing is sent or stored."""
    happened = since(integration, employee.id, read_at)
    table = [mapping.row for mapping in integration.mappings.all()]
    sample = sample_of(integration, reading, employee)
    sample = with_rows(sample, integration, reading, table, now)
    return FiveSteps(
        sample=sample,
        raw=_raw(integration, employee),
        mapped=_mapped(integration, reading, sample),
        planned=_planned(integration, reading, employee, happened, now),
        sending=_sending(integration, happened.own) if happened.own else None,
    )


# --- 1 and 2 -------------------------------------------------------------------------------------


def _raw(integration: Integration, employee: Employee) -> list[RawLine]:
    """Every field that HR has or could have given; what goes to a masked field is masked here."""
    private = _private_sources(integration)
    specs = {spec.key: spec for spec in integration.source.fields}
    for key in sorted(employee.fields.keys() - specs.keys()):
        specs[key] = FieldSpec(key, key.removeprefix(CUSTOM_PREFIX), type_of(employee.fields[key]))
    lines = []
    for key, spec in specs.items():
        value = canonical(employee.fields.get(key), spec.type)
        seen = private.get(key, spec)
        text = shown(value, seen if not hides(spec) else spec, sees_people=True)
        lines.append(RawLine(spec.label, text, key in employee.fields))
    return lines


def _private_sources(integration: Integration) -> Mapping[str, FieldSpec]:
    """HR's fields that go to a field which is masked for everybody, with that field."""
    targets = integration.target_specs
    rows = (mapping.row for mapping in integration.mappings.all())
    return {row.source: targets[row.target] for row in rows if hides(targets[row.target])}


def _mapped(integration: Integration, reading: Reading, sample: Sample) -> list[MappedLine]:
    """Each row that is on, in the order of the field table."""
    sources = {spec.key: spec for spec in integration.source.fields}
    targets = integration.target_specs
    system = integration.target.label
    lines = []
    for row in (mapping.row for mapping in integration.mappings.all()):
        if row.mode is Mode.OFF or not targets[row.target].writable:
            continue
        made = sample_line(
            sample,
            row,
            targets[row.target],
            sources.get(row.source),
            reading.pick_lists.get(row.target),
        )
        line = field_line(row, sources, targets, system)
        lines.append(MappedLine(line, made, row.mode is Mode.OVERWRITE))
    return lines


# --- 3 -------------------------------------------------------------------------------------------


def _planned(
    integration: Integration, reading: Reading, employee: Employee, happened: Since, now: datetime
) -> Planned:
    """The plan of the person's own run, else what the reading leads to, where it still can."""
    if happened.own and happened.own.planned_at:
        return _stored(integration, happened.own)
    run = SyncRun(integration=integration, preview=True, only=[employee.id])
    if happened.other:
        return Planned(run, outdated=happened.other)
    plan, withheld = plan_for(integration, reading, employee.id, now)
    specs = integration.target_specs
    changes = [change_of(run, number, each, specs) for number, each in enumerate(plan.changes)]
    rows = person_rows(changes, run, integration.target, sees_people=True)
    nothing = "" if rows else _nothing(integration, plan, withheld)
    return Planned(run, rows, nothing, withheld=withheld)


def _stored(integration: Integration, run: SyncRun) -> Planned:
    """The rows that the run planned, as they were before they were sent."""
    before = SyncRun(integration=integration, preview=True, only=run.only)
    changes = [_unsent(change) for change in run.changes.all()]
    rows = person_rows(changes, before, integration.target, sees_people=True)
    nothing = "" if rows else _nothing(integration, None, run.withheld)
    return Planned(before, rows, nothing, stored=True, withheld=run.withheld)


def _unsent(change: Change) -> Change:
    """A copy as it was planned: what sending it came to is told in the next step."""
    if not change.sendable:
        return change
    # What a plan says of a row that goes out never keeps the person back.
    planned = [
        each
        for each in change.details["problems"]
        if not each["blocking"] and each["code"] not in reasons.TOLD_WHEN_SENT
    ]
    return Change(
        kind=change.kind,
        source_id=change.source_id,
        employee_number=change.employee_number,
        sendable=True,
        flagged=bool(planned),
        details={**change.details, "problems": planned},
    )


def _nothing(integration: Integration, plan: Plan | None, withheld: Sequence[str]) -> str:
    """Why a plan has no row for the person, or no more than what is `withheld`."""
    left_out = [reason for reason in (plan.left_out if plan else ()) if reason != NOT_IN_TRIAL]
    if left_out and plan and not plan.unchanged:
        return f"Nothing: {left_out[0]}."
    begin = "Nothing else" if withheld else "Nothing"
    return f"{begin}: {integration.target.label} already holds what HR says."


# --- 4 and 5 -------------------------------------------------------------------------------------


def _sending(integration: Integration, run: SyncRun) -> Sending:
    """What became of the person's run; the rows appear when it is over."""
    run.integration = integration
    changes = [] if run.is_active or not run.planned_at else list(run.changes.all())
    sent = [change for change in changes if change.sendable]
    return Sending(
        run=run,
        progress=progress(run),
        rows=person_rows(sent, run, integration.target, sees_people=True),
        read_back=read_back(integration, sent),
        doubtful=any(c.outcome == Outcome.UNKNOWN or is_lost(c, run) for c in sent),
    )
