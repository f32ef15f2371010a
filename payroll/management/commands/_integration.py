"""Finds the integration that an operator means."""

from __future__ import annotations

import uuid

from django.core.management.base import CommandError

from payroll.models import Integration


def integration_named(name: str) -> Integration:
    """By id, or by label where only one has it. Raises CommandError."""
    try:
        found = list(Integration.objects.filter(pk=uuid.UUID(name)))
    except ValueError:
        found = list(Integration.objects.filter(label=name))
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"There is no integration {name!r}.")
    ids = ", ".join(str(integration.pk) for integration in found)
    raise CommandError(f"Several integrations are called {name!r}; use an id: {ids}.")
