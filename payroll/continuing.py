"""Takes up by itself what a program that stopped left in the middle: soon, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from integration_hub.core.errors import ConfigurationError

from .models import SyncRun
from .runs import enqueue, open_run

RECENT = timedelta(hours=1)  # what was interrupted longer ago is left to the schedule
MOST_IN_A_ROW = 3  # a run that ends every worker it meets is left to a person


def go_on_with_interrupted(now: datetime) -> None:
    """Starts a run for each that was interrupted and that nobody has followed or cancelled.

    It reads and plans anew: that is everybody who was not finished, and what HR changed since.
    """
    interrupted = SyncRun.objects.filter(
        status=SyncRun.Status.INTERRUPTED,
        preview=False,
        cancel_asked_at__isnull=True,
        continued_by__isnull=True,
        finished_at__gte=now - RECENT,
    ).exclude(trigger=SyncRun.Trigger.RESTORE)  # that is for a person to start
    for run in interrupted.select_related("integration__organisation", "started_by", "restores"):
        if _may_go_on(run) and _is_newest(run) and _in_a_row(run) <= MOST_IN_A_ROW:
            _go_on(run, now)


def _may_go_on(run: SyncRun) -> bool:
    """Whether it might be started now as it was then: a schedule that is off starts nothing."""
    integration = run.integration
    if run.trigger == SyncRun.Trigger.SCHEDULED:
        return integration.is_on_schedule
    return integration.may_sync


@transaction.atomic
def _go_on(run: SyncRun, now: datetime) -> None:
    """Run and message together: whoever dies in between leaves it to the next sweep."""
    try:
        following, new = open_run(
            run.integration,
            now,
            trigger=SyncRun.Trigger(run.trigger),
            started_by=run.started_by,
            only=run.only,
            due_at=run.due_at,
            restores=run.restores,
        )
    except ConfigurationError:  # the add-on was taken away, or the integration deleted
        return
    if new:
        enqueue(following)


def _is_newest(run: SyncRun) -> bool:
    later = run.integration.runs.filter(preview=False, queued_at__gt=run.queued_at)
    return not later.exists()


def _in_a_row(run: SyncRun) -> int:
    """How many runs were interrupted one after the other, this one included."""
    each, length = run, 1
    while each.continues is not None and length <= MOST_IN_A_ROW:
        each, length = each.continues, length + 1
    return length
