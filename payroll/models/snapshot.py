"""Both systems as they were at one moment, so that settings show real people."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from .integration import Integration
from .kept_reading import KEPT_FOR, KeptPart, KeptReading, KeptReadingQuerySet


class SnapshotQuerySet(KeptReadingQuerySet["Snapshot"]):
    """Which snapshots."""


class Snapshot(KeptReading):
    """One reading of both systems: how many people stand on each side."""

    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="snapshot"
    )
    source_count = models.PositiveIntegerField(default=0)
    target_count = models.PositiveIntegerField(default=0)

    objects = SnapshotQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.integration}: {self.get_status_display()}"


class SnapshotPartQuerySet(models.QuerySet["SnapshotPart"]):
    """Which parts."""

    def shown(self, integration: Integration, now: datetime) -> SnapshotPartQuerySet:
        """Those of the reading that may be shown, all or none: it takes one query.

        A reading that is asked for meanwhile deletes them.
        """
        return self.filter(
            snapshot__integration=integration,
            snapshot__status=Snapshot.Status.READY,
            snapshot__requested_at__gte=now - KEPT_FOR,
        )


class SnapshotPart(KeptPart):
    """Some people of one side, or what else a reading holds, as `payroll.portable` writes it."""

    class Kind(models.TextChoices):
        SOURCE = "source", "HR"
        TARGET = "target", "Payroll"
        ROWS = "rows", "Dated rows of payroll"
        FRAME = "frame", "Pick lists and day"

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    objects = SnapshotPartQuerySet.as_manager()

    class Meta(KeptPart.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "kind", "position"], name="one_part_per_position"
            )
        ]
