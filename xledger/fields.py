"""X-ledger's fields of an employee, what a new integration maps to them, and what is always so.

Where each is read and written, and on what evidence: docs/fields.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payroll.mapping import Blank, MappingRow, Mode
from payroll.ports import FixedValue
from payroll.records import FieldSpec, FieldType

_PAY_ROWS = "Goes into X-ledger's pay rates, where this X-ledger lets the Hub write them."
_POSITION_ROWS = (
    "Goes into X-ledger's employee positions, where this X-ledger lets the Hub write them."
)
_ON_CONTACT = "It can be written only on the contact, which the Hub does not write yet."


def _not_sent(key: str, label: str, note: str) -> FieldSpec:
    return FieldSpec(key, label, readable=False, writable=False, note=note)


def _position(key: str, label: str, kind: FieldType, **more: Any) -> FieldSpec:
    note = _POSITION_ROWS
    return FieldSpec(key, label, kind, note=note, capability="positions", **more)


def _free(
    name: str, label: str, count: int, kind: FieldType, *, whole: bool = False
) -> tuple[FieldSpec, ...]:
    """Free inputs numbered from 1, whose meaning the customer decides; none comes back."""
    return tuple(
        FieldSpec(f"{name}{number}", f"{label} {number}", kind, readable=False, whole=whole)
        for number in range(1, count + 1)
    )


_FLEXI: tuple[tuple[str, str, int, FieldType], ...] = (
    ("text", "Flexi text", 8, FieldType.TEXT),
    ("number", "Flexi number (whole)", 2, FieldType.DECIMAL),
    ("value", "Flexi value", 4, FieldType.DECIMAL),
    ("date", "Flexi date", 4, FieldType.DATE),
    ("flag", "Flexi flag", 4, FieldType.BOOLEAN),
)
"""X-ledger's inner name, label, how many there are, type. Coded ones take only a dbId: left out."""

FLEXI_PATHS: Mapping[str, str] = {
    f"flexi{name.title()}{number}": f"{name}{number}"
    for name, _, count, _ in _FLEXI
    for number in range(1, count + 1)
}
"""By field, its name inside the input `flexiFieldItem`."""


_PAY = (
    FieldSpec(
        "pay",
        "Pay",
        FieldType.DECIMAL,
        sensitive=True,
        note=_PAY_ROWS,
        capability="pay_rates",
        carries=("pay_amount", "pay_full_time"),
    ),
    FieldSpec(
        "payElement", "Pay: rate element", FieldType.CODE, note=_PAY_ROWS, capability="pay_rates"
    ),
    FieldSpec("payFrom", "Pay: valid from", FieldType.DATE, note=_PAY_ROWS, capability="pay_rates"),
)
"""What makes up a pay rate: a row of its own beside the employee (xledger/pay_rates.py)."""

_POSITION = (
    _position(
        "employmentPercent",
        "Part-time percent",
        FieldType.DECIMAL,
        carries=("employment_percent", "employment_fraction"),
    ),
    _position("positionFrom", "Part-time percent: valid from", FieldType.DATE),
    _position("positionTo", "Part-time percent: valid to", FieldType.DATE),
    _position("positionCode", "Part-time percent: position", FieldType.CODE),
    _position("positionType", "Part-time percent: employment type", FieldType.CODE),
    _position(
        "positionEnds",
        "Part-time percent before: valid to",
        FieldType.DATE,
        writable=False,
        derived=True,
    ),
)
"""What makes up an employee position: a row beside the employee (xledger/positions.py)."""

EMPLOYEE_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("code", "Employee number (Code)", required=True, immutable=True),
    FieldSpec("description", "Description"),
    FieldSpec("firstName", "First name", required=True),
    FieldSpec("lastName", "Last name", required=True),
    FieldSpec("initials", "Initials", max_length=5),
    FieldSpec("birthday", "Date of birth", FieldType.DATE),
    FieldSpec("socialSec", "National id", FieldType.NATIONAL_ID, sensitive=True),
    FieldSpec("email", "E-mail", FieldType.EMAIL, required=True),
    FieldSpec("phone", "Phone", FieldType.PHONE),
    FieldSpec("fullAddress", "Address"),
    FieldSpec("bankAccount", "Bank account", FieldType.BANK_ACCOUNT, sensitive=True),
    FieldSpec("employmentFrom", "Employment from", FieldType.DATE, required=True),
    FieldSpec("employmentTo", "Employment to", FieldType.DATE),
    FieldSpec("dateFrom", "Valid from", FieldType.DATE),
    FieldSpec("trialTo", "Trial date", FieldType.DATE),
    FieldSpec("positionValue", "Position", FieldType.CODE),
    FieldSpec("employeeGroup", "Employee group", FieldType.CODE, required=True),
    FieldSpec("employmentType", "Employment type", FieldType.CODE),
    FieldSpec("glObject1", "Posting 1", FieldType.CODE),
    FieldSpec("glObject2", "Posting 2", FieldType.CODE),
    FieldSpec("glObject3", "Posting 3", FieldType.CODE),
    FieldSpec("glObject4", "Posting 4", FieldType.CODE),
    FieldSpec("glObject5", "Posting 5", FieldType.CODE),
    FieldSpec("exitReason", "Exit reason", FieldType.CODE),
    FieldSpec("superior", "Manager", FieldType.REFERENCE),
    FieldSpec("timesheet", "Timesheet", FieldType.BOOLEAN),
    FieldSpec("overtime", "Overtime", FieldType.BOOLEAN),
    FieldSpec("flextime", "Flextime", FieldType.BOOLEAN),
    *_free("text", "Text", 6, FieldType.TEXT),
    *_free("number", "Number (whole)", 2, FieldType.DECIMAL, whole=True),
    *_free("value", "Value", 2, FieldType.DECIMAL),
    *_free("date", "Date", 4, FieldType.DATE),
    *(
        spec
        for name, label, count, kind in _FLEXI
        for spec in _free(f"flexi{name.title()}", label, count, kind, whole=name == "number")
    ),
    _not_sent("gender", "Gender", _ON_CONTACT),
    _not_sent("privateEmail", "Private e-mail", _ON_CONTACT),
    _not_sent("workPhone", "Work phone", _ON_CONTACT),
    *_POSITION,
    *_PAY,
)

SPECS: dict[str, FieldSpec] = {spec.key: spec for spec in EMPLOYEE_FIELDS}


def _off_for_new_people(target: str) -> MappingRow:
    return MappingRow("", target, Mode.ON_CREATE, constant="false", locked=True)


DEFAULT_MAPPINGS: tuple[MappingRow, ...] = (
    MappingRow("employee_number", "code"),
    MappingRow("first_name", "description", transform="full_name"),
    MappingRow("first_name", "firstName"),
    MappingRow("last_name", "lastName"),
    MappingRow("first_name", "initials", transform="initials"),
    MappingRow("birth_date", "birthday"),
    MappingRow("national_id", "socialSec"),
    MappingRow("email", "email"),
    MappingRow("private_phone", "phone"),
    MappingRow("address", "fullAddress"),
    MappingRow("bank_account", "bankAccount"),
    MappingRow("hire_date", "employmentFrom"),
    MappingRow("hire_date", "dateFrom", Mode.ON_CREATE),
    MappingRow("end_date", "employmentTo", blank=Blank.CLEAR),
    MappingRow("title", "positionValue"),
    MappingRow("employment_type", "employeeGroup"),
    MappingRow("cost_center", "glObject1"),
    _off_for_new_people("timesheet"),
    _off_for_new_people("overtime"),
    _off_for_new_people("flextime"),
)
"""After product.md section 2.2; the last three, of 2.3, never touch people who exist."""

FIXED_VALUES: tuple[FixedValue, ...] = (
    FixedValue(
        "Owner",
        "The company of the API token",
        "X-ledger creates people in the company that the token was made in.",
    ),
    FixedValue("Currency", "NOK", "X-ledger is offered in Norway only."),
    FixedValue("Country", "NO", "Used where an address in HR names no country."),
)
