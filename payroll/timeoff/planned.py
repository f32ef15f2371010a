"""What an export will do, as the rows that it stores before anything is sent. Reads no system."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from payroll.models import TimeOffExport, TimeOffResult
from payroll.records import Outcome, Problem

from . import portable, reasons
from .content import content_of, text_of
from .corrections import Move, MoveKind
from .judged import Judged, Material
from .records import TimeOffWrite
from .rows import Row
from .shown import row_as_shown

LATE_MARK = "Correction of a closed period: "
Kind = TimeOffResult.Kind


def results_of(
    export: TimeOffExport, judged: Sequence[Judged], material: Material
) -> list[TimeOffResult]:
    """One result for each row that goes, and one for each chosen leave that does not. Unsaved."""
    by_id = {each.leave_id: each for each in judged}
    results: list[TimeOffResult] = []
    for leave_id, digest in export.chosen.items():
        found = by_id.get(leave_id)
        for result in _of_leave(export, leave_id, digest, found, material):
            result.position = len(results)
            results.append(result)
    return results


def _of_leave(
    export: TimeOffExport, leave_id: str, digest: str, found: Judged | None, material: Material
) -> Iterator[TimeOffResult]:
    if found is None:
        yield _skipped(export, leave_id, found, reasons.CHANGED_MEANWHILE)
    elif not found.sendable:
        yield _skipped(export, leave_id, found, found.reason or reasons.CHANGED_MEANWHILE)
    elif found.digest != digest:
        yield _skipped(export, leave_id, found, reasons.CHANGED_MEANWHILE)
    else:
        for move in found.moves:
            yield planned(export, found, move, material)


def _skipped(
    export: TimeOffExport, leave_id: str, found: Judged | None, why: Problem
) -> TimeOffResult:
    """One of which nothing goes, and why. What is exported already needs nobody's attention."""
    return TimeOffResult(
        export=export,
        leave_id=leave_id,
        kind=Kind.NONE,
        channel=export.channel,
        outcome=Outcome.SKIPPED.value,
        settled_at=export.heartbeat_at,
        details=_who(found) | {"problems": [asdict(why)], "lines": {}},
    )


def _who(found: Judged | None) -> dict[str, Any]:
    """Enough to show a row by itself; sealed with it."""
    if found is None:
        return {"number": "", "name": "", "type": "", "code": "", "employee_id": "", "title": ""}
    return {
        "number": found.person.number,
        "name": found.person.name,
        "title": found.person.title,
        "employee_id": found.person.id,
        "type": found.kind.name if found.kind else "",
        "code": found.code,
        "group": found.group.value,
        "start": found.leave.start.isoformat() if found.leave else "",
        "end": found.leave.end.isoformat() if found.leave and found.leave.end else "",
    }


def planned(export: TimeOffExport, found: Judged, move: Move, material: Material) -> TimeOffResult:
    """One row, unsaved. `lines`: digest and content by day, as the ledger has them afterwards."""
    result = TimeOffResult(
        export=export,
        leave_id=found.leave_id,
        kind=move.kind.value,
        channel=move.channel.value,
        target_row=move.target_row,
        late=move.late,
    )
    rows = [move.after] if move.after else list(move.by_hand)
    lines: dict[str, tuple[str, dict[str, str]]] = {}
    for row in rows:
        lines.update(_lines(found, move, row, material.mark))
    result.details = _who(found) | {
        "old_row": move.old_row,
        "before": [day.isoformat() for day in move.days],
        "after": [row_as_shown(row) for row in rows],
        "lines": lines,
        "problems": [asdict(reasons.LATE)] if move.late else [],
    }
    if move.kind is MoveKind.BY_HAND:
        result.details["by_hand_digest"] = dict(found.by_hand)[move.old_row]
    elif move.after:
        write = _write(result, found, move, move.after, material)
        result.details["write"] = portable.write_write(write)
    return result


def _write(
    result: TimeOffResult, found: Judged, move: Move, row: Row, material: Material
) -> TimeOffWrite:
    """The row as the channel gets it. A note only where an admin switched notes on."""
    settings = material.settings
    begin, end = row.times
    name = found.kind.name if found.kind else ""
    note = found.leave.note if found.leave and settings.notes else ""
    return TimeOffWrite(
        client_id=str(result.pk),
        employee=found.person.target_id,
        code=found.code,
        start=row.start,
        end=row.end,
        percent=row.percent,
        hours=row.hours,
        time_from=begin,
        time_to=end,
        text=f"{LATE_MARK}{name}" if move.late else name,
        note=note,
        target_id=move.target_row if move.kind is MoveKind.CHANGE else "",
        code_field=settings.code_fields.get(move.channel, ""),
    )


def _lines(
    found: Judged, move: Move, row: Row, mark: Callable[[str], str]
) -> Mapping[str, tuple[str, dict[str, str]]]:
    lines = {}
    for each in row.slices:
        content = content_of(each, move.channel, found.code, found.person.target_id)
        where = {"start": row.start.isoformat(), "end": row.end.isoformat()}
        lines[each.day.isoformat()] = (mark(text_of(content)), content | where)
    return lines
