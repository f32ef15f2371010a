"""How many requests went to a system in a month, to be held against what the vendor allows."""

from __future__ import annotations

import uuid

from django.db import models

from .integration import Integration


class RequestCount(models.Model):
    """Requests of one integration to one system in the month that begins on `month` (Oslo)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="request_counts"
    )
    kind = models.CharField(max_length=30)
    month = models.DateField()
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "kind", "month"], name="one_count_per_system_and_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%Y-%m}: {self.requests}"
