"""What a run planned for one person: preview, approval, recovery and history are these rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from payroll.records import ChangeKind, Outcome, Problem

from .job_row import JobRow
from .person_row import PersonRow
from .run import SyncRun


class ChangeQuerySet(models.QuerySet["Change"]):
    """Which changes."""

    def pending(self) -> ChangeQuerySet:
        """Planned, to be sent, and not yet settled."""
        return self.filter(sendable=True, outcome="")

    def with_problems(self) -> ChangeQuerySet:
        """Rows a person should read."""
        return self.exclude(outcome__in=["", Outcome.APPLIED]) | self.filter(flagged=True)

    def save_settled(self, rows: Sequence[Change]) -> None:
        """Stores what became of rows, and what stands on them, in one statement per 500."""
        self.bulk_create(  # `bulk_update` cannot seal a row's details
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["outcome", "flagged", "settled_at", "details"],
        )


class Change(PersonRow, JobRow):
    """What one run does, did or could not do to one person.

    `details` holds the person's name and birth date, the fields with before and after, and the
    problems; it is sealed. `flagged`: the person goes through, but a value is left out.
    `retroactive`: a field reaches back to months before the one it was planned in.
    """

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=[(k.value, k.name.title()) for k in ChangeKind])
    sendable = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    retroactive = models.BooleanField(default=False)
    target_id = models.CharField(max_length=100, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta(JobRow.Meta):
        indexes = [models.Index(fields=["run", "outcome"])]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_change_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.employee_number}"

    def flag(self, *problems: Problem) -> None:
        """Says what of the person was left out while the rest goes through; the caller saves."""
        self.tell(*problems)
        self.flagged = True
