"""What is to be corrected in payroll by hand, or was, as a table to download."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from payroll.schedule import ZONE
from payroll.tables import Cell, Column, Row, Table

from .by_hand_rows import ByHandRow
from .row_cells import ROW_COLUMNS, row_cells

_NAME = Column("Name", 28)


def by_hand_table(rows: Sequence[ByHandRow], *, done: bool) -> Table:
    """A line for each row that should stand in payroll, one for a row that should not.

    Without names for whoever may see none of them.
    """
    named = any(row.named for row in rows)
    lines = (line for row in rows for line in _lines(row, named=named, done=done))
    return Table("To correct by hand", _columns(named=named, done=done), lines)


def _columns(*, named: bool, done: bool) -> Sequence[Column]:
    return (
        Column("Employee number", 18),
        *((_NAME,) if named else ()),
        Column("Integration", 24),
        Column("Type", 24),
        Column("Closed period", 14),
        Column("Stood in payroll" if done else "Stands in payroll", 40),
        Column("Should be", 40),
        *ROW_COLUMNS,
        Column("Listed (Oslo time)", 20),
        *((Column("Done (Oslo time)", 20), Column("By", 30)) if done else ()),
    )


def _lines(row: ByHandRow, *, named: bool, done: bool) -> Iterator[Row]:
    action = row.action
    name = (row.name,) if named else ()
    before = (row.number, *name, action.integration.label, row.type, action.late, row.there)
    after: list[Cell] = [action.made_at.astimezone(ZONE)]
    if done and action.done_at:
        by = action.done_by.email if action.done_by else "somebody"
        after += [action.done_at.astimezone(ZONE), by]
    for words, cells in zip(row.then or [row.without], row_cells(action.details), strict=True):
        yield (*before, words, *cells, *after)
