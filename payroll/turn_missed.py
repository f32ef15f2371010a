"""Tells everybody whose turn never came why not, so that a run that is over leaves nobody open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from integration_hub.core.errors import BatchRefused, Cancelled, HubError

from . import reasons
from .dated.kinds import kinds_of, missed
from .models import Change, SyncRun
from .records import FieldType, Outcome, Problem
from .second_round import open_references
from .stored_rows import CHUNK, batches, each_row


def settle_the_rest(run: SyncRun, stopped: HubError, now: datetime) -> None:
    """Gives every pending row its outcome, and flags who was sent without their manager or pay.

    In bulk. Whoever was told of a value before is not told again.
    """
    outcome, problem = _why(stopped)
    while rows := list(run.changes.pending()[:CHUNK]):
        for row in rows:
            row.settle(outcome, now, problem)
        Change.objects.save_settled(rows)
    for sent in batches(_sent_without(run, stopped), CHUNK):
        Change.objects.save_settled(sent)


def _sent_without(run: SyncRun, stopped: HubError) -> Iterator[Change]:
    """Rows that went out but for what is sent in a later round, flagged."""
    target = run.integration.target
    managers = {spec.key for spec in target.fields if spec.type is FieldType.REFERENCE}
    rounds = [managers, *(set(kind.keys) for kind in kinds_of(target))]
    for row in each_row(run.changes.filter(sendable=True, outcome=Outcome.APPLIED)):
        problems = [
            missed(target, left[0], stopped.message)
            for keys in rounds
            if (left := open_references(row, keys))
            and not any(problem.field in keys for problem in row.problems)
        ]
        if problems:
            row.flag(*problems)
            yield row


def _why(stopped: HubError) -> tuple[Outcome, Problem]:
    """What becomes of those who were still to be sent when the run stopped, and why."""
    match stopped:
        case Cancelled():
            return Outcome.SKIPPED, reasons.CANCELLED
        case BatchRefused():
            words = "payroll refused several people for the same reason, so the rest waits until "
            return Outcome.HELD, reasons.not_sent(f"{words}that is mended.")
        case _:
            return Outcome.FAILED, reasons.not_sent(stopped.message)
