"""The field table of an integration's document: its rows and its value maps, both ways."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from payroll import values
from payroll.fields import CUSTOM_PREFIX
from payroll.mapping import TRANSFORMS, Blank, MappingRow, Mode
from payroll.models import FieldMapping
from payroll.ports import Target
from payroll.records import FieldSpec, FieldType
from payroll.validation import refusal

from .checks import InvalidConfiguration, object_at, one_of, short_text_at

DEFAULT = "default"
"""Stands for the rows that the target proposes."""

_TEXTS = ("source", "transform", "constant", "default")
_NEEDED = {
    FieldType.DATE: "a date such as 2026-12-31",
    FieldType.BOOLEAN: "true or false",
    FieldType.DECIMAL: "a number",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one row: in `field` of it, in words that name the target field."""

    target: str
    field: str
    words: str


def parse(
    value: object, value_maps: object, source_keys: Collection[str], target: type[Target]
) -> tuple[MappingRow, ...]:
    """The checked rows; those that the target locks are always there.

    Raises InvalidConfiguration.
    """
    if value == DEFAULT:
        rows = list(target.default_mappings)
    elif isinstance(value, list):
        rows = [_row(row, f"mappings[{n}]", source_keys, target) for n, row in enumerate(value)]
    else:
        raise InvalidConfiguration(f'mappings: "{DEFAULT}" or a list is needed')
    given = {row.target for row in rows}
    rows += [row for row in target.default_mappings if row.locked and row.target not in given]
    rows = _with_value_maps(rows, value_maps)
    _check_complete(rows, target)
    specs = {spec.key: spec for spec in target.fields}
    for position, row in enumerate(rows):
        for mistake in mistakes_in(row, specs[row.target], row.target):
            raise InvalidConfiguration(f"mappings[{position}].{mistake.field}: {mistake.words}")
    return tuple(rows)


def mistakes_in(row: MappingRow, spec: FieldSpec, name: str) -> list[Mistake]:
    """What a row sends of its own, to everybody, and payroll could never take.

    `name` is what the words call the field.
    """
    own = (("constant", row.constant), ("default", row.default))
    told = ((key, _own_value_refused(text, row, spec, name)) for key, text in own)
    return [Mistake(row.target, key, words) for key, words in told if words]


def _row(
    value: object, where: str, source_keys: Collection[str], target: type[Target]
) -> MappingRow:
    body = object_at(value, where, ("target",), (*_TEXTS, "mode", "blank"))
    texts = {
        key: short_text_at(body.get(key, ""), f"{where}.{key}", longest(key)) for key in _TEXTS
    }
    source, transform = texts["source"], texts["transform"]
    if source and source not in source_keys and not source.startswith(CUSTOM_PREFIX):
        raise InvalidConfiguration(f"{where}.source: {source!r} is not a field of the source")
    if transform:
        one_of(transform, f"{where}.transform", sorted(TRANSFORMS))
    writable = sorted(spec.key for spec in target.fields if spec.writable)
    row = MappingRow(
        source=source,
        target=one_of(body["target"], f"{where}.target", writable),
        mode=Mode(one_of(body.get("mode", "overwrite"), f"{where}.mode", list(Mode))),
        transform=transform,
        constant=texts["constant"],
        blank=Blank(one_of(body.get("blank", "keep"), f"{where}.blank", list(Blank))),
        default=texts["default"],
    )
    return _respecting_lock(row, where, target)


def longest(key: str) -> int:
    """How many characters of a row's text can be stored."""
    columns = {column.name: column.max_length for column in FieldMapping._meta.concrete_fields}
    return columns[key] or 0


def _respecting_lock(row: MappingRow, where: str, target: type[Target]) -> MappingRow:
    """A locked row may be repeated, not changed."""
    locked = {default.target: default for default in target.default_mappings if default.locked}
    if row.target not in locked:
        return row
    if replace(row, locked=True) != locked[row.target]:
        raise InvalidConfiguration(f"{where}.target: {row.target} is a locked row")
    return locked[row.target]


def _with_value_maps(rows: Sequence[MappingRow], value: object) -> list[MappingRow]:
    maps = object_at(value, "value_maps", optional=[row.target for row in rows])
    clean: dict[str, dict[str, str]] = {}
    for target, pairs in maps.items():
        if not isinstance(pairs, dict) or not all(isinstance(v, str) for v in pairs.values()):
            raise InvalidConfiguration(f"value_maps.{target}: an object of texts is needed")
        clean[target] = {
            values.clean_text(word): values.clean_text(code) for word, code in pairs.items()
        }
    return [replace(row, value_map=clean.get(row.target, row.value_map)) for row in rows]


def _check_complete(rows: Sequence[MappingRow], target: type[Target]) -> None:
    named = [row.target for row in rows]
    for key in named:
        if named.count(key) > 1:
            raise InvalidConfiguration(
                f"mappings: {key} is the target of more than one row, and a row that is off counts"
            )
    targets = {row.target for row in rows if row.mode is not Mode.OFF}
    cleared = {row.target for row in rows if row.blank is Blank.CLEAR}
    for spec in target.fields:
        if spec.required and spec.key not in targets:
            raise InvalidConfiguration(f"mappings: the required field {spec.key} has no row")
        if spec.required and spec.key in cleared:
            raise InvalidConfiguration(f"mappings: a blank may not clear the required {spec.key}")


def _own_value_refused(given: str, row: MappingRow, spec: FieldSpec, name: str) -> str:
    """Why a text of the row's own is not fit to be sent; empty where it is."""
    text = values.canonical(given, spec.type)
    if text is None:
        return ""
    text = row.value_map.get(text, text)
    try:
        values.restore(text, spec.type)
    except (ValueError, ArithmeticError):
        return f"{name} takes {_NEEDED[spec.type]}, not {text!r}"
    refused = refusal(text, spec)
    return f"for {name}, {text!r} {refused[1]}" if refused else ""


def exported(rows: Sequence[MappingRow], target: type[Target]) -> Mapping[str, Any]:
    """The keys `mappings` and `value_maps` that `parse` would make these rows of."""
    bare = tuple(replace(row, value_map={}) for row in rows)
    return {
        "mappings": DEFAULT
        if bare == target.default_mappings
        else [_exported_row(row) for row in bare],
        "value_maps": {row.target: dict(row.value_map) for row in rows if row.value_map},
    }


def _exported_row(row: MappingRow) -> dict[str, str]:
    texts = {
        "source": row.source,
        "target": row.target,
        "mode": row.mode.value,
        "transform": row.transform,
        "constant": row.constant,
        "blank": row.blank.value,
        "default": row.default,
    }
    return {key: text for key, text in texts.items() if text}
