"""What a full plan found in HR that waits for its day."""

from __future__ import annotations

from django.db import models

from payroll.plan import UpcomingKind

from .person_row import PersonRow
from .run import SyncRun


class UpcomingChange(PersonRow):
    """One person's start, employment or pay that lies ahead, as `run` found it.

    It goes with the first run on or after `goes_on` and counts from `effective`. `details` holds
    the person's name, the fields with before and after, and the problems, sealed as a Change's.
    """

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="upcoming")
    position = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=10, choices=[(each.value, each.name.title()) for each in UpcomingKind]
    )
    goes_on = models.DateField()
    effective = models.DateField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"], name="one_upcoming_change_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.employee_number} on {self.goes_on}"
