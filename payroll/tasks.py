"""What the queue does: messages carry ids, never people."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import continuing, notify, probing, retention, runs, snapshots, waiting
from .models import Snapshot, SyncRun, TimeOffExport, TimeOffReading
from .sync import run_sync
from .timeoff import export as exporting
from .timeoff import purging, readings, starting


@shared_task(name=runs.RUN_SYNC)
def work_on(*, run_id: str) -> None:
    """Does one queued run."""
    run_sync(SyncRun.objects.get(pk=run_id), timezone.now)


@shared_task(name=snapshots.TAKE_SNAPSHOT)
def take_snapshot(*, snapshot_id: str) -> None:
    """Reads both systems for showing; one that was deleted meanwhile is not missed."""
    for snapshot in Snapshot.objects.filter(pk=snapshot_id):
        snapshots.take_snapshot(snapshot, timezone.now)


@shared_task(name=readings.READ_TIME_OFF)
def read_time_off(*, reading_id: str) -> None:
    """Reads time off for showing; a reading that was deleted meanwhile is not missed."""
    for reading in TimeOffReading.objects.filter(pk=reading_id):
        readings.take_reading(reading, timezone.now)


@shared_task(name=starting.EXPORT_TIME_OFF)
def export_time_off(*, export_id: str) -> None:
    """Does one queued export of time off."""
    for export in TimeOffExport.objects.filter(pk=export_id):
        exporting.export_time_off(export, timezone.now)


@shared_task
def start_due_syncs() -> None:
    """Queues every integration whose scheduled time has come, and the probes."""
    now = timezone.now()
    runs.start_due(now)
    probing.start_probes(now)


@shared_task
def sweep() -> None:
    """Ends runs nobody works on and takes them up, hands on what got stuck, tells people."""
    now = timezone.now()
    runs.sweep(now)
    continuing.go_on_with_interrupted(now)
    waiting.hand_on_left_over(now)
    snapshots.forget_expired(now)
    starting.sweep(now)
    readings.forget_expired(now)
    notify.tell_of_changes(now)
    notify.hand_on(now)


@shared_task(name=notify.TELL)
def tell() -> None:
    """Sends the mails that wait."""
    notify.send_waiting(timezone.now)


@shared_task
def purge() -> None:
    """Deletes the names and values of runs long over."""
    now = timezone.now()
    retention.purge(now)
    purging.purge(now)
