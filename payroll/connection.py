"""Reaches one side of an integration: for a run, and to tell an admin whether it works."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Literal

from integration_hub.core.errors import ConfigurationError, HubError, TransientError

from .models import Integration
from .models.integration import environment_url
from .ports import Connection, ConnectionReport, System

log = logging.getLogger(__name__)

Side = Literal["source", "target"]

PATIENCE = (3.0, 10.0)  # seconds to connect and to answer: a person waits, who can try again
_TRY_AGAIN = (
    "Nothing was changed. Try again in a few minutes; if it goes on, see whether {label} can be "
    "reached in a browser."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a connection test found, or in words for a person why it found nothing."""

    report: ConnectionReport | None
    error: str = ""


def system_of(integration: Integration, side: Side) -> type[System]:
    """The adapter of that side."""
    return integration.source if side == "source" else integration.target


def connection(integration: Integration, side: Side, *, read_only: bool) -> Connection:
    """How to reach that side. Raises ConfigurationError, DecryptionError."""
    system = system_of(integration, side)
    environment = getattr(integration, f"{side}_environment")
    credentials = integration.secrets(side)
    missing = [spec.label for spec in system.credentials if not credentials.get(spec.key)]
    if missing:
        raise ConfigurationError(f"{missing[0]} is not set for this integration.")
    return Connection(environment_url(system, environment), credentials, read_only)


def check(integration: Integration, side: Side) -> Checked:
    """Tries that side live, reading only. Raises nothing: what goes wrong is told in words."""
    label = system_of(integration, side).label
    try:
        return Checked(_report(integration, side))
    except TransientError as error:
        log.warning("connection test of %s: %s (%s)", label, error.message, error.detail)
        return Checked(None, f"{error.message} {_TRY_AGAIN.format(label=label)}")
    except HubError as error:
        log.warning("connection test of %s: %s (%s)", label, error.message, error.detail)
        return Checked(None, error.message)
    except Exception:
        log.exception("connection test of %s for integration %s failed", label, integration.pk)
        code = str(integration.pk)[:8]
        return Checked(None, f"Something went wrong on our side. Tell support this code: {code}.")


def _report(integration: Integration, side: Side) -> ConnectionReport:
    """What the side shows now. Each read is tried once."""
    way = connection(integration, side, read_only=True)
    live = system_of(integration, side).connect(replace(way, attempts=1, timeout=PATIENCE))
    try:
        return live.check_connection()
    finally:
        live.close()
