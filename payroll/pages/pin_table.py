"""Pinned values as a table to download: one row for each person and field."""

from __future__ import annotations

from collections.abc import Iterable

from payroll.models import Integration, Pin
from payroll.schedule import ZONE
from payroll.tables import Cell, Column, Row, Table

from .pin_rows import PinRow, pin_rows
from .run_table import field_note, value_before

_NAME = Column("Name", 26)
_COLUMNS = (
    Column("Employee number", 18),
    _NAME,
    Column("Field", 24),
    Column("Restored to", 28),
    Column("Instead of", 28),
    Column("Note", 40),
    Column("Since (Oslo time)", 20),
    Column("By", 30),
)


def pin_table(integration: Integration, pins: Iterable[Pin], *, sees_people: bool) -> Table:
    """What the page shows of `pins`, as the reader may see it; whoever sees no names gets none.

    No pin is opened before its row is asked for.
    """
    found = pin_rows(integration, pins, sees_people=sees_people)
    columns = [column for column in _COLUMNS if sees_people or column is not _NAME]
    label = integration.target.label
    rows = (_row(each, label, named=sees_people) for each in found)
    return Table("Pinned values", columns, rows)


def _row(row: PinRow, payroll: str, *, named: bool) -> Row:
    who: list[Cell] = [row.number, row.name] if named else [row.number]
    field = row.field
    note = field_note(field, payroll)
    before = value_before(field, payroll)
    return [*who, field.label, field.becomes, before, note, row.at.astimezone(ZONE), row.by]
