"""The secrets by which an integration reaches its two systems."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration


class Credential(models.Model):
    """A secret of one side of an integration: written, replaced, never read back to a screen."""

    class Side(models.TextChoices):
        SOURCE = "source", "Source"
        TARGET = "target", "Target"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="credentials"
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    key = models.CharField(max_length=30)
    secret = SealedJSONField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "side", "key"], name="one_secret_per_side_and_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.key}"
