"""What of a plan made earlier may still be sent: rows that a fresh plan has just the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from . import reasons
from .models import Change, SyncRun
from .records import Outcome


def settle_outdated(run: SyncRun, fresh: Iterable[Change], now: datetime) -> None:
    """Skips the stored rows that are not in the fresh plan. Call it inside a transaction.

    What is only in the fresh plan was not judged or approved; it is left to the next sync.
    """
    planned = {row.source_id: _sends(row) for row in fresh if row.sendable}
    outdated = [row for row in run.changes.pending() if planned.get(row.source_id) != _sends(row)]
    for row in outdated:
        row.settle(Outcome.SKIPPED, now, reasons.PLAN_CHANGED)
    Change.objects.save_settled(outdated)


def _sends(row: Change) -> tuple[Any, ...]:
    """Whom the row writes, and what to what; not how it is to be shown."""
    fields = {
        key: (field["before"], field["after"], field["unreadable"])
        for key, field in row.details["fields"].items()
    }
    return row.kind, row.target_id, fields
