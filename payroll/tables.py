"""Tables as files: CSV row by row as it is read, or a workbook. Pure.

Text that a spreadsheet would take for a formula is made harmless in both.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from tempfile import TemporaryDirectory
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | Decimal | date | datetime | bool | None
Row = Sequence[Cell]

MOST_ROWS = 1_048_575  # Excel's, without the header
LONGEST_TEXT = 32_767  # characters in a cell of a workbook
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_FIRST_DAY = date(1900, 3, 1)  # Excel knows no day before 1900, and one too many in that February
_MOST_DIGITS = 15  # of a number in a workbook; the rest would become zeros
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


class TableFormat(StrEnum):
    """What a table can be downloaded as."""

    CSV = "csv"
    XLSX = "xlsx"


class TooManyRows(Exception):
    """More rows than a sheet of a workbook holds."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and how many characters wide a workbook shows it."""

    title: str
    width: int = 16


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `rows` can be read once."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would calculate it.

    Without control characters, which no spreadsheet shows.
    """
    plain = _CONTROL.sub("", text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


# --- CSV -----------------------------------------------------------------------------------------


class _Line:
    """What the csv module writes to: it gives the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table) -> Iterator[bytes]:
    """The file line by line, as Excel in the Nordic countries reads it.

    UTF-8 with a mark in front, semicolons, CRLF, decimal comma, days as 2026-11-23.
    """
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    header = writer.writerow([column.title for column in table.columns])
    yield f"\ufeff{header}".encode()
    for row in table.rows:
        line: str = writer.writerow([_as_text(cell) for cell in row])
        yield line.encode()


def _as_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "Yes" if cell else "No"
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}".replace(".", ",")
        case int():
            return str(cell)
        case _:
            return harmless(cell)


# --- XLSX ----------------------------------------------------------------------------------------


def write_xlsx(table: Table, file: IO[bytes]) -> None:
    """Writes a workbook of one sheet. Raises TooManyRows."""
    write_sheets([table], file)


def write_sheets(tables: Sequence[Table], file: IO[bytes]) -> None:
    """A sheet for each table; it holds no more than a row in memory. Raises TooManyRows."""
    with TemporaryDirectory(prefix="hub-table-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        with closing(Workbook(file, options)) as workbook:
            for table in tables:
                _fill(workbook, workbook.add_worksheet(_sheet_name(table.title)), table)


def _sheet_name(title: str) -> str:
    """Excel takes 31 characters and none of `[]:*?/\\`."""
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31].strip()


def _fill(workbook: Workbook, sheet: Worksheet, table: Table) -> None:
    head = workbook.add_format({"bold": True})
    day = workbook.add_format({"num_format": _DAY, "align": "left"})
    moment = workbook.add_format({"num_format": _MOMENT, "align": "left"})
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # an employee number is text
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, head)
    number = 0
    for number, row in enumerate(table.rows, start=1):
        if number > MOST_ROWS:
            raise TooManyRows
        for place, cell in enumerate(row):
            _write(sheet, number, place, cell, day, moment)
    sheet.autofilter(0, 0, number, len(table.columns) - 1)


def _write(
    sheet: Worksheet, row: int, column: int, cell: Cell, day: Format, moment: Format
) -> None:
    match cell:
        case None | "":
            return
        case bool():
            sheet.write_string(row, column, "Yes" if cell else "No")
        case datetime():
            sheet.write_datetime(row, column, cell.replace(tzinfo=None, microsecond=0), moment)
        case date() if cell >= _FIRST_DAY:
            sheet.write_datetime(row, column, cell, day)
        case Decimal() | int() if len(Decimal(cell).as_tuple().digits) <= _MOST_DIGITS:
            sheet.write_number(row, column, float(cell))
        case _:
            sheet.write_string(row, column, _fitting(_as_text(cell)))


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
