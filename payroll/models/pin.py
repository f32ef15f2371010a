"""A value in payroll that a restore brought back, and that is left alone until HR changes it."""

from __future__ import annotations

from django.db import models

from integration_hub.accounts.models import User

from .integration import Integration
from .person_row import PersonRow
from .run import SyncRun


class Pin(PersonRow):
    """One field of one person that syncs do not send. It is no setting: runs set and end pins.

    `target_id` is whose row in payroll has the value: linked to another one, the person has no pin.
    `digest` stands for what HR wanted when the value was restored. `details` holds the name, and
    the field as in a Change, sealed: what payroll was to lose is `before`, what it keeps `after`.
    `run` is the restore that set it, `by` who started that.
    """

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="pins")
    run = models.ForeignKey(SyncRun, on_delete=models.SET_NULL, null=True, blank=True)
    target_id = models.CharField(max_length=100, blank=True)
    field = models.CharField(max_length=100)
    digest = models.CharField(max_length=100)
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
