"""Changes that a run sent and never settled: it was ended while it waited for the answer."""

from __future__ import annotations

from django.db.models import Q

from . import reasons
from .models import Change, SyncRun
from .records import ChangeKind, Outcome, Problem

LOST = Q(outcome="", sent_at__isnull=False) & ~Q(run__status__in=SyncRun.ACTIVE)
"""Sent in a run that is over, with no outcome: payroll may have done it or not."""

FAILED = Q(outcome__in=[Outcome.FAILED, Outcome.UNKNOWN]) | LOST


def is_lost(change: Change, run: SyncRun) -> bool:
    """Whether the change is one of `LOST`. No query."""
    return not change.outcome and change.sent_at is not None and not run.is_active


def problems_of(change: Change, run: SyncRun) -> list[Problem]:
    """What stands on the row, and that its answer was lost where that is so."""
    if not is_lost(change, run):
        return change.problems
    created = change.kind == ChangeKind.CREATE
    return [*change.problems, reasons.CREATE_UNKNOWN if created else reasons.UPDATE_UNKNOWN]
