"""The resolvers of the schema: root connections, mutations, references and the national id."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from .batches import Write, remove_batch, run_batch
from .connections import page
from .contacts import add_contact, update_contact
from .employees import add_employee, update_employee
from .execution import Execution
from .object_values import add_object_value, update_object_value
from .person_rows import PAY_RATES, POSITIONS
from .store import Row
from .time_off import add_absence, add_timesheet, update_absence, update_timesheet

Info = GraphQLResolveInfo[Execution]

CONNECTIONS = {
    "employees": "employees",
    "employeeGroups": "employee_groups",
    "employeePositions": "employee_positions",
    "payrollRates": "payroll_rates",
    "objectValues": "object_values",
    "objectKinds": "object_kinds",
    "contacts": "contacts",
    "subledgers": "subledgers",
    "absences": "absences",
    "timesheets": "timesheets",
    "entities": "entities",
    "companies": "companies",
}
"""Root connection -> table."""

MUTATIONS: dict[str, Write] = {
    "addEmployees": add_employee,
    "updateEmployees": update_employee,
    "addContacts": add_contact,
    "updateContacts": update_contact,
    "addObjectValues": add_object_value,
    "updateObjectValues": update_object_value,
}

OFFERED: dict[str, Write] = {
    "addAbsences": add_absence,
    "updateAbsences": update_absence,
    "addTimesheets": add_timesheet,
    "updateTimesheets": update_timesheet,
    "addEmployeePositions": POSITIONS.add,
    "updateEmployeePositions": POSITIONS.update,
    "addPayrollRates": PAY_RATES.add,
    "updatePayrollRates": PAY_RATES.update,
}
"""Writes that are executed where the schema offers them."""

REMOVALS = {"removeAbsences": "absences", "removeTimesheets": "timesheets"}
"""Removal -> table, where the schema offers it."""

_DIMENSIONS = ("glObject1", "glObject2", "glObject3", "glObject4", "glObject5", "xgl")
_OBJECT_VALUES = {
    "Employee": (
        *_DIMENSIONS,
        *("user", "employmentType", "compensationType", "exitReason", "positionCategory"),
        "positionValue",
    ),
    "Contact": ("maritalStatus", "exitReason", "contactGroup"),
    "ObjectValue": ("levelParent",),
    "EmployeePosition": ("position", "employmentType"),
    "Absence": ("absenceCode",),
    "Timesheet": ("timeType", "activity"),
}

REFERENCES = {
    "Employee": {
        "contact": "contacts",
        "owner": "entities",
        "assistant": "employees",
        "superior": "employees",
        "subledger": "subledgers",
        "employeeGroup": "employee_groups",
    },
    "Contact": {
        "gender": "system_values",
        "country": "countries",
        "language": "system_values",
        "company": "companies",
    },
    "EmployeePosition": {},
    "Absence": {"employee": "employees"},
    "Timesheet": {"employee": "employees", "owner": "entities"},
    "Address": {"country": "countries"},
    "ObjectValue": {
        "definition": "object_definitions",
        "objectKind": "object_kinds",
        "owner": "entities",
    },
    "ObjectDefinition": {"objectKind": "object_kinds"},
    "FlexiFieldsItem": {f"code{n}": "object_values" for n in range(1, 9)},
}
"""Type -> reference field -> table; a row keeps the reference as `<field>DbId`."""


def from_row(source: Row, info: Info, **_arguments: Any) -> Any:
    """Resolve a field by its name; the default resolver, for rows that are plain dicts."""
    return source.get(info.field_name)


def install(schema: GraphQLSchema) -> None:
    """Give the fields of `schema` that are not plain values of a row their resolvers."""
    for field, table in CONNECTIONS.items():
        _fields(schema, "Query")[field].resolve = _connection(table)
    _fields(schema, "Query")["subledger"].resolve = _subledger
    for field, write in MUTATIONS.items():
        _fields(schema, "Mutation")[field].resolve = _mutation(write)
    mutations = _fields(schema, "Mutation")
    for field in mutations.keys() & OFFERED.keys():
        mutations[field].resolve = _mutation(OFFERED[field])
    for field in mutations.keys() & REMOVALS.keys():
        mutations[field].resolve = _removal(REMOVALS[field])
    for name, references in REFERENCES.items():
        values = dict.fromkeys(_OBJECT_VALUES.get(name, ()), "object_values")
        for field, table in {**references, **values}.items():
            _fields(schema, name)[field].resolve = _reference(table, f"{field}DbId")
    _fields(schema, "ObjectValue")["object"].resolve = _reference(
        "object_definitions", "definitionDbId"
    )
    _fields(schema, "Employee")["socialSecurityMasked"].resolve = _social_security_masked
    _fields(schema, "Contact")["socialSec"].resolve = _social_sec


def _fields(schema: GraphQLSchema, name: str) -> dict[str, Any]:
    declared = schema.type_map[name]
    assert isinstance(declared, GraphQLObjectType)  # noqa: S101  # the SDL declares it so
    return dict(declared.fields)


def _connection(table: str) -> Any:
    def resolve(_root: Any, info: Info, **arguments: Any) -> dict[str, Any]:
        execution = info.context
        rows = execution.store.tables[table].values()
        return page(rows, table, arguments, execution.switches, execution.today)

    return resolve


def _mutation(write: Write) -> Any:
    def resolve(_root: Any, info: Info, inputs: list[Row]) -> dict[str, Any]:
        return run_batch(info.context, inputs, write)

    return resolve


def _removal(table: str) -> Any:
    def resolve(_root: Any, info: Info, dbIds: list[int]) -> dict[str, Any]:  # noqa: N803  # SDL
        return remove_batch(info.context, table, dbIds)

    return resolve


def _reference(table: str, key: str) -> Any:
    def resolve(source: Row, info: Info) -> Row | None:
        return info.context.row(table, source.get(key))

    return resolve


def _subledger(_root: Any, info: Info, **arguments: Any) -> Row | None:
    number = str(arguments["dbId"])
    return info.context.row("subledgers", int(number)) if number.isdecimal() else None


def _social_security_masked(source: Row, info: Info) -> str | None:
    contact = info.context.row("contacts", source.get("contactDbId")) or {}
    return masked(contact.get("socialSec"))


def _social_sec(source: Row, info: Info) -> str | None:
    how = info.context.switches.social_sec
    if how == "null":
        return None
    return masked(source.get("socialSec")) if how == "masked" else source.get("socialSec")


def masked(social_sec: str | None) -> str | None:
    """Leave the birth date and hide the rest; the vendor's own form of mask is unknown."""
    return None if social_sec is None else social_sec[:6] + "*" * len(social_sec[6:])
