"""Readings as a worker would have kept them, of made-up people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from payroll import snapshots
from payroll.models import Integration, Snapshot
from payroll.reading import Reading
from payroll.records import Employee, PickLists, TargetEmployee
from payroll.schedule import ZONE


def keep_reading(
    integration: Integration,
    people: Sequence[Employee],
    now: datetime,
    there: Sequence[TargetEmployee] = (),
    pick_lists: PickLists | None = None,
) -> Snapshot:
    """A ready snapshot of exactly these people."""
    Snapshot.objects.filter(integration=integration).delete()
    snapshot = Snapshot(integration=integration, requested_at=now, heartbeat_at=now, fence=1)
    snapshot.status = Snapshot.Status.READING
    snapshot.save()
    day = now.astimezone(ZONE).date()
    snapshots._store(snapshot, Reading(people, there, pick_lists or {}, day), now)
    return snapshot
