"""Tables as files: what a spreadsheet reads, and that nothing in it is ever calculated."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from xml.etree import ElementTree as Xml

import pytest

from payroll import tables
from payroll.tables import Cell, Column, Table, TooManyRows, csv_lines, harmless, write_xlsx

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = [Column("Number", 18), Column("Value", 30)]
DANGEROUS = ["=1+1", "+47", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "\x0b=1", "＝1"]


def table(*rows: Sequence[Cell]) -> Table:
    return Table("A / table: of [everything] that there is", COLUMNS, rows)


def as_csv(*rows: Sequence[Cell]) -> str:
    return b"".join(csv_lines(table(*rows))).decode()


def as_xlsx(*rows: Sequence[Cell]) -> Xml.Element:
    """The sheet of the workbook."""
    file = io.BytesIO()
    write_xlsx(table(*rows), file)
    with zipfile.ZipFile(file) as workbook:
        return Xml.fromstring(workbook.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own


def cells(sheet: Xml.Element) -> list[str]:
    """Everything below the header."""
    return ["".join(each.itertext()) for each in sheet.iter(f"{SHEET}c")][len(COLUMNS) :]


def test_csv_is_what_excel_in_the_nordic_countries_reads() -> None:
    shown = as_csv(["00123", Decimal("1234.50")], [date(2026, 11, 23), True], ["a;b", None])
    assert shown == '\ufeffNumber;Value\r\n00123;1234,50\r\n2026-11-23;Yes\r\n"a;b";\r\n'


def test_a_moment_is_written_to_the_second() -> None:
    at = datetime(2026, 11, 23, 6, 4, 9, 12, UTC)
    assert "2026-11-23 06:04:09;" in as_csv([at, ""])
    assert len(cells(as_xlsx([at, ""]))) == 1


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_begins_like_a_formula_in_either_format(text: str) -> None:
    assert harmless(text).startswith("'")
    [_, row] = csv.reader(io.StringIO(as_csv([text, ""]), newline=""), delimiter=";")
    assert row[0].startswith("'")
    sheet = as_xlsx([text, ""])
    assert cells(sheet)[0].startswith("'")
    assert sheet.find(f".//{SHEET}f") is None


def test_harmless_text_stays_as_it_is() -> None:
    assert harmless("Kari O'Brien = 5") == "Kari O'Brien = 5"
    assert harmless("to\nlinjer") == "to\nlinjer"


def test_a_negative_number_stays_a_number() -> None:
    assert as_csv([Decimal("-7.5"), -3]).endswith("-7,5;-3\r\n")
    assert cells(as_xlsx([Decimal("-7.5"), -3])) == ["-7.5", "-3"]


def test_a_workbook_keeps_numbers_as_numbers_and_employee_numbers_as_text() -> None:
    sheet = as_xlsx(["00123", Decimal("1234.50")])
    text, number = list(sheet.iter(f"{SHEET}c"))[len(COLUMNS) :]
    assert text.get("t") == "inlineStr"
    assert number.get("t") is None
    assert cells(sheet) == ["00123", "1234.5"]


def test_a_workbook_rounds_and_loses_nothing() -> None:
    old, long, words = date(1899, 5, 1), Decimal("12345678901234567.89"), "a" * 40_000
    shown = cells(as_xlsx([old, long], [words, "b"]))
    assert shown[:2] == ["1899-05-01", "12345678901234567,89"]
    assert (len(shown[2]), shown[2][-1]) == (32_767, "…")


def test_the_first_row_of_a_workbook_stays_in_sight_and_columns_have_a_width() -> None:
    sheet = as_xlsx(["1", "2"])
    pane = sheet.find(f".//{SHEET}pane")
    assert pane is not None
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
    widths = [float(column.get("width", "0")) for column in sheet.iter(f"{SHEET}col")]
    assert widths == pytest.approx([18.7, 30.7], abs=0.1)


def test_a_link_in_a_cell_is_text() -> None:
    assert as_xlsx(["https://example.com/", ""]).find(f".//{SHEET}hyperlink") is None


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    with pytest.raises(TooManyRows):
        as_xlsx(*[["1", "2"]] * 3)


def test_a_row_is_read_when_its_line_is_asked_for() -> None:
    def rows() -> Iterator[Sequence[Cell]]:
        yield ["1", "2"]
        raise AssertionError("too early")

    lines = csv_lines(Table("Run", COLUMNS, rows()))
    assert [next(lines), next(lines)] == [b"\xef\xbb\xbfNumber;Value\r\n", b"1;2\r\n"]


def test_many_rows_take_no_more_memory_than_few() -> None:
    def peak(count: int) -> int:
        rows = ([str(number), "Kari Nordmann"] for number in range(count))
        tracemalloc.start()
        with TemporaryFile() as file:
            write_xlsx(Table("Run", COLUMNS, rows), file)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(500)
    assert peak(5_000) < few + 200_000
