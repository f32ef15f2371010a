"""Time off of one period as both systems had it, kept for a day so that pages show it at once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration
from .run import LEASE
from .snapshot import KEPT_FOR, NOT_BEGUN, STOPPED, SnapshotTakenOver
from .timeoff import CHANNELS


class TimeOffReadingQuerySet(models.QuerySet["TimeOffReading"]):
    """Which readings."""

    def visible_to(self, user: User) -> TimeOffReadingQuerySet:
        """Readings of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)

    def expired(self, now: datetime) -> TimeOffReadingQuerySet:
        """Older than people's data may be kept for showing."""
        return self.filter(requested_at__lt=now - KEPT_FOR)

    def current(self, now: datetime) -> TimeOffReadingQuerySet:
        """The others."""
        return self.filter(requested_at__gte=now - KEPT_FOR)


class TimeOffReading(models.Model):
    """One reading of a period for one integration; nothing is ever sent because of it.

    `fence` grows with every reading asked for; only the newest may store. `counts` are leaves by
    group. The leaves stand in the parts, sealed: as read, and as they are shown.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for its turn"
        READING = "reading", "Reading"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be read"

    UNDER_WAY = (Status.QUEUED, Status.READING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="time_off_reading"
    )
    period_start = models.DateField()
    period_end = models.DateField()
    channel = models.CharField(max_length=10, choices=CHANNELS)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    fence = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    heartbeat_at = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)  # the groups: after an export again
    config_version = models.PositiveIntegerField(default=0)  # by which they were judged
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects = TimeOffReadingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.integration} time off: {self.get_status_display()}"

    @property
    def is_ready(self) -> bool:
        """Whether leaves can be shown."""
        return self.status == self.Status.READY

    def is_under_way(self, now: datetime) -> bool:
        """Whether a worker has it or will; one that fell silent is over."""
        return self.status in self.UNDER_WAY and self.heartbeat_at > now - LEASE

    def as_told(self, now: datetime) -> TimeOffReading:
        """As a page tells it: one that fell silent has failed. Nothing is stored."""
        if self.status in self.UNDER_WAY and not self.is_under_way(now):
            waited = self.status == self.Status.QUEUED
            self.status, self.error = self.Status.FAILED, NOT_BEGUN if waited else STOPPED
        return self

    def claim(self, now: datetime) -> bool:
        """Takes a queued reading in hand; False when somebody else has."""
        queued = TimeOffReading.objects.filter(
            pk=self.pk, status=self.Status.QUEUED, fence=self.fence
        )
        return bool(queued.update(status=self.Status.READING, heartbeat_at=now, requests=0))

    def beat(self, now: datetime) -> None:
        """One more request goes out. Raises SnapshotTakenOver."""
        self.keep(heartbeat_at=now, requests=models.F("requests") + 1)

    def keep(self, **columns: Any) -> None:
        """Writes columns while this is the newest reading. Raises SnapshotTakenOver."""
        mine = TimeOffReading.objects.filter(
            pk=self.pk, fence=self.fence, status=self.Status.READING
        ).update(**columns)
        if not mine:
            raise SnapshotTakenOver(str(self.pk))


class TimeOffReadingPart(models.Model):
    """Some of what a reading holds, as `payroll.timeoff.portable` writes it."""

    class Kind(models.TextChoices):
        SHOWN = "shown", "Leaves as they are shown"
        LEAVES = "leaves", "Leaves as HR has them"
        PEOPLE = "people", "People and work weeks"
        THERE = "there", "Rows in payroll"
        FRAME = "frame", "Types and codes"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reading = models.ForeignKey(TimeOffReading, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField()
    body = SealedJSONField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "kind", "position"], name="one_time_off_part_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
