"""Tells everybody whose turn never came why not, so that a run that is over leaves nobody open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from integration_hub.core.errors import BatchRefused, Cancelled, HubError

from . import reasons
from .models import Change, SyncRun
from .records import Outcome, Problem
from .second_round import open_references, waits_for_others
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
    specs = [spec for spec in run.integration.target.fields if waits_for_others(spec)]
    managers = {spec.key for spec in specs if not spec.in_rows}
    pay = {spec.key for spec in specs if spec.in_rows}
    for row in each_row(run.changes.filter(sendable=True, outcome=Outcome.APPLIED)):
        problems = [
            asdict(why(stopped.message, missed[0]))
            for keys, why in ((managers, reasons.manager_not_sent), (pay, reasons.row_not_sent))
            if (missed := open_references(row, keys))
            and not any(problem.field in keys for problem in row.problems)
        ]
        if problems:
            row.details = {**row.details, "problems": [*row.details["problems"], *problems]}
            row.flagged = True
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
