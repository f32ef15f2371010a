"""The three-way compare: what HR wants, what payroll has, what we last sent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .mapping import MappingRow, Mode
from .records import UNREADABLE, Actual, FieldSpec, Subject, Value
from .values import canonical, is_blank

Fingerprint = Callable[[FieldSpec, str | None], str | None]
"""A canonical value as it may be kept: itself, or a keyed digest where the field is sensitive."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Fingerprints of one field after our last successful write: sent, and seen in the answer.

    `on` is the day of that write where it is known; it decides nothing.
    """

    sent: str | None
    seen: str | None
    on: date | None = field(default=None, compare=False)


Baseline = Mapping[str, Sent]


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody approved a change that waited: `id` is the stored decision, `by` who took it."""

    id: str
    by: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field to write. `drifted`: it was changed in payroll since we last sent it, `sent_on`.

    `first_confirmation`: payroll does not give the field back and we never sent it. `named`: what
    people call `before` and `after`, where those are ids of people. `approval`: the decision that
    let it through, where it needed one. `touches`: first days of the first and the last month
    before the current one that it reaches back to. `pin`: of a restored value the digest that pins
    it, empty where it needs no pin (payroll/pinning.py). `row`: of an amount that is corrected in
    place, payroll's id of the dated row (payroll/dated).
    """

    field: str
    before: Actual
    after: Value
    drifted: bool = False
    first_confirmation: bool = False
    sent_on: date | None = None
    named: tuple[str, str] | None = None
    approval: Approval | None = None
    touches: tuple[date, date] | None = None
    pin: str | None = None
    row: str = ""


def compare_new(
    desired: Mapping[str, Value], specs: Mapping[str, FieldSpec]
) -> tuple[FieldChange, ...]:
    """Everything that a person who is not in payroll yet gets."""
    return tuple(
        FieldChange(key, None, value)
        for key, value in desired.items()
        if canonical(value, specs[key].type) is not None
    )


def compare(
    desired: Mapping[str, Value],
    actual: Mapping[str, Actual],
    baseline: Baseline,
    rows: Mapping[str, MappingRow],
    specs: Mapping[str, FieldSpec],
    fingerprint: Fingerprint,
) -> tuple[FieldChange, ...]:
    """The fields of a person in payroll that must be written to hold what HR wants.

    In sync is: equal now; or HR wants what we last sent and payroll still holds what it made of it.
    """
    changes = []
    for key, value in desired.items():
        mode = rows[key].mode
        if mode is Mode.ON_CREATE:
            continue
        change = _field(specs[key], value, actual.get(key), baseline.get(key), fingerprint)
        if change and (mode is not Mode.IF_EMPTY or _empty(change, baseline.get(key))):
            changes.append(change)
    return tuple(changes)


def swallowed(
    desired: Mapping[str, Value],
    actual: Mapping[str, Actual],
    baseline: Baseline,
    specs: Mapping[str, FieldSpec],
    fingerprint: Fingerprint,
) -> list[FieldSpec]:
    """Fields that were sent and that payroll shows as empty ever since."""
    lost = []
    for key, value in desired.items():
        spec, last = specs[key], baseline.get(key)
        wanted = canonical(value, spec.type)
        empty = actual.get(key) is not UNREADABLE and canonical(actual.get(key), spec.type) is None
        if wanted and empty and last and last == Sent(fingerprint(spec, wanted), None):
            lost.append(spec)
    return lost


def _field(
    spec: FieldSpec, value: Value, actual: Actual, last: Sent | None, fingerprint: Fingerprint
) -> FieldChange | None:
    wanted = canonical(value, spec.type)
    if actual is UNREADABLE:
        return _unreadable(spec, value, fingerprint(spec, wanted), last)
    held = canonical(actual, spec.type)
    if wanted == held:
        return None
    seen_now = fingerprint(spec, held)
    if last and last.sent == fingerprint(spec, wanted) and last.seen == seen_now:
        return None
    if last is None or last.seen == seen_now:
        return FieldChange(spec.key, actual, value)
    return FieldChange(spec.key, actual, value, drifted=True, sent_on=last.on)


def _unreadable(
    spec: FieldSpec, value: Value, wanted: str | None, last: Sent | None
) -> FieldChange | None:
    """Compared with what we last sent; a blank never clears what we cannot see and never sent."""
    if last is None:
        if wanted is None:
            return None
        return FieldChange(spec.key, UNREADABLE, value, first_confirmation=True)
    return None if last.sent == wanted else FieldChange(spec.key, UNREADABLE, value)


def _empty(change: FieldChange, last: Sent | None) -> bool:
    return is_blank(change.before) or (change.before is UNREADABLE and last is None)
