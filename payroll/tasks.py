"""What the queue does: messages carry ids, never people."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import runs
from .models import SyncRun
from .sync import run_sync


@shared_task(name=runs.RUN_SYNC)
def work_on(*, run_id: str) -> None:
    """Does one queued run."""
    run_sync(SyncRun.objects.get(pk=run_id), timezone.now)


@shared_task
def start_due_syncs() -> None:
    """Queues every integration whose scheduled time has come."""
    runs.start_due(timezone.now())


@shared_task
def sweep() -> None:
    """Ends runs that nobody works on, and queues again those whose message was lost."""
    runs.sweep(timezone.now())
