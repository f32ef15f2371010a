"""What a person must change or remove in payroll by hand, as the way it was sent cannot."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration
from .timeoff_export import TimeOffExport


class TimeOffByHandQuerySet(models.QuerySet["TimeOffByHand"]):
    """Which manual actions."""

    def visible_to(self, user: User) -> TimeOffByHandQuerySet:
        """Those of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)

    def waiting(self) -> TimeOffByHandQuerySet:
        """Neither done nor overtaken by a later change in HR."""
        return self.filter(done_at=None, dropped_at=None)


class TimeOffByHand(models.Model):
    """Something to change or remove in payroll by hand, because the way it was sent cannot.

    `row` is that of the lines concerned. `details` is sealed: who, the row as it is in payroll,
    and as it should be (`after`, none where it is to be removed). Until it is done, the ledger
    keeps what is in payroll.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="time_off_by_hand"
    )
    export = models.ForeignKey(TimeOffExport, on_delete=models.SET_NULL, null=True)
    leave_id = models.CharField(max_length=100)
    row = models.UUIDField()
    digest = models.CharField(max_length=100)  # of what it asks for, so that it is listed once
    late = models.BooleanField(default=False)
    details = SealedJSONField(default=dict)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = TimeOffByHandQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "row"],
                condition=Q(done_at=None, dropped_at=None),
                name="one_manual_action_per_row",
            )
        ]

    def __str__(self) -> str:
        return f"By hand: {self.leave_id}"
