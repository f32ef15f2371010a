"""Says of every row whose turn never came why not, so that an export leaves none open."""

from __future__ import annotations

from datetime import datetime

from integration_hub.core.errors import BatchRefused, Cancelled, HubError
from payroll.models import TimeOffExport
from payroll.records import Outcome, Problem

from . import ledger, reasons


def settle_the_rest(export: TimeOffExport, stopped: HubError, now: datetime) -> None:
    """Every row whose turn never came says why; one that went out unbooked stays in doubt."""
    outcome, problem = _why(stopped)
    left = list(export.results.filter(outcome=""))
    ledger.settle([row for row in left if row.sent_at is None], outcome, now, problem)
    ledger.unknown([row for row in left if row.sent_at is not None], now)


def _why(stopped: HubError) -> tuple[Outcome, Problem]:
    match stopped:
        case Cancelled():
            return Outcome.SKIPPED, reasons.CANCELLED_EXPORT
        case BatchRefused():
            words = "payroll refused several rows for the same reason."
            return Outcome.HELD, reasons.stopped(words)
        case _:
            return Outcome.FAILED, reasons.stopped(stopped.message)
