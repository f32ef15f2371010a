"""A payroll month as a table to download: every section, one row for each person and field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from integration_hub.core import locale
from payroll.schedule import ZONE
from payroll.tables import Cell, Column, Row, Table

from .change_rows import ChangedField
from .month_groups import HELD, TO_APPROVE, UPCOMING, MonthOfIntegration
from .month_page import days_left_in_words, in_order, rows_of
from .month_rows import MonthRow

ROWS_AT_ONCE = 500
_NAME = Column("Name", 26)
_COLUMNS = (
    Column("Section", 28),
    Column("Employee number", 18),
    _NAME,
    Column("Change", 18),
    Column("Sent or found (Oslo time)", 24),
    Column("Goes on", 14),
    Column("Counts from", 14),
    Column("Days left", 22),
    Column("Field", 24),
    Column("Before", 28),
    Column("After", 28),
    Column("Retroactive: touches", 34),
    Column("Problem", 60),
)


class MonthTable:
    """The whole month; `rows` counts its changes, before any is opened. Seven queries at most."""

    def __init__(self, found: MonthOfIntegration, *, sees_people: bool) -> None:
        self._found = found
        self._sees_people = sees_people
        self._parts = [*self._sent(), *(self._waiting() if found.is_current else ())]
        self.rows = sum(rows.count() for _, _, rows in self._parts)

    def table(self) -> Table:
        """As the reader may see it; no change is opened before its row is asked for."""
        columns = [column for column in _COLUMNS if self._sees_people or column is not _NAME]
        return Table(f"Payroll month {self._found.month}", columns, self._lines())

    def _sent(self) -> Iterator[tuple[str, str, Any]]:
        for section in self._found.sent_sections():
            kinds = [group for group in section.groups if not group.overlaps]
            where = kinds[0].where
            for group in kinds[1:]:
                where |= group.where
            yield section.title, "", self._found.sent().filter(where).select_related("run")

    def _waiting(self) -> Iterator[tuple[str, str, Any]]:
        found = self._found
        yield "Waits for approval", TO_APPROVE, found.to_approve()
        yield "Held", HELD, found.held(found.newest_sync()).select_related("run")
        yield "Waits for its day", UPCOMING, found.upcoming(found.newest_plan())

    def _lines(self) -> Iterator[Row]:
        deadline = self._found.deadline
        left = days_left_in_words(deadline.days_left) if deadline else ""
        for title, key, rows in self._parts:
            listed = in_order(rows, key, "when").iterator(ROWS_AT_ONCE)
            until = left if key in (TO_APPROVE, HELD) else ""
            shown = rows_of(key, listed, self._found.integration, sees_people=self._sees_people)
            for row in shown:
                yield from self._of(row, title, until)

    def _of(self, row: MonthRow, title: str, days_left: str) -> Iterator[Row]:
        who = [row.number, row.name] if self._sees_people else [row.number]
        before: list[Cell] = [title, *who, row.what, _local(row.at)]
        before += [row.goes_on, row.effective, days_left]
        problems = " ".join(row.problems)
        for field in row.fields:
            yield [*before, *self._values(field), problems]
        if not row.fields:
            yield [*before, "", "", "", "", problems]

    def _values(self, field: ChangedField) -> list[Cell]:
        payroll = self._found.integration.target.label
        before = f"not shown by {payroll}" if field.unreadable else field.was
        return [field.label, before, field.becomes, field.reaches]


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(ZONE) if moment else None


def month_in_words(found: MonthOfIntegration) -> str:
    """What the audit log calls it."""
    return f"Payroll month {locale.month(found.month.first)}"
