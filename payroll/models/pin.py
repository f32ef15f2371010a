"""A value in payroll that a restore brought back, and that is left alone until HR changes it."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration
from .run import SyncRun


class Pin(models.Model):
    """One field of one person that syncs do not send. It is no setting: runs set and end pins.

    `digest` stands for what HR wanted when the value was restored. `details` holds the name, and
    the field as in a Change, sealed: what payroll was to lose is `before`, what it keeps `after`.
    `run` is the restore that set it, `by` who started that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="pins")
    run = models.ForeignKey(SyncRun, on_delete=models.SET_NULL, null=True, blank=True)
    source_id = models.CharField(max_length=100)
    field = models.CharField(max_length=100)
    employee_number = models.CharField(max_length=50, blank=True)
    digest = models.CharField(max_length=100)
    details = SealedJSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["employee_number", "source_id", "field"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id", "field"], name="one_pin_per_person_and_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.employee_number}"

    @property
    def name(self) -> str:
        """The person's name."""
        return f"{self.details.get('first_name', '')} {self.details.get('last_name', '')}".strip()
