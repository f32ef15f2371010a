"""A file of time off that a person imports into payroll."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .timeoff_export import TimeOffExport


class TimeOffFile(models.Model):
    """A file that a person imports into payroll; its bytes never change.

    `number` counts the files of a target account. `body` holds them in base64: the rows as `csv`,
    what was not sent and why as `left_out`, both in one workbook as `xlsx`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.OneToOneField(TimeOffExport, on_delete=models.CASCADE, related_name="file")
    target_account = models.CharField(max_length=150)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    body = SealedJSONField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["target_account", "number"], name="one_time_off_file_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"File {self.number}"
