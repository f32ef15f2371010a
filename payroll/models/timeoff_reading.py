"""Time off of one period as both systems had it, so that a person chooses among real leaves."""

from __future__ import annotations

from django.db import models

from integration_hub.accounts.models import User

from .integration import Integration
from .kept_reading import KeptPart, KeptReading, KeptReadingQuerySet
from .timeoff_export import CHANNELS


class TimeOffReadingQuerySet(KeptReadingQuerySet["TimeOffReading"]):
    """Which readings."""

    def visible_to(self, user: User) -> TimeOffReadingQuerySet:
        """Readings of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)


class TimeOffReading(KeptReading):
    """One reading of a period: the leaves as read, and as they are shown.

    `counts` are leaves by group.
    """

    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="time_off_reading"
    )
    period_start = models.DateField()
    period_end = models.DateField()
    channel = models.CharField(max_length=10, choices=CHANNELS)
    judged_at = models.DateTimeField(null=True, blank=True)  # the groups: after an export again
    config_version = models.PositiveIntegerField(default=0)  # by which they were judged
    counts = models.JSONField(default=dict)

    objects = TimeOffReadingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.integration} time off: {self.get_status_display()}"


class TimeOffReadingPart(KeptPart):
    """Some of what a reading holds, as `payroll.timeoff.portable` writes it."""

    class Kind(models.TextChoices):
        SHOWN = "shown", "Leaves as they are shown"
        LEAVES = "leaves", "Leaves as HR has them"
        PEOPLE = "people", "People and work weeks"
        THERE = "there", "Rows in payroll"
        FRAME = "frame", "Types and codes"

    reading = models.ForeignKey(TimeOffReading, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta(KeptPart.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "kind", "position"], name="one_time_off_part_per_position"
            )
        ]
