"""Who is set aside or refused, as a table to download: one row for each person."""

from __future__ import annotations

from collections.abc import Iterable

from payroll.models import Trouble
from payroll.schedule import ZONE
from payroll.tables import Column, Row, Table

from .trouble_rows import TroubleRow, trouble_rows

_NAME = Column("Name", 26)
_COLUMNS = (
    Column("Employee number", 18),
    _NAME,
    Column("State", 18),
    Column("What it was", 12),
    Column("Times", 8),
    Column("First (Oslo time)", 20),
    Column("Last (Oslo time)", 20),
    Column("What happened, and what to do", 90),
)


def trouble_table(troubles: Iterable[Trouble], *, sees_people: bool) -> Table:
    """The `listed_troubles` as the page shows them; whoever sees no names gets none."""
    found = trouble_rows(troubles, sees_people=sees_people)
    columns = [column for column in _COLUMNS if sees_people or column is not _NAME]
    return Table("Set aside and refused", columns, (_row(each, sees_people) for each in found))


def _row(row: TroubleRow, named: bool) -> Row:
    who = [row.number, row.name] if named else [row.number]
    trouble = row.trouble
    return [
        *who,
        "Set aside" if trouble.quarantined_at else "In the next sync",
        "Failed" if row.failed else "Refused",
        trouble.attempts,
        trouble.first_at.astimezone(ZONE),
        trouble.last_at.astimezone(ZONE),
        " ".join(row.words),
    ]
