"""Answers a root connection: which rows, in which order, which page of them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from .refusals import Refused
from .store import OWNER, Row
from .switches import Switches

MOST_ROWS = 10_000
"""Records a query may ask for ("xledger.md" 2); what asking for more gets is unknown."""

ENDS = {
    "employees": ("dateTo", "employmentTo"),
    "contacts": ("toDate",),
    "object_values": ("dateTo",),
    "employee_positions": ("dateTo",),
    "payroll_rates": ("dateTo",),
}
"""Which end dates make a row CLOSED once they have passed (by analogy: the vendor does not say)."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def page(
    rows: Iterable[Row], table: str, arguments: dict[str, Any], switches: Switches, today: date
) -> dict[str, Any]:
    """Give `{edges, pageInfo}` for the arguments of a connection; `edges` is None when empty.

    `first` walks forward after `after`, `last` backward before `before`; either way the edges come
    in ascending order. Raises `Refused` for more than 10,000 rows, a negative number or a cursor
    that this sandbox did not give out.
    """
    status = arguments.get("objectStatus") or switches.default_status
    condition = arguments.get("filter") or {}
    found = [r for r in rows if _in_status(r, table, status, today) and matches(r, condition)]
    key = "_version" if switches.order == "modifiedAt" else "dbId"
    found.sort(key=operator.itemgetter(key))
    within = _between(found, key, arguments)
    cut, more, before = _cut(within, arguments, switches)
    edges = [{"cursor": _cursor(row, switches), "node": row} for row in cut]
    return {
        "edges": edges or None,
        "pageInfo": {"hasNextPage": more, "hasPreviousPage": before},
    }


def matches(row: Row, condition: dict[str, Any]) -> bool:
    """Tell whether a row meets a filter: all keys together, null meaning "is empty"."""
    return all(_meets(row, key, wanted) for key, wanted in condition.items())


def _meets(row: Row, key: str, wanted: Any) -> bool:
    if key in {"AND", "OR"}:
        join = all if key == "AND" else any
        return join(matches(row, each) for each in wanted or ())
    name, _, suffix = key.rpartition("_")
    if suffix == "in":
        return row.get(name) in (wanted or ())
    if suffix in _COMPARE:
        value = row.get(name)
        return value is not None and wanted is not None and _COMPARE[suffix](value, wanted)
    return bool(row.get(key) == wanted)


def _in_status(row: Row, table: str, status: str, today: date) -> bool:
    if status == "ALL":
        return True
    ends = [row.get(name) for name in ENDS.get(table, ())]
    closed = any(end is not None and end < today.isoformat() for end in ends)
    return closed == (status == "CLOSED")


def _between(rows: list[Row], key: str, arguments: dict[str, Any]) -> list[Row]:
    after, before = arguments.get("after"), arguments.get("before")
    if after is not None:
        place = _place(after, key, "after")
        rows = [row for row in rows if row[key] > place]
    if before is not None:
        place = _place(before, key, "before")
        rows = [row for row in rows if row[key] < place]
    return rows


def _cut(
    rows: list[Row], arguments: dict[str, Any], switches: Switches
) -> tuple[list[Row], bool, bool]:
    first, last = _count(arguments, "first"), _count(arguments, "last")
    if last is not None and first is None:
        size = min(last, switches.page_cap)
        cut = rows[len(rows) - size :] if size < len(rows) else rows
        return cut, arguments.get("before") is not None, len(cut) < len(rows)
    size = min(MOST_ROWS if first is None else first, switches.page_cap)
    cut = rows[:size]
    return cut, len(cut) < len(rows), arguments.get("after") is not None


def _count(arguments: dict[str, Any], name: str) -> int | None:
    value = arguments.get(name)
    if value is None:
        return None
    if not 0 <= value <= MOST_ROWS:
        raise Refused(f"{name}: The value must be between 0 and {MOST_ROWS}.")
    return int(value)


def _cursor(row: Row, switches: Switches) -> str:
    """Name the row's place. In modifiedAt order that is the moment too, not the row alone."""
    if switches.order == "modifiedAt":
        return f"{OWNER}.{row['_version']}.{row['dbId']}"
    return f"{OWNER}.{row['dbId']}" if switches.cursor == "composite" else str(row["dbId"])


def _place(cursor: str, key: str, argument: str) -> int:
    parts = cursor.split(".")
    if not all(part.isdecimal() for part in parts) or (key == "_version" and len(parts) != 3):
        raise Refused(f"{argument}: The cursor is not valid.")
    return int(parts[1] if key == "_version" else parts[-1])
