"""Changes that a run never settled: it was ended before their turn, or as it waited for answers."""

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


def never_went(change: Change, run: SyncRun) -> bool:
    """Whether the run is over and the change was neither sent nor settled. No query."""
    open_ = change.sendable and not change.outcome and change.sent_at is None
    return open_ and not run.is_active and not run.only_plans


def problems_of(change: Change, run: SyncRun) -> list[Problem]:
    """What stands on the row, and why it was not sent or that its answer was lost."""
    if is_lost(change, run):
        created = change.kind == ChangeKind.CREATE
        return [*change.problems, reasons.CREATE_UNKNOWN if created else reasons.UPDATE_UNKNOWN]
    if never_went(change, run) and run.error:
        return [*change.problems, reasons.not_sent(run.error)]
    return change.problems
