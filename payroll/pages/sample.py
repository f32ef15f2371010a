"""One real person on the step Fields: what each row makes of them, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from payroll.diff import Baseline, Fingerprint, compare
from payroll.headcount import Crowd
from payroll.links import baseline_of, fingerprint_of
from payroll.mapping import MappingRow, Mode, Trace, trace
from payroll.matching import Roster
from payroll.models import Integration
from payroll.reading import Reading
from payroll.records import (
    UNREADABLE,
    Actual,
    Employee,
    FieldSpec,
    FieldType,
    PickListEntry,
    TargetEmployee,
)
from payroll.scope import Scope, missing_fields
from payroll.values import canonical, clean_text

from .change_rows import shown
from .masking import hides
from .problem_words import problem_words

HITS = 12  # people offered for one search, at most


@dataclass(frozen=True)
class Sample:
    """The person shown. `there` is who they are in payroll, if anybody; `note` is said of them.

    `numbers`: the employee number of everyone in payroll, by id. Of dated rows (sample_in_rows.py)
    `not_sent` says by field why it does not go, `new_rows` are the fields that go in a new one,
    `by_hand` those of one that can only be corrected in payroll.
    """

    employee: Employee
    there: TargetEmployee | None
    baseline: Baseline
    fingerprint: Fingerprint
    note: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    not_sent: Mapping[str, str] = field(default_factory=dict)
    new_rows: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One row of one person, in words. An empty `raw`, `sent` or `now` is a blank.

    `sends`: the middle column holds something. `hidden`: payroll does not show what it has.
    """

    raw: str
    sent: str
    now: str
    verdict: str
    tone: str
    sends: bool
    hidden: bool


def staff(crowd: Crowd, scope: Scope) -> list[Employee]:
    """Who is in scope and has not left."""
    return [each for each in crowd.members(scope) if each.id not in crowd.left]


def find_people(people: Sequence[Employee], words: str) -> list[Employee]:
    """Whom a search means: a whole number first, else every word in the name or number."""
    asked = clean_text(words).casefold()
    if not asked:
        return []
    exact = [each for each in people if each.identity.number.casefold() == asked]
    if exact:
        return exact[:HITS]
    parts = asked.split()
    found = (
        each
        for each in people
        if all(part in f"{each.identity.name} {each.identity.number}".casefold() for part in parts)
    )
    return [each for each, _ in zip(found, range(HITS), strict=False)]


def first_ready(members: Sequence[Employee]) -> Employee | None:
    """Somebody in scope with everything that payroll needs, if there is one."""
    ready = (each for each in members if not missing_fields(each))
    return next(ready, members[0] if members else None)


def sample_of(integration: Integration, reading: Reading, employee: Employee) -> Sample:
    """The person on both sides: by the stored link, else by number. One query."""
    link = integration.links.filter(source_id=employee.id).first()
    roster = Roster(reading.there)
    note = ""
    baseline: Baseline = {}
    if link and link.target_id:
        there = roster.by_id.get(link.target_id)
        baseline = baseline_of(link)
    else:
        match = roster.match(employee.identity)
        there, note = match.employee, match.problem.message if match.problem else ""
    numbers = {each.id: each.identity.number for each in reading.there}
    return Sample(employee, there, baseline, fingerprint_of(integration), note, numbers)


def sample_line(
    sample: Sample,
    row: MappingRow,
    spec: FieldSpec,
    source: FieldSpec | None,
    entries: Sequence[PickListEntry] | None,
) -> SampleLine:
    """What the row makes of the person: HR's value, what would be sent, what payroll has."""
    label = source.label if source else ""
    spec = replace(spec, sensitive=spec.sensitive or bool(source and source.sensitive))
    traced = trace(sample.employee, row, spec, entries, label)
    given = source or FieldSpec(row.source, row.source, type_of(traced.raw))
    hidden = next((each for each in (given, spec) if hides(each)), None)
    now = sample.there.fields.get(spec.key) if sample.there else None
    if spec.type is FieldType.REFERENCE:
        now = sample.numbers.get(now) if isinstance(now, str) else now
    held = _held_back(sample, row)
    verdict, tone = held or _verdict(sample, row, spec, traced, private=hidden is not None)
    return SampleLine(
        raw=_text(traced.raw, hidden or given) if row.source else "",
        sent=_text(traced.value, hidden or spec),
        now=_text(now, hidden or spec),
        verdict=verdict,
        tone=tone,
        sends=traced.sends and not held,
        hidden=now is UNREADABLE,
    )


def _held_back(sample: Sample, row: MappingRow) -> tuple[str, str] | None:
    if row.mode is Mode.OFF:
        return "Off", "quiet"
    if any(doubt.field == row.source for doubt in sample.employee.doubts):
        return "Held: HR contradicts itself here", "warn"
    why = sample.not_sent.get(row.target)
    return (why, "warn") if why else None


def _verdict(
    sample: Sample, row: MappingRow, spec: FieldSpec, traced: Trace, *, private: bool
) -> tuple[str, str]:
    """What a sync would do with the value, and its tone."""
    if traced.problem:
        tone = "bad" if spec.required else "warn"
        return problem_words(traced.problem, sees_people=not private), tone
    if not traced.sends:
        return "Nothing to send", "quiet"
    if sample.there is None:
        return (
            ("Nothing to send", "quiet") if traced.value is None else ("For a new person", "good")
        )
    if row.mode is Mode.ON_CREATE:
        return "Not sent: only new people get it", "quiet"
    return _compared(sample, sample.there.fields, row, spec, traced)


def _compared(
    sample: Sample, there: Mapping[str, Actual], row: MappingRow, spec: FieldSpec, traced: Trace
) -> tuple[str, str]:
    """The same compare as a run's, for one field; people are compared by their numbers."""
    if spec.type is FieldType.REFERENCE:
        now = there.get(spec.key)
        same = isinstance(now, str) and sample.numbers.get(now) == traced.value
        return ("The same already", "quiet") if same else ("Would be sent, last of all", "good")

    def changes(rule: MappingRow) -> bool:
        wanted, specs = {spec.key: traced.value}, {spec.key: spec}
        rules = {spec.key: rule}
        return bool(compare(wanted, there, sample.baseline, rules, specs, sample.fingerprint))

    if not changes(row):
        kept = row.mode is Mode.IF_EMPTY and changes(replace(row, mode=Mode.OVERWRITE))
        return ("Not sent: not empty there", "quiet") if kept else ("The same already", "quiet")
    if spec.key in sample.by_hand:
        return "Not sent: correct it by hand there", "warn"
    if spec.immutable:
        return "Held: a person must decide", "warn"
    if traced.value is None:
        return "Would be cleared", "warn"
    new = spec.key in sample.new_rows
    return "Would be sent, in a new row" if new else "Would be sent", "good"


def type_of(raw: object) -> FieldType:
    """How a customer's own field is shown."""
    match raw:
        case bool():
            return FieldType.BOOLEAN
        case date():
            return FieldType.DATE
        case Decimal():
            return FieldType.DECIMAL
        case _:
            return FieldType.TEXT


def _text(value: Actual, spec: FieldSpec) -> str:
    if value is UNREADABLE:
        return ""
    return shown(canonical(value, spec.type), spec, sees_people=True)
