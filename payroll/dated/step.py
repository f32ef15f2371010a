"""One step of sending dated rows: who takes part, what goes out, and what became of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integration_hub.core.errors import (
    BatchRefused,
    Cancelled,
    ConfigurationError,
    HubError,
    IncompleteRead,
)
from payroll import pausing, reasons
from payroll.batches import BatchSender, Report
from payroll.links import LinkBook
from payroll.models import Change, SyncRun
from payroll.records import Outcome, Problem
from payroll.waiting import use_up

from .ports import DatedTarget
from .reading import by_employee, lately
from .records import DatedRow, RowKind, RowsThere, RowWrite, RowWritten
from .turns import Turn, mark, open_keys

SENDABLE = ("", Outcome.APPLIED.value)


@dataclass(frozen=True)
class Desk:
    """What every step of a run sends with."""

    run: SyncRun
    target: DatedTarget
    links: LinkBook
    clock: Callable[[], datetime]
    changes: Sequence[Change]


class Step(ABC):
    """One kind of write of one kind of row; what became of each is on its change."""

    keys: tuple[str, ...]

    def __init__(self, desk: Desk, kind: RowKind) -> None:
        self.desk = desk
        self.run = desk.run
        self.kind = kind
        self.specs = {spec.key: spec for spec in desk.target.fields}
        self._later: Collection[str] = ()
        self._sending: dict[str, Turn] = {}
        self._done: list[Turn] = []
        self._doubtful: list[Turn] = []
        self._held: list[Turn] = []
        self._told: list[Change] = []

    def send(self, later: Collection[str]) -> HubError | None:
        """Sends what is planned; then payroll is read once more for what became of it.

        `later` are the fields that steps after this one send. Gives the error that stops the run.
        """
        self._later = later
        changes = self._changes()
        if not changes:
            return None
        try:
            there = self._read()
        except HubError as error:
            self._missed(changes, error)
            return None if _costs_only_rows(error) else error
        turns = [turn for each in changes if (turn := self._turn(each, there))]
        with transaction.atomic():
            self._confirm(self._held)
        self._save_told()
        stopped = self._write(turns)
        self._see()
        return None if stopped is None or _costs_only_rows(stopped) else stopped

    def _changes(self) -> list[Change]:
        return [
            change
            for change in self.desk.changes
            if change.outcome in SENDABLE and open_keys(change, self.keys)
        ]

    def _read(self) -> RowsThere:
        return by_employee(self.desk.target.dated_rows(self.kind))

    @abstractmethod
    def _write(self, turns: Sequence[Turn]) -> HubError | None:
        """Sends them; the error that stopped it, after which the rest was told."""

    @abstractmethod
    def _made(self, change: Change, employee: str, there: Sequence[DatedRow]) -> Turn | None:
        """What the change sends in this step; None where payroll is no longer as planned."""

    def _correct(self, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        return self.desk.target.change_dated_rows(self.kind, writes)

    # --- what to send ----------------------------------------------------------------------------

    def _turn(self, change: Change, there: RowsThere) -> Turn | None:
        """What the change sends; None, and told or kept as held, where it need or may not go."""
        employee = self.desk.links.target_id(change.source_id)
        if not employee:
            self._tell(change, reasons.row_person_missing(self.kind), Outcome.SKIPPED)
            return None
        turn = self._made(change, employee, there.get(employee, ()))
        row = turn.among(there) if turn else None
        if turn and row and turn.is_held(row, self.specs):
            self._held.append(turn)
            return None
        problem = self._hindrance(change, turn, row)
        if problem:
            self._tell(change, problem, Outcome.SKIPPED)
            return None
        return turn

    def _hindrance(self, change: Change, turn: Turn | None, row: DatedRow | None) -> Problem | None:
        """Why it may not go now."""
        if turn is None or (turn.write.row_id and row is None):
            return reasons.row_changed(self.kind)
        if row and not (turn.write.row_id and turn.is_as_planned(row, self.specs)):
            return reasons.row_changed(self.kind)
        since = turn.waits_since
        if row is None and since and lately(since, self.desk.clock()):
            return reasons.row_in_doubt(self.kind)
        return None

    # --- sending ---------------------------------------------------------------------------------

    def _send_all(
        self,
        turns: Sequence[Turn],
        verb: Callable[[Sequence[RowWrite]], Sequence[RowWritten]],
        read_back: Callable[[Sequence[RowWrite]], Sequence[RowWritten]] | None = None,
    ) -> HubError | None:
        sender = BatchSender(verb, read_back)
        self._sending = {turn.write.client_id: turn for turn in turns}
        size, stopped = self.desk.target.batch_size, None
        for begin in range(0, len(turns), size):
            batch = turns[begin : begin + size]
            if stopped is None:
                stopped = self._deliver(batch, sender)
            else:
                self._missed([turn.change for turn in batch], stopped)
        return stopped

    def _deliver(
        self, turns: Sequence[Turn], sender: BatchSender[RowWrite, RowWritten]
    ) -> HubError | None:
        now = self.desk.clock()
        changes = [turn.change for turn in turns]
        try:
            with transaction.atomic():
                self.run.go_on(now)
                for turn in turns:
                    turn.mark(now)
                Change.objects.save_settled(changes)
                Change.objects.filter(pk__in=[each.pk for each in changes]).update(sent_at=now)
        except Cancelled as cancelled:
            self._missed(changes, cancelled)
            return cancelled
        report = sender.deliver([turn.write for turn in turns])
        with transaction.atomic():
            self._book(report)
        return report.stopped

    # --- booking ---------------------------------------------------------------------------------

    def _book(self, report: Report[RowWrite, RowWritten]) -> None:
        self._confirm([self._sending[each.client_id] for each in report.written])
        for name, refusal in report.refused.items():
            self._refuse(self._sending[name], refusal)
        for write in report.unknown:
            turn = self._sending[write.client_id]
            self._doubtful.append(turn)
            turn.resolve()  # the next run looks for it; this one sends it no more
            self._tell(turn.change, reasons.row_unconfirmed(self.kind), Outcome.UNKNOWN)
        if report.stopped:
            unsent = [self._sending[write.client_id].change for write in report.unsent]
            self._missed(unsent, report.stopped)
        self._save_told()

    def _confirm(self, turns: Sequence[Turn]) -> None:
        """These are in payroll; a change that is not settled yet is by that."""
        now, waiting = self.desk.clock(), [t.change for t in turns if t.change.outcome == ""]
        for turn in turns:
            turn.mark(None)
            turn.resolve()
        for change in waiting:
            change.settle(Outcome.APPLIED, now)
        Change.objects.save_settled([turn.change for turn in turns])
        use_up([turn.change for turn in turns], self.specs)
        self._done += turns

    def _refuse(self, turn: Turn, refusal: BatchRefused) -> None:
        turn.mark(None)
        words = refusal.words or refusal.message
        if self._alone(turn.change):
            field = refusal.path or turn.keys[0]
            problem = reasons.rejected(words, field, self.specs[field].label)
        else:
            problem = self._refused(words)
        self._tell(turn.change, problem, Outcome.REJECTED)

    def _refused(self, words: str) -> Problem:
        return reasons.row_refused(self.kind, words)

    def _missed(self, changes: Sequence[Change], stopped: HubError) -> None:
        """Told as everybody else is where the whole run stops; nothing where it goes on later."""
        goes_on = pausing.goes_on_at(self.run, stopped, self.desk.clock()) is not None
        waiting = []
        for change in changes:
            self._unmark(change)
            if change.outcome == "" and (goes_on or not _costs_only_rows(stopped)):
                waiting.append(change.pk)
            elif not goes_on:
                problem = reasons.row_not_sent(self.kind.noun, stopped.message, self.keys[0])
                self._fail(change, problem, Outcome.SKIPPED)
        Change.objects.filter(pk__in=waiting).update(sent_at=None)
        Change.objects.save_settled(changes)

    def _unmark(self, change: Change) -> None:
        for key in open_keys(change, self.keys):
            mark(change, key, None)

    def _alone(self, change: Change) -> bool:
        """Whether nothing else of the change went through or is yet to go.

        The end of an earlier row is nothing by itself: it goes only after the new row.
        """
        to_come = set(self._later) - {self.kind.ends}
        return change.outcome == "" and not open_keys(change, to_come)

    def _fail(self, change: Change, problem: Problem, outcome: Outcome) -> None:
        """Settles the change with the problem, or flags it where something else of it goes."""
        if self._alone(change):
            change.settle(outcome, self.desk.clock(), problem)
        else:
            change.flag(problem)

    def _tell(self, change: Change, problem: Problem, outcome: Outcome) -> None:
        """The same, saved together with others by `_save_told`."""
        self._fail(change, problem, outcome)
        self._told.append(change)

    def _save_told(self) -> None:
        Change.objects.save_settled(self._told)
        self._told = []

    # --- what became of them ---------------------------------------------------------------------

    def _holds(self, turn: Turn, there: RowsThere) -> bool:
        row = turn.among(there)
        return row is not None and turn.is_held(row, self.specs)

    def _see(self) -> None:
        """Reads payroll's rows again: what it made of them, and what a lost answer hid."""
        if not self._done and not self._doubtful:
            return
        try:
            there = self._read()
        except HubError:
            there = {}  # doubts stay, and the next run reads before it sends
        with transaction.atomic():
            found = [turn for turn in self._doubtful if self._holds(turn, there)]
            for turn in found:
                turn.change.tell_no_more(reasons.row_unconfirmed(self.kind).code)
                turn.change.flagged = bool(turn.change.problems)
                if turn.change.outcome == Outcome.UNKNOWN:
                    turn.change.outcome = ""
            self._confirm(found)
            self._remember(there)

    def _remember(self, there: RowsThere) -> None:
        """What was sent and what payroll shows of it, for the next compare."""
        told = [
            (turn.change.source_id, turn.write.employee, *turn.remembered(turn.among(there)))
            for turn in self._done
        ]
        self.desk.links.confirm(told, self.desk.clock())


def _costs_only_rows(error: HubError) -> bool:
    """Whether the rest of the run is as it was: payroll does not show or take these rows."""
    return isinstance(error, (ConfigurationError, IncompleteRead))
