"""People to test the engine with: complete in HR, held by a small payroll, changed at will."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from payroll.diff import Sent
from payroll.fields import EMPLOYEE_FIELDS
from payroll.linking import LinkState
from payroll.mapping import Blank, MappingRow
from payroll.matching import Roster
from payroll.plan import Plan, PlannedChange, Rules
from payroll.planner import Planner
from payroll.records import (
    UNREADABLE,
    Actual,
    ChangeKind,
    Employee,
    Employment,
    FieldSpec,
    FieldType,
    Identity,
    Outcome,
    Period,
    PickListEntry,
    Place,
    Problem,
    TargetEmployee,
    Value,
)
from payroll.scope import Scope
from payroll.values import canonical

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, 4, tzinfo=ZoneInfo("Europe/Oslo"))
NATIONAL_ID = "01019010046"  # valid, of nobody: product.md section 5.1
RETRY_AFTER = timedelta(seconds=600)

SOURCE_SPECS = {spec.key: spec for spec in EMPLOYEE_FIELDS}

TARGET_SPECS = {
    spec.key: spec
    for spec in (
        FieldSpec("code", "Employee number", required=True, immutable=True),
        FieldSpec("firstName", "First name", required=True),
        FieldSpec("lastName", "Last name", required=True),
        FieldSpec("email", "E-mail", FieldType.EMAIL, required=True),
        FieldSpec("phone", "Phone", FieldType.PHONE),
        FieldSpec("employmentFrom", "Employment from", FieldType.DATE, required=True),
        FieldSpec("employmentTo", "Employment to", FieldType.DATE),
        FieldSpec("socialSec", "National id", FieldType.NATIONAL_ID, sensitive=True),
        FieldSpec("employeeGroup", "Employee group", FieldType.CODE, required=True),
        FieldSpec("text1", "Text 1", readable=False),
    )
}

ROWS = (
    MappingRow("employee_number", "code"),
    MappingRow("first_name", "firstName"),
    MappingRow("last_name", "lastName"),
    MappingRow("email", "email"),
    MappingRow("private_phone", "phone"),
    MappingRow("hire_date", "employmentFrom"),
    MappingRow("end_date", "employmentTo", blank=Blank.CLEAR),
    MappingRow("national_id", "socialSec"),
    MappingRow("employment_type", "employeeGroup"),
    MappingRow("gender", "text1"),
)

PICK_LISTS = {
    "employeeGroup": (PickListEntry("F", "Fast ansatt"), PickListEntry("M", "Midlertidig ansatt"))
}


def fingerprint(spec: FieldSpec, text: str | None) -> str | None:
    """As the engine keeps values: sensitive ones only as a digest."""
    if text is None or not spec.sensitive:
        return text
    return hashlib.sha256(f"{spec.key}:{text}".encode()).hexdigest()


def job(start: date, end: date | None = None, **changes: Any) -> Employment:
    """One employment, full-time and permanent unless `changes` say otherwise."""
    usual: dict[str, Any] = {"type": "Fast ansatt", "percent": Decimal(100)}
    return Employment("job", Period(start, end), **(usual | changes))


def person(
    number: str = "1001",
    *,
    id: str = "",  # noqa: A002  # the record's own name for it
    active: bool = True,
    employment: Employment | None = None,
    doubts: tuple[Problem, ...] = (),
    placements: Mapping[str, Place] | None = None,
    without: Sequence[str] = (),
    **fields: Any,
) -> Employee:
    """Someone with everything payroll needs; `fields` are changed, `without` not delivered."""
    held: dict[str, Value] = {
        "employee_number": number,
        "first_name": "Kari",
        "last_name": f"Nordmann {number}",
        "email": f"kari.{number}@fjordkraft.test",
        "hire_date": date(2020, 1, 1),
        "end_date": None,
        "title": "Montør",
        "employment_type": "Fast ansatt",
        "employment_start": date(2020, 1, 1),
        "birth_date": date(1990, 1, 1),
        **fields,
    }
    held = {key: value for key, value in held.items() if key not in without}
    start, end = held.get("employment_start"), held.get("end_date")
    if employment is None and isinstance(start, date):
        employment = job(start, end if isinstance(end, date) else None)
    return Employee(
        id=id or f"e{number}",
        active=active,
        identity=identity(held),
        fields=held,
        employment=employment,
        placements=placements or {},
        doubts=doubts,
    )


def identity(held: Mapping[str, Value]) -> Identity:
    """The identity that a person's fields give."""
    born = held.get("birth_date")
    return Identity(
        number=str(held.get("employee_number") or ""),
        first_name=str(held.get("first_name") or ""),
        last_name=str(held.get("last_name") or ""),
        birth_date=born if isinstance(born, date) else None,
        national_id=str(held.get("national_id") or ""),
        emails=frozenset({str(held["email"])} if held.get("email") else ()),
    )


def in_payroll(employee: Employee, **changes: Actual) -> TargetEmployee:
    """The same person as payroll holds them; `changes` are by payroll's field keys."""
    held: dict[str, Actual] = {row.target: employee.fields.get(row.source) for row in ROWS}
    held |= {"employeeGroup": "F", "text1": UNREADABLE, **changes}
    there = Identity(
        number=str(held["code"]),
        first_name=str(held["firstName"]),
        last_name=str(held["lastName"]),
        birth_date=employee.identity.birth_date,
        national_id=employee.identity.national_id,
        emails=frozenset({str(held["email"])} if held["email"] else ()),
    )
    return TargetEmployee(f"t{employee.id}", there, held)


def link(employee: Employee, **sent: Value) -> LinkState:
    """Linked, with a baseline of the fields `sent`, which payroll kept as they were."""
    kept = {
        key: fingerprint(TARGET_SPECS[key], canonical(value, TARGET_SPECS[key].type))
        for key, value in sent.items()
    }
    baseline = {key: Sent(text, text) for key, text in kept.items()}
    return LinkState(employee.id, f"t{employee.id}", baseline)


def rules(**changes: Any) -> Rules:
    """Everybody in scope and the usual rows, unless `changes` say otherwise."""
    usual: dict[str, Any] = {
        "scope": Scope(),
        "rows": ROWS,
        "source_specs": SOURCE_SPECS,
        "target_specs": TARGET_SPECS,
        "pick_lists": PICK_LISTS,
        "end_field": "employmentTo",
        "fingerprint": fingerprint,
        "retry_after": RETRY_AFTER,
    }
    return Rules(**(usual | changes))


def plan(
    people: Sequence[Employee],
    there: Iterable[TargetEmployee] = (),
    links: Sequence[LinkState] = (),
    now: datetime = NOW,
    **changes: Any,
) -> Plan:
    """The plan for `people` against a payroll that holds `there`."""
    return Planner(people, rules(**changes), Roster(there), links, now.date(), now).make()


def sent(changes: Iterable[PlannedChange], *kinds: ChangeKind) -> list[PlannedChange]:
    """The rows that go out, of these kinds or of any."""
    return [row for row in changes if row.outcome is None and (not kinds or row.kind in kinds)]


def reasons_of(made: Plan, *outcomes: Outcome) -> list[str]:
    """The codes of what is said about rows that do not go out, of these outcomes or of any."""
    return [
        problem.code
        for row in made.changes
        if row.outcome is not None and (not outcomes or row.outcome in outcomes)
        for problem in row.problems
    ]
