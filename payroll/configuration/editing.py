"""Changes an integration from a page: nobody's change is lost, every change is noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from integration_hub.accounts.models import Organisation, User
from payroll import registry
from payroll.models import FieldMapping, Integration

from .exporting import export
from .history import note_change

Change = Callable[[Integration], bool]
"""Changes an integration's fields and secrets; whether it set a secret."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the integration since the page was opened; nothing was saved."""


@transaction.atomic
def begin(
    organisation: Organisation, source_kind: str, target_kind: str, user: User, now: datetime
) -> Integration:
    """A draft with the target's own label, default fields and no secret yet.

    A draft that nobody has touched is taken up again, so that a double click makes one.
    """
    Organisation.objects.select_for_update(no_key=True).get(
        pk=organisation.pk
    )  # one click at a time
    untouched = organisation.integrations.filter(
        state=Integration.State.DRAFT,
        config_version=1,
        source_kind=source_kind,
        target_kind=target_kind,
    ).first()
    if untouched:
        return untouched
    source, target = registry.sources[source_kind], registry.targets[target_kind]
    integration = Integration.objects.create(
        organisation=organisation,
        label=_free_label(organisation, target.label),
        source_kind=source_kind,
        source_environment=next(iter(source.environments())),
        target_kind=target_kind,
        target_environment=next(iter(target.environments())),
    )
    FieldMapping.replace(integration, target.default_mappings)
    note_change(integration, None, now, changed_secret=False, user=user)
    return integration


def _free_label(organisation: Organisation, wanted: str) -> str:
    taken = set(organisation.integrations.values_list("label", flat=True))
    label, number = wanted, 1
    while label in taken:
        number += 1
        label = f"{wanted} {number}"
    return label


@transaction.atomic
def edit(
    pk: UUID,
    version: int,
    change: Change,
    user: User,
    now: datetime,
    *,
    repeatable: bool = False,
) -> Integration:
    """Applies `change` to the integration as it stood at `version`.

    Raises ChangedMeanwhile when it no longer stands so; a `repeatable` change that is in force
    already, by a double click or from another tab, is no conflict.
    """
    integration = Integration.objects.select_for_update(no_key=True).get(pk=pk)
    stale = integration.config_version != version
    if stale and not repeatable:
        raise ChangedMeanwhile
    before, state = export(integration), integration.state
    changed_secret = change(integration)
    if stale and (changed_secret or integration.state != state or export(integration) != before):
        raise ChangedMeanwhile  # and what `change` wrote is undone
    integration.save()
    note_change(integration, before, now, changed_secret=changed_secret, user=user)
    return integration
