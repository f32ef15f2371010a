"""From Simployer One's rows to the domain's employees, for one day. Pure: no HTTP, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from payroll import values
from payroll.employment import full_time_pay
from payroll.fields import CUSTOM_PREFIX
from payroll.records import Compensation, Employee, Employment, Identity, Place, Value

from .employment import EmploymentReader, rate_unit_is_unclear, read_pay
from .reading import (
    ABSENT,
    Reading,
    Row,
    Rows,
    as_date,
    as_national_id,
    as_number,
    as_text,
    known_digits,
    readable_text,
)

_TEXTS = {  # our key: the vendor's keys, of which the first that holds something counts
    "employee_number": ("employeeNumber",),
    "first_name": ("firstName",),
    "last_name": ("lastName",),
    "email": ("workEmail", "privateEmail"),
    "work_email": ("workEmail",),
    "private_email": ("privateEmail",),
    "work_phone": ("workPhone", "workPhoneSanitized"),
    "private_phone": ("privatePhone", "privatePhoneSanitized"),
    "gender": ("gender",),
    "nationality": ("nationality",),
    "title": ("title",),
    "division": ("division",),
    "organization": ("organization",),
}


@dataclass(frozen=True, slots=True)
class Account:
    """All that was read of one account: lists as received, and named things by id."""

    employees: Sequence[Row]
    employments: Sequence[Row] = ()
    compensations: Sequence[Row] = ()
    companies: Rows = field(default_factory=dict)
    departments: Rows = field(default_factory=dict)
    offices: Rows = field(default_factory=dict)
    cost_centers: Rows = field(default_factory=dict)
    employment_types: Rows = field(default_factory=dict)


def normalize(account: Account, today: date) -> list[Employee]:
    """Everyone as on `today`, by employee number, then id.

    A key that the vendor left out is left out of `fields`; null and "" are None. What contradicts
    itself or cannot be read is a doubt, and holds that field only.
    """
    people: dict[str, Row] = {row["id"]: row for row in account.employees}
    employments = _by_person(account.employments)
    compensations = _by_person(account.compensations)
    reader = EmploymentReader(
        account.employment_types, today, not rate_unit_is_unclear(account.employments)
    )
    everyone = []
    for person, row in people.items():
        reading = Reading()
        _put_personal(reading, row)
        _put_custom(reading, row.get("custom"))
        _put_manager(reading, row, people)
        placements = _placements(reading, row, account)
        current, others, jobs = reader.read(reading, row, employments.get(person, ()))
        if current and current.type_id:
            placements["employment_type"] = Place(
                current.type_id, (current.type,) if current.type else ()
            )
        pay, pays = read_pay(reading, row, compensations.get(person, ()), today)
        _put_full_time_pay(reading, pay, current)
        employee = Employee(
            id=person,
            active=row.get("active") is True,
            identity=_identity(reading.fields),
            fields=reading.fields,
            employment=current,
            other_employments=others,
            compensation=pay,
            placements=placements,
            doubts=reading.doubts,
            employments=jobs,
            compensations=pays,
        )
        everyone.append(employee)
    return sorted(everyone, key=lambda employee: (employee.identity.number, employee.id))


def _put_full_time_pay(reading: Reading, pay: Compensation | None, job: Employment | None) -> None:
    """Left out where pay or percent are not delivered, or the percent says nothing of it."""
    if pay is None:
        if "pay_amount" in reading.fields:
            reading.fields["pay_full_time"] = None
        return
    amount = full_time_pay(pay, job.percent if job else None)
    if amount is not None:
        reading.fields["pay_full_time"] = amount


def _by_person(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[readable_text(row, "employeeId")].append(row)
    return grouped


def _put_personal(reading: Reading, row: Row) -> None:
    for key, candidates in _TEXTS.items():
        reading.put(key, as_text, *(row.get(candidate, ABSENT) for candidate in candidates))
    reading.put("birth_date", as_date, row.get("birthDate", ABSENT))
    reading.put("hire_date", as_date, row.get("hireDate", ABSENT))
    reading.put("national_id", as_national_id, row.get("ssn", ABSENT))
    reading.put("address", _address, row.get("homeAddress", ABSENT))
    reading.put("bank_account", _bank_account, row.get("bankAccount", ABSENT))


def _bank_account(raw: object) -> str | None:
    """The number, else the IBAN; None for an account with neither, as for no account."""
    if not isinstance(raw, Mapping):
        return as_text(raw)
    return as_text(raw.get("number")) or as_text(raw.get("iban"))


def _address(raw: object) -> str | None:
    """`Street, 0123 City`, and the country where it is not Norway; None when blank."""
    if not isinstance(raw, Mapping):
        return as_text(raw)
    street, code, city, country = (
        as_text(raw.get(key)) or "" for key in ("street", "postalCode", "city", "country")
    )
    lines = [line for line in (street, f"{code} {city}".strip()) if line]
    if lines and country and country.upper() != "NO":
        lines.append(country)
    return ", ".join(lines) or None


def _put_custom(reading: Reading, custom: object) -> None:
    """The customer's own fields; one that holds a list or an object cannot be mapped."""
    for name, raw in custom.items() if isinstance(custom, Mapping) else ():
        if name != values.legible(name):
            continue  # a field that nobody could choose
        if raw is None or isinstance(raw, str | int | Decimal):
            reading.put(f"{CUSTOM_PREFIX}{name}", _scalar, raw)


def _scalar(raw: object) -> Value:
    if isinstance(raw, bool):
        return raw
    return as_text(raw) if isinstance(raw, str) else as_number(raw)


def _put_manager(reading: Reading, row: Row, people: Rows) -> None:
    """The manager's employee number; absent where the manager has none yet."""
    manager = reading.resolve("manager", row.get("managerEmployeeId", ABSENT), people)
    if manager is not None and not values.is_blank(manager.get("employeeNumber")):
        reading.put("manager", as_text, manager["employeeNumber"])


def _placements(reading: Reading, row: Row, account: Account) -> dict[str, Place]:
    """Delivers the names of where the person works, and gives the places by dimension.

    The effective cost centre is the inherited one and came to the API later than the person's own,
    so the own one stands in where it is not sent (simployer-one.md, employee).
    """
    cost_center = row.get("effectiveCostCenterId")
    if values.is_blank(cost_center):
        cost_center = row.get("costCenterId", row.get("effectiveCostCenterId", ABSENT))
    places = {
        "company": reading.place("company", row.get("companyId", ABSENT), account.companies),
        "department": reading.place(
            "department", row.get("departmentId", ABSENT), account.departments
        ),
        "office": reading.place("office", row.get("officeId", ABSENT), account.offices),
        "cost_center": reading.place(
            "cost_center", cost_center, account.cost_centers, ("code", "name")
        ),
    }
    return {dimension: place for dimension, place in places.items() if place}


def _identity(fields: Mapping[str, Value]) -> Identity:
    birth_date = fields.get("birth_date")
    emails = (fields.get("work_email"), fields.get("private_email"))
    return Identity(
        number=_text(fields, "employee_number"),
        first_name=_text(fields, "first_name"),
        last_name=_text(fields, "last_name"),
        birth_date=birth_date if isinstance(birth_date, date) else None,
        national_id=known_digits(_text(fields, "national_id")),
        emails=frozenset(email.casefold() for email in emails if isinstance(email, str)),
    )


def _text(fields: Mapping[str, Value], key: str) -> str:
    found = fields.get(key)
    return found if isinstance(found, str) else ""
