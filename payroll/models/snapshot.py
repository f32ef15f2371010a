"""Both systems as they were at one moment, kept for a day so that settings show real people."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration
from .run import LEASE

KEPT_FOR = timedelta(hours=24)

NOT_BEGUN = (
    "The reading did not begin within five minutes: a long sync may be going on, or nobody works "
    "on the queue. Read again; if it goes on, tell whoever operates the Integration Hub."
)
STOPPED = "The reading stopped before its end. Nothing was changed. Read again."


class SnapshotTakenOver(Exception):
    """Another reading has begun since; what this one finds is not kept."""


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Which snapshots."""

    def expired(self, now: datetime) -> SnapshotQuerySet:
        """Older than people's data may be kept for showing."""
        return self.filter(requested_at__lt=now - KEPT_FOR)

    def current(self, now: datetime) -> SnapshotQuerySet:
        """The others."""
        return self.filter(requested_at__gte=now - KEPT_FOR)


class Snapshot(models.Model):
    """One reading of both systems for one integration; nothing is ever sent because of it.

    `fence` grows with every reading asked for; only the newest may store. `requests` counts those
    sent so far. The people stand in the parts, sealed.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for its turn"
        READING = "reading", "Reading"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be read"

    UNDER_WAY = (Status.QUEUED, Status.READING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="snapshot"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    fence = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    heartbeat_at = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    source_count = models.PositiveIntegerField(default=0)
    target_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = SnapshotQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.integration}: {self.get_status_display()}"

    @property
    def is_ready(self) -> bool:
        """Whether people can be shown."""
        return self.status == self.Status.READY

    def is_under_way(self, now: datetime) -> bool:
        """Whether a worker has it or will; one that fell silent is over."""
        return self.status in self.UNDER_WAY and self.heartbeat_at > now - LEASE

    def as_told(self, now: datetime) -> Snapshot:
        """As a page tells it: one that fell silent has failed. Nothing is stored."""
        if self.status in self.UNDER_WAY and not self.is_under_way(now):
            waited = self.status == self.Status.QUEUED
            self.status, self.error = self.Status.FAILED, NOT_BEGUN if waited else STOPPED
        return self

    def claim(self, now: datetime) -> bool:
        """Takes a queued reading in hand; False when somebody else has."""
        queued = Snapshot.objects.filter(pk=self.pk, status=self.Status.QUEUED, fence=self.fence)
        return bool(queued.update(status=self.Status.READING, heartbeat_at=now, requests=0))

    def beat(self, now: datetime) -> None:
        """One more request goes out. Raises SnapshotTakenOver."""
        self.keep(heartbeat_at=now, requests=models.F("requests") + 1)

    def keep(self, **columns: Any) -> None:
        """Writes columns while this is the newest reading. Raises SnapshotTakenOver."""
        mine = Snapshot.objects.filter(
            pk=self.pk, fence=self.fence, status=self.Status.READING
        ).update(**columns)
        if not mine:
            raise SnapshotTakenOver(str(self.pk))


class SnapshotPartQuerySet(models.QuerySet["SnapshotPart"]):
    """Which parts."""

    def shown(self, integration: Integration, now: datetime) -> SnapshotPartQuerySet:
        """Those of the reading that may be shown, all or none: it takes one query.

        A reading that is asked for meanwhile deletes them.
        """
        return self.filter(
            snapshot__integration=integration,
            snapshot__status=Snapshot.Status.READY,
            snapshot__requested_at__gte=now - KEPT_FOR,
        )


class SnapshotPart(models.Model):
    """Some people of one side, or what else a reading holds, as `payroll.portable` writes it."""

    class Kind(models.TextChoices):
        SOURCE = "source", "HR"
        TARGET = "target", "Payroll"
        FRAME = "frame", "Pick lists and day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField()
    body = SealedJSONField()

    objects = SnapshotPartQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "kind", "position"], name="one_part_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
