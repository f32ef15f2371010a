"""Sends dated rows once everybody is in payroll, never two for one day.

Payroll's rows are read again just before: a row that is there is not added. What went out is noted
on the change first, so that after a lost answer or a crash nothing is sent again unseen. A row is
ended only when payroll shows the one that follows it, so that nobody is ever without. Nobody is
refused because of a row: what was sent of the person before stays sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from integration_hub.core.errors import HubError
from payroll import reasons
from payroll.links import LinkBook
from payroll.models import Change, SyncRun
from payroll.ports import Target
from payroll.records import Problem
from payroll.stored_rows import each_row

from .ports import dated_target
from .records import DatedRow, RowKind, RowWrite, RowWritten
from .step import SENDABLE, Desk, Step
from .turns import Turn, ending_turn, entries, open_keys, row_turn


def send_rows(
    run: SyncRun, target: Target, links: LinkBook, clock: Callable[[], datetime]
) -> HubError | None:
    """Sends the rows of every kind; the error that ended the run early, if one did.

    Rows that payroll turns away as a whole cost only themselves. Raises LeaseLost.
    """
    live = dated_target(target)
    if live is None:
        return None
    desk = Desk(run, live, links, clock, _with_rows(run, live.row_kinds))
    steps = list(_steps(desk, live.row_kinds)) if desk.changes else []
    for position, step in enumerate(steps):
        later = {key for each in steps[position + 1 :] for key in each.keys}
        stopped = step.send(later)
        if stopped:
            return stopped
    return None


def _with_rows(run: SyncRun, kinds: Iterable[RowKind]) -> list[Change]:
    """The changes that have a row to send and nothing that speaks against it."""
    keys = {key for kind in kinds for key in kind.keys}
    rows = run.changes.filter(sendable=True, outcome__in=SENDABLE)
    return [row for row in each_row(rows) if open_keys(row, keys)]


def _steps(desk: Desk, kinds: Iterable[RowKind]) -> Iterator[Step]:
    for kind in kinds:
        yield _Rows(desk, kind)
        if kind.ends:
            yield _Endings(desk, kind)


class _Rows(Step):
    """Corrections in place, then new rows."""

    def __init__(self, desk: Desk, kind: RowKind) -> None:
        super().__init__(desk, kind)
        self.keys = kind.fields

    def _made(self, change: Change, employee: str, there: Sequence[DatedRow]) -> Turn | None:
        return row_turn(change, self.kind, employee, there, self.specs)

    def _write(self, turns: Sequence[Turn]) -> HubError | None:
        stopped = self._send_all([turn for turn in turns if turn.write.row_id], self._correct)
        added = [turn for turn in turns if not turn.write.row_id]
        if stopped:
            self._missed([turn.change for turn in added], stopped)
            return stopped
        return self._send_all(added, self._add, self._already_there)

    def _add(self, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        return self.desk.target.add_dated_rows(self.kind, writes)

    def _already_there(self, writes: Sequence[RowWrite]) -> list[RowWritten]:
        """Those of the refused writes that payroll has made all the same."""
        there = self._read()
        turns = [self._sending[write.client_id] for write in writes]
        return [RowWritten(turn.write.client_id) for turn in turns if self._holds(turn, there)]


class _Endings(Step):
    """Ends the rows that others have followed upon."""

    def __init__(self, desk: Desk, kind: RowKind) -> None:
        super().__init__(desk, kind)
        self.keys = (kind.ends,)

    def _made(self, change: Change, employee: str, there: Sequence[DatedRow]) -> Turn | None:
        return ending_turn(change, self.kind, employee, there)

    def _hindrance(self, change: Change, turn: Turn | None, row: DatedRow | None) -> Problem | None:
        if turn is None and self.kind.first_day in entries(change):
            return None  # the row that it adds is not there, and that is told already
        return super()._hindrance(change, turn, row)

    def _write(self, turns: Sequence[Turn]) -> HubError | None:
        return self._send_all(turns, self._correct)

    def _refused(self, words: str) -> Problem:
        return reasons.ending_refused(self.kind, words)
