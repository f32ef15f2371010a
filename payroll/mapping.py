"""From an HR person and the mapping rows to the values payroll should hold. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


def map_employee(
    employee: Employee,
    rows: Sequence[MappingRow],
    source_specs: Mapping[str, FieldSpec],
    target_specs: Mapping[str, FieldSpec],
    pick_lists: PickLists,
) -> Desired:
    """The desired values, and a problem for each value that cannot be sent.

    A field that HR contradicts itself about (`employee.doubts`) is left out here.
    """
    held = {doubt.field for doubt in employee.doubts}
    desired: dict[str, Value] = {}
    problems: list[Problem] = []
    for row in rows:
        spec = target_specs[row.target]
        if row.mode is Mode.OFF or not spec.writable or row.source in held:
            continue
        try:
            desired[row.target] = _value(employee, row, spec, pick_lists.get(row.target))
        except _Omit as reason:
            if reason.code:
                problems.append(_problem(reason, row, spec, source_specs))
    return Desired(desired, tuple(problems))


def _problem(
    reason: _Omit, row: MappingRow, spec: FieldSpec, source_specs: Mapping[str, FieldSpec]
) -> Problem:
    """What is wrong with the value, and what it costs the person."""
    source = source_specs.get(row.source)
    label = source.label if source else row.source or spec.label
    cost = "Nothing is sent" if spec.required else "The person is sent without it"
    message = f"{label} {reason.words}. {cost} until it is mended."
    return Problem(reason.code, message, row.target, spec.required)


def _value(
    employee: Employee,
    row: MappingRow,
    spec: FieldSpec,
    entries: Sequence[PickListEntry] | None,
) -> Value:
    raw = _raw(employee, row)
    if values.is_blank(raw):
        if row.blank is Blank.CLEAR:
            return None
        if row.blank is not Blank.DEFAULT:
            raise _Omit
        raw = row.default
    word = values.clean_text(str(raw)) if isinstance(raw, str) else ""
    mapped = row.value_map.get(word)
    text = values.canonical(raw if mapped is None else mapped, spec.type)
    if text is None:
        raise _Omit
    if spec.type is FieldType.CODE:
        text = _code(text, entries, mapped=mapped is not None)
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


def _code(text: str, entries: Sequence[PickListEntry] | None, *, mapped: bool) -> str:
    """The target's code for `text`: a mapped code as it is, else equal to a code or to one label.

    Where the list cannot be read, only what an admin mapped is sent.
    """
    if entries is None:
        if mapped:
            return text
        raise _Omit(
            "list_unreadable", f"“{text}” cannot be checked: payroll's list is not readable"
        )
    found = [entry.code for entry in entries if entry.code == text]
    if not found and not mapped:
        label = text.casefold()
        found = [e.code for e in entries if values.clean_text(e.label).casefold() == label]
    if not found:
        raise _Omit("unmapped_value", f"“{text}” has no counterpart in payroll's list")
    if len(found) > 1:
        raise _Omit("ambiguous_value", f"“{text}” stands more than once in payroll's list")
    return found[0]


def _typed(text: str, spec: FieldSpec) -> Value:
    try:
        return values.restore(text, spec.type)
    except (ValueError, ArithmeticError):
        raise _Omit("invalid_value", f"cannot be read as a {spec.type.value}") from None
