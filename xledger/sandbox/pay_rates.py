"""Writes rows of pay, where the schema offers that; every rule here is invented.

No public source shows a write of pay rates ("xledger.md" section 5). A second row for the same day
is taken, as nothing says that the vendor refuses one: a client must see to that itself.
"""

from __future__ import annotations

from typing import Any

from .execution import Execution
from .lookups import resolve
from .refusals import Refused
from .store import OWNER, Row, Store

_LOOKUPS = ("employee", "rateElement")
_NEEDED = ("employee", "rateElement", "rate", "dateFrom")


def add_pay_rate(execution: Execution, node: Row) -> Row:
    """Add a row: employee, rate element, rate and first day are needed. Raises `Refused`."""
    row = _values(execution, node)
    _refuse_on_request(execution, "addPayrollRates", row)
    _check(row)
    return execution.store.insert("payroll_rates", row)


def update_pay_rate(execution: Execution, node: Row) -> Row:
    """Change the fields present in the node. Raises `Refused`."""
    if node.get("dbId") is None:
        raise Refused("dbId: A value is required.")
    before = execution.store.get("payroll_rates", node["dbId"])
    if before is None:
        text = f"dbId: No value matching owner {OWNER}, dbId '{node['dbId']}'."
        raise Refused(text, lookup=True)
    values = _values(execution, node)
    _refuse_on_request(execution, "updatePayrollRates", {**before, **values})
    _check({**before, **values})
    return execution.store.update("payroll_rates", before["dbId"], values)


def _values(execution: Execution, node: Row) -> Row:
    values: Row = {k: v for k, v in node.items() if k not in _LOOKUPS and k != "dbId"}
    for name in _LOOKUPS:
        if name in node:
            values[f"{name}DbId"] = resolve(execution.store, name, node[name])
    return values


def _refuse_on_request(execution: Execution, root: str, row: Row) -> None:
    employee = execution.store.get("employees", row.get("employeeDbId")) or {}
    refusal = execution.row_fault(root, employee.get("code"))
    if refusal is not None:
        raise refusal


def _check(row: Row) -> None:
    for name in _NEEDED:
        if row.get(f"{name}DbId" if name in _LOOKUPS else name) is None:
            raise Refused(f"{name}: A value is required.")
    if row.get("dateTo") is not None and row["dateTo"] < row["dateFrom"]:
        raise Refused(f"dateTo: The value '{row['dateTo']}' is before dateFrom.")


def shown_rate(store: Store, row: Row) -> dict[str, Any]:
    """Give a row as tests look at it: the person and the rate element by their codes."""
    values = {k: v for k, v in row.items() if not k.startswith("_") and not k.endswith("DbId")}
    employee = store.get("employees", row.get("employeeDbId")) or {}
    element = store.get("object_values", row.get("rateElementDbId")) or {}
    return {"dbId": row["dbId"], **values} | {
        "employee": employee.get("code"),
        "rateElement": element.get("code"),
    }
