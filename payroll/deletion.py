"""Deletes an integration with its history; in neither system anything changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User

from .configuration import export
from .models import Integration


class CannotDelete(Exception):
    """It would lose something that matters; the text says what, for a person."""


@transaction.atomic
def delete_integration(pk: UUID, user: User, now: datetime) -> None:
    """All of it, or nothing. Raises CannotDelete, and DoesNotExist where somebody was faster."""
    integration = Integration.objects.select_for_update().get(pk=pk)
    integration.runs.all().interrupt_stale(now)
    reason = what_stops(integration)
    if reason:
        raise CannotDelete(reason)
    integration.note(AuditEntry.Action.DELETED, now, user, before=export(integration))
    integration.delete()


def what_stops(integration: Integration) -> str:
    """Why it cannot be deleted now; empty where it can."""
    run = integration.runs.active().first()
    if run:
        what = "A preview" if run.preview else "A sync"
        return f"{what} is in progress. Wait until it is over, then delete."
    if integration.time_off_exports.active().exists():
        return "An export of time off is in progress. Wait until it is over, then delete."
    open_creates = integration.links.filter(create_sent_at__isnull=False, target_id="").count()
    if open_creates:
        target, them = integration.target.label, "person" if open_creates == 1 else "people"
        return (
            f"{target} has not confirmed the creation of {open_creates} {them}. If this "
            "integration were deleted now, they could be created twice later. Press Sync now: it "
            f"finds out whether {target} has them; then delete."
        )
    return ""
