"""Writes absences and timesheet rows, where the schema offers that; every rule here is invented.

No public source shows a write of absences; of timesheets only the names are certain ("xledger.md"
section 5). What is demanded of a row is what its read type suggests.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .execution import Execution
from .lookups import resolve
from .refusals import Refused
from .store import OWNER, Row, Store

_ABSENCE_LOOKUPS = ("employee", "absenceCode", "position")
_TIMESHEET_LOOKUPS = (
    *("employee", "timeType", "activity", "position", "project", "assignment", "subledger"),
    *("product", "object", "objectValue", "owner"),
)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MOST_PERCENT = 100
_MOST_HOURS = 24


def add_absence(execution: Execution, node: Row) -> Row:
    """Add an absence: employee, code and both days are needed. Raises `Refused`."""
    return _add(execution, "absences", "addAbsences", node)


def update_absence(execution: Execution, node: Row) -> Row:
    """Change the fields present in the node, null clearing them. Raises `Refused`."""
    return _update(execution, "absences", "updateAbsences", node)


def add_timesheet(execution: Execution, node: Row) -> Row:
    """Add a row: employee, day, hours and one of time type and activity. Raises `Refused`."""
    return _add(execution, "timesheets", "addTimesheets", node)


def update_timesheet(execution: Execution, node: Row) -> Row:
    """Change the fields present in the node, null clearing them. Raises `Refused`."""
    return _update(execution, "timesheets", "updateTimesheets", node)


def _add(execution: Execution, table: str, root: str, node: Row) -> Row:
    row = {"approved": execution.switches.approves, **_values(execution, table, node)}
    _refuse_on_request(execution, root, row)
    _check(table, row)
    return execution.store.insert(table, row)


def _update(execution: Execution, table: str, root: str, node: Row) -> Row:
    before = _existing(execution.store, table, node)
    if before.get("approved"):
        raise Refused(f"dbId: The row '{before['dbId']}' is approved and cannot be changed.")
    values = _values(execution, table, node)
    _refuse_on_request(execution, root, {**before, **values})
    _check(table, {**before, **values})
    if execution.switches.approves:
        values["approved"] = True
    return execution.store.update(table, before["dbId"], values)


def _existing(store: Store, table: str, node: Row) -> Row:
    if node.get("dbId") is None:
        raise Refused("dbId: A value is required.")
    row = store.get(table, node["dbId"])
    if row is None:
        text = f"dbId: No value matching owner {OWNER}, dbId '{node['dbId']}'."
        raise Refused(text, lookup=True)
    return row


def _refuse_on_request(execution: Execution, root: str, row: Row) -> None:
    employee = execution.store.get("employees", row.get("employeeDbId")) or {}
    refusal = execution.row_fault(root, employee.get("code"))
    if refusal is not None:
        raise refusal


def _values(execution: Execution, table: str, node: Row) -> Row:
    lookups = _ABSENCE_LOOKUPS if table == "absences" else _TIMESHEET_LOOKUPS
    values: Row = {k: v for k, v in node.items() if k not in lookups and k != "dbId"}
    for name in lookups:
        if name in node:
            values[f"{name}DbId"] = resolve(execution.store, name, node[name])
    return _rounded(values) if execution.switches.round_time_off else values


def _rounded(values: Row) -> Row:
    """The row as a tenant that keeps whole percents and half hours would have it."""
    changed = dict(values)
    if values.get("leavePercent") is not None:
        percent = Decimal(str(values["leavePercent"]))
        changed["leavePercent"] = float(percent.quantize(Decimal(1), ROUND_HALF_UP))
    if values.get("workingHours") is not None:
        halves = (Decimal(values["workingHours"]) * 2).quantize(Decimal(1), ROUND_HALF_UP)
        changed["workingHours"] = f"{halves / 2:.4f}"
    if values.get("text"):
        changed["text"] = values["text"].upper()
    return changed


def _check(table: str, row: Row) -> None:
    if table == "absences":
        _need(row, employee="employeeDbId", absenceCode="absenceCodeDbId", fromDate="fromDate")
        _need(row, toDate="toDate")
        if row["toDate"] < row["fromDate"]:
            raise Refused(f"toDate: The value '{row['toDate']}' is before fromDate.")
        _within("leavePercent", row.get("leavePercent"), _MOST_PERCENT)
    else:
        _need(row, employee="employeeDbId", assignmentDate="assignmentDate")
        _need(row, workingHours="workingHours")
        if row.get("timeTypeDbId") is None and row.get("activityDbId") is None:
            raise Refused("timeType: A value is required.")
        _within("workingHours", row["workingHours"], _MOST_HOURS)
    _check_times(row)


def _need(row: Row, **columns: str) -> None:
    for name, column in columns.items():
        if row.get(column) is None:
            raise Refused(f"{name}: A value is required.")


def _within(name: str, value: Any, most: int) -> None:
    if value is not None and not 0 < Decimal(str(value)) <= most:
        raise Refused(f"{name}: The value '{value}' is not above 0 and at most {most}.")


def _check_times(row: Row) -> None:
    for name in ("timeFrom", "timeTo"):
        value = row.get(name)
        if value is not None and not _TIME.fullmatch(value):
            raise Refused(f"{name}: The value '{value}' is not a time 'HH:mm'.")
    if (row.get("timeFrom") is None) != (row.get("timeTo") is None):
        raise Refused("timeTo: Both times are needed, or none.")


def shown(store: Store, row: Row) -> dict[str, Any]:
    """Give a row as tests look at it: references by their codes, nothing of the store's own."""
    values = {k: v for k, v in row.items() if not k.startswith("_") and not k.endswith("DbId")}
    employee = store.get("employees", row.get("employeeDbId")) or {}
    values["employee"] = employee.get("code")
    for name in ("absenceCode", "timeType", "activity"):
        value = store.get("object_values", row.get(f"{name}DbId"))
        if value is not None:
            values[name] = value["code"]
    return {"dbId": row["dbId"], **values, "employeeDbId": row.get("employeeDbId")}
