"""What the queue does: messages carry ids, never people."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import runs, snapshots
from .models import Snapshot, SyncRun
from .sync import run_sync


@shared_task(name=runs.RUN_SYNC)
def work_on(*, run_id: str) -> None:
    """Does one queued run."""
    run_sync(SyncRun.objects.get(pk=run_id), timezone.now)


@shared_task(name=snapshots.TAKE_SNAPSHOT)
def take_snapshot(*, snapshot_id: str) -> None:
    """Reads both systems for showing; one that was deleted meanwhile is not missed."""
    for snapshot in Snapshot.objects.filter(pk=snapshot_id):
        snapshots.take_snapshot(snapshot, timezone.now)


@shared_task
def start_due_syncs() -> None:
    """Queues every integration whose scheduled time has come."""
    runs.start_due(timezone.now())


@shared_task
def sweep() -> None:
    """Ends runs that nobody works on, queues again lost ones, and forgets what is too old."""
    now = timezone.now()
    runs.sweep(now)
    snapshots.forget_expired(now)
