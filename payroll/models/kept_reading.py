"""What both systems had at one moment, kept for a day so that pages show it at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db import models, transaction

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration
from .lease import LEASE, Leased

KEPT_FOR = timedelta(hours=24)
ROWS_IN_A_PART = 500

NOT_BEGUN = (
    "The reading did not begin within five minutes: a long sync may be going on, or nobody works "
    "on the queue. Read again; if it goes on, tell whoever operates the Integration Hub."
)
STOPPED = "The reading stopped before its end. Nothing was changed. Read again."

_Kept = TypeVar("_Kept", bound="KeptReading")


class KeptReadingQuerySet(models.QuerySet[_Kept]):
    """Which readings."""

    def newest(self, integration: Integration, now: datetime) -> _Kept | None:
        """The one that may be shown, as a page tells it."""
        kept = self.current(now).filter(integration=integration).first()
        return kept.as_told(now) if kept else None

    def expired(self, now: datetime) -> Self:
        """Older than people's data may be kept for showing."""
        return self.filter(requested_at__lt=now - KEPT_FOR)

    def current(self, now: datetime) -> Self:
        """The others."""
        return self.filter(requested_at__gte=now - KEPT_FOR)


class KeptReading(Leased):
    """One reading for one integration, which has one of a kind; nothing is ever sent because of it.

    `fence` grows with every reading asked for; only the newest may store. `requests` counts those
    sent so far. What was read stands in the parts, sealed.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for its turn"
        READING = "reading", "Reading"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be read"

    UNDER_WAY = (Status.QUEUED, Status.READING)
    held_while = Status.READING

    parts: Any  # the manager of its parts, whose class the model names

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    heartbeat_at = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        """Whether it can be shown."""
        return self.status == self.Status.READY

    def is_under_way(self, now: datetime) -> bool:
        """Whether a worker has it or will; one that fell silent is over."""
        return self.status in self.UNDER_WAY and self.heartbeat_at > now - LEASE

    def as_told(self, now: datetime) -> Self:
        """As a page tells it: one that fell silent has failed. Nothing is stored."""
        if self.status in self.UNDER_WAY and not self.is_under_way(now):
            waited = self.status == self.Status.QUEUED
            self.status, self.error = self.Status.FAILED, NOT_BEGUN if waited else STOPPED
        return self

    def ask(self, user: User | None, now: datetime) -> None:
        """Queues it anew: what it held is deleted, and a worker that reads for it has lost it."""
        self.parts.all().delete()
        self.status, self.fence = self.Status.QUEUED, self.fence + 1
        self.requested_at = self.heartbeat_at = now
        self.requested_by, self.read_at = user, None
        self.requests, self.error = 0, ""
        self.save()

    def claim(self, now: datetime) -> bool:
        """Takes a queued reading in hand; False when somebody else has."""
        queued = self._row().filter(status=self.Status.QUEUED, fence=self.fence)
        return bool(queued.update(status=self.Status.READING, heartbeat_at=now, requests=0))

    def beat(self, now: datetime) -> None:
        """One more request goes out. Raises LeaseLost when a newer reading was asked for."""
        self.keep(heartbeat_at=now, requests=models.F("requests") + 1)

    @transaction.atomic
    def store(self, now: datetime, parts: Mapping[str, Sequence[Any]], **columns: Any) -> None:
        """Shows what was read, by kind of part: all of it or nothing. Raises LeaseLost."""
        self.keep(status=self.Status.READY, read_at=now, **columns)
        self.parts.all().delete()
        for kind, rows in parts.items():
            self.put(kind, rows)

    def put(self, kind: str, rows: Sequence[Any]) -> None:
        """Adds parts of one kind."""
        for position, begin in enumerate(range(0, len(rows), ROWS_IN_A_PART)):
            body = rows[begin : begin + ROWS_IN_A_PART]
            self.parts.create(kind=kind, position=position, body=body)

    def fail(self, words: str) -> None:
        """Ends it, unless a newer one has begun."""
        mine = self._row().filter(fence=self.fence, status__in=self.UNDER_WAY)
        mine.update(status=self.Status.FAILED, error=words)
        self.status, self.error = self.Status.FAILED, words


class KeptPart(models.Model):
    """Some rows of one kind that a reading found."""

    kind: models.CharField[str, str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.PositiveIntegerField()
    body = SealedJSONField()

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
