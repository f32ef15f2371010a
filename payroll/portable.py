"""The people and rows of a reading as JSON, and back, without losing a type. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from .dated.records import DatedRow, RowsThere
from .records import (
    UNREADABLE,
    Actual,
    Compensation,
    Employee,
    Employment,
    Identity,
    Period,
    PickListEntry,
    PickLists,
    Place,
    Problem,
    TargetEmployee,
)

Json = dict[str, Any]

_DATE, _DECIMAL, _UNREADABLE = "date", "decimal", "unreadable"


def write_value(value: Actual) -> Any:
    """Texts, yes or no and blanks as they are; everything else as an object that names its type."""
    if value is UNREADABLE:
        return {_UNREADABLE: True}
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    return value


def read_value(written: Any) -> Any:
    """What `write_value` wrote."""
    if not isinstance(written, dict):
        return written
    if _DATE in written:
        return date.fromisoformat(written[_DATE])
    return Decimal(written[_DECIMAL]) if _DECIMAL in written else UNREADABLE


def _write_values(values: Mapping[str, Actual]) -> Json:
    return {key: write_value(value) for key, value in values.items()}


def _read_values(written: Json) -> dict[str, Any]:
    return {
        key: read_value(value) if type(value) is dict else value for key, value in written.items()
    }  # most are texts: a call each would cost seconds over 10,000 people


def write_identity(identity: Identity) -> Json:
    """Who somebody is."""
    return {
        "number": identity.number,
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "birth_date": write_value(identity.birth_date),
        "national_id": identity.national_id,
        "emails": sorted(identity.emails),
    }


def read_identity(written: Json) -> Identity:
    """What `write_identity` wrote."""
    return Identity(
        number=written["number"],
        first_name=written["first_name"],
        last_name=written["last_name"],
        birth_date=read_value(written["birth_date"]),
        national_id=written["national_id"],
        emails=frozenset(written["emails"]),
    )


def write_employee(employee: Employee) -> Json:
    """One person of the source."""
    return {
        "id": employee.id,
        "active": employee.active,
        "identity": write_identity(employee.identity),
        "fields": _write_values(employee.fields),
        "employment": employee.employment and _write_employment(employee.employment),
        "others": [_write_employment(each) for each in employee.other_employments],
        "pay": employee.compensation and _write_pay(employee.compensation),
        "placements": {key: [each.id, *each.names] for key, each in employee.placements.items()},
        "doubts": [[p.code, p.message, p.field, p.blocking] for p in employee.doubts],
        "jobs": [_write_employment(each) for each in employee.employments],
        "pays": [_write_pay(each) for each in employee.compensations],
    }


def read_employee(written: Json) -> Employee:
    """What `write_employee` wrote."""
    employment, pay = written["employment"], written["pay"]
    return Employee(
        id=written["id"],
        active=written["active"],
        identity=read_identity(written["identity"]),
        fields=_read_values(written["fields"]),
        employment=employment and _read_employment(employment),
        other_employments=tuple(_read_employment(each) for each in written["others"]),
        compensation=pay and _read_pay(pay),
        placements={
            key: Place(place_id, tuple(names))
            for key, (place_id, *names) in written["placements"].items()
        },
        doubts=tuple(Problem(*each) for each in written["doubts"]),
        # a reading is kept for a day: one of before all rows were kept has none
        employments=tuple(_read_employment(each) for each in written.get("jobs", ())),
        compensations=tuple(_read_pay(each) for each in written.get("pays", ())),
    )


def _write_pay(pay: Compensation) -> list[str]:
    return [pay.id, pay.effective.isoformat(), str(pay.amount), pay.currency, pay.period]


def _read_pay(written: Sequence[str]) -> Compensation:
    pay_id, effective, amount, currency, period = written
    return Compensation(pay_id, date.fromisoformat(effective), Decimal(amount), currency, period)


def _write_employment(job: Employment) -> Json:
    return {
        "id": job.id,
        "start": write_value(job.period.start),
        "end": write_value(job.period.end),
        "type": job.type,
        "type_id": job.type_id,
        "percent": write_value(job.percent),
        "fraction": write_value(job.fraction),
        "terminated": job.terminated,
    }


def _read_employment(written: Json) -> Employment:
    return Employment(
        id=written["id"],
        period=Period(read_value(written["start"]), read_value(written["end"])),
        type=written["type"],
        type_id=written["type_id"],
        percent=read_value(written["percent"]),
        fraction=read_value(written.get("fraction")),  # not in what was kept before it was read
        terminated=written["terminated"],
    )


def write_target_employee(employee: TargetEmployee) -> Json:
    """One person of the target."""
    return {
        "id": employee.id,
        "identity": write_identity(employee.identity),
        "fields": _write_values(employee.fields),
    }


def read_target_employee(written: Json) -> TargetEmployee:
    """What `write_target_employee` wrote."""
    return TargetEmployee(
        written["id"], read_identity(written["identity"]), _read_values(written["fields"])
    )


def write_pick_lists(lists: PickLists) -> Json:
    """The codes by target field."""
    return {key: [[entry.code, entry.label] for entry in entries] for key, entries in lists.items()}


def read_pick_lists(written: Json) -> PickLists:
    """What `write_pick_lists` wrote."""
    return {
        key: tuple(PickListEntry(code, label) for code, label in entries)
        for key, entries in written.items()
    }


def write_rows(there: Mapping[str, RowsThere]) -> list[Json]:
    """Payroll's dated rows, each by itself with the kind that it is of."""
    return [
        {
            "kind": kind,
            "id": row.id,
            "employee": row.employee,
            "code": row.code,
            "first_day": row.first_day.isoformat(),
            "last_day": row.last_day and row.last_day.isoformat(),
            "values": _write_values(row.values),
        }
        for kind, people in there.items()
        for rows in people.values()
        for row in rows
    ]


def read_rows(written: Sequence[Json], kinds: Iterable[str]) -> dict[str, RowsThere]:
    """What `write_rows` wrote; `kinds` are those that were read, be it without a single row."""
    found: dict[str, dict[str, tuple[DatedRow, ...]]] = {kind: {} for kind in kinds}
    for each in written:
        last_day = each["last_day"]
        row = DatedRow(
            id=each["id"],
            employee=each["employee"],
            first_day=date.fromisoformat(each["first_day"]),
            last_day=last_day and date.fromisoformat(last_day),
            values=_read_values(each["values"]),
            code=each["code"],
        )
        of_kind = found[each["kind"]]
        of_kind[row.employee] = (*of_kind.get(row.employee, ()), row)
    return dict(found)
