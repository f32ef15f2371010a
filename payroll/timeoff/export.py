"""An export from end to end: read again, plan on what was chosen, send, say what happened.

`export_time_off` is the verb on the button. `plan_export` stores one result per row and sends
nothing; sending goes by those stored results. Every day is booked in the ledger before it goes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from integration_hub.core.errors import (
    BatchRefused,
    Cancelled,
    ConfigurationError,
    HubError,
    OutcomeUnknown,
)
from payroll import schedule
from payroll.batches import BatchSender, Report
from payroll.cancelling import Watch
from payroll.connection import both
from payroll.heartbeat import beating
from payroll.models import TimeOffExport, TimeOffResult
from payroll.models.run import RunTakenOver
from payroll.ports import Source, Target
from payroll.records import Outcome, Period, Problem

from . import files, ledger, readings, reasons
from .judging import Judged, Material, judge
from .matching import Finder
from .material import lines_for, material_of, wanted_for
from .planned import results_of
from .ports import TimeOffTarget, time_off_target
from .reading import LeavesRead, read_time_off
from .records import Channel, TimeOffThere, TimeOffWrite, TimeOffWritten

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]
Kind = TimeOffResult.Kind
CHUNK = 500  # results per insert


@dataclass
class Session:
    """One export under way: its connections, the clock, its watch, and what was read."""

    export: TimeOffExport
    source: Source
    target: Target
    clock: Clock
    watch: Watch
    found: LeavesRead | None = None
    judged: Sequence[Judged] = ()

    @property
    def period(self) -> Period:
        """The days that are exported."""
        return Period(self.export.period_start, self.export.period_end)

    @property
    def taker(self) -> TimeOffTarget:
        """Payroll, as what takes absence. Raises ConfigurationError."""
        taker = time_off_target(self.target)
        if taker is None:
            raise ConfigurationError(f"{self.target.label} takes no time off but as a file.")
        return taker


def export_time_off(export: TimeOffExport, clock: Clock, sleep: Sleep = time.sleep) -> None:
    """Does a queued export; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the export's row says how, in words for a person.
    """
    if not export.claim(clock()):
        return
    begin = time.monotonic()
    try:
        with beating(export, clock):
            status, error = _outcome(export, clock, sleep)
            spent = round(time.monotonic() - begin, 3)
            export.finish(status, clock(), seconds=spent, requests=export.requests, error=error)
    except RunTakenOver:
        log.warning("export %s was ended from elsewhere", export.pk)
    except (KeyboardInterrupt, SystemExit):
        export.interrupt(clock())
        raise


def _outcome(export: TimeOffExport, clock: Clock, sleep: Sleep) -> tuple[TimeOffExport.Status, str]:
    """How it ended, and what a person is told when it ended badly."""
    statuses = TimeOffExport.Status
    try:
        return _work(export, clock, sleep), ""
    except RunTakenOver:
        raise
    except Cancelled as cancelled:
        _give_up(export, cancelled, clock())
        return statuses.CANCELLED, ""
    except HubError as error:
        log.warning("export %s stopped: %s (%s)", export.pk, error.message, error.detail)
        if isinstance(error, ConfigurationError):
            export.integration.needs_attention(error.message, clock())
        _give_up(export, error, clock())
        return statuses.FAILED, error.message
    except Exception:
        log.exception("export %s failed", export.pk)
        words = f"Something went wrong on our side. Tell support this code: {str(export.pk)[:8]}."
        _give_up(export, HubError(words), clock())
        return statuses.FAILED, words


def _work(export: TimeOffExport, clock: Clock, sleep: Sleep) -> TimeOffExport.Status:
    with _session(export, clock, sleep) as session:
        plan_export(session)
        export.keep(phase=TimeOffExport.Phase.SENDING, heartbeat_at=clock())
        stopped = _Sending(session).send()
    if stopped:
        raise stopped
    counts = export.counts()
    troubled = any(counts[key] for key in ("rejected", "failed", "unknown", "by_hand", "held"))
    statuses = TimeOffExport.Status
    return statuses.WITH_PROBLEMS if troubled else statuses.SUCCEEDED


@contextmanager
def _session(export: TimeOffExport, clock: Clock, sleep: Sleep) -> Iterator[Session]:
    """Both connections, closed afterwards with their requests counted on the export."""
    watch = Watch(export, clock, sleep)
    with both(
        export.integration,
        read_only=False,
        on_request=watch.look,
        sleep=watch.sleep,
        clock=clock,
    ) as (source, target):
        try:
            yield Session(export, source, target, clock, watch)
        finally:
            export.requests = {each.kind: each.requests_sent for each in (source, target)}


# --- plan ----------------------------------------------------------------------------------------


def plan_export(session: Session) -> None:
    """Reads both systems, settles what earlier exports left open, and stores what is to be sent.

    Sends nothing. Raises IncompleteRead when a list cannot be believed.
    """
    export, integration = session.export, session.export.integration
    session.found = _read(session)
    integration.refresh_from_db()
    material = _material(session, session.found)
    session.judged = judge(material)
    ledger.drop_needless(integration, session.judged, session.clock())
    results = results_of(export, session.judged, material)
    with transaction.atomic():
        export.keep(config_version=integration.config_version)
        TimeOffResult.objects.bulk_create(results, batch_size=CHUNK)
        for result in results:
            if result.kind == Kind.BY_HAND:
                ledger.list_by_hand(export, result, session.clock())
        by_hand = [result for result in results if result.kind == Kind.BY_HAND]
        ledger.settle(by_hand, Outcome.HELD, session.clock(), reasons.BY_HAND)


def _read(session: Session) -> LeavesRead:
    """Everything that judging needs, with open rows of earlier exports looked up in it."""
    export, account = session.export, session.export.target_account
    integration, channel = export.integration, Channel(export.channel)
    lines = [*lines_for(integration, session.period), *ledger.open_lines(account)]
    wanted = wanted_for(integration, session.period, channel, lines)
    today = session.clock().astimezone(schedule.ZONE).date()
    found = read_time_off(session.source, session.target, wanted, today)
    export.beat(session.clock())
    ledger.settle_open(account, ledger.Seen(found.there, found.read), session.clock())
    return found


def _material(session: Session, found: LeavesRead) -> Material:
    export = session.export
    lines = lines_for(export.integration, session.period)
    channel = Channel(export.channel)
    return material_of(export.integration, found, channel, session.period, lines)


# --- send ----------------------------------------------------------------------------------------


class _Sending:
    """The sending of one export: removals, changes, then what is new, each way by itself."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.export = session.export
        self.clock = session.clock

    def send(self) -> HubError | None:
        """Sends every stored row; the error that ended it early, if one did."""
        stopped = None
        for kind in (Kind.REMOVE, Kind.CHANGE, Kind.ADD):
            for channel in Channel:
                if stopped is None and channel is not Channel.FILE:
                    stopped = self._send_kind(kind, channel)
        with self.session.watch.finishing():
            self._settle_unknown()
        if stopped is None:
            stopped = self._make_file()
        if stopped is not None:
            _give_up(self.export, stopped, self.clock())
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
        finder = Finder(rows, ledger.rows_of_ours(self.export.target_account))
        found = ((write, finder.find(write)) for write in writes)
        return [TimeOffWritten(write.client_id, row.target_id) for write, row in found if row]

    def _rows_now(self, channel: Channel, writes: Sequence[TimeOffWrite]) -> Sequence[TimeOffThere]:
        start, end = min(each.start for each in writes), max(each.end for each in writes)
        return self.session.taker.time_off_there(channel, Period(start, end))

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
            there = {
                channel: self.session.taker.time_off_there(channel, read) for channel in channels
            }
        except HubError:
            return  # they stay unknown, and whoever exports next reads before anything is sent
        ledger.settle_open(self.export.target_account, ledger.Seen(there, read), self.clock())

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


def _give_up(export: TimeOffExport, stopped: HubError, now: datetime) -> None:
    """Every row whose turn never came says why."""
    outcome, problem = _turn_missed(stopped)
    rows = list(export.results.filter(outcome=""))
    ledger.settle(rows, outcome, now, problem)


def _turn_missed(stopped: HubError) -> tuple[Outcome, Problem]:
    match stopped:
        case Cancelled():
            return Outcome.SKIPPED, reasons.CANCELLED_EXPORT
        case BatchRefused():
            words = "payroll refused several rows for the same reason."
            return Outcome.HELD, reasons.stopped(words)
        case _:
            return Outcome.FAILED, reasons.stopped(stopped.message)
