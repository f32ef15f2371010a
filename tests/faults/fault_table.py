"""Writes what the fault suite found: one line a scenario, and the sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_COLUMNS = ("faults", "lost", "doubled", "rows_lost", "rows_doubled")
_HEADINGS = ("faults injected", "people lost", "people duplicated", "rows lost", "rows duplicated")


def lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """`rows` hold "scenario" and the columns; one that broke off before the end lacks them."""
    width = max(len(row["scenario"]) for row in rows)
    yield _line("", _HEADINGS, width)
    for row in sorted(rows, key=lambda row: str(row["scenario"])):
        yield _line(row["scenario"], [row.get(name, "?") for name in _COLUMNS], width)
    yield _line("all", [sum(row.get(name, 0) for row in rows) for name in _COLUMNS], width)


def _line(name: str, figures: Sequence[object], width: int) -> str:
    cells = (f"{figure:>{len(title)}}" for figure, title in zip(figures, _HEADINGS, strict=True))
    return "  ".join((f"{name:<{width}}", *cells))
