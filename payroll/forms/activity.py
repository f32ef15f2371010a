"""What the list of runs is narrowed to: an integration, a status, a kind of run, a period."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from integration_hub.accounts.models import User
from integration_hub.core.filters import Choice, ListFilter
from payroll.models import Integration, SyncRun
from payroll.models.run import SyncRunQuerySet

_EVERYONE, _RESTORE = Q(only=[]), Q(trigger=SyncRun.Trigger.RESTORE)
_SYNC = Q(preview=False) & ~_RESTORE
_KINDS = {
    "sync": ("Full syncs", _SYNC & _EVERYONE),
    "trial": ("Trials", _SYNC & ~_EVERYONE),
    "restore": ("Restores", Q(preview=False) & _RESTORE),
    "preview": ("Previews", Q(preview=True)),
}


class ActivityFilter(ListFilter):
    """Offers only the integrations that the user may see. One query."""

    integration = Choice("Integration", "All integrations")
    status = Choice("Status", "Any status")
    kind = Choice("Kind of run", "Every kind")
    field_order = ["integration", "status", "kind", "since", "until"]

    def __init__(self, asked: Mapping[str, str], user: User) -> None:
        super().__init__(asked)
        mine = Integration.objects.visible_to(user).values_list("pk", "label")
        self.offer("integration", [(str(pk), label) for pk, label in mine])
        self.offer("status", [(status.value, str(status.label)) for status in SyncRun.Status])
        self.offer("kind", [(key, label) for key, (label, _) in _KINDS.items()])

    def narrow(self, runs: SyncRunQuerySet) -> SyncRunQuerySet:
        """Those that are asked for."""
        if integration := self.chosen("integration"):
            runs = runs.filter(integration=UUID(integration))
        if status := self.chosen("status"):
            runs = runs.filter(status=status)
        if kind := self.chosen("kind"):
            runs = runs.filter(_KINDS[kind][1])
        return runs.filter(self.within("queued_at"))
