"""Between X-ledger's shape of an employee and the Hub's, both ways. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from payroll import values
from payroll.records import (
    UNREADABLE,
    Actual,
    FieldSpec,
    FieldType,
    Identity,
    TargetEmployee,
    Value,
)

from .answers import JsonObject
from .fields import EMPLOYEE_FIELDS, FLEXI_PATHS
from .pages import opaque_id

NATIONAL_ID_DIGITS = 11
FLEXI_INPUT = "flexiFieldItem"  # the input that holds the flexi fields

READ_PATHS: Mapping[str, tuple[str, ...]] = {
    "firstName": ("contact.firstName",),
    "lastName": ("contact.lastName",),
    "initials": ("contact.initials",),
    "birthday": ("contact.birthday",),
    "socialSec": ("contact.socialSec",),
    "phone": ("contact.phone",),
    "email": ("email", "contact.email"),
    "fullAddress": ("contact.address.fullAddress", "contact.homeAddress.fullAddress"),
    "bankAccount": ("subledger.bankAccount",),
}
"""Where a field is read, the first path with a value winning; others stand under their own name."""

_EMAILS = ("email", "contact.email", "contact.email2", "contact.email3")


def employee(node: JsonObject) -> TargetEmployee:
    """The person in an `Employee` node. Raises ValueError where the node has no usable dbId."""
    fields = {spec.key: _read(node, spec) for spec in EMPLOYEE_FIELDS}
    birthday = fields["birthday"]
    emails = (_at(node, path) for path in _EMAILS)
    first, last = _names(fields)
    identity = Identity(
        number=_text(fields["code"]),
        first_name=first,
        last_name=last,
        birth_date=birthday if isinstance(birthday, date) else None,
        national_id=_text(fields["socialSec"]),
        emails=frozenset(str(text).strip().casefold() for text in emails if text is not None),
    )
    return TargetEmployee(opaque_id(node.get("dbId")), identity, fields)


def _names(fields: Mapping[str, Actual]) -> tuple[str, str]:
    """First and last name; a token that may not see the contact still shows the description."""
    first, last = _text(fields["firstName"]), _text(fields["lastName"])
    if first or last:
        return first, last
    head, _, tail = _text(fields["description"]).rpartition(" ")
    return head, tail


def node_input(wanted: Mapping[str, Value], specs: Mapping[str, FieldSpec]) -> dict[str, Any]:
    """The `node` of a mutation's input: a key that is absent stays, None becomes an explicit null.

    Raises KeyError for a key without a spec.
    """
    node: dict[str, Any] = {}
    for key, value in wanted.items():
        place = node.setdefault(FLEXI_INPUT, {}) if key in FLEXI_PATHS else node
        place[FLEXI_PATHS.get(key, key)] = _as_input(value, specs[key])
    return node


def field_at(path: str) -> str:
    """The path of an input as the Hub names it: a flexi field by its own key."""
    names = {f"{FLEXI_INPUT}.{inner}": key for key, inner in FLEXI_PATHS.items()}
    return names.get(path, path)


def _as_input(value: Value, spec: FieldSpec) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if spec.type is FieldType.DECIMAL and isinstance(value, Decimal):
        return int(value) if spec.whole else float(value)  # Int and Float take no text
    text = values.decimal_text(value) if isinstance(value, Decimal) else value
    if spec.type is FieldType.REFERENCE:
        return {"dbId": int(text)}
    return {"code": text} if spec.type is FieldType.CODE else text


def _text(value: Actual) -> str:
    return value if isinstance(value, str) and value is not UNREADABLE else ""


def _read(node: JsonObject, spec: FieldSpec) -> Actual:
    if not spec.readable:
        return UNREADABLE
    if spec.type is FieldType.NATIONAL_ID:
        return _national_id(node, spec)
    if spec.type is FieldType.CODE:
        return _code(node, spec)
    if spec.type is FieldType.REFERENCE:
        return _reference(node, spec)
    paths = READ_PATHS.get(spec.key, (spec.key,))
    found = next((raw for path in paths if (raw := _at(node, path)) is not None), None)
    if found is None:
        return UNREADABLE if _hidden(node, paths) else None
    return _typed(found, spec)


def _at(node: JsonObject, path: str) -> object:
    """What stands at the dotted `path`; None where it is blank or a step is missing."""
    found: object = node
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return None if values.is_blank(found) else found


def _hidden(node: JsonObject, paths: tuple[str, ...]) -> bool:
    """Whether the value may stand on a contact that exists but was not given to us."""
    withheld = node.get("contact") is None and node.get("contactDbId") is not None
    return withheld and any(path.startswith("contact.") for path in paths)


def _typed(raw: object, spec: FieldSpec) -> Actual:
    """The value by the field's type; UNREADABLE for something we cannot understand."""
    if spec.type is FieldType.BOOLEAN or isinstance(raw, bool):
        return raw if spec.type is FieldType.BOOLEAN and isinstance(raw, bool) else UNREADABLE
    if not isinstance(raw, (str, int, Decimal)):
        return UNREADABLE
    text = str(raw).strip()
    if spec.type is FieldType.DATE:
        text = text.partition("T")[0]
    try:
        return values.restore(values.canonical(text, spec.type), spec.type)
    except (ValueError, ArithmeticError):
        return UNREADABLE


def _code(node: JsonObject, spec: FieldSpec) -> Actual:
    """The code of the value referred to; one without a code cannot be compared."""
    if node.get(spec.key) is None:
        return None
    code = _at(node, f"{spec.key}.code")
    return UNREADABLE if code is None else _typed(code, spec)


def _reference(node: JsonObject, spec: FieldSpec) -> Actual:
    """The dbId of the person referred to."""
    if node.get(spec.key) is None:
        return None
    try:
        return opaque_id(_at(node, f"{spec.key}.dbId"))
    except ValueError:
        return UNREADABLE


def _national_id(node: JsonObject, spec: FieldSpec) -> Actual:
    """All eleven digits, or UNREADABLE where X-ledger has a number and shows a mask or nothing."""
    paths = READ_PATHS[spec.key]
    raw = _at(node, paths[0])
    text = "" if raw is None else str(raw)
    if "*" not in text and len(values.digits(text)) >= NATIONAL_ID_DIGITS:
        return _typed(text, spec)
    there = bool(text) or _at(node, "socialSecurityMasked") is not None
    return UNREADABLE if there or _hidden(node, paths) else None
