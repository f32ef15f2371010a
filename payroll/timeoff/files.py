"""Makes the file of an export, gives its bytes again, and undoes it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from django.db import transaction
from django.db.models import Max

from integration_hub.accounts.models import AuditEntry, User
from payroll.models import (
    TimeOffByHand,
    TimeOffExport,
    TimeOffFile,
    TimeOffLine,
    TimeOffResult,
)
from payroll.records import Outcome
from payroll.tables import Cell

from . import ledger, reasons
from .judged import Group, Judged
from .layout import COLUMNS, LEFT_OUT, FileRow, csv_bytes, lacking, xlsx_bytes
from .material import settings_of

Form = Literal["csv", "left_out", "xlsx"]
GROUPS = {
    Group.READY: "Ready, not chosen",
    Group.EXPORTED: "Already exported",
    Group.CHANGED: "Changed since export",
    Group.WITHDRAWN: "Withdrawn since export",
    Group.CONFLICT: "Conflict",
    Group.NO_CODE: "No code",
    Group.NOT_LINKED: "Employee not linked",
    Group.NOT_APPROVED: "Not approved",
    Group.NO_END: "No end date",
    Group.CLOSED: "Period closed",
}


class FilePurged(Exception):
    """The names and values of the export are deleted, and the file with them."""


def make(
    export: TimeOffExport,
    results: Sequence[TimeOffResult],
    judged: Sequence[Judged],
    now: datetime,
) -> TimeOffFile:
    """Writes the file and books its days as in it, all at once. Raises Cancelled, LeaseLost."""
    how = settings_of(export.integration).file
    rows = [_row(result) for result in results]
    left_out = _left_out(export, results, judged)
    body = {
        "csv": _packed(csv_bytes(COLUMNS, [row.cells for row in rows], how)),
        "left_out": _packed(csv_bytes(LEFT_OUT, left_out, how)),
        "xlsx": _packed(xlsx_bytes(rows, left_out)),
    }
    with transaction.atomic():
        export.go_on(now)
        account = export.target_account
        newest = TimeOffFile.objects.filter(target_account=account).aggregate(Max("number"))
        file = TimeOffFile.objects.create(
            export=export,
            target_account=account,
            number=(newest["number__max"] or 0) + 1,
            rows=len(rows),
            body=body,
            made_at=now,
        )
        ledger.reserve(export, results, TimeOffLine.State.IN_FILE, now, file=file)
        for result, row in zip(results, rows, strict=True):
            missing = lacking(row, how)
            if missing:
                result.tell(reasons.unencodable(missing))
            result.sent_at = now
        TimeOffResult.objects.filter(pk__in=[each.pk for each in results]).update(sent_at=now)
        ledger.settle(results, Outcome.APPLIED, now)
    return file


def _row(result: TimeOffResult) -> FileRow:
    write, details = ledger.write_of(result), result.details
    if write.percent is None:
        raise ValueError("a row of a file has a percent")
    return FileRow(
        number=details["number"],
        title=details["title"],
        code=write.code,
        note=write.note,
        name=write.text,
        start=write.start,
        end=write.end,
        percent=write.percent,
    )


def _left_out(
    export: TimeOffExport, sent: Sequence[TimeOffResult], judged: Sequence[Judged]
) -> list[Sequence[Cell]]:
    """Every leave of the period that is not in the file, with its reason.

    Of one that is there in part, only what keeps the rest of it back.
    """
    in_file = {result.leave_id for result in sent}
    told = {
        result.leave_id: result.problems[-1].message
        for result in export.results.exclude(outcome="")
        if result.problems
    }
    rows: list[Sequence[Cell]] = []
    for each in judged:
        if each.leave_id in in_file:
            why = "; ".join(problem.message for problem in each.others)
        else:
            reason = each.reason.message if each.reason else "It was not chosen."
            why = told.get(each.leave_id, reason)
        if why:
            rows.append(_told(each, why))
    return rows


def _told(each: Judged, why: str) -> Sequence[Cell]:
    leave = each.leave
    return (
        each.person.number,
        each.person.name,
        each.kind.name if each.kind else "",
        leave.start if leave else None,
        leave.end if leave else None,
        GROUPS[each.group],
        why,
    )


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def content_of(file: TimeOffFile, form: Form) -> bytes:
    """The bytes as they were made, always the same. Raises FilePurged, DecryptionError."""
    if form not in file.body:
        raise FilePurged
    return base64.b64decode(file.body[form])


def file_name(file: TimeOffFile, form: Form) -> str:
    """`time-off-12-2026-11.csv`: names nobody."""
    export = file.export
    what = "time-off" if form != "left_out" else "time-off-not-sent"
    ending = "xlsx" if form == "xlsx" else "csv"
    return f"{what}-{file.number}-{_span(export.period_start, export.period_end)}.{ending}"


def _span(start: date, end: date) -> str:
    same = (start.year, start.month) == (end.year, end.month)
    return f"{start:%Y-%m}" if same else f"{start:%Y-%m}-{end:%Y-%m}"


def undo(file: TimeOffFile, user: User | None, now: datetime) -> bool:
    """Lets every day of the file go again, as if it had never been made; False where it was undone.

    For a file that nobody imported into payroll. The file itself stays, marked.
    """
    with transaction.atomic():
        mine = TimeOffFile.objects.filter(pk=file.pk, undone_at=None)
        if not mine.update(undone_at=now, undone_by=user):
            return False
        lines = TimeOffLine.objects.filter(file=file, state=TimeOffLine.State.IN_FILE)
        waiting = TimeOffByHand.objects.waiting().filter(row__in=lines.values("row"))
        waiting.update(dropped_at=now)
        lines.update(state=TimeOffLine.State.RELEASED, ended_at=now)
        integration = file.export.integration
        integration.note(AuditEntry.Action.TIME_OFF_UNDONE, now, user, after={"file": file.number})
    file.refresh_from_db()
    return True
