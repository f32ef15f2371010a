"""A change that waits for a second person, and what that person decided."""

from __future__ import annotations

from django.db import models

from integration_hub.accounts.models import User
from payroll.records import Subject

from .integration import Integration
from .person_row import PersonRow
from .run import SyncRun


class WaitingChange(PersonRow):
    """One person's new bank account, pay or end date, by its newest values.

    A row never changes what it proposes: other values are another row, so that nobody approves
    what they have not seen. `digest` stands for the values, `details` holds them sealed, as a
    Change does. `run` is the one that found it, `since` when. An approved row goes once it was
    sent; `handed_on_at` is when a run that sends it was started.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for approval"
        APPROVED = "approved", "Approved, not sent yet"
        DECLINED = "declined", "Declined"

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="waiting_changes"
    )
    run = models.ForeignKey(SyncRun, on_delete=models.SET_NULL, null=True, blank=True)
    subject = models.CharField(
        max_length=20, choices=[(each.value, each.name.title()) for each in Subject]
    )
    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=100)
    since = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    handed_on_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "employee_number", "pk"]
        indexes = [models.Index(fields=["integration", "state", "since"])]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "source_id", "subject"],
                name="one_waiting_change_per_person_and_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.source_id}: {self.state}"
