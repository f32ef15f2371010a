"""Rows of time off in payroll as cells that a spreadsheet can add up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from payroll.tables import Cell, Column

ROW_COLUMNS = (
    Column("First day", 12),
    Column("Last day", 12),
    Column("Percent", 10),
    Column("Hours", 10),
)


def row_cells(told: Mapping[str, Any]) -> Sequence[Sequence[Cell]]:
    """A line for each row that is to stand in payroll, of the `details` of a result.

    Where none is, one line: the days of the row that goes away, else those of the leave. It has
    no percent and no hours, so that a sum counts only what is to stand in payroll.
    """
    if after := told.get("after"):
        return [_cells(row) for row in after]
    days = sorted(told.get("before", [])) or [told.get("start", ""), told.get("end", "")]
    return [(_day(days[0]), _day(days[-1]), None, None)]


def _cells(row: Mapping[str, Any]) -> Sequence[Cell]:
    percent, hours = _number(row.get("percent")), _number(row.get("hours"))
    return _day(row["start"]), _day(row["end"]), percent, hours


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
