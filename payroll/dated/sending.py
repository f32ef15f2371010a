"""Sends dated rows once everybody is in payroll, never two for one day.

Payroll's rows are read again just before: a row that is there is not added. What went out is noted
on the change first, so that after a lost answer or a crash nothing is sent again unseen. Nobody is
refused because of a row: what was sent of the person before stays sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

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
from payroll.ports import Target
from payroll.records import Outcome, Problem, Value
from payroll.second_round import RESOLVED
from payroll.stored_rows import each_row
from payroll.values import canonical, restore
from payroll.waiting import use_up

from .ports import DatedTarget, dated_target
from .reading import SENDING, by_employee, lately
from .records import DatedRow, RowKind, RowsThere, RowWrite, RowWritten


def send_rows(
    run: SyncRun, target: Target, links: LinkBook, clock: Callable[[], datetime]
) -> HubError | None:
    """Sends the rows of every kind; the error that ended the run early, if one did.

    Rows that payroll turns away as a whole cost only themselves. Raises LeaseLost.
    """
    live = dated_target(target)
    for kind in live.row_kinds if live else ():
        stopped = _Round(run, live, kind, links, clock).send() if live else None
        if stopped:
            return stopped
    return None


@dataclass
class _Turn:
    """One change with the row it sends. `alone`: it has nothing but this left to settle it."""

    change: Change
    write: RowWrite
    code: str
    first_day: date
    alone: bool

    def among(self, there: RowsThere) -> DatedRow | None:
        """Payroll's row of this person, code and day, or the one that is corrected."""
        for row in there.get(self.write.employee, ()):
            if row.id == self.write.row_id:
                return row
            if not self.write.row_id and row.stands_for(self.code, self.first_day):
                return row
        return None


class _Round:
    """The sending of one kind of row in one run."""

    def __init__(
        self,
        run: SyncRun,
        target: DatedTarget,
        kind: RowKind,
        links: LinkBook,
        clock: Callable[[], datetime],
    ) -> None:
        self.run = run
        self.target = target
        self.kind = kind
        self.links = links
        self.clock = clock
        self.specs = {spec.key: spec for spec in target.fields}
        self._done: list[_Turn] = []
        self._doubtful: list[_Turn] = []

    def send(self) -> HubError | None:
        """Corrections, then new rows; then payroll is read once more for what became of them."""
        changes = self._changes()
        if not changes:
            return None
        try:
            there = self._read()
        except HubError as error:
            return self._all_missed(changes, error)
        turns = [turn for each in changes if (turn := self._turn(each, there))]
        stopped = self._send_all([t for t in turns if t.write.row_id], self._correct, None)
        added = [turn for turn in turns if not turn.write.row_id]
        if stopped:
            self._missed(added, stopped)
        else:
            stopped = self._send_all(added, self._add, self._already_there)
        self._see()
        return None if stopped is None or _costs_only_rows(stopped) else stopped

    def _changes(self) -> list[Change]:
        rows = self.run.changes.filter(sendable=True, outcome__in=["", Outcome.APPLIED])
        return [
            row
            for row in each_row(rows)
            if RESOLVED not in row.details["fields"].get(self.kind.amount, {RESOLVED: ""})
        ]

    def _read(self) -> RowsThere:
        return by_employee(self.target.dated_rows(self.kind))

    def _add(self, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        return self.target.add_dated_rows(self.kind, writes)

    def _correct(self, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        return self.target.change_dated_rows(self.kind, writes)

    # --- what to send ----------------------------------------------------------------------------

    def _turn(self, change: Change, there: RowsThere) -> _Turn | None:
        """What the change sends; None, and told or booked, where it need or may not go out."""
        alone, field = change.outcome == "", self.kind.amount
        employee = self.links.target_id(change.source_id)
        entry = change.details["fields"][field]
        if not employee:
            self._leave_out(change, reasons.row_person_missing(field), alone=alone)
            return None
        turn = self._made(change, employee, there, alone=alone)
        if turn is None:
            self._leave_out(change, reasons.row_changed(field), alone=alone)
            return None
        row = turn.among(there)
        held = None if row is None else canonical(row.amount, self.specs[field].type)
        if row and held == entry["after"]:
            with transaction.atomic():
                self._confirm([turn])
            return None
        if row and (not turn.write.row_id or held != entry["before"]):
            self._leave_out(change, reasons.row_changed(field), alone=alone)
            return None
        if row is None and SENDING in entry and lately(entry[SENDING], self.clock()):
            self._leave_out(change, reasons.ROW_IN_DOUBT, alone=alone)
            return None
        return turn

    def _made(
        self, change: Change, employee: str, there: RowsThere, *, alone: bool
    ) -> _Turn | None:
        """The turn; None where the row to be corrected is there no more."""
        entries, kind = change.details["fields"], self.kind
        row_id = entries[kind.amount].get("row", "")
        values: dict[str, Value] = {
            key: restore(entries[key]["after"], self.specs[key].type)
            for key in kind.fields
            if key in entries
        }
        code, first_day = values.get(kind.code), values.get(kind.first_day)
        if row_id:
            corrected = [row for row in there.get(employee, ()) if row.id == row_id]
            if not corrected:
                return None
            code, first_day = corrected[0].code, corrected[0].first_day
        if not isinstance(code, str) or not isinstance(first_day, date):
            return None
        write = RowWrite(str(change.pk), employee, values, row_id)
        return _Turn(change, write, code, first_day, alone)

    # --- sending ---------------------------------------------------------------------------------

    def _send_all(
        self,
        turns: Sequence[_Turn],
        verb: Callable[[Sequence[RowWrite]], Sequence[RowWritten]],
        read_back: Callable[[Sequence[RowWrite]], Sequence[RowWritten]] | None,
    ) -> HubError | None:
        sender = BatchSender(verb, read_back)
        self._sending = {turn.write.client_id: turn for turn in turns}
        stopped: HubError | None = None
        for begin in range(0, len(turns), self.target.batch_size):
            batch = turns[begin : begin + self.target.batch_size]
            if stopped is None:
                stopped = self._deliver(batch, sender)
            else:
                self._missed(batch, stopped)
        return stopped

    def _deliver(
        self, turns: Sequence[_Turn], sender: BatchSender[RowWrite, RowWritten]
    ) -> HubError | None:
        now = self.clock()
        try:
            with transaction.atomic():
                self.run.go_on(now)
                for turn in turns:
                    self._mark(turn, now)
                changes = [turn.change for turn in turns]
                Change.objects.save_settled(changes)
                Change.objects.filter(pk__in=[each.pk for each in changes]).update(sent_at=now)
        except Cancelled as cancelled:
            self._missed(turns, cancelled)
            return cancelled
        report = sender.deliver([turn.write for turn in turns])
        with transaction.atomic():
            self._book(report)
        return report.stopped

    def _already_there(self, writes: Sequence[RowWrite]) -> list[RowWritten]:
        """Those of the refused writes that payroll has made all the same."""
        there = self._read()
        turns = [self._sending[write.client_id] for write in writes]
        return [RowWritten(turn.write.client_id) for turn in turns if self._holds(turn, there)]

    def _holds(self, turn: _Turn, there: RowsThere) -> bool:
        row, field = turn.among(there), self.kind.amount
        kind = self.specs[field].type
        wanted = canonical(turn.write.values[field], kind)
        return row is not None and canonical(row.amount, kind) == wanted

    def _mark(self, turn: _Turn, now: datetime | None) -> None:
        """Notes that the row is going out, or (None) that nothing of it is in doubt."""
        fields = dict(turn.change.details["fields"])
        entry = {k: value for k, value in fields[self.kind.amount].items() if k != SENDING}
        fields[self.kind.amount] = entry | ({SENDING: now.isoformat()} if now else {})
        turn.change.details = {**turn.change.details, "fields": fields}

    def _resolve(self, turn: _Turn) -> None:
        """Notes what went out, so that nothing of it goes again should the run have to wait."""
        fields = dict(turn.change.details["fields"])
        for key in fields.keys() & set(self.kind.fields):
            fields[key] = {**fields[key], RESOLVED: fields[key]["after"]}
        turn.change.details = {**turn.change.details, "fields": fields}

    # --- booking ---------------------------------------------------------------------------------

    def _book(self, report: Report[RowWrite, RowWritten]) -> None:
        self._confirm([self._sending[each.client_id] for each in report.written])
        for name, refusal in report.refused.items():
            self._refuse(self._sending[name], refusal)
        for write in report.unknown:
            turn = self._sending[write.client_id]
            self._doubtful.append(turn)
            self._resolve(turn)  # the next run looks for it; this one sends it no more
            problem = reasons.UPDATE_UNKNOWN if turn.alone else reasons.ROW_UNCONFIRMED
            self._tell(turn.change, problem, Outcome.UNKNOWN if turn.alone else None)
        if report.stopped:
            unsent = [self._sending[write.client_id] for write in report.unsent]
            self._missed(unsent, report.stopped)

    def _confirm(self, turns: Sequence[_Turn]) -> None:
        now = self.clock()
        for turn in turns:
            self._mark(turn, None)
            self._resolve(turn)
            if turn.alone:
                turn.change.settle(Outcome.APPLIED, now)
        Change.objects.save_settled([turn.change for turn in turns])
        use_up([turn.change for turn in turns if turn.alone])
        self._done += turns

    def _refuse(self, turn: _Turn, refusal: BatchRefused) -> None:
        self._mark(turn, None)
        words, field = refusal.words or refusal.message, refusal.path or self.kind.amount
        label = self.specs[field].label
        if turn.alone:
            self._tell(turn.change, reasons.rejected(words, field, label), Outcome.REJECTED)
        else:
            self._tell(turn.change, reasons.row_refused(words, self.kind.amount))

    def _all_missed(self, changes: Sequence[Change], error: HubError) -> HubError | None:
        """Payroll's rows could not be read, so nothing is sent."""
        nothing = RowWrite("", "", {})
        turns = [_Turn(each, nothing, "", date.min, each.outcome == "") for each in changes]
        self._missed(turns, error)
        return None if _costs_only_rows(error) else error

    def _missed(self, turns: Sequence[_Turn], stopped: HubError) -> None:
        """Told as everybody else is where the whole run stops; nothing where it goes on later."""
        goes_on = pausing.goes_on_at(self.run, stopped, self.clock()) is not None
        for turn in turns:
            self._mark(turn, None)
            if turn.alone and (goes_on or not _costs_only_rows(stopped)):
                Change.objects.filter(pk=turn.change.pk).update(sent_at=None)
            elif not goes_on:
                problem = reasons.row_not_sent(stopped.message, self.kind.amount)
                self._tell(turn.change, problem, Outcome.SKIPPED if turn.alone else None)
        Change.objects.save_settled([turn.change for turn in turns])

    def _leave_out(self, change: Change, problem: Problem, *, alone: bool) -> None:
        self._tell(change, problem, Outcome.SKIPPED if alone else None)

    def _tell(self, change: Change, problem: Problem, outcome: Outcome | None = None) -> None:
        """Settles the row with the problem, or flags it where the person went through."""
        if outcome:
            change.settle(outcome, self.clock(), problem)
        else:
            told = [*change.details["problems"], asdict(problem)]
            change.details, change.flagged = {**change.details, "problems": told}, True
        Change.objects.save_settled([change])

    # --- what became of them ---------------------------------------------------------------------

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
                over = {reasons.UPDATE_UNKNOWN.code, reasons.ROW_UNCONFIRMED.code}
                left = [p for p in turn.change.details["problems"] if p["code"] not in over]
                turn.change.details = {**turn.change.details, "problems": left}
                turn.change.flagged = bool(left)
            self._confirm(found)
            self._remember(there)

    def _remember(self, there: RowsThere) -> None:
        """What was sent and what payroll shows of it, for the next compare."""
        confirmed = []
        for turn in self._done:
            sent = (turn.write.values[self.kind.amount], turn.code, turn.first_day)
            row = turn.among(there)
            seen = dict(zip(self.kind.fields, row.values, strict=True)) if row else {}
            values = dict(zip(self.kind.fields, sent, strict=True))
            confirmed.append((turn.change.source_id, turn.write.employee, values, seen))
        self.links.confirm(confirmed, self.clock())


def _costs_only_rows(error: HubError) -> bool:
    """Whether the rest of the run is as it was: payroll does not show or take these rows."""
    return isinstance(error, (ConfigurationError, IncompleteRead))
