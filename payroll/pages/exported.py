"""When a leave went to payroll, and by which export."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from payroll.models import Integration, TimeOffLine


@dataclass(frozen=True, slots=True)
class Exported:
    """The newest export of a leave. `file` is its number, None where it went directly."""

    at: datetime
    export: UUID | None
    file: int | None


def exported_of(integration: Integration, leave_ids: Collection[str]) -> Mapping[str, Exported]:
    """By leave id, of those that are in payroll or in a file by our doing. One query."""
    confirmed = (TimeOffLine.State.SENT, TimeOffLine.State.IN_FILE)
    lines = TimeOffLine.objects.filter(
        target_account=integration.target_account,
        integration=integration,
        leave_id__in=leave_ids,
        state__in=confirmed,
        sent_at__isnull=False,
    )
    newest = (
        lines.values("leave_id", "result__export", "file__number")
        .annotate(at=Max("sent_at"))
        .order_by("at")
        .values_list("leave_id", "at", "result__export", "file__number")
    )
    return {leave_id: Exported(at, export, file) for leave_id, at, export, file in newest}
