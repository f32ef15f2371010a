"""What a run planned for one person: preview, approval, recovery and history are these rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import models

from integration_hub.core.fields import SealedJSONField
from payroll.records import ChangeKind, Outcome, Problem

from .run import SyncRun


class ChangeQuerySet(models.QuerySet["Change"]):
    """Which changes."""

    def pending(self) -> ChangeQuerySet:
        """Planned, to be sent, and not yet settled."""
        return self.filter(sendable=True, outcome="")

    def with_problems(self) -> ChangeQuerySet:
        """Rows a person should read."""
        return self.exclude(outcome__in=["", Outcome.APPLIED]) | self.filter(flagged=True)

    def save_settled(self, rows: Sequence[Change]) -> None:
        """Stores what became of rows, and what stands on them, in one statement per 500."""
        self.bulk_create(  # `bulk_update` cannot seal a row's details
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["outcome", "flagged", "settled_at", "details"],
        )


class Change(models.Model):
    """What one run does, did or could not do to one person.

    `details` holds the person's name and birth date, the fields with before and after, and the
    problems; it is sealed. `sent_at` is the intent, stored before the request goes out. An empty
    outcome means not settled yet. `flagged`: the person goes through, but a value is left out.
    `retroactive`: a field reaches back to months before the one it was planned in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(k.value, k.name.title()) for k in ChangeKind])
    outcome = models.CharField(
        max_length=10, blank=True, choices=[(o.value, o.name.title()) for o in Outcome]
    )
    sendable = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    retroactive = models.BooleanField(default=False)
    source_id = models.CharField(max_length=100)
    target_id = models.CharField(max_length=100, blank=True)
    employee_number = models.CharField(max_length=50, blank=True)
    details = SealedJSONField(default=dict)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["run", "outcome"])]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_change_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.employee_number}"

    @property
    def name(self) -> str:
        """The person's name."""
        return f"{self.details.get('first_name', '')} {self.details.get('last_name', '')}".strip()

    @property
    def problems(self) -> list[Problem]:
        """What a person should know about this row."""
        return [Problem(**problem) for problem in self.details.get("problems", [])]

    def settle(self, outcome: Outcome, now: datetime, problem: Problem | None = None) -> None:
        """Says what became of it; the caller saves."""
        self.outcome = outcome.value
        self.settled_at = now
        if problem is not None:
            told = [*self.details.get("problems", []), asdict(problem)]
            self.details = {**self.details, "problems": told}
