"""Tells everybody whose turn never came why not, so that a run that is over leaves nobody open."""

from __future__ import annotations

from datetime import datetime

from integration_hub.core.errors import BatchRefused, Cancelled, HubError

from . import reasons
from .models import Change, SyncRun
from .records import Outcome, Problem

CHUNK = 500  # rows per statement, and in memory


def settle_the_rest(run: SyncRun, stopped: HubError, now: datetime) -> None:
    """Gives every pending row its outcome, in bulk."""
    outcome, problem = _why(stopped)
    while rows := list(run.changes.pending()[:CHUNK]):
        for row in rows:
            row.settle(outcome, now, problem)
        Change.objects.save_settled(rows)


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
