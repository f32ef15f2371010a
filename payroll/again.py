"""Lets the schedule try a run again in minutes, where a system only did not answer."""

from __future__ import annotations

from datetime import datetime

from .lateness import again_at
from .models import Integration, SyncRun


def try_again(run: SyncRun, now: datetime) -> datetime | None:
    """Brings the integration's next run forward; when to, or None where it is not tried again.

    Only what the schedule started, and only before a plan was made: nothing can have been sent.
    """
    if run.trigger != SyncRun.Trigger.SCHEDULED or run.due_at is None or run.planned_at:
        return None
    held = Integration.objects.get(pk=run.integration_id)
    tries = held.runs.filter(due_at=run.due_at).count()
    again = again_at(tries, now, held.next_run_at) if held.is_active else None
    if again is None:
        return None
    unchanged = Integration.objects.filter(
        pk=held.pk, next_run_at=held.next_run_at, state=held.state
    )
    return again if unchanged.update(next_run_at=again) else None


def will_try_again(run: SyncRun) -> datetime | None:
    """When the schedule tries this failed run again, as things stand now."""
    integration = run.integration
    planned = integration.next_run_at
    failed = run.trigger == SyncRun.Trigger.SCHEDULED and run.status == SyncRun.Status.FAILED
    if not failed or run.due_at is None or planned is None or not integration.is_active:
        return None
    return planned if planned != run.due_at and integration.due_of(planned) == run.due_at else None
