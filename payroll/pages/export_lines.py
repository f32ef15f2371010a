"""Exports of time off as a list shows them, with how many rows went and how many did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from payroll.models import TimeOffExport, TimeOffFile, TimeOffResult
from payroll.records import Outcome

from .export_words import TROUBLED, way_in_words


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export in a list. `file` is its number where it made one, `undone` whether undone."""

    export: TimeOffExport
    way: str
    done: int
    troubled: int
    file: int | None
    undone: bool


def export_lines(exports: Iterable[TimeOffExport]) -> list[ExportLine]:
    """In the same order. Two queries."""
    listed = list(exports)
    ids = [export.pk for export in listed]
    rows = TimeOffResult.objects.filter(export__in=ids).order_by().values("export")
    counts = {
        row["export"]: row
        for row in rows.annotate(
            done=Count("pk", filter=Q(outcome=Outcome.APPLIED)),
            troubled=Count("pk", filter=TROUBLED),
        )
    }
    files = {
        export: (number, undone)
        for export, number, undone in TimeOffFile.objects.filter(export__in=ids).values_list(
            "export", "number", "undone_at"
        )
    }
    lines = []
    for export in listed:
        found = counts.get(export.pk, {"done": 0, "troubled": 0})
        number, undone = files.get(export.pk, (None, None))
        lines.append(
            ExportLine(
                export, way_in_words(export), found["done"], found["troubled"], number, bool(undone)
            )
        )
    return lines
