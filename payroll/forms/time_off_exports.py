"""What the list of exports is narrowed to: an integration, a status, a way, a period."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from integration_hub.accounts.models import User
from integration_hub.core.filters import Choice, ListFilter
from payroll.models import Integration, TimeOffExport
from payroll.models.timeoff_export import TimeOffExportQuerySet
from payroll.timeoff.records import Channel

from .time_off import CHANNEL_WORDS


class ExportFilter(ListFilter):
    """Offers only the integrations that the user may see. One query."""

    integration = Choice("Integration", "All integrations")
    status = Choice("Status", "Any status")
    channel = Choice("Way", "Every way")
    field_order = ["integration", "status", "channel", "since", "until"]

    def __init__(self, asked: Mapping[str, str], user: User) -> None:
        super().__init__(asked)
        mine = Integration.objects.visible_to(user).values_list("pk", "label")
        self.offer("integration", [(str(pk), label) for pk, label in mine])
        self.offer("status", TimeOffExport.STATUSES)
        self.offer("channel", [(each.value, CHANNEL_WORDS[each]) for each in Channel])

    def narrow(self, exports: TimeOffExportQuerySet) -> TimeOffExportQuerySet:
        """Those that are asked for."""
        if integration := self.chosen("integration"):
            exports = exports.filter(integration=UUID(integration))
        for name in ("status", "channel"):
            if wanted := self.chosen(name):
                exports = exports.filter(**{name: wanted})
        return exports.filter(self.within("queued_at"))
