"""Time off as a file: X-ledger's columns, the same bytes again, undone when nobody imported it."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from payroll.models import TimeOffFile
from payroll.records import Employee, Identity
from payroll.timeoff import files
from payroll.timeoff.layout import FileRow, csv_bytes, lacking
from payroll.timeoff.records import Channel, LeaveStatus
from payroll.timeoff.settings import Encoding, FileProfile

from .exporting import export, ledger_days, outcomes, shown
from .fake import SICK, UNUSED, Offices, integration, leave

pytestmark = pytest.mark.django_db


def rows(
    file: TimeOffFile, form: files.Form = "csv", encoding: str = "utf-8-sig"
) -> list[list[str]]:
    text = files.content_of(file, form).decode(encoding)
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def made(mine: object = None) -> TimeOffFile:
    return export(mine or integration(), Channel.FILE).file  # type: ignore[arg-type]


def test_a_file_has_xledgers_columns_and_the_grade(both: Offices) -> None:
    both.put(leave(type_id=SICK.id, grade=Decimal("37.5"), note="influensa"))
    file = made()
    assert files.content_of(file, "csv").startswith(b"\xef\xbb\xbf")
    assert rows(file)[1:] == [
        ["101", "Engineer", "100", "", "Sykmelding", "20261109", "20261113", "37,5"]
    ]
    assert both.writes == []


def test_a_file_says_what_is_not_in_it_and_why(both: Offices) -> None:
    both.put(
        leave(),
        leave("pending", employee_id="P2", status=LeaveStatus.PENDING),
        leave("other", date(2026, 11, 23), date(2026, 11, 24), type_id=UNUSED.id),
    )
    file = made()
    told = [(row[2], row[5]) for row in rows(file, "left_out")[1:]]
    assert sorted(told) == [("Ferie", "Not approved"), ("Velferd", "No code")]
    book = zipfile.ZipFile(io.BytesIO(files.content_of(file, "xlsx")))
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2


def test_a_file_marks_its_days_and_undoing_it_releases_them(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    file = made(mine)
    assert set(ledger_days(mine).values()) == {"in_file"}
    assert shown(mine, Channel.FILE)["L1"].group == "exported"
    before = {form: files.content_of(file, form) for form in ("csv", "left_out", "xlsx")}
    file = TimeOffFile.objects.get(pk=file.pk)
    assert before == {form: files.content_of(file, form) for form in ("csv", "left_out", "xlsx")}
    assert files.undo(file, None, file.made_at)
    assert not files.undo(file, None, file.made_at)
    assert ledger_days(mine) == {}
    again = made(mine)
    assert (file.number, again.number, rows(again)) == (1, 2, rows(file))


def test_a_change_after_a_file_is_listed_to_be_done_by_hand(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    made(mine)
    both.put(leave(end=date(2026, 11, 10)))
    assert [each[:2] for each in outcomes(export(mine, Channel.FILE))] == [("by_hand", "held")]


def test_somebody_without_a_number_cannot_be_in_a_file(both: Offices) -> None:
    both.people["P1"] = Employee("P1", True, Identity("", "Kari"), {})
    both.put(leave())
    assert shown(integration(), Channel.FILE)["L1"].reason[0] == "no_number"


def test_a_file_may_be_written_for_old_programs(both: Offices) -> None:
    both.people["P1"] = Employee("P1", True, Identity("101", "Kari"), {"title": "Lærer i Šumava"})
    both.put(leave())
    made_export = export(integration(file={"encoding": "windows-1252"}), Channel.FILE)
    assert outcomes(made_export) == [("add", "applied", "")]
    both.people["P1"] = Employee("P1", True, Identity("101", "Kari"), {"title": "Lærer i Đakovo"})
    both.put(leave("L2", date(2026, 11, 23), date(2026, 11, 24)))
    made_export = export(integration(file={"encoding": "windows-1252"}), Channel.FILE, only=["L2"])
    assert outcomes(made_export) == [("add", "applied", "unencodable")]
    assert rows(made_export.file, encoding="cp1252")[1][1] == "Lærer i ?akovo"


@pytest.mark.parametrize("text", ["=1+1", "+47", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    row = FileRow("101", text, "100", text, text, date(2026, 11, 2), date(2026, 11, 3), Decimal(50))
    written = csv_bytes([], [row.cells], FileProfile()).decode("utf-8-sig").splitlines()[1]
    assert not any(cell.strip('"')[:1] in set("=+-@\t\r") for cell in written.split(";"))


def test_a_profile_writes_days_and_numbers_its_own_way() -> None:
    how = FileProfile(Encoding.WINDOWS_1252, ",", False, "%d.%m.%Y")
    row = FileRow("1", "é", "A", "", "B", date(2026, 11, 2), date(2026, 11, 3), Decimal("37.5"))
    line = csv_bytes([], [row.cells], how).splitlines()[1]
    assert line == "1,é,A,,B,02.11.2026,03.11.2026,37.5".encode("cp1252")
    assert lacking(row, how) == ""
