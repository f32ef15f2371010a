"""An integration's field table as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payroll.dated.kinds import withheld_kinds
from payroll.fields import CUSTOM_PREFIX
from payroll.mapping import TRANSFORMS, Blank, MappingRow, Mode
from payroll.models import ConnectionTest, Integration
from payroll.ports import FixedValue
from payroll.records import FieldSpec, FieldType

from .ways import ways

_SHOWN = {"true": "Yes", "false": "No"}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One row: `constant` is set where the same is sent for everybody.

    `translations` are HR's words with payroll's codes.
    """

    target: FieldSpec
    source: str
    transform: str
    constant: str
    mode: str
    blank: str
    locked: bool
    translations: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NotSent:
    """A field that cannot be sent, and why."""

    label: str
    note: str


@dataclass(frozen=True, slots=True)
class OtherWay:
    """How a value goes that has no field of its own; `note` is what to do, and why it has none."""

    label: str
    sentence: str
    note: str


@dataclass(frozen=True, slots=True)
class FieldTable:
    """What is sent, what is always so, and what payroll has no field for that can be written.

    Of the last, `other_ways` may go to a free field; `not_sent` never goes.
    """

    lines: Sequence[FieldLine]
    fixed: Sequence[FixedValue]
    other_ways: Sequence[OtherWay]
    not_sent: Sequence[NotSent]


def field_table(integration: Integration) -> FieldTable:
    """The whole table. Two queries."""
    source, target = integration.source, integration.target
    sources = {spec.key: spec for spec in source.fields}
    targets = {spec.key: spec for spec in target.fields}
    rows = [mapping.row for mapping in integration.mappings.all()]
    test = ConnectionTest.objects.filter(integration=integration).first()
    capabilities = test.capabilities if test else None
    withheld = withheld_kinds(target, rows, capabilities)
    return FieldTable(
        lines=[
            field_line(row, sources, targets, target.label)
            for row in rows
            if row.target in targets and targets[row.target].writable
        ],
        fixed=target.fixed_values,
        other_ways=[
            OtherWay(way.spec.label, way.sentence, f"{way.hint} {way.note}".strip())
            for way in ways(rows, sources, targets, target.label, withheld)
        ],
        not_sent=[NotSent(spec.label, spec.note) for spec in target.fields if spec.never_sent],
    )


def field_line(
    row: MappingRow,
    sources: Mapping[str, FieldSpec],
    targets: Mapping[str, FieldSpec],
    system: str,
) -> FieldLine:
    spec = targets[row.target]
    return FieldLine(
        target=spec,
        source=_source(row.source, sources),
        transform=TRANSFORMS[row.transform][0] if row.transform in TRANSFORMS else "",
        constant="" if row.source else _constant(row.constant, spec),
        mode=_mode(row.mode, system),
        blank=_blank(row, system),
        locked=row.locked,
        translations=sorted(row.value_map.items()),
    )


def _source(key: str, specs: Mapping[str, FieldSpec]) -> str:
    if key in specs:
        return specs[key].label
    if key.startswith(CUSTOM_PREFIX):
        return f"Own field “{key.removeprefix(CUSTOM_PREFIX)}”"
    return key


def _constant(value: str, spec: FieldSpec) -> str:
    return _SHOWN.get(value, value) if spec.type is FieldType.BOOLEAN else value


def _mode(mode: Mode, system: str) -> str:
    return {
        Mode.OVERWRITE: "Always",
        Mode.IF_EMPTY: f"If empty in {system}",
        Mode.ON_CREATE: "New people only",
        Mode.OFF: "Off",
    }[mode]


def _blank(row: MappingRow, system: str) -> str:
    if not row.source:
        return ""
    return {
        Blank.KEEP: f"{system} keeps its value",
        Blank.DEFAULT: f"Sends “{row.default}”",
        Blank.CLEAR: f"Clears it in {system}",
    }[row.blank]
