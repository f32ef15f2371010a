"""Writes an integration out as a document."""

from __future__ import annotations

from typing import Any

from payroll.models import Integration
from payroll.payroll_month import LAST_DAY
from payroll.ports import System

from . import mappings, recipients
from .document import LAST


def export(integration: Integration) -> dict[str, Any]:
    """The document that `parse` and `store` would make this integration of. Holds no secret."""
    rows = [mapping.row for mapping in integration.mappings.all()]
    return {
        "organisation": integration.organisation.name,
        "label": integration.label,
        "source": _exported(integration.source, integration.source_environment),
        "target": _exported(integration.target, integration.target_environment),
        "active": integration.is_active,
        "scope": integration.scope,
        "schedule": {"days": integration.schedule_days, **_cut_off(integration)},
        **mappings.exported(rows, integration.target),
        **({"limits": integration.limits} if integration.limits else {}),
        **({"approvals": integration.waits_for} if integration.waits_for else {}),
        **({"time_off": integration.time_off} if integration.time_off else {}),
        **recipients.exported(integration),
    }


def _exported(system: type[System], environment: str) -> dict[str, Any]:
    credentials = {
        spec.key: {"env": f"{system.kind}_{spec.key}".upper()} for spec in system.credentials
    }
    return {"kind": system.kind, "environment": environment, "credentials": credentials}


def _cut_off(integration: Integration) -> dict[str, Any]:
    """The cut-off day, where one was chosen."""
    day = integration.cut_off_day
    return {"cut_off": LAST if day == LAST_DAY else day} if day else {}
