"""What of a plan made earlier may still be sent: rows that a fresh plan has just the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from . import reasons
from .dated.kinds import missed
from .models import Change, SyncRun
from .records import Outcome
from .second_round import open_references
from .stored_rows import each_row


def settle_outdated(
    run: SyncRun, fresh: Iterable[Change], references: Collection[str], now: datetime
) -> None:
    """Skips the stored rows that are not in the fresh plan. Call it inside a transaction.

    What is only in the fresh plan was not judged or approved; it is left to the next sync. Of
    somebody who was sent before the run had to wait, `references` (fields that name people) go
    only where the fresh plan has them too.
    """
    planned = {row.source_id: row for row in fresh if row.sendable}
    outdated = []
    for row in run.changes.pending():
        new = planned.get(row.source_id)
        if new is None or _sends(new) != _sends(row):
            row.settle(Outcome.SKIPPED, now, reasons.PLAN_CHANGED)
            outdated.append(row)
    Change.objects.save_settled([*outdated, *_left_without(run, planned, references)])


def _left_without(
    run: SyncRun, planned: Mapping[str, Change], references: Collection[str]
) -> Iterator[Change]:
    """Rows of people who were sent, without the references that would now be others or none."""
    for row in each_row(run.changes.filter(sendable=True, outcome=Outcome.APPLIED)):
        fields, new = row.details["fields"], planned.get(row.source_id)
        now = new.details["fields"] if new else {}
        over = [
            key
            for key in open_references(row, references)
            if key not in now or _told(now[key]) != _told(fields[key])
        ]
        if over:
            left = {key: field for key, field in fields.items() if key not in over}
            row.details = {**row.details, "fields": left}
            target, words = run.integration.target, "It changed since the plan was made."
            row.flag(missed(target, over[0], words))
            yield row


def _sends(row: Change) -> tuple[Any, ...]:
    """Whom the row writes, and what to what; not how it is to be shown."""
    fields = {key: _told(field) for key, field in row.details["fields"].items()}
    return row.kind, row.target_id, fields


def _told(field: Mapping[str, Any]) -> tuple[Any, ...]:
    return field["before"], field["after"], field["unreadable"]
