"""Who is ready, as a table to download: one row for each person."""

from __future__ import annotations

from collections.abc import Iterable

from payroll.readiness import Standing
from payroll.tables import Column, Row, Table

from .readiness_rows import Row as Person
from .readiness_rows import person_row

_NAME = Column("Name", 26)
_COLUMNS = (
    Column("Employee number", 18),
    _NAME,
    Column("State", 30),
    Column("Has left", 10),
    Column("What is missing, and why", 90),
)


def readiness_table(standings: Iterable[Standing], *, sees_people: bool) -> Table:
    """What the page shows of them, as the reader may see it; whoever sees no names gets none."""
    people = (person_row(each, sees_people=sees_people) for each in standings)
    columns = [column for column in _COLUMNS if sees_people or column is not _NAME]
    return Table("Who is ready", columns, (_row(each, named=sees_people) for each in people))


def _row(person: Person, *, named: bool) -> Row:
    who = [person.number, person.name] if named else [person.number]
    return [*who, person.label, "Yes" if person.left else "", _why(person, named=named)]


def _why(person: Person, *, named: bool) -> str:
    words = list(person.words)
    if person.without:
        words.insert(0, f"Ready, without {', '.join(person.without)}.")
    if person.missing and not named:
        words.insert(0, f"Missing: {', '.join(person.missing)}.")
    return " ".join([*words, *filter(None, [person.beside])])
