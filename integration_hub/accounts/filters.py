"""What the audit log is narrowed to: an organisation, a person, an action, a period."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

from integration_hub.core.filters import Choice, ListFilter

from .models import AuditEntry, AuditEntryQuerySet, Organisation, User


class AuditFilter(ListFilter):
    """Offers the organisations that the user belongs to and who did something there. Two queries.

    A person stands in the address as a digest: addresses are logged, and hold no e-mail.
    """

    organisation = Choice("Organisation", "All organisations")
    person = Choice("Who", "Everybody")
    action = Choice("What", "Every action")
    field_order = ["organisation", "person", "action", "since", "until"]

    def __init__(self, asked: Mapping[str, str], user: User) -> None:
        super().__init__(asked)
        mine = Organisation.objects.filter(memberships__user=user).order_by("name")
        self.offer("organisation", [(str(each.pk), each.name) for each in mine])
        acted = AuditEntry.objects.visible_to(user).order_by("actor")
        actors = acted.values_list("actor", flat=True).distinct()
        self._actors = {hashlib.sha256(actor.encode()).hexdigest()[:12]: actor for actor in actors}
        self.offer("person", list(self._actors.items()))
        self.offer("action", [(each.value, str(each.label)) for each in AuditEntry.Action])
        if len(mine) < 2:
            del self.fields["organisation"]

    def narrow(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        """Those that are asked for."""
        if organisation := self.chosen("organisation"):
            entries = entries.filter(organisation=UUID(organisation))
        if person := self.chosen("person"):
            entries = entries.filter(actor=self._actors[person])
        if action := self.chosen("action"):
            entries = entries.filter(action=action)
        return entries.filter(self.within("at"))
