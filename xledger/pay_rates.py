"""Rows of pay in X-ledger: reading, adding and correcting them.

After "xledger.md" section 5: no public source shows a write of pay rates, so both writes follow the
naming rule of others and are used only where the schema has them. What they give back is unknown,
hence only the clientId is asked for, and the rows are read again to see what became of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from integration_hub.core.errors import (
    BatchRefused,
    IncompleteRead,
    OutcomeUnknown,
    UnrecognisedAnswer,
)
from payroll.dated.records import DatedRow, RowKind, RowWrite, RowWritten

from . import queries
from .answers import JsonObject
from .client import XledgerClient
from .pages import opaque_id

PAY_RATES = RowKind(
    capability="pay_rates",
    noun="pay rates",
    amount="pay",
    code="payElement",
    first_day="payFrom",
    currency="NOK",
)

ROOT = "payrollRates"
_PATHS: Mapping[str, str] = {"rate": "pay", "rateElement": "payElement", "dateFrom": "payFrom"}

_READING = """
query PayRates($first: Int, $after: String) {
  payrollRates(first: $first, after: $after, ownerSet: CURRENT, objectStatus: ALL) {
    edges { cursor node { dbId employeeDbId rateElementDbId rate dateFrom dateTo } }
    pageInfo { hasNextPage }
  }
}
"""


def rows_of(client: XledgerClient) -> Sequence[DatedRow]:
    """Every row of pay. A row names its rate element by dbId only, so the codes are read too.

    Rows of nobody are left out. Raises IncompleteRead where a row is not to be understood.
    """
    nodes = list(client.pages(_READING, {}, ROOT))
    if not nodes:
        return []
    codes: dict[str, str] = {}
    for value in client.pages(queries.OBJECT_VALUES, {}, "objectValues"):
        code = value.get("code")
        codes[opaque_id(value.get("dbId"))] = "" if code is None else str(code)
    try:
        return [_row(node, codes) for node in nodes if node.get("employeeDbId") is not None]
    except (ValueError, InvalidOperation):
        message = "X-ledger gave a pay rate whose day or amount is not to be understood."
        raise IncompleteRead(message) from None


def _row(node: JsonObject, codes: Mapping[str, str]) -> DatedRow:
    element, rate = node.get("rateElementDbId"), node.get("rate")
    begin, end = _day(node.get("dateFrom")), _day(node.get("dateTo"))
    return DatedRow(
        id=opaque_id(node.get("dbId")),
        employee=opaque_id(node.get("employeeDbId")),
        code="" if element is None else codes.get(opaque_id(element), ""),
        first_day=begin or date.min,  # without a first day it has always counted
        last_day=end,
        amount=None if rate is None else Decimal(str(rate)),
    )


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value).partition("T")[0])


def add(client: XledgerClient, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
    """Adds rows by `addPayrollRates` (invented)."""
    return _send(client, "addPayrollRates", [(each, _added(each)) for each in writes])


def change(client: XledgerClient, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
    """Corrects the amount of rows by `updatePayrollRates` (invented)."""
    changed = [(w, {"dbId": w.row_id, "rate": _money(w.values["pay"])}) for w in writes]
    return _send(client, "updatePayrollRates", changed)


def _added(write: RowWrite) -> JsonObject:
    first_day = write.values["payFrom"]
    return {
        "employee": {"dbId": int(write.employee)},
        "rateElement": {"code": write.values["payElement"]},
        "rate": _money(write.values["pay"]),
        "dateFrom": first_day.isoformat() if isinstance(first_day, date) else None,
    }


def _money(amount: object) -> str:
    """A MoneyString of four decimals, or more where the amount has more."""
    if not isinstance(amount, Decimal):
        raise ValueError("pay is a number")
    return f"{amount:.4f}" if amount == round(amount, 4) else f"{amount:f}"


def _send(
    client: XledgerClient, mutation: str, rows: Sequence[tuple[RowWrite, JsonObject]]
) -> Sequence[RowWritten]:
    asked = {write.client_id for write, _ in rows}
    inputs = [{"clientId": write.client_id, "node": node} for write, node in rows]
    try:
        data = client.write(_writing(mutation), {"inputs": inputs})
    except BatchRefused as refusal:
        refusal.path = _PATHS.get(refusal.path.partition(".")[0], "")
        refusal.done = tuple(_confirmed(refusal.done, asked))
        raise
    connection = data.get(mutation)
    edges = connection.get("edges") if isinstance(connection, dict) else None
    if not isinstance(edges, list) or not all(isinstance(edge, dict) for edge in edges):
        raise UnrecognisedAnswer("X-ledger answered a write without saying what it wrote.")
    written = _confirmed(edges, asked)
    if len(written) < len(rows):
        missing = len(rows) - len(written)
        message = f"X-ledger did not confirm {missing} of {len(rows)} pay rates."
        raise OutcomeUnknown(message, done=written)
    return written


def _confirmed(edges: Sequence[JsonObject], asked: set[str]) -> list[RowWritten]:
    """Raises UnrecognisedAnswer where an edge answers no write of ours, or one twice."""
    found: list[str] = []
    for edge in edges:
        client_id: Any = edge.get("clientId")
        if client_id not in asked or client_id in found:
            raise UnrecognisedAnswer("X-ledger confirmed a write that the Hub did not send.")
        found.append(client_id)
    return [RowWritten(client_id) for client_id in found]


def _writing(mutation: str) -> str:
    name = f"{mutation[0].upper()}{mutation[1:]}"
    return f"""
mutation {name}($inputs: [{name}Input!]!) {{
  {mutation}(inputs: $inputs) {{ edges {{ clientId }} }}
}}
"""
