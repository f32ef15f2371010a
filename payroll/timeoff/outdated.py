"""What of an export that had to wait may still go: rows that would be sent now just the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from payroll.models import TimeOffExport, TimeOffResult
from payroll.records import Outcome, Problem

from . import ledger, reasons
from .conflicts import Conflicts
from .corrections import Move, MoveKind
from .days import DaySlice
from .judged import Judged, Material
from .judging import sliced
from .planned import planned
from .records import Channel
from .rows import Row

Kind = TimeOffResult.Kind


def settle_outdated(
    export: TimeOffExport, judged: Sequence[Judged], material: Material, now: datetime
) -> None:
    """Skips the rows left to send that would not be sent now as they are, each with why.

    `judged` has every leave of theirs that is still known. Call it inside a transaction.
    """
    if export.config_version != export.integration.config_version:
        left = list(export.results.filter(outcome=""))
        ledger.settle(left, Outcome.SKIPPED, now, reasons.SETTINGS_CHANGED)
        return
    check = _Check(export, judged, material)
    outdated = []
    for result in export.results.filter(outcome=""):
        why = check.why_not(result)
        if why:
            result.settle(Outcome.SKIPPED, now, why)
            outdated.append(result)
    ledger.save_results(outdated)


class _Check:
    """Holds stored rows against what was judged a moment ago."""

    def __init__(self, export: TimeOffExport, judged: Sequence[Judged], material: Material) -> None:
        self.export = export
        self.material = material
        self.judged = {each.leave_id: each for each in judged}
        self.slices = {key: each.slices for key, each in sliced(material).items()}
        self.conflicts = Conflicts(material, self.slices)

    def why_not(self, result: TimeOffResult) -> Problem | None:
        """What keeps the row from going; None where it is as it was."""
        found = self.judged.get(result.leave_id)
        if found is None:
            return reasons.CHANGED_MEANWHILE
        lines = [line for line in self.material.lines if line.leave_id == result.leave_id]
        drift = self.conflicts.drift(lines)
        if drift or not found.compared:
            return drift or found.reason or reasons.CHANGED_MEANWHILE
        if result.kind == Kind.ADD:
            return self._why_not_added(result, found)
        move = _move_of(result, found)
        return None if move and self._is_same(result, found, move) else reasons.CHANGED_MEANWHILE

    def _why_not_added(self, result: TimeOffResult, found: Judged) -> Problem | None:
        """Judged by its days: of a row that was removed for it, nothing is left to compare."""
        row, channel = self._row_now(result), Channel(result.channel)
        move = Move(MoveKind.ADD, channel, row, late=result.late)
        if row is None or not self._is_same(result, found, move):
            return reasons.CHANGED_MEANWHILE
        return self.conflicts.overlap(result.leave_id) or self.conflicts.clash(found, channel, row)

    def _row_now(self, result: TimeOffResult) -> Row | None:
        """The row over the same days; None where others are working days of the leave by now."""
        days = {date.fromisoformat(day) for day in result.details["lines"]}
        slices: Sequence[DaySlice] = self.slices.get(result.leave_id, ())
        there = tuple(each for each in slices if min(days) <= each.day <= max(days))
        if {each.day for each in there} != days:
            return None
        return Row(there, daily=result.channel == Channel.TIMESHEETS)

    def _is_same(self, result: TimeOffResult, found: Judged, move: Move) -> bool:
        fresh = planned(self.export, found, move, self.material)
        return _sends(fresh) == _sends(result)


def _move_of(result: TimeOffResult, found: Judged) -> Move | None:
    """What is to be done now about the row that it corrects."""
    old_row = result.details["old_row"]
    return next(
        (each for each in found.moves if (each.kind, each.old_row) == (result.kind, old_row)), None
    )


def _sends(result: TimeOffResult) -> tuple[Any, ...]:
    """What goes to payroll and into the ledger."""
    lines = {day: list(line) for day, line in result.details["lines"].items()}
    write = ledger.write_of(result) if "write" in result.details else None
    sent = write and replace(write, client_id="")
    return result.kind, result.channel, result.target_row, result.late, lines, sent
