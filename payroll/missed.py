"""Scheduled runs whose time passed an hour ago and that nobody has started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import lateness, schedule
from .models import Integration, SyncRun


@dataclass(frozen=True, slots=True)
class Missed:
    """An integration and the time that passed. `queued`: the run waits, and no worker takes it."""

    integration: Integration
    due: datetime
    queued: bool = False

    @property
    def shown_due(self) -> datetime:
        """The time as people are told it."""
        return schedule.shown(self.due)


def missed_runs(now: datetime) -> list[Missed]:
    """Those of every customer, each integration once. Two queries."""
    latest = now - lateness.LATE_AFTER + timedelta(seconds=schedule.SPREAD_SECONDS)
    queued = SyncRun.objects.filter(status=SyncRun.Status.QUEUED, started_at__isnull=True)
    waiting = queued.filter(due_at__lte=latest)
    found = {
        run.integration_id: missed_by(run.integration, run, now)
        for run in waiting.select_related("integration__organisation")
    }
    for integration in Integration.objects.due(latest).select_related("organisation"):
        found[integration.pk] = found.get(integration.pk) or missed_by(integration, None, now)
    return [missed for missed in found.values() if missed]


def missed_by(integration: Integration, active_run: SyncRun | None, now: datetime) -> Missed | None:
    """What one integration missed; `active_run` is its run in progress or waiting. No query."""
    planned = integration.next_run_at if _is_scheduled(integration) else None
    queued = active_run if active_run and active_run.is_untaken else None
    due = lateness.missed(planned, queued.due_at if queued else None, now)
    return Missed(integration, due, queued is not None and due == queued.due_at) if due else None


def _is_scheduled(integration: Integration) -> bool:
    """As `IntegrationQuerySet.due` selects."""
    return integration.is_on_schedule
