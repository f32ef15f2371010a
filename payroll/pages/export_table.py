"""The rows of an export as a table to download. Pure but for opening them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from payroll.models import TimeOffResult
from payroll.tables import Cell, Column, Row, Table

from .export_results import result_row
from .row_cells import ROW_COLUMNS, row_cells

_NUMBER = Column("Employee number", 18)
_NAME = Column("Name", 28)
_REST = (
    Column("Type", 24),
    Column("Code", 12),
    Column("Done", 12),
    *ROW_COLUMNS,
    Column("In words", 40),
    Column("Outcome", 20),
    Column("Closed period", 14),
    Column("Why, and what to do", 90),
)


def export_table(found: Iterable[TimeOffResult], *, sees_people: bool) -> Table:
    """One line for each row, without names for whoever may not see them.

    What must stand by hand as several rows has a line for each of these.
    """
    names = (_NAME,) if sees_people else ()
    return Table("Export of time off", (_NUMBER, *names, *_REST), _rows(found, sees_people))


def _rows(found: Iterable[TimeOffResult], sees_people: bool) -> Iterator[Row]:
    for result in found:
        row = result_row(result, sees_people=sees_people)
        name: tuple[Cell, ...] = (row.name,) if sees_people else ()
        before = (row.number, *name, row.type, row.code, row.kind or "Nothing")
        after = (row.words, row.outcome, row.late, " ".join(row.reasons))
        for cells in row_cells(result.details):
            yield (*before, *cells, *after)
