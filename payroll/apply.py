"""Sends the stored rows of a plan in batches and books one outcome per person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from integration_hub.core.errors import BatchRefused, Cancelled, HubError, IncompleteRead

from . import pausing, pins, reasons, troubles
from .batches import BatchSender, Report
from .cancelling import Watch
from .dated.reading import SENDING
from .dated.sending import send_rows
from .links import LinkBook
from .matching import Roster, conflict
from .models import Change, SyncRun
from .ports import Target
from .records import ChangeKind, Identity, Outcome, Problem, TargetEmployee, Value, Write, Written
from .second_round import RESOLVED, goes_first, send_references, waits_for_others
from .stored_rows import batches, each_row
from .turn_missed import settle_the_rest
from .values import canonical, restore
from .waiting import use_up


def apply_changes(
    run: SyncRun, target: Target, links: LinkBook, clock: Callable[[], datetime], watch: Watch
) -> HubError | None:
    """Sends every pending row; the error that ended it early, if one did: Cancelled among them.

    Where the run goes on later, the rows not sent stay pending.
    Raises LeaseLost when this process no longer holds the run.
    """
    application = _Application(run, target, links, clock, watch)
    stopped = application.send([ChangeKind.UPDATE, ChangeKind.END], target.update, creates=False)
    if stopped is None:
        stopped = application.send([ChangeKind.CREATE], target.create, creates=True)
    if stopped is None:
        stopped = send_references(run, target, links, clock)
    if stopped is None:
        stopped = send_rows(run, target, links, clock)
    if pausing.goes_on_at(run, stopped, clock()):
        return stopped
    with watch.finishing():
        application.settle_unknown()
    if stopped is not None:
        settle_the_rest(run, stopped, clock())
    troubles.book(run, clock())
    # Many refusals of one kind are a problem with the people left over, not with the run.
    return None if isinstance(stopped, BatchRefused) else stopped


class _Application:
    """The sending of one run."""

    def __init__(
        self,
        run: SyncRun,
        target: Target,
        links: LinkBook,
        clock: Callable[[], datetime],
        watch: Watch,
    ) -> None:
        self.run = run
        self.watch = watch
        self.target = target
        self.links = links
        self.clock = clock
        self.specs = {spec.key: spec for spec in target.fields}

    def send(
        self,
        kinds: Sequence[ChangeKind],
        verb: Callable[[Sequence[Write]], Sequence[Written]],
        *,
        creates: bool,
    ) -> HubError | None:
        """Sends the rows of these kinds; why it stopped before the last, if it did."""
        sender = BatchSender(verb, self._already_there if creates else None)
        for rows in self._batches(kinds):
            try:
                self._intend(rows, creates=creates)
            except Cancelled as cancelled:
                return cancelled
            report = sender.deliver([self._write(row) for row in rows])
            self._book(report, rows, creates=creates)
            if report.stopped:
                return report.stopped
        return None

    def _batches(self, kinds: Sequence[ChangeKind]) -> Iterator[list[Change]]:
        pending = self.run.changes.pending().filter(kind__in=kinds)
        rows = (row for row in each_row(pending) if goes_first(row, self.specs))
        return batches(rows, self.target.batch_size)

    def _intend(self, rows: Sequence[Change], *, creates: bool) -> None:
        """Stores what is about to be sent, and makes sure that this process may still send."""
        now = self.clock()
        with transaction.atomic():
            self.run.go_on(now)
            Change.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)
            if creates:
                self.links.intend_creates([row.source_id for row in rows], now)
            pins.place(self.run, rows, now)

    def _write(self, row: Change) -> Write:
        values: dict[str, Value] = {
            key: restore(field["after"], self.specs[key].type)
            for key, field in row.details["fields"].items()
            if not waits_for_others(self.specs[key])
        }
        return Write(client_id=str(row.pk), values=values, target_id=row.target_id)

    # --- booking ---------------------------------------------------------------------------------

    def _book(
        self, report: Report[Write, Written], rows: Sequence[Change], *, creates: bool
    ) -> None:
        """One outcome per row, and what was confirmed on the links, in one transaction."""
        by_id = {str(row.pk): row for row in rows}
        surely_not_sent = [by_id[name] for name in report.refused]
        surely_not_sent += [by_id[write.client_id] for write in report.unsent]
        with transaction.atomic():
            self._confirm([(by_id[w.client_id], w) for w in report.written])
            for name, refusal in report.refused.items():
                by_id[name].settle(Outcome.REJECTED, self.clock(), self._refused(refusal))
            doubt = reasons.CREATE_UNKNOWN if creates else reasons.UPDATE_UNKNOWN
            for write in report.unknown:
                by_id[write.client_id].settle(Outcome.UNKNOWN, self.clock(), doubt)
            settled = [*report.refused, *(write.client_id for write in report.unknown)]
            Change.objects.save_settled([by_id[name] for name in settled])
            if creates:
                self.links.withdraw_intents([row.source_id for row in surely_not_sent])
            pins.take_off(self.run, surely_not_sent)
            _forget_sending([write.client_id for write in report.unsent])

    def _confirm(self, confirmed: Sequence[tuple[Change, Written]]) -> None:
        """Books as applied; who was created under the id of somebody else is held."""
        now = self.clock()
        contested = self.links.confirm(
            (
                (row.source_id, written.target_id, self._write(row).values, written.fields)
                for row, written in confirmed
            ),
            now,
        )
        rows = [row for row, _ in confirmed]
        for row, written in confirmed:
            row.target_id = written.target_id
            if row.source_id in contested:
                row.settle(Outcome.HELD, now, reasons.ID_OF_ANOTHER)
            else:
                row.settle(Outcome.APPLIED, now)
        Change.objects.bulk_update(rows, ["outcome", "target_id", "settled_at"])
        Change.objects.save_settled([row for row in rows if row.source_id in contested])
        use_up(rows, self.specs)
        pins.lift(self.run, rows)

    def _refused(self, refusal: BatchRefused) -> Problem:
        field = refusal.path.partition(".")[0]
        label = self.specs[field].label if field in self.specs else ""
        words = refusal.words or refusal.message
        return reasons.rejected(words, field, label)

    # --- lost answers ----------------------------------------------------------------------------

    def _already_there(self, writes: Sequence[Write]) -> list[Written]:
        """Those of `writes` whom payroll holds already, by number and identity."""
        with self.watch.finishing():
            roster = Roster(self.target.employees())
        rows = Change.objects.filter(pk__in=[write.client_id for write in writes])
        by_id = {str(row.pk): row for row in rows}
        found = []
        for write in writes:
            row = by_id[write.client_id]
            if len(roster.numbered(row.employee_number)) > 1:
                raise IncompleteRead("Payroll shows an employee number twice after a refusal.")
            employee = self._created(row, roster)
            if employee is not None:
                found.append(Written(write.client_id, employee.id, employee.fields))
        return found

    def _created(self, row: Change, roster: Roster) -> TargetEmployee | None:
        """The person in payroll that this create made: nobody had the number when planning."""
        candidates = roster.numbered(row.employee_number)
        person = row.details
        birth_date = person["birth_date"]
        identity = Identity(
            row.employee_number,
            person["first_name"],
            person["last_name"],
            date.fromisoformat(birth_date) if birth_date else None,
        )
        if len(candidates) != 1 or conflict(identity, candidates[0].identity):
            return None
        return candidates[0]

    def settle_unknown(self) -> None:
        """Reads payroll once more to learn what became of writes whose answer was lost."""
        rows = list(self.run.changes.filter(outcome=Outcome.UNKNOWN, sendable=True))
        if not rows:
            return
        try:
            roster = Roster(self.target.employees())
        except HubError:
            return  # they stay unknown, and the next run reads before it sends
        creates = [row for row in rows if row.kind == ChangeKind.CREATE]
        with transaction.atomic():
            self._settle_creates(creates, roster)
            self._settle_updates([row for row in rows if row not in creates], roster)

    def _settle_creates(self, rows: Sequence[Change], roster: Roster) -> None:
        found = [(row, self._created(row, roster)) for row in rows]
        self._verified([(row, employee) for row, employee in found if employee is not None])
        self.links.missed(
            [row.source_id for row, employee in found if employee is None], self.clock()
        )

    def _settle_updates(self, rows: Sequence[Change], roster: Roster) -> None:
        there = [(row, roster.by_id.get(row.target_id)) for row in rows]
        self._verified([(row, e) for row, e in there if e is not None and self._holds(e, row)])

    def _holds(self, employee: TargetEmployee, row: Change) -> bool:
        """Whether payroll now holds every value of the row that was sent.

        A dated row in doubt was looked for among payroll's rows already, in vain.
        """
        if any(SENDING in field for field in row.details["fields"].values()):
            return False
        return all(
            canonical(employee.fields.get(key), self.specs[key].type)
            == field.get(RESOLVED, field["after"])
            for key, field in row.details["fields"].items()
            if RESOLVED in field or not waits_for_others(self.specs[key])
        )

    def _verified(self, found: Sequence[tuple[Change, TargetEmployee]]) -> None:
        """Books as applied; the doubt that was noted on the row is over."""
        written = [
            (row, Written(str(row.pk), employee.id, employee.fields)) for row, employee in found
        ]
        for row, _ in written:
            row.tell_no_more(reasons.CREATE_UNKNOWN.code, reasons.UPDATE_UNKNOWN.code)
        self._confirm(written)
        Change.objects.save_settled([row for row, _ in written])


def _forget_sending(client_ids: Sequence[str]) -> None:
    """These did not go out after all, so nothing of them is in doubt."""
    if client_ids:
        Change.objects.filter(pk__in=client_ids).update(sent_at=None)
