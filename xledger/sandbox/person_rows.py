"""Writes rows that belong to a person and count from a day: pay rates and employee positions.

Every rule here is invented, as no public source shows either write ("xledger.md" section 5). A
second row for the same day is taken, as nothing says that the vendor refuses one: a client must see
to that itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .execution import Execution
from .lookups import resolve
from .refusals import Refused
from .store import OWNER, Row, Store


@dataclass(frozen=True, slots=True)
class PersonRows:
    """One table of such rows: its mutations, its references, and what no row may be without.

    `begin` is called with a new row before it is stored; it may refuse it.
    """

    table: str
    noun: str
    lookups: tuple[str, ...]
    needed: tuple[str, ...]
    begin: Callable[[Execution, Row], None] = lambda execution, row: None

    def add(self, execution: Execution, node: Row) -> Row:
        """Add a row. Raises `Refused`."""
        row = self._values(execution, node)
        self._refuse_on_request(execution, f"add{self.noun}", row)
        self._check(row)
        self.begin(execution, row)
        return execution.store.insert(self.table, row)

    def update(self, execution: Execution, node: Row) -> Row:
        """Change the fields present in the node. Raises `Refused`."""
        if node.get("dbId") is None:
            raise Refused("dbId: A value is required.")
        before = execution.store.get(self.table, node["dbId"])
        if before is None:
            text = f"dbId: No value matching owner {OWNER}, dbId '{node['dbId']}'."
            raise Refused(text, lookup=True)
        values = self._values(execution, node)
        self._refuse_on_request(execution, f"update{self.noun}", {**before, **values})
        self._check({**before, **values})
        return execution.store.update(self.table, before["dbId"], values)

    def _values(self, execution: Execution, node: Row) -> Row:
        values: Row = {k: v for k, v in node.items() if k not in self.lookups and k != "dbId"}
        for name in self.lookups:
            if name in node:
                values[f"{name}DbId"] = resolve(execution.store, name, node[name])
        return values

    def _refuse_on_request(self, execution: Execution, root: str, row: Row) -> None:
        employee = execution.store.get("employees", row.get("employeeDbId")) or {}
        refusal = execution.row_fault(root, employee.get("code"))
        if refusal is not None:
            raise refusal

    def _check(self, row: Row) -> None:
        for name in self.needed:
            if row.get(f"{name}DbId" if name in self.lookups else name) is None:
                raise Refused(f"{name}: A value is required.")
        if row.get("dateTo") is not None and row["dateTo"] < row["dateFrom"]:
            raise Refused(f"dateTo: The value '{row['dateTo']}' is before dateFrom.")

    def shown(self, store: Store, row: Row) -> dict[str, Any]:
        """Give a row as tests look at it: the person and coded values by their codes."""
        values = {k: v for k, v in row.items() if not k.startswith("_") and not k.endswith("DbId")}
        tables = dict.fromkeys(self.lookups, "object_values") | {"employee": "employees"}
        found = {n: store.get(table, row.get(f"{n}DbId")) or {} for n, table in tables.items()}
        codes = {name: each.get("code") for name, each in found.items()}
        return {"dbId": row["dbId"], **values, **codes}


def _beside_others(execution: Execution, row: Row) -> None:
    """What becomes of a position that still counts when another begins, by the switch."""
    how = execution.switches.open_positions
    if how == "keep":
        return
    for other in list(execution.store.tables["employee_positions"].values()):
        same = other.get("employeeDbId") == row["employeeDbId"]
        last = other.get("dateTo")
        if not same or other["dateFrom"] >= row["dateFrom"] or (last and last < row["dateFrom"]):
            continue
        if how == "refuse":
            raise Refused(f"dateFrom: The value '{row['dateFrom']}' lies in another position.")
        day_before = date.fromisoformat(row["dateFrom"]) - timedelta(days=1)
        execution.store.update(
            "employee_positions", other["dbId"], {"dateTo": day_before.isoformat()}
        )


PAY_RATES = PersonRows(
    "payroll_rates",
    "PayrollRates",
    lookups=("employee", "rateElement"),
    needed=("employee", "rateElement", "rate", "dateFrom"),
)
POSITIONS = PersonRows(
    "employee_positions",
    "EmployeePositions",
    lookups=("employee", "position", "employmentType"),
    needed=("employee", "parttimePct", "dateFrom"),
    begin=_beside_others,
)
