"""Sends the stored rows of an export, and books one outcome per row in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from integration_hub.core.errors import BatchRefused, Cancelled, HubError, OutcomeUnknown
from payroll import pausing
from payroll.batches import BatchSender, Report
from payroll.models import TimeOffResult
from payroll.records import Outcome, Period

from . import files, ledger, lost_answers, readings, reasons
from .matching import Finder
from .material import settings_of
from .ports import TimeOffTarget
from .records import Channel, TimeOffThere, TimeOffWrite, TimeOffWritten
from .session import Session
from .turn_missed import settle_the_rest

Kind = TimeOffResult.Kind


class Sending:
    """The sending of one export: removals, changes, then what is new, each way by itself."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.export = session.export
        self.clock = session.clock

    def send(self) -> HubError | None:
        """Sends every stored row; the error that ended it early, if one did.

        Where the export goes on later, the rows not sent stay open.
        """
        stopped = None
        for kind in (Kind.REMOVE, Kind.CHANGE, Kind.ADD):
            for channel in Channel:
                if stopped is None and channel is not Channel.FILE:
                    stopped = self._send_kind(kind, channel)
        if pausing.goes_on_at(self.export, stopped, self.clock()):
            self._show()
            return stopped
        with self.session.watch.finishing():
            self._settle_unknown()
        if stopped is None:
            stopped = self._make_file()
        if stopped is not None:
            settle_the_rest(self.export, stopped, self.clock())
        self._show()
        # Many refusals of one kind are a problem with the rows left over, not with the export.
        return None if isinstance(stopped, BatchRefused) else stopped

    def _pending(self, kind: str, channel: Channel) -> list[TimeOffResult]:
        results = self.export.results.filter(kind=kind, channel=channel, outcome="")
        return list(results.order_by("position"))

    def _send_kind(self, kind: str, channel: Channel) -> HubError | None:
        """Sends the rows of one kind by one channel; why it stopped before the last, if it did."""
        pending = self._pending(kind, channel)
        if not pending:
            return None
        sender = self._sender(kind, channel)
        size = self.session.target.batch_size
        for begin in range(0, len(pending), size):
            batch = pending[begin : begin + size]
            try:
                ledger.intend(self.export, batch, self.clock())
            except Cancelled as cancelled:
                return cancelled
            going = {str(result.pk): result for result in batch if not result.outcome}
            report = sender.deliver([self._write(result) for result in going.values()])
            self._book(report, going)
            if report.stopped:
                return report.stopped
        return None

    def _sender(self, kind: str, channel: Channel) -> BatchSender[TimeOffWrite, TimeOffWritten]:
        taker = self.session.taker
        if kind == Kind.ADD:
            return BatchSender(
                lambda writes: taker.add_time_off(channel, writes),
                lambda writes: self._already_there(channel, writes),
            )
        if kind == Kind.CHANGE:
            return BatchSender(lambda writes: taker.change_time_off(channel, writes))
        return BatchSender(lambda writes: _removed(taker, channel, writes))

    def _write(self, result: TimeOffResult) -> TimeOffWrite:
        """The row as stored; of a removal only which."""
        if result.kind != Kind.REMOVE:
            return ledger.write_of(result)
        day = self.export.period_start
        return TimeOffWrite(str(result.pk), "", "", day, day, target_id=result.target_row)

    def _already_there(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> list[TimeOffWritten]:
        """Those of `writes` that payroll holds already, after a refusal of the whole batch."""
        with self.session.watch.finishing():
            rows = self._rows_now(channel, writes)
        finder = Finder(rows, lost_answers.rows_of_ours(self.export.target_account))
        found = ((write, finder.find(write)) for write in writes)
        return [TimeOffWritten(write.client_id, row.target_id) for write, row in found if row]

    def _rows_now(self, channel: Channel, writes: Sequence[TimeOffWrite]) -> Sequence[TimeOffThere]:
        start, end = min(each.start for each in writes), max(each.end for each in writes)
        return self._there(channel, Period(start, end))

    def _there(self, channel: Channel, period: Period) -> Sequence[TimeOffThere]:
        code_field = settings_of(self.export.integration).code_fields.get(channel, "")
        return self.session.taker.time_off_there(channel, period, code_field)

    def _book(
        self,
        report: Report[TimeOffWrite, TimeOffWritten],
        going: Mapping[str, TimeOffResult],
    ) -> None:
        """One outcome per row, and the ledger with it, in one transaction."""
        now = self.clock()
        written = {each.client_id: each.target_id for each in report.written}
        unsent = [going[write.client_id] for write in report.unsent]
        refused = [going[client_id] for client_id in report.refused]
        with transaction.atomic():
            ledger.confirm([going[client_id] for client_id in written], written, now)
            ledger.not_done([*refused, *unsent], now)
            ledger.forget_intent(unsent)
            for client_id, refusal in report.refused.items():
                words = refusal.words or refusal.message
                going[client_id].settle(Outcome.REJECTED, now, reasons.refused(words))
            ledger.save_results(refused)
            ledger.unknown([going[write.client_id] for write in report.unknown], now)

    def _settle_unknown(self) -> None:
        """Reads payroll once more to learn what became of writes whose answer was lost."""
        doubtful = self.export.results.filter(outcome=Outcome.UNKNOWN, kind__in=TimeOffResult.SENT)
        channels = {Channel(each) for each in doubtful.values_list("channel", flat=True)}
        if not channels or self.session.found is None:
            return
        read = self.session.found.read
        try:
            there = {channel: self._there(channel, read) for channel in channels}
        except HubError:
            return  # they stay unknown, and whoever exports next reads before anything is sent
        lost_answers.settle_open(
            self.export.target_account, lost_answers.Seen(there, read), self.clock()
        )

    # --- file ------------------------------------------------------------------------------------

    def _make_file(self) -> HubError | None:
        """What goes as a file, and with it what does not go at all and why."""
        results = self._pending(Kind.ADD, Channel.FILE)
        if not results:
            return None
        try:
            files.make(self.export, results, self.session.judged, self.clock())
        except Cancelled as cancelled:
            return cancelled
        return None

    # --- page ------------------------------------------------------------------------------------

    def _show(self) -> None:
        """The page of this period shows at once how everything stands now."""
        found = self.session.found
        if found is None:
            return
        there = {channel: self._there_now(channel, rows) for channel, rows in found.there.items()}
        readings.keep_found(
            self.export.integration,
            self.session.period,
            Channel(self.export.channel),
            replace(found, there=there),
            self.clock(),
        )

    def _there_now(self, channel: Channel, rows: Sequence[TimeOffThere]) -> Sequence[TimeOffThere]:
        """Payroll's rows as they were read, with what was confirmed since."""
        now = {row.target_id: row for row in rows}
        applied = self.export.results.filter(outcome=Outcome.APPLIED, channel=channel)
        for result in applied:
            if result.kind == Kind.REMOVE:
                now.pop(result.target_row, None)
            else:
                now[result.target_row] = _as_there(ledger.write_of(result), result.target_row)
        return list(now.values())


def _removed(
    taker: TimeOffTarget, channel: Channel, writes: Sequence[TimeOffWrite]
) -> list[TimeOffWritten]:
    """Removes rows as if they were written; one that payroll says nothing of is in doubt."""
    clients = {write.target_id: write.client_id for write in writes}

    def gone(ids: Sequence[str]) -> list[TimeOffWritten]:
        return [TimeOffWritten(clients[each], each) for each in ids if each in clients]

    try:
        done = gone(taker.remove_time_off(channel, list(clients)))
    except (BatchRefused, OutcomeUnknown) as error:
        error.done = tuple(gone(error.done))
        raise
    if len(done) < len(writes):
        raise OutcomeUnknown("Payroll did not confirm every removal.", done=done)
    return done


def _as_there(write: TimeOffWrite, target_id: str) -> TimeOffThere:
    return TimeOffThere(
        target_id=target_id,
        employee=write.employee,
        code=write.code,
        start=write.start,
        end=write.end,
        percent=write.percent,
        hours=write.hours,
        time_from=write.time_from,
        time_to=write.time_to,
        text=write.text,
    )
