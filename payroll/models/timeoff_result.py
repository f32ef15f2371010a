"""What an export of time off planned to send, row by row, and what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import models
from django.db.models import Count, Q

from integration_hub.core.fields import SealedJSONField
from payroll.records import Outcome

from .job_row import JobRow
from .timeoff_export import CHANNELS, TimeOffExport


class TimeOffResultQuerySet(models.QuerySet["TimeOffResult"]):
    """Which rows."""

    def counts(self) -> Mapping[str, int]:
        """Rows by what became of them, in one query."""
        applied = Q(outcome=Outcome.APPLIED)
        kinds = TimeOffResult.Kind
        return self.aggregate(
            rows=Count("pk"),
            added=Count("pk", filter=applied & Q(kind=kinds.ADD)),
            changed=Count("pk", filter=applied & Q(kind=kinds.CHANGE)),
            removed=Count("pk", filter=applied & Q(kind=kinds.REMOVE)),
            by_hand=Count("pk", filter=Q(kind=kinds.BY_HAND)),
            skipped=Count("pk", filter=Q(outcome=Outcome.SKIPPED)),
            held=Count("pk", filter=Q(outcome=Outcome.HELD)),
            rejected=Count("pk", filter=Q(outcome=Outcome.REJECTED)),
            failed=Count("pk", filter=Q(outcome=Outcome.FAILED)),
            unknown=Count("pk", filter=Q(outcome=Outcome.UNKNOWN)),
            settled=Count("pk", filter=~Q(outcome="")),
        )


class TimeOffResult(JobRow):
    """One row of an export, or one chosen leave of which nothing goes, and what became of it.

    `id` is what the other side gives back as `client_id`. `details` is sealed: who, which type,
    the row as it is sent, its days, and the problems. `late`: a correction to a closed period.
    """

    class Kind(models.TextChoices):
        ADD = "add", "Add"
        CHANGE = "change", "Change"
        REMOVE = "remove", "Remove"
        BY_HAND = "by_hand", "By hand"
        NONE = "none", "Nothing"

    SENT = (Kind.ADD, Kind.CHANGE, Kind.REMOVE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.ForeignKey(TimeOffExport, on_delete=models.CASCADE, related_name="results")
    leave_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    target_row = models.CharField(max_length=100, blank=True)
    late = models.BooleanField(default=False)
    details = SealedJSONField(default=dict)

    objects = TimeOffResultQuerySet.as_manager()

    class Meta(JobRow.Meta):
        indexes = [models.Index(fields=["export", "outcome"])]
        constraints = [
            models.UniqueConstraint(
                fields=["export", "position"], name="one_time_off_result_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.leave_id}"
