"""What a person must change in payroll because no way can: listed, done, or no longer needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User
from payroll.models import Integration, TimeOffByHand, TimeOffExport, TimeOffLine, TimeOffResult

from . import ledger
from .judged import Judged

State = TimeOffLine.State


def list_by_hand(export: TimeOffExport, result: TimeOffResult, now: datetime) -> None:
    """Lists what a person must do, in place of what was listed of the row before."""
    old_row = result.details["old_row"]
    waiting = TimeOffByHand.objects.waiting().filter(integration=export.integration, row=old_row)
    waiting.update(dropped_at=now)
    TimeOffByHand.objects.create(
        integration=export.integration,
        export=export,
        leave_id=result.leave_id,
        row=old_row,
        digest=result.details["by_hand_digest"],
        late=result.late,
        details=result.details,
        made_at=now,
    )


def done_by_hand(action: TimeOffByHand, user: User | None, now: datetime) -> bool:
    """Books what a person has done in payroll; False where somebody had said so, or it is over."""
    with transaction.atomic():
        waiting = TimeOffByHand.objects.waiting().filter(pk=action.pk)
        if not waiting.update(done_at=now, done_by=user):
            return False
        lines = list(TimeOffLine.objects.live().filter(row=action.row))
        for line in lines:
            after = action.details["lines"].get(line.day.isoformat())
            line.target_row = ""  # perhaps it is another row there now
            if after is None:
                line.state, line.ended_at = State.REVERSED, now
            else:
                line.digest, line.body = after
        ledger.save_lines(lines)
        actions = AuditEntry.Action
        ledger.audit_leave(action.integration, actions.TIME_OFF_BY_HAND, action.leave_id, user, now)
    action.refresh_from_db()
    return True


def drop_needless(integration: Integration, judged: Iterable[Judged], now: datetime) -> None:
    """Drops listed actions that HR no longer asks for, of leaves that could be compared."""
    compared = {each.leave_id: dict(each.by_hand) for each in judged if each.compared}
    waiting = TimeOffByHand.objects.waiting().filter(integration=integration)
    needless = [
        pk
        for pk, leave_id, row, digest in waiting.values_list("pk", "leave_id", "row", "digest")
        if leave_id in compared and compared[leave_id].get(str(row)) != digest
    ]
    TimeOffByHand.objects.filter(pk__in=needless, done_at=None).update(dropped_at=now)
