"""Employee positions in X-ledger, where the part-time percent lives ("xledger.md" section 5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.dated.records import DatedRow, RowKind
from payroll.records import UNREADABLE, Actual

from .answers import JsonObject
from .dated_rows import Codes, RowShape, day
from .pages import opaque_id

POSITIONS = RowKind(
    capability="positions",
    noun="employee position",
    nouns="employee positions",
    amount="employmentPercent",
    first_day="positionFrom",
    others=("positionTo", "positionCode", "positionType"),
    last_day="positionTo",
    ends="positionEnds",
)
"""Told by its first day alone: another position or employment type from the same day is a
correction. Whether X-ledger ends a position when another begins is not known, so the Hub does."""

_READING = """
query EmployeePositions($first: Int, $after: String) {
  employeePositions(first: $first, after: $after, ownerSet: CURRENT, objectStatus: ALL) {
    edges {
      cursor
      node {
        dbId employeeDbId parttimePct dateFrom dateTo
        position { code }
        employmentType { code }
      }
    }
    pageInfo { hasNextPage }
  }
}
"""


def _row(node: JsonObject, _: Codes) -> DatedRow:
    percent = node.get("parttimePct")
    first_day = day(node.get("dateFrom")) or date.min  # without one it has always counted
    last_day = day(node.get("dateTo"))
    return DatedRow(
        id=opaque_id(node.get("dbId")),
        employee=opaque_id(node.get("employeeDbId")),
        first_day=first_day,
        last_day=last_day,
        values={
            "employmentPercent": None if percent is None else Decimal(str(percent)),
            "positionFrom": first_day,
            "positionTo": last_day,
            "positionCode": _code(node.get("position")),
            "positionType": _code(node.get("employmentType")),
        },
    )


def _code(value: object) -> Actual:
    """The code of a coded value; UNREADABLE where there is one without a code."""
    if value is None:
        return None
    code = value.get("code") if isinstance(value, dict) else None
    return UNREADABLE if code is None else str(code)


POSITION_ROWS = RowShape(
    kind=POSITIONS,
    root="employeePositions",
    reading=_READING,
    add="addEmployeePositions",
    change="updateEmployeePositions",
    row=_row,
    inputs={
        "employmentPercent": ("parttimePct", float),
        "positionFrom": ("dateFrom", date.isoformat),
        "positionTo": ("dateTo", date.isoformat),
        "positionCode": ("position", lambda code: {"code": code}),
        "positionType": ("employmentType", lambda code: {"code": code}),
    },
)
