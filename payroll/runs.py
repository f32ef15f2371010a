"""Starts runs: by hand, by schedule, and again where one got stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.core.errors import ConfigurationError

from . import queue
from .jobs import LOST_AFTER, hand_over, place
from .models import Integration, SyncRun
from .standing import ByHand

RUN_SYNC = "payroll.tasks.run_sync"  # by name: the task calls the engine, which knows no queue
NO_ADDON = (
    "The payroll add-on is not activated for this organisation, so nothing can be created or run. "
    "Ask whoever operates the Integration Hub to activate it; everything configured is kept."
)


def open_run(
    integration: Integration,
    now: datetime,
    *,
    preview: bool = False,
    trigger: SyncRun.Trigger = SyncRun.Trigger.MANUAL,
    started_by: User | None = None,
    only: Sequence[str] = (),
    due_at: datetime | None = None,
    probe: bool = False,
    restores: SyncRun | None = None,
) -> tuple[SyncRun, bool]:
    """A new queued run and True, or the run that is already in progress and False.

    `only`: the source ids of a trial; empty means everyone. `due_at`: when the schedule wanted it.
    `probe`: it only tries whether things work again, as every sync in a quarantine does.
    `restores`: the run whose changes are taken back. A run that ended in this very moment is given
    as if it still were in progress. Raises
    ConfigurationError where the organisation has not bought the add-on or the integration is gone.
    """
    if not integration.organisation.has_addon:
        raise ConfigurationError(NO_ADDON)
    SyncRun.objects.filter(target_account=integration.target_account).interrupt_stale(now)
    tries = integration.conduct.by_hand is ByHand.PROBE and not preview and not only
    run = SyncRun(
        integration=integration,
        preview=preview,
        trigger=trigger,
        started_by=started_by,
        only=list(only),
        due_at=due_at,
        probe=probe or tries,
        restores=restores,
        queued_at=now,
        continues=None if preview else _interrupted(integration, only, restores),
        config_version=integration.config_version,
        target_account=integration.target_account,
    )
    return place(run)


def _interrupted(
    integration: Integration, only: Sequence[str], restores: SyncRun | None
) -> SyncRun | None:
    """The run before, where it was interrupted and a run of these people makes that good."""
    last = integration.runs.filter(preview=False).first()
    if last is None or last.status != SyncRun.Status.INTERRUPTED:
        return None
    if last.trigger == SyncRun.Trigger.RESTORE:
        return None
    if last.restores_id != (restores.pk if restores else None):
        return None  # a sync finishes no restore, nor the other way round
    return last if not only or list(only) == last.only else None


def enqueue(run: SyncRun) -> None:
    """Hands the run to a worker once the row is committed. Raises OperationalError."""
    queue.send(RUN_SYNC, run_id=str(run.pk))


def start_run(
    integration: Integration,
    user: User | None,
    now: datetime,
    *,
    preview: bool = False,
    only: Sequence[str] = (),
    trigger: SyncRun.Trigger = SyncRun.Trigger.MANUAL,
    restores: SyncRun | None = None,
) -> tuple[SyncRun, bool]:
    """A run handed to the queue and True, or the run already in progress and False.

    Where the queue cannot be reached the run comes back failed, with the reason as its error.
    """
    run, new = open_run(
        integration,
        now,
        preview=preview,
        trigger=trigger,
        started_by=user,
        only=only,
        restores=restores,
    )
    if new:
        audit_start(run, now)
        hand_over(run, enqueue, now)
    return run, new


def audit_start(run: SyncRun, now: datetime) -> None:
    """Notes who started a run by hand; of a trial how many people, not who."""
    actions = AuditEntry.Action
    action = actions.PREVIEW_STARTED if run.preview else actions.SYNC_STARTED
    by_hand = {
        run.Trigger.SINGLE: actions.SINGLE_STARTED,
        run.Trigger.RESTORE: actions.RESTORE_STARTED,
    }
    few = by_hand.get(SyncRun.Trigger(run.trigger), actions.TRIAL_STARTED)
    integration = run.integration
    integration.note(
        few if run.only else action,
        now,
        run.started_by,
        after={"people": len(run.only)} if run.only else None,
    )


def start_due(now: datetime) -> None:
    """Queues due integrations; each is claimed by a conditional UPDATE, so once by one process.

    Claim and run are stored together: whoever dies in between leaves the integration due.
    """
    for integration in Integration.objects.due(now):
        planned = integration.next_run_at or now
        with transaction.atomic():
            claimed = Integration.objects.filter(pk=integration.pk, next_run_at=planned).update(
                next_run_at=integration.next_run_after(now)
            )
            if not claimed:
                continue
            due = integration.due_of(planned)
            run, new = open_run(integration, now, trigger=SyncRun.Trigger.SCHEDULED, due_at=due)
            if not new:  # it stays due until the run in progress is over
                transaction.set_rollback(True)
                continue
            enqueue(run)


def sweep(now: datetime) -> None:
    """Ends stale runs, sends lost messages again, and lets runs go on that have waited enough."""
    SyncRun.objects.interrupt_stale(now)
    for run in SyncRun.objects.lost(now - LOST_AFTER, now):
        enqueue(run)
