"""The people of a run as a table to download: one row for each person and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from payroll.models import Change, SyncRun
from payroll.tables import Cell, Column, Row, Table

from .change_rows import ChangedField, PersonRow, each_person

_NAME = Column("Name", 26)
_COLUMNS = (
    Column("Employee number", 18),
    _NAME,
    Column("Change", 18),
    Column("Outcome", 26),
    Column("Field", 24),
    Column("Before", 28),
    Column("After", 28),
    Column("Note", 34),
    Column("Problem", 60),
)


def run_table(run: SyncRun, changes: Iterable[Change], *, sees_people: bool) -> Table:
    """What the page shows of `changes`, as the reader may see it; whoever sees no names gets none.

    No change is opened before its row is asked for.
    """
    target = run.integration.target
    people = each_person(changes, run, target, sees_people=sees_people)
    columns = [column for column in _COLUMNS if sees_people or column is not _NAME]
    rows = (row for each in people for row in _rows(each, target.label, named=sees_people))
    return Table(run.noun, columns, rows)


def _rows(person: PersonRow, payroll: str, *, named: bool) -> Iterator[Row]:
    who = [person.number, person.name] if named else [person.number]
    before: list[Cell] = [*who, person.kind, _outcome(person)]
    problems = " ".join(person.problems)
    for field in person.fields:
        yield [*before, *_values(field, payroll), problems]
    if not person.fields:
        yield [*before, "", "", "", "", problems]


def _outcome(person: PersonRow) -> str:
    if person.only_flagged:
        return "Value left out"
    return f"{person.outcome.label}, value left out" if person.flagged else person.outcome.label


def _values(field: ChangedField, payroll: str) -> list[Cell]:
    return [field.label, value_before(field, payroll), field.becomes, field_note(field, payroll)]


def value_before(field: ChangedField, payroll: str) -> Cell:
    """What payroll has, or that it does not show it."""
    return f"not shown by {payroll}" if field.unreadable else field.was


def field_note(
    field: ChangedField, payroll: str, *, first: str = "First confirmation: sent once."
) -> str:
    """What the page says below the values; `first` is said of what was never sent before."""
    since = f"since we sent it on {field.sent_on}" if field.sent_on else "since we last sent it"
    notes = {
        "The difference is in the hidden part.": field.hidden_difference,
        f"Changed in {payroll} {since}.": field.drifted,
        first: field.first,
        f"Retroactive: touches {field.reaches}.": bool(field.reaches),
    }
    return " ".join(words for words, applies in notes.items() if applies)
