"""Somebody who does not go through, run after run: since when, how often, whether set aside."""

from __future__ import annotations

import uuid

from django.db import models

from .integration import Integration


class Trouble(models.Model):
    """One person of one integration who was refused or failed and has not gone through since.

    Who failed is only tried first. `digest` is a keyed digest of what was sent and refused;
    `quarantined_at` is set when the same was refused too often, and nothing is sent until HR, the
    field table or payroll's list changes, or a person chooses Try again. Names nobody: the run's
    change does.
    """

    class Kind(models.TextChoices):
        REFUSED = "refused", "Refused by payroll"
        FAILED = "failed", "Failed, or the answer was lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="troubles")
    source_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REFUSED)
    digest = models.CharField(max_length=100, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=1)
    quarantined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id"], name="one_trouble_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.kind} {self.attempts} times"
