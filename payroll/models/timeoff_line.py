"""The ledger of time off: each day of leave that is, or may be, in payroll by our doing."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from integration_hub.accounts.models import User
from integration_hub.core.fields import SealedJSONField

from .integration import Integration
from .timeoff_export import CHANNELS
from .timeoff_file import TimeOffFile
from .timeoff_result import TimeOffResult


class TimeOffLineQuerySet(models.QuerySet["TimeOffLine"]):
    """Which lines."""

    def live(self) -> TimeOffLineQuerySet:
        """Those that stand for a day which is, or may be, in payroll."""
        return self.filter(state__in=TimeOffLine.LIVE)

    def open(self) -> TimeOffLineQuerySet:
        """Those of which payroll must be asked what became of them."""
        return self.filter(state__in=TimeOffLine.OPEN)


class TimeOffLine(models.Model):
    """The ledger: one day of one leave, as it is in payroll by our doing.

    `digest` is a keyed digest of what was sent of the day, to compare; `body` is the same in
    clear, sealed, with the row it is part of. `result` is the row that touched it last, and while
    a write is open the one that is to be looked up. The line outlives its integration: what is in
    payroll stays there, and must not go a second time.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", "About to be sent"
        SENT = "sent", "In payroll"
        UNKNOWN = "unknown", "Not confirmed"
        CHANGING = "changing", "About to be changed"
        REMOVING = "removing", "About to be removed"
        IN_FILE = "in_file", "In a file"
        REVERSED = "reversed", "Taken back"
        RELEASED = "released", "Never went"

    OPEN = (State.RESERVED, State.UNKNOWN, State.CHANGING, State.REMOVING)
    LIVE = (*OPEN, State.SENT, State.IN_FILE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.SET_NULL, null=True, related_name="time_off_lines"
    )
    target_account = models.CharField(max_length=150)
    leave_id = models.CharField(max_length=100)
    employee_id = models.CharField(max_length=100)
    day = models.DateField()
    channel = models.CharField(max_length=10, choices=CHANNELS)
    state = models.CharField(max_length=10, choices=State.choices)
    digest = models.CharField(max_length=100)
    target_row = models.CharField(max_length=100, blank=True)
    row = models.UUIDField()  # the same on all lines of one row in payroll or in a file
    body = SealedJSONField(default=dict)
    result = models.ForeignKey(
        TimeOffResult, on_delete=models.SET_NULL, null=True, related_name="lines"
    )
    file = models.ForeignKey(
        TimeOffFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="lines"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)  # a full read did not show it
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TimeOffLineQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["target_account", "day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["target_account", "leave_id", "day"],
                condition=Q(
                    state__in=["reserved", "unknown", "changing", "removing", "sent", "in_file"]
                ),
                name="one_live_line_per_leave_and_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.leave_id} {self.day}: {self.state}"
