"""Sends what names another person, once everybody who can be created is there.

Nobody is refused or waits because of such a value: what was sent of a person before stays sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integration_hub.core.errors import BatchRefused, Cancelled, HubError

from . import reasons
from .batches import BatchSender, Report
from .links import LinkBook
from .models import Change, SyncRun
from .ports import Target
from .records import FieldSpec, FieldType, Outcome, Problem, Value, Write, Written
from .stored_rows import CHUNK, batches, each_row

RESOLVED = "resolved"  # beside a field's `after`, an id in HR: the id in payroll that was sent


def waits_for_others(spec: FieldSpec) -> bool:
    """Whether the field is sent in a later round: whoever it is about must be there first."""
    return spec.type is FieldType.REFERENCE or spec.in_rows


def open_references(row: Change, references: Collection[str]) -> list[str]:
    """Those of the row's fields that name people and that were not sent yet."""
    fields = row.details["fields"]
    return [key for key in fields if key in references and RESOLVED not in fields[key]]


def goes_first(row: Change, specs: Mapping[str, FieldSpec]) -> bool:
    """Whether the row has anything for the first round."""
    return any(not waits_for_others(specs[key]) for key in row.details["fields"])


def send_references(
    run: SyncRun, target: Target, links: LinkBook, clock: Callable[[], datetime]
) -> HubError | None:
    """Sends the values that name people; the error that ended it early, if one did.

    Rows with nothing else get their outcome here; the others keep theirs and are flagged where a
    value was left out. Who was not reached is left as they are. Raises LeaseLost.
    """
    round_ = _SecondRound(run, target, links, clock)
    return round_.send() if round_.keys else None


@dataclass
class _Turn:
    """One row with what it sends now. `alone`: it has nothing but this."""

    row: Change
    values: Mapping[str, Value]
    alone: bool

    @property
    def write(self) -> Write:
        return Write(str(self.row.pk), self.values, self.row.target_id)

    def note_sent(self) -> None:
        """Keeps on the row what went out, so that nothing of it goes again; the caller saves."""
        fields = dict(self.row.details["fields"])
        for key, value in self.values.items():
            fields[key] = {**fields[key], RESOLVED: value}
        self.row.details = {**self.row.details, "fields": fields}


class _SecondRound:
    """The sending of one run's references."""

    def __init__(
        self, run: SyncRun, target: Target, links: LinkBook, clock: Callable[[], datetime]
    ) -> None:
        self.run = run
        self.target = target
        self.links = links
        self.clock = clock
        self.specs = {spec.key: spec for spec in target.fields}
        self.keys = {key for key, spec in self.specs.items() if spec.type is FieldType.REFERENCE}
        self._left_out: list[Change] = []

    def send(self) -> HubError | None:
        sender = BatchSender(self.target.update)
        stopped: HubError | None = None
        for turns in self._batches():
            stopped = self._deliver(turns, sender)
            if stopped:
                break
        self._save_left_out()
        return stopped

    def _batches(self) -> Iterator[list[_Turn]]:
        turns = (turn for row in self._rows() if (turn := self._turn(row)))
        return batches(turns, self.target.batch_size)

    def _rows(self) -> Iterator[Change]:
        """Who was sent, and who has nothing but references to send."""
        rows = self.run.changes.filter(sendable=True, outcome__in=["", Outcome.APPLIED])
        return (row for row in each_row(rows) if open_references(row, self.keys))

    def _turn(self, row: Change) -> _Turn | None:
        """What to send now; None, and told on the row, where whom it names is not in payroll."""
        fields = row.details["fields"]
        named = {key: fields[key]["after"] for key in open_references(row, self.keys)}
        found = {
            key: self.links.target_id(after) if after else None for key, after in named.items()
        }
        alone = not goes_first(row, self.specs)
        missing = [key for key, after in named.items() if after and not found[key]]
        if missing:
            self._leave_out(_Turn(row, {}, alone), reasons.manager_not_created(missing[0]))
            return None
        return _Turn(row, found, alone)

    def _deliver(
        self, turns: Sequence[_Turn], sender: BatchSender[Write, Written]
    ) -> HubError | None:
        now = self.clock()
        try:
            with transaction.atomic():
                self.run.go_on(now)
                alone = [turn.row.pk for turn in turns if turn.alone]
                Change.objects.filter(pk__in=alone).update(sent_at=now)
        except Cancelled as cancelled:
            return cancelled
        report = sender.deliver([turn.write for turn in turns])
        self._book(report, {str(turn.row.pk): turn for turn in turns})
        return report.stopped

    # --- booking ---------------------------------------------------------------------------------

    def _book(self, report: Report[Write, Written], turns: Mapping[str, _Turn]) -> None:
        unsent = {write.client_id for write in report.unsent}
        with transaction.atomic():
            for name, turn in turns.items():
                if name not in unsent:
                    turn.note_sent()
            self._confirm([(turns[each.client_id], each) for each in report.written])
            for name, refusal in report.refused.items():
                self._refuse(turns[name], refusal)
            for write in report.unknown:
                self._doubt(turns[write.client_id])
            Change.objects.save_settled(
                [turn.row for name, turn in turns.items() if name not in unsent]
            )
            self._turn_missed([turns[name] for name in unsent])

    def _confirm(self, confirmed: Sequence[tuple[_Turn, Written]]) -> None:
        now = self.clock()
        for turn, _ in confirmed:
            if turn.alone:
                turn.row.settle(Outcome.APPLIED, now)
        self.links.confirm(
            (
                (turn.row.source_id, written.target_id, turn.values, written.fields)
                for turn, written in confirmed
            ),
            now,
        )

    def _refuse(self, turn: _Turn, refusal: BatchRefused) -> None:
        field = next(iter(turn.values))
        words = refusal.words or refusal.message
        if turn.alone:
            problem = reasons.rejected(words, field, self.specs[field].label)
        else:
            problem = reasons.manager_refused(words, field)
        self._tell(turn, Outcome.REJECTED, problem)

    def _doubt(self, turn: _Turn) -> None:
        """The answer was lost; a row of its own is looked for when payroll is read."""
        problem = reasons.UPDATE_UNKNOWN if turn.alone else reasons.MANAGER_UNCONFIRMED
        self._tell(turn, Outcome.UNKNOWN, problem)

    def _turn_missed(self, turns: Sequence[_Turn]) -> None:
        """Nothing of these went out, so nothing is in doubt."""
        alone = [turn.row.pk for turn in turns if turn.alone]
        if alone:
            Change.objects.filter(pk__in=alone).update(sent_at=None)

    def _leave_out(self, turn: _Turn, problem: Problem) -> None:
        self._tell(turn, Outcome.SKIPPED, problem)
        self._left_out.append(turn.row)
        if len(self._left_out) >= CHUNK:
            self._save_left_out()

    def _save_left_out(self) -> None:
        Change.objects.save_settled(self._left_out)
        self._left_out = []

    def _tell(self, turn: _Turn, outcome: Outcome, problem: Problem) -> None:
        """Settles a row of its own; of whoever went through, only this was left out."""
        row = turn.row
        if turn.alone:
            row.settle(outcome, self.clock(), problem)
        else:
            row.flag(problem)
