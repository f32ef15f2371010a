"""An export in numbers and rows, for scripts and terminals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from payroll.models import TimeOffExport, TimeOffReading, TimeOffResult

from .shown import ShownLeave


def report(export: TimeOffExport) -> dict[str, Any]:
    """The export as JSON: counts of rows, requests per system, and what became of each row.

    Employees are named by number, never by name.
    """
    return {
        "export": str(export.pk),
        "status": export.status,
        **_about(export.period_start.isoformat(), export.period_end.isoformat(), export.channel),
        "leaves": len(export.chosen),
        **export.counts(),
        "requests": export.requests,
        "seconds": export.seconds,
        "error": export.error,
        "rows": [_row(result) for result in export.results.all()],
    }


def preview(reading: TimeOffReading, leaves: Iterable[ShownLeave]) -> dict[str, Any]:
    """What an export of these leaves would do, and what would not go and why."""
    start, end = reading.period_start.isoformat(), reading.period_end.isoformat()
    return {
        "status": "preview",
        **_about(start, end, reading.channel),
        "groups": reading.counts,
        "rows": [
            {
                "employee_number": each.number,
                "leave": each.id,
                "type": each.type,
                "from": each.start,
                "to": each.end,
                "days": each.days,
                "hours": each.hours,
                "group": each.group,
                "sendable": each.sendable,
                "code": each.reason[0] if each.reason else "",
                "message": each.reason[1] if each.reason else "",
            }
            for each in leaves
        ],
    }


def _about(start: str, end: str, channel: str) -> Mapping[str, str]:
    return {"from": start, "to": end, "way": channel}


def _row(result: TimeOffResult) -> dict[str, Any]:
    problem = result.problems[-1] if result.problems else None
    details = result.details
    after = details.get("after") or []
    return {
        "employee_number": details["number"],
        "leave": result.leave_id,
        "type": details["type"],
        "from": after[0]["start"] if after else details.get("start", ""),
        "to": after[-1]["end"] if after else details.get("end", ""),
        "kind": result.kind,
        "outcome": result.outcome,
        "code": problem.code if problem else "",
        "message": problem.message if problem else "",
    }
