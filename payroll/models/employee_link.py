"""Who in payroll somebody in HR is, and what payroll was last told of them."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.core.fields import SealedJSONField

from .integration import Integration


class EmployeeLink(models.Model):
    """A person in the source and the same person in the target, by their ids there.

    `baseline` holds per target field what we last sent, what the target made of it, and the day
    of sending (none on what was sent before days were kept). While
    `target_id` is empty a create is under way or its outcome is unknown: `create_sent_at` says
    since when, `missing_since` when a full read first did not find the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="links")
    source_id = models.CharField(max_length=100)
    target_id = models.CharField(max_length=100, blank=True)
    baseline = SealedJSONField(default=dict)
    create_sent_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id"], name="one_link_per_source_id"
            ),
            models.UniqueConstraint(
                fields=["integration", "target_id"],
                condition=~models.Q(target_id=""),
                name="one_link_per_target_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id or '?'}"
