"""Makes an integration of a checked document, and writes one out again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, Organisation
from payroll.models import ConfigVersion, Credential, FieldMapping, Integration
from payroll.ports import System

from . import mappings
from .checks import InvalidConfiguration
from .document import Document

_BY_SCHEDULE = (Integration.State.ACTIVE, Integration.State.NEEDS_ATTENTION)


@transaction.atomic
def store(document: Document, now: datetime) -> Integration:
    """Creates the integration, or makes the one with this organisation and label equal to it.

    A new organisation gets the add-on with it: who may use a shell may also activate it. Raises
    InvalidConfiguration where an organisation has no add-on or linked people would be looked for
    in another system, and DecryptionError where its secrets cannot be opened. Nothing is saved
    then.
    """
    organisation = _organisation(document.organisation, now)
    mine = Integration.objects.select_for_update().filter(organisation=organisation)
    found = mine.filter(label=document.label).first()
    before = export(found) if found else None
    if found:
        _check_same_systems(found, document)
    integration = found or Integration(organisation=organisation, label=document.label)
    replan = _moves_the_schedule(integration, document)
    _fill(integration, document, new=found is None)
    integration.save()
    changed_secret = _store_secrets(integration, document, now)
    integration.mappings.all().delete()
    FieldMapping.objects.bulk_create(
        FieldMapping.of(integration, position, row) for position, row in enumerate(document.rows)
    )
    _audit(integration, before, now, changed_secret=changed_secret)
    if before is None or changed_secret or before != export(integration):
        _new_version(integration, now, first=before is None)
    if replan:
        integration.plan_next_run(now)
    return integration


def _new_version(integration: Integration, now: datetime, *, first: bool) -> None:
    if not first:
        integration.config_version += 1
        integration.save(update_fields=["config_version"])
    ConfigVersion.objects.create(
        integration=integration,
        number=integration.config_version,
        document=export(integration),
        at=now,
    )


def _organisation(name: str, now: datetime) -> Organisation:
    organisation, new = Organisation.objects.get_or_create(name=name)
    if new:
        organisation.switch_addon(on=True, now=now)
    elif not organisation.has_addon:
        raise InvalidConfiguration(
            f"organisation: {name} has no payroll add-on; activate it with `manage.py addon`"
        )
    return organisation


def _audit(
    integration: Integration, before: dict[str, Any] | None, now: datetime, *, changed_secret: bool
) -> None:
    """Notes the keys that differ, and of secrets only that they were set."""
    after = export(integration)
    actions = AuditEntry.Action
    organisation, label = integration.organisation, integration.label
    if before is None:
        AuditEntry.write(organisation, actions.CREATED, now, subject=label, after=after)
    elif before != after:
        keys = [key for key in after if before[key] != after[key]]
        old, new = {key: before[key] for key in keys}, {key: after[key] for key in keys}
        AuditEntry.write(
            organisation, actions.CONFIGURED, now, before=old, subject=label, after=new
        )
    if changed_secret:
        AuditEntry.write(organisation, actions.TOKENS_SET, now, subject=label)


def _check_same_systems(integration: Integration, document: Document) -> None:
    """People are linked by their ids, which mean somebody else in another system."""
    new = {
        "source.kind": (integration.source_kind, document.source.kind),
        "source.environment": (integration.source_environment, document.source.environment),
        "target.kind": (integration.target_kind, document.target.kind),
        "target.environment": (integration.target_environment, document.target.environment),
    }
    for key, (old, wanted) in new.items():
        if old != wanted and integration.links.exists():
            raise InvalidConfiguration(
                f"{key}: cannot go from {old!r} to {wanted!r} while people are linked; make a new "
                "integration with another label"
            )


def _moves_the_schedule(integration: Integration, document: Document) -> bool:
    """Whether the next run is planned anew; one that is overdue is otherwise left to start."""
    return (
        integration.next_run_at is None
        or integration.schedule_days != list(document.days)
        or (integration.state in _BY_SCHEDULE) != document.active
    )


def _fill(integration: Integration, document: Document, *, new: bool) -> None:
    integration.source_kind = document.source.kind
    integration.source_environment = document.source.environment
    integration.target_kind = document.target.kind
    integration.target_environment = document.target.environment
    integration.scope = dict(document.scope)
    integration.schedule_days = list(document.days)
    states = Integration.State
    inactive = states.DRAFT if new or integration.state == states.DRAFT else states.PAUSED
    integration.state = states.ACTIVE if document.active else inactive
    integration.attention = ""


def _store_secrets(integration: Integration, document: Document, now: datetime) -> bool:
    """Replaces secrets that differ; whether any did."""
    changed = False
    for side, secrets in (("source", document.source.secrets), ("target", document.target.secrets)):
        if integration.secrets(side) == secrets:
            continue
        changed = True
        integration.credentials.filter(side=side).delete()
        for key, secret in secrets.items():
            Credential.objects.create(
                integration=integration, side=side, key=key, secret=secret, set_at=now
            )
    return changed


def export(integration: Integration) -> dict[str, Any]:
    """The document that `parse` and `store` would make this integration of. Holds no secret."""
    rows = [mapping.row for mapping in integration.mappings.all()]
    return {
        "organisation": integration.organisation.name,
        "label": integration.label,
        "source": _exported(integration.source, integration.source_environment),
        "target": _exported(integration.target, integration.target_environment),
        "active": integration.state in _BY_SCHEDULE,
        "scope": integration.scope,
        "schedule": {"days": integration.schedule_days},
        **mappings.exported(rows, integration.target),
    }


def _exported(system: type[System], environment: str) -> dict[str, Any]:
    credentials = {
        spec.key: {"env": f"{system.kind}_{spec.key}".upper()} for spec in system.credentials
    }
    return {"kind": system.kind, "environment": environment, "credentials": credentials}
