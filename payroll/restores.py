"""Restores the values before a run: what is stored of them, and the run that brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from integration_hub.accounts.models import User

from .models import Change, SyncRun
from .models.change import ChangeQuerySet
from .records import ChangeKind, Outcome
from .restoring import Before, Taken
from .runs import start_run


def changed_by(run: SyncRun, only: Sequence[str] | None = None) -> ChangeQuerySet:
    """What a run has sent; of these people alone, by source id, where `only` is given."""
    sent = run.changes.filter(outcome=Outcome.APPLIED).exclude(kind=ChangeKind.NONE)
    return sent if only is None else sent.filter(source_id__in=only)


def may_restore(run: SyncRun) -> bool:
    """Whether it is over and has sent something."""
    return not run.is_active and not run.preview and changed_by(run).exists()


def before(changes: Iterable[Change]) -> list[Before]:
    """What stood in payroll before these changes."""
    return [_before(change) for change in changes]


def _before(change: Change) -> Before:
    created = change.kind == ChangeKind.CREATE
    entries = {} if created else change.details["fields"]
    fields = {
        key: Taken(entry["before"], entry["after"], entry["unreadable"])
        for key, entry in entries.items()
    }
    return Before(
        change.source_id, change.target_id, fields, created, purged=not fields and not created
    )


def planned_before(run: SyncRun) -> list[Before]:
    """What a restore has to bring back; nothing where the run it restores is no longer there."""
    return before(changed_by(run.restores, run.only)) if run.restores else []


def start_restore(
    run: SyncRun, user: User, now: datetime, source_id: str = ""
) -> tuple[SyncRun, bool]:
    """A run that restores the values before `run`, of one person or of all, and True.

    Or the run already in progress and False. Call it only where there is somebody, or the run is
    of nobody. Raises ConfigurationError as `start_run`.
    """
    changes = changed_by(run, [source_id] if source_id else None)
    people = sorted(set(changes.values_list("source_id", flat=True)))
    return start_run(
        run.integration,
        user,
        now,
        only=people,
        trigger=SyncRun.Trigger.RESTORE,
        restores=run,
    )
