"""From Simployer One's leave types and their codes to the domain's. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from payroll import values
from payroll.timeoff.records import LeaveType

from .reading import Row


def read_types(rows: Iterable[Row], codes: Iterable[Row]) -> list[LeaveType]:
    """Every type by name, then id, disabled and archived ones too, with its code by company.

    Where one company has several codes for a type, the first by id is taken.
    """
    by_type: dict[str, dict[str, str]] = defaultdict(dict)
    for row in sorted(codes, key=lambda each: str(each["id"])):
        if code := _text(row, "code"):
            by_type[_text(row, "leaveTypeId")].setdefault(_text(row, "companyId"), code)
    found = [
        LeaveType(
            id=values.legible(row["id"]),
            name=_text(row, "name"),
            kind=_text(row, "kind").upper(),
            codes=by_type.get(row["id"], {}),
            active=not any(row.get(key) is True for key in ("disabled", "archived", "deleted")),
        )
        for row in rows
    ]
    return sorted(found, key=lambda kind: (kind.name.casefold(), kind.id))


def _text(row: Row, key: str) -> str:
    """Clean text, with � for what cannot be shown; "" when blank or no text."""
    raw = row.get(key)
    return values.clean_text(values.legible(raw)) if isinstance(raw, str) else ""
