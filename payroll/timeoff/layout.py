"""Time off as a file in X-ledger's layout, and what is not in it and why. Pure.

The columns are those of Simployer's own time off file for X-ledger, with the grade of the absence
in the last: employee number, title, code, note, name of the absence, first and last day, percent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payroll.tables import Cell, Column, Table, harmless, write_sheets

from .settings import Encoding, FileProfile

COLUMNS = (
    Column("Employee number", 18),
    Column("Title", 24),
    Column("Leave type code", 18),
    Column("Note", 30),
    Column("Absence", 24),
    Column("From", 12),
    Column("To", 12),
    Column("Leave percentage", 18),
)
LEFT_OUT = (
    Column("Employee number", 18),
    Column("Name", 28),
    Column("Absence", 24),
    Column("From", 12),
    Column("To", 12),
    Column("State", 24),
    Column("Why, and what to do", 90),
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """One absence. `percent` is its grade, or the part of the day that it takes."""

    number: str
    title: str
    code: str
    note: str
    name: str
    start: date
    end: date
    percent: Decimal

    @property
    def cells(self) -> Sequence[Cell]:
        """In the order of COLUMNS."""
        return (
            self.number,
            self.title,
            self.code,
            self.note,
            self.name,
            self.start,
            self.end,
            self.percent,
        )


def csv_bytes(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], how: FileProfile) -> bytes:
    """The file as the profile says; what its encoding lacks becomes `?` (see `lacking`)."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=how.delimiter, lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    writer.writerows([[_text(cell, how) for cell in row] for row in rows])
    if how.encoding is Encoding.UTF_8:
        return text.getvalue().encode("utf-8-sig")
    return text.getvalue().encode("cp1252", "replace")


def _text(cell: Cell, how: FileProfile) -> str:
    match cell:
        case None:
            return ""
        case date():
            return cell.strftime(how.date_format)
        case Decimal():
            return f"{cell:f}".replace(".", "," if how.decimal_comma else ".")
        case _:
            return harmless(str(cell))


def lacking(row: FileRow, how: FileProfile) -> str:
    """The characters of a row that the encoding cannot write, each once."""
    if how.encoding is Encoding.UTF_8:
        return ""
    text = "".join((row.number, row.title, row.code, row.note, row.name))
    return "".join(dict.fromkeys(each for each in text if not _writes(each)))


def _writes(character: str) -> bool:
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def xlsx_bytes(rows: Sequence[FileRow], left_out: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook with both on a sheet of its own."""
    file = io.BytesIO()
    sheets = [
        Table("Time off", COLUMNS, [row.cells for row in rows]),
        Table("Not sent", LEFT_OUT, left_out),
    ]
    write_sheets(sheets, file)
    return file.getvalue()
