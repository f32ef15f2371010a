"""Deletes the names and values of runs long over; what was done to how many people stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from .judgement import PLAN_AGE
from .models import Change, Integration, SyncRun, UpcomingChange
from .models.run import SyncRunQuerySet

CHUNK = 500  # people in a transaction


@dataclass(frozen=True, slots=True)
class Purged:
    """How many runs, and people in them."""

    runs: int = 0
    people: int = 0


def kept_since(now: datetime) -> datetime:
    """Runs that ended before this are emptied."""
    return now - timedelta(days=settings.RETENTION_DAYS)


def due(now: datetime) -> Purged:
    """What `purge` would empty."""
    runs = _due(now)
    return Purged(runs.count(), Change.objects.filter(run__in=runs).count())


def purge(now: datetime) -> Purged:
    """Empties every run that is due. What was interrupted is done again by the next purge."""
    runs = list(_due(now).order_by("finished_at").values_list("pk", "integration"))
    return Purged(len(runs), sum(_purge(run, integration, now) for run, integration in runs))


def _due(now: datetime) -> SyncRunQuerySet:
    """Neither at work nor a plan that somebody may still approve."""
    approvable = Q(status=SyncRun.Status.HELD, planned_at__gte=now - PLAN_AGE)
    ended = SyncRun.objects.filter(finished_at__lt=kept_since(now), purged_at=None)
    return ended.exclude(status__in=SyncRun.ACTIVE).exclude(approvable)


def _purge(run: UUID, integration: UUID, now: datetime) -> int:
    """Empties one run and marks it; how many people were in it."""
    people, after = 0, -1
    while True:
        with transaction.atomic():
            # Whoever deletes the integration waits, so that no row is made anew behind its back.
            if (
                not Integration.objects.select_for_update(no_key=True)
                .filter(pk=integration)
                .exists()
            ):
                return people
            rows = list(Change.objects.filter(run=run, position__gt=after).defer("details")[:CHUNK])
            _empty(rows)
            if len(rows) < CHUNK:
                UpcomingChange.objects.filter(run=run).delete()
                SyncRun.objects.filter(pk=run).update(purged_at=now)
        people += len(rows)
        if len(rows) < CHUNK:
            return people
        after = rows[-1].position


def _empty(rows: Sequence[Change]) -> None:
    """A sealed column can only be written with its row, hence no UPDATE of many."""
    for row in rows:
        row.details, row.employee_number = {"fields": {}, "problems": []}, ""
    Change.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["details", "employee_number"],
    )
