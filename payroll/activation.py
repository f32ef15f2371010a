"""Puts an integration to work: activated once it was reviewed, its schedule resumed later."""

from __future__ import annotations

from datetime import datetime

from integration_hub.accounts.models import User

from .configuration.editing import edit
from .models import Integration


def activate(held: Integration, now: datetime, *, paused: bool = False) -> None:
    """A draft may sync from now on; the schedule counts from `now`, or waits for `resume`."""
    states = Integration.State
    held.state = states.PAUSED if paused else states.ACTIVE
    held.next_run_at = held.next_run_after(now)


def resume(integration: Integration, user: User, now: datetime) -> None:
    """Switches a paused schedule on, and leaves any other alone. Raises ChangedMeanwhile."""

    def switch_on(held: Integration) -> bool:
        if held.state == Integration.State.PAUSED:
            activate(held, now)
        return False

    edit(integration.pk, integration.config_version, switch_on, user, now)
    integration.refresh_from_db()
