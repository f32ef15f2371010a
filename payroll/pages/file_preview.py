"""The first rows of a file before it is made, exactly as they will stand in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from payroll.models import TimeOffReading
from payroll.timeoff.corrections import MoveKind
from payroll.timeoff.layout import COLUMNS, FileRow, csv_bytes
from payroll.timeoff.planned import LATE_MARK
from payroll.timeoff.readings import leaves_read
from payroll.timeoff.records import Channel
from payroll.timeoff.settings import Encoding, TimeOffSettings
from payroll.timeoff.shown import ShownLeave

ROWS = 5


@dataclass(frozen=True, slots=True)
class FilePreview:
    """Headings and the first rows, as texts; `more` rows follow."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: int


def file_preview(
    reading: TimeOffReading, going: Sequence[ShownLeave], settings: TimeOffSettings
) -> FilePreview | None:
    """None where nothing goes into a file. Raises DecryptionError."""
    new = [(leave, move) for leave in going for move in leave.moves if _is_in_file(move)]
    found = leaves_read(reading) if new else None
    if found is None:
        return None
    titles = {person.id: person.title for person in found.people.values()}
    notes = {each.id: each.note for each in found.leaves} if settings.notes else {}
    rows = islice(_rows(new, titles, notes), ROWS)
    content = csv_bytes(COLUMNS, [row.cells for row in rows], settings.file)
    utf_8 = settings.file.encoding is Encoding.UTF_8
    text = content.decode("utf-8-sig" if utf_8 else "cp1252")
    lines = list(csv.reader(text.splitlines(), delimiter=settings.file.delimiter))
    return FilePreview(lines[0], lines[1:], len(new) - len(lines[1:]))


def _is_in_file(move: Mapping[str, Any]) -> bool:
    return bool(move["kind"] == MoveKind.ADD and move["channel"] == Channel.FILE)


def _rows(
    new: Sequence[tuple[ShownLeave, Mapping[str, Any]]],
    titles: Mapping[str, str],
    notes: Mapping[str, str],
) -> Iterator[FileRow]:
    for leave, move in new:
        for row in move["after"]:
            yield FileRow(
                number=leave.number,
                title=titles.get(leave.employee_id, ""),
                code=leave.code,
                note=notes.get(leave.id, ""),
                name=f"{LATE_MARK}{leave.type}" if move["late"] else leave.type,
                start=date.fromisoformat(row["start"]),
                end=date.fromisoformat(row["end"]),
                percent=Decimal(row["percent"]),
            )
