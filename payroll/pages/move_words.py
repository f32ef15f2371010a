"""What is done to a row of payroll, in words: new, changed, removed, by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from integration_hub.core import locale
from payroll.timeoff.corrections import MoveKind

KIND_WORDS: Mapping[str, tuple[str, str]] = {  # label and tone
    MoveKind.ADD: ("New", "good"),
    MoveKind.CHANGE: ("Change", "warn"),
    MoveKind.REMOVE: ("Removal", "warn"),
    MoveKind.BY_HAND: ("By hand", "warn"),
}


def move_words(kind: str, before: Sequence[str], after: Sequence[Mapping[str, Any]]) -> str:
    """One thing to do. `before` are the days of the row as it is, `after` what will stand there."""
    there, then = days_words(before), "; ".join(row_words(row) for row in after)
    if kind == MoveKind.ADD:
        return then
    if not then:
        return f"{there}: removed"
    return f"{there} becomes {then}" if there else then


def row_words(row: Mapping[str, Any]) -> str:
    """`9 Nov 2026 – 13 Nov 2026, 50 %, 18.75 h`: a row as `row_as_shown` tells it."""
    parts = [span_words(row["start"], row["end"])]
    if row.get("percent") and Decimal(row["percent"]) != 100:
        parts.append(f"{locale.number(Decimal(row['percent']))}\N{NO-BREAK SPACE}%")
    if row.get("hours"):
        parts.append(f"{locale.number(Decimal(row['hours']))}\N{NO-BREAK SPACE}h")
    if row.get("from") and row.get("to"):
        parts.append(f"{row['from']}–{row['to']}")
    return ", ".join(parts)


def days_words(days: Iterable[str]) -> str:
    """The first and the last of some days."""
    ordered = sorted(days)
    return span_words(ordered[0], ordered[-1]) if ordered else ""


def span_words(start: str, end: str) -> str:
    """`9 Nov 2026`, or `9 Nov 2026 – 13 Nov 2026`; of ISO texts."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return locale.day(first) if first == last else f"{locale.day(first)} – {locale.day(last)}"
