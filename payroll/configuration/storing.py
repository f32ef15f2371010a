"""Makes an integration of a checked document."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from integration_hub.accounts.models import Organisation
from payroll.models import FieldMapping, Integration

from .checks import InvalidConfiguration
from .document import Document
from .exporting import export
from .history import note_change
from .moving import forget_pairs, forget_readings, may_move


@transaction.atomic
def store(document: Document, now: datetime) -> Integration:
    """Creates the integration, or makes the one with this organisation and label equal to it.

    A new organisation gets the add-on with it: who may use a shell may also activate it. Raises
    InvalidConfiguration where an organisation has no add-on or linked people would be looked for
    in another system, and DecryptionError where its secrets cannot be opened. Nothing is saved
    then.
    """
    organisation = _organisation(document.organisation, now)
    mine = Integration.objects.select_for_update(no_key=True).filter(organisation=organisation)
    found = mine.filter(label=document.label).first()
    before = export(found) if found else None
    if found:
        _check_same_systems(found, document)
    integration = found or Integration(organisation=organisation, label=document.label)
    replan = _moves_the_schedule(integration, document)
    _fill(integration, document, new=found is None)
    integration.set_waits(document.waits_for, now)
    integration.save()
    changed_secret = _store_secrets(integration, document, now)
    if changed_secret:
        forget_readings(integration)
    FieldMapping.replace(integration, document.rows)
    note_change(integration, before, now, changed_secret=changed_secret)
    if replan:
        integration.plan_next_run(now)
    return integration


def _organisation(name: str, now: datetime) -> Organisation:
    organisation, new = Organisation.objects.get_or_create(name=name)
    if new:
        organisation.switch_addon(on=True, now=now)
    elif not organisation.has_addon:
        raise InvalidConfiguration(
            f"organisation: {name} has no payroll add-on; activate it with `manage.py addon`"
        )
    return organisation


def _check_same_systems(integration: Integration, document: Document) -> None:
    """People are linked by their ids, which mean somebody else in another system."""
    new = {
        "source.kind": (integration.source_kind, document.source.kind),
        "source.environment": (integration.source_environment, document.source.environment),
        "target.kind": (integration.target_kind, document.target.kind),
        "target.environment": (integration.target_environment, document.target.environment),
    }
    for key, (old, wanted) in new.items():
        if old == wanted:
            continue
        if not may_move(integration):
            why = (
                "people are linked; make a new integration with another label"
                if integration.links.exists()
                else "a run is in progress; wait until it is over"
            )
            raise InvalidConfiguration(f"{key}: cannot go from {old!r} to {wanted!r} while {why}")
        forget_pairs(integration)
        forget_readings(integration)


def _moves_the_schedule(integration: Integration, document: Document) -> bool:
    """Whether the next run is planned anew; one that is overdue is otherwise left to start."""
    return (
        integration.next_run_at is None
        or integration.schedule_days != list(document.days)
        or (integration.is_active) != document.active
    )


def _fill(integration: Integration, document: Document, *, new: bool) -> None:
    integration.source_kind = document.source.kind
    integration.source_environment = document.source.environment
    integration.target_kind = document.target.kind
    integration.target_environment = document.target.environment
    integration.scope = dict(document.scope)
    integration.schedule_days = list(document.days)
    integration.cut_off_day = document.cut_off_day
    integration.limits = document.limits
    integration.time_off = dict(document.time_off)
    integration.recipients = list(document.recipients)
    integration.mail_every_run = document.mail_every_run
    states = Integration.State
    inactive = states.DRAFT if new or integration.state == states.DRAFT else states.PAUSED
    integration.state = states.ACTIVE if document.active else inactive
    integration.attention = ""


def _store_secrets(integration: Integration, document: Document, now: datetime) -> bool:
    """Makes the secrets those of the document; whether any differed."""
    changed = False
    for side, secrets in (("source", document.source.secrets), ("target", document.target.secrets)):
        stale = integration.credentials.filter(side=side).exclude(key__in=secrets)
        removed, _ = stale.delete()
        changed |= integration.set_secrets(side, secrets, now) or bool(removed)
    return changed
