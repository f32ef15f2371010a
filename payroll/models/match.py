"""What a person decided about two records that may be the same human."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.accounts.models import User

from .integration import Integration


class MatchDecision(models.Model):
    """Somebody said whether a person in HR and one in payroll are the same.

    `same` True stands beside an EmployeeLink; False keeps the two apart in every run.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="match_decisions"
    )
    source_id = models.CharField(max_length=100)
    target_id = models.CharField(max_length=100)
    same = models.BooleanField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id", "target_id"], name="one_decision_per_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {'is' if self.same else 'is not'} {self.target_id}"
