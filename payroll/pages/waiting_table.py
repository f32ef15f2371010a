"""What waits for approval as a table to download: one row for each person and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from payroll.models import Integration, WaitingChange
from payroll.schedule import ZONE
from payroll.tables import Cell, Column, Row, Table

from .run_table import field_note, value_before
from .waiting_rows import WaitingRow, waiting_rows

_NAME = Column("Name", 26)
_COLUMNS = (
    Column("Employee number", 18),
    _NAME,
    Column("Change", 18),
    Column("Field", 24),
    Column("Before", 28),
    Column("After", 28),
    Column("Note", 40),
    Column("Since (Oslo time)", 20),
    Column("Decided", 50),
)
_NEVER_SENT = "It was never sent from here before."


def waiting_table(
    integration: Integration, changes: Iterable[WaitingChange], *, sees_people: bool
) -> Table:
    """What the page shows of `changes`, as the reader may see it; whoever sees no names gets none.

    No change is opened before its row is asked for.
    """
    found = waiting_rows(integration, changes, sees_people=sees_people)
    columns = [column for column in _COLUMNS if sees_people or column is not _NAME]
    label = integration.target.label
    rows = (row for each in found for row in _rows(each, label, named=sees_people))
    return Table("Waiting for approval", columns, rows)


def _rows(row: WaitingRow, payroll: str, *, named: bool) -> Iterator[Row]:
    who: list[Cell] = [row.number, row.name] if named else [row.number]
    for field in row.fields:
        yield [
            *who,
            row.what,
            field.label,
            value_before(field, payroll),
            field.becomes,
            field_note(field, payroll, first=_NEVER_SENT),
            row.since.astimezone(ZONE),
            row.decided,
        ]
