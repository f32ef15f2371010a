"""Notes each change of configuration: a new version, and who made it of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from integration_hub.accounts.models import AuditEntry, User
from payroll.models import ConfigVersion, Integration
from payroll.scope import with_names

from .exporting import export


def note_change(
    integration: Integration,
    before: dict[str, Any] | None,
    now: datetime,
    *,
    changed_secret: bool,
    user: User | None = None,
) -> None:
    """Compares with `before` (None: the integration is new) and keeps what is different.

    Of secrets only that they were set is noted, never what they are.
    """
    after = export(integration)
    if before == after and not changed_secret:
        return
    if before is not None:
        integration.config_version += 1
        integration.save(update_fields=["config_version"])
    ConfigVersion.objects.create(
        integration=integration,
        number=integration.config_version,
        document=after,
        at=now,
        user=user,
    )
    _audit(integration, before, after, now, user)
    if changed_secret:
        integration.note(AuditEntry.Action.TOKENS_SET, now, user)


def _audit(
    integration: Integration,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    now: datetime,
    user: User | None,
) -> None:
    if before is None:
        made = _readable(integration, after)
        integration.note(AuditEntry.Action.CREATED, now, user, after=made)
        return
    keys = [key for key in before | after if before.get(key) != after.get(key)]
    if keys:
        old = _readable(integration, {key: before[key] for key in keys if key in before})
        new = _readable(integration, {key: after[key] for key in keys if key in after})
        integration.note(AuditEntry.Action.CONFIGURED, now, user, before=old, after=new)


def _readable(integration: Integration, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with names in the scope instead of ids."""
    if "scope" not in settings:
        return settings
    return settings | {"scope": with_names(settings["scope"], integration.scope_labels)}
