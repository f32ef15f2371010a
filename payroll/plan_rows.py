"""A plan as the rows that keep it: who, what to what, and why not, sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .diff import FieldChange
from .models import Change, SyncRun, UpcomingChange
from .plan import PlannedChange, Upcoming
from .records import UNREADABLE, Employee, FieldSpec, Problem
from .values import LONGEST_NUMBER, canonical


def change_of(
    run: SyncRun, position: int, change: PlannedChange, specs: Mapping[str, FieldSpec]
) -> Change:
    """The row that keeps a planned change; the caller saves."""
    details = _details(change.employee, change.fields, change.problems, specs)
    asked = change.proposal
    if asked:
        details["proposal"] = {"subject": asked.subject.value, "digest": asked.digest}
    return Change(
        run=run,
        position=position,
        kind=change.kind.value,
        outcome=change.outcome.value if change.outcome else "",
        sendable=change.outcome is None,
        flagged=change.flagged,
        retroactive=any(field.touches for field in change.fields),
        source_id=change.employee.id,
        target_id=change.target_id,
        employee_number=_kept_number(change.employee.identity.number),
        details=details,
    )


def upcoming_change_of(
    run: SyncRun, position: int, upcoming: Upcoming, specs: Mapping[str, FieldSpec]
) -> UpcomingChange:
    """The row that keeps what waits for its day; the caller saves."""
    return UpcomingChange(
        run=run,
        position=position,
        kind=upcoming.kind.value,
        goes_on=upcoming.goes_on,
        effective=upcoming.effective,
        source_id=upcoming.employee.id,
        employee_number=_kept_number(upcoming.employee.identity.number),
        details=_details(upcoming.employee, upcoming.fields, upcoming.problems, specs),
    )


def _details(
    employee: Employee,
    changes: Sequence[FieldChange],
    problems: Sequence[Problem],
    specs: Mapping[str, FieldSpec],
) -> dict[str, Any]:
    """What is kept sealed of a row: who it is, the fields with before and after, the problems."""
    fields = {
        field.field: {
            "before": None
            if field.before is UNREADABLE
            else canonical(field.before, specs[field.field].type),
            "after": canonical(field.after, specs[field.field].type),
            "unreadable": field.before is UNREADABLE,
            "drifted": field.drifted,
            "sent_on": field.sent_on.isoformat() if field.sent_on else None,
            "first": field.first_confirmation,
            "sensitive": specs[field.field].sensitive,
            **({"named": field.named} if field.named else {}),
            **({"approval": asdict(field.approval)} if field.approval else {}),
            **({"touches": [day.isoformat() for day in field.touches]} if field.touches else {}),
            **({"pin": field.pin} if field.pin is not None else {}),
            **({"row": field.row} if field.row else {}),
        }
        for field in changes
    }
    told = [asdict(problem) for problem in problems]
    return _person(employee) | {"fields": fields, "problems": told}


def _kept_number(number: str) -> str:
    """As much of a number as can be stored; one that cannot be is told as a problem."""
    return number.replace("\x00", "�")[:LONGEST_NUMBER]


def _person(employee: Employee) -> dict[str, str | None]:
    """Enough to show a row, and to know the person again in payroll after a lost answer."""
    born = employee.identity.birth_date
    return {
        "first_name": employee.identity.first_name,
        "last_name": employee.identity.last_name,
        "birth_date": born.isoformat() if born else None,
    }
