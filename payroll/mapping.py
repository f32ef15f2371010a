"""From an HR person and the mapping rows to the values payroll should hold. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from . import values
from .records import (
    Employee,
    FieldSpec,
    FieldType,
    PickListEntry,
    PickLists,
    Problem,
    Value,
)
from .validation import refusal


class Mode(StrEnum):
    """When a row's value is sent."""

    OVERWRITE = "overwrite"
    IF_EMPTY = "if_empty"
    ON_CREATE = "on_create"
    OFF = "off"


class Blank(StrEnum):
    """What a blank in HR does: leave payroll as it is, send a default, or clear the field."""

    KEEP = "keep"
    DEFAULT = "default"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One line of the field table. `source` empty means `constant` is sent.

    `value_map` turns HR's words into payroll's codes; a `locked` row is shown but not edited.
    """

    source: str
    target: str
    mode: Mode = Mode.OVERWRITE
    transform: str = ""
    constant: str = ""
    blank: Blank = Blank.KEEP
    default: str = ""
    value_map: Mapping[str, str] = field(default_factory=dict)
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Desired:
    """What payroll should hold for one person, by target field; None clears the field."""

    values: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()


Transform = Callable[[Employee, str], str]


def _full_name(employee: Employee, _: str) -> str:
    return employee.identity.name


def _initials(employee: Employee, _: str) -> str:
    first, last = employee.identity.first_name.split(), employee.identity.last_name.split()
    return (first[0][:1] + last[-1][:1] if first and last else "").upper()


TRANSFORMS: Mapping[str, tuple[str, Transform]] = {
    "full_name": ("First and last name", _full_name),
    "initials": ("Initials", _initials),
    "digits": ("Digits only", lambda _, text: values.digits(text)),
    "e164": ("International phone number", lambda _, text: values.phone(text)),
    "upper": ("Upper case", lambda _, text: text.upper()),
}


class _Omit(Exception):
    """This row sends nothing for this person, for the reason given if there is one."""

    def __init__(self, code: str = "", words: str = "") -> None:
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Trace:
    """One row for one person: HR's value and what becomes of it.

    `raw` is HR's own value, before the transform. `word` is what the value map is asked about.
    `sends` is False where nothing is sent, for the reason in `problem` if there is one;
    `value` None with `sends` clears the field.
    """

    raw: Value
    word: str = ""
    value: Value = None
    sends: bool = False
    problem: Problem | None = None


def specs_in_use(
    rows: Sequence[MappingRow],
    source_specs: Mapping[str, FieldSpec],
    target_fields: Sequence[FieldSpec],
) -> Mapping[str, FieldSpec]:
    """The target's fields as these rows use them: one that carries a sensitive value is sensitive.

    So pay that goes to a free text field is masked and digested there too.
    """
    private = {
        row.target
        for row in rows
        if row.source in source_specs and source_specs[row.source].sensitive
    }
    return {
        spec.key: replace(spec, sensitive=spec.sensitive or spec.key in private)
        for spec in target_fields
    }


def map_employee(
    employee: Employee,
    rows: Sequence[MappingRow],
    source_specs: Mapping[str, FieldSpec],
    target_specs: Mapping[str, FieldSpec],
    pick_lists: PickLists,
) -> Desired:
    """The desired values, and a problem for each value that cannot be sent.

    A field that HR contradicts itself about (`employee.doubts`) is left out here, and so are
    managers (payroll/managers.py): who they are in payroll does not depend on the person alone.
    """
    held = {doubt.field for doubt in employee.doubts}
    desired: dict[str, Value] = {}
    problems: list[Problem] = []
    for row in rows:
        spec = target_specs[row.target]
        if row.mode is Mode.OFF or not spec.writable or row.source in held:
            continue
        if spec.type is FieldType.REFERENCE:
            continue
        source = source_specs.get(row.source)
        entries = pick_lists.get(row.target)
        traced = trace(employee, row, spec, entries, source.label if source else "")
        if traced.sends:
            desired[row.target] = traced.value
        elif traced.problem:
            problems.append(traced.problem)
    return Desired(desired, tuple(problems))


def trace(
    employee: Employee,
    row: MappingRow,
    spec: FieldSpec,
    entries: Sequence[PickListEntry] | None,
    source_label: str = "",
) -> Trace:
    """What becomes of one row for one person, whatever the row's mode; the problem is told.

    `entries`: payroll's list for the field, None where it cannot be read. `source_label`: what
    HR's field is called in the problem.
    """
    raw = employee.fields.get(row.source) if row.source else row.constant
    word = ""
    try:
        used = _used(employee, row)
        if used is None:
            return Trace(raw, sends=True)
        word = _word(used)
        return Trace(raw, word, _value(used, word, row, spec, entries), sends=True)
    except _Omit as reason:
        label = source_label or row.source or spec.label
        problem = _problem(reason, row, spec, label) if reason.code else None
        return Trace(raw, word, problem=problem)


def _problem(reason: _Omit, row: MappingRow, spec: FieldSpec, label: str) -> Problem:
    """What is wrong with the value, and what it costs the person."""
    cost = "Nothing is sent" if spec.required else "The person is sent without it"
    message = f"{label} {reason.words}. {cost} until it is mended."
    return Problem(reason.code, message, row.target, spec.required)


def word_of(employee: Employee, row: MappingRow) -> str:
    """What the row's value map is asked about for one person; empty where there is no value."""
    try:
        return _word(_used(employee, row))
    except _Omit:
        return ""


def _word(used: Value) -> str:
    """A value as HR's word for it, whatever its type."""
    return values.canonical(used, FieldType.TEXT) or ""


def _used(employee: Employee, row: MappingRow) -> Value:
    """HR's value after the transform, or the default where it is blank; None clears the field."""
    raw = _raw(employee, row)
    if not values.is_blank(raw):
        return raw
    if row.blank is Blank.CLEAR:
        return None
    if row.blank is not Blank.DEFAULT:
        raise _Omit
    return row.default


def _value(
    used: Value,
    word: str,
    row: MappingRow,
    spec: FieldSpec,
    entries: Sequence[PickListEntry] | None,
) -> Value:
    """What payroll should hold for a value that is not blank in HR."""
    mapped = row.value_map.get(word)
    text = values.canonical(used if mapped is None else mapped, spec.type)
    if text is None:
        raise _Omit
    if spec.type is FieldType.CODE:
        text = _code(text, entries, spec, mapped=mapped is not None)
    refused = refusal(text, spec)
    if refused:
        raise _Omit(*refused)
    return _typed(text, spec)


def _raw(employee: Employee, row: MappingRow) -> Value:
    """The value before normalising. A source that was not delivered sends nothing."""
    if not row.source:
        return row.constant
    if row.source not in employee.fields:
        raise _Omit
    raw = employee.fields[row.source]
    if row.transform and isinstance(raw, str):
        return TRANSFORMS[row.transform][1](employee, values.clean_text(raw))
    return raw


def _code(
    text: str, entries: Sequence[PickListEntry] | None, spec: FieldSpec, *, mapped: bool
) -> str:
    """The target's code for `text`: a mapped code as it is, else equal to a code or to one label.

    Where the list cannot be read, only what an admin mapped is sent.
    """
    told = "its value" if spec.sensitive else f"“{text}”"
    if entries is None:
        if mapped:
            return text
        raise _Omit("list_unreadable", f"{told} cannot be checked: payroll's list is not readable")
    found = [entry.code for entry in entries if entry.code == text]
    if not found and not mapped:
        label = text.casefold()
        found = [e.code for e in entries if values.clean_text(e.label).casefold() == label]
    if not found:
        raise _Omit("unmapped_value", f"{told} has no counterpart in payroll's list")
    if len(found) > 1:
        raise _Omit("ambiguous_value", f"{told} stands more than once in payroll's list")
    return found[0]


def _typed(text: str, spec: FieldSpec) -> Value:
    try:
        return values.restore(text, spec.type)
    except (ValueError, ArithmeticError):
        raise _Omit("invalid_value", f"cannot be read as a {spec.type.value}") from None
