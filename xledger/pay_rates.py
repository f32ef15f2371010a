"""Rows of pay in X-ledger, `payrollRates` ("xledger.md" section 5): how one looks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.dated.records import DatedRow, RowKind

from .answers import JsonObject
from .dated_rows import Codes, RowShape, day
from .pages import opaque_id

PAY_RATES = RowKind(
    capability="pay_rates",
    noun="pay rate",
    nouns="pay rates",
    amount="pay",
    first_day="payFrom",
    code="payElement",
    currency="NOK",
)

_READING = """
query PayRates($first: Int, $after: String) {
  payrollRates(first: $first, after: $after, ownerSet: CURRENT, objectStatus: ALL) {
    edges { cursor node { dbId employeeDbId rateElementDbId rate dateFrom dateTo } }
    pageInfo { hasNextPage }
  }
}
"""


def _row(node: JsonObject, codes: Codes) -> DatedRow:
    element, rate = node.get("rateElementDbId"), node.get("rate")
    code = "" if element is None else codes.get(opaque_id(element), "")
    first_day = day(node.get("dateFrom")) or date.min  # without one it has always counted
    return DatedRow(
        id=opaque_id(node.get("dbId")),
        employee=opaque_id(node.get("employeeDbId")),
        first_day=first_day,
        last_day=day(node.get("dateTo")),
        values={
            "pay": None if rate is None else Decimal(str(rate)),
            "payElement": code,
            "payFrom": first_day,
        },
        code=code,
    )


def _money(amount: Decimal) -> str:
    """A MoneyString of four decimals, or more where the amount has more."""
    return f"{amount:.4f}" if amount == round(amount, 4) else f"{amount:f}"


PAY_RATE_ROWS = RowShape(
    kind=PAY_RATES,
    root="payrollRates",
    reading=_READING,
    add="addPayrollRates",
    change="updatePayrollRates",
    row=_row,
    inputs={
        "pay": ("rate", _money),
        "payElement": ("rateElement", lambda code: {"code": code}),
        "payFrom": ("dateFrom", date.isoformat),
    },
    coded=True,
)
"""A row names its rate element by dbId only, so the codes are read too."""
