"""What a full plan found in HR that waits for its day."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.core.fields import SealedJSONField
from payroll.plan import UpcomingKind

from .run import SyncRun


class UpcomingChange(models.Model):
    """One person's start, employment or pay that lies ahead, as `run` found it.

    It goes with the first run on or after `goes_on` and counts from `effective`. `details` holds
    the person's name, the fields with before and after, and the problems, sealed as a Change's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="upcoming")
    position = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=10, choices=[(each.value, each.name.title()) for each in UpcomingKind]
    )
    goes_on = models.DateField()
    effective = models.DateField()
    source_id = models.CharField(max_length=100)
    employee_number = models.CharField(max_length=50, blank=True)
    details = SealedJSONField(default=dict)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"], name="one_upcoming_change_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.employee_number} on {self.goes_on}"

    @property
    def name(self) -> str:
        """The person's name."""
        return f"{self.details.get('first_name', '')} {self.details.get('last_name', '')}".strip()
