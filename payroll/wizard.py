"""The steps that set an integration up, each also a settings page of its own later.

A step's state is computed from the draft itself: nothing is kept in a session, so a person can
leave at any time and go on from any browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .models import Integration


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the wizard. `done` looks at the integration alone."""

    key: str
    title: str
    done: Callable[[Integration], bool]


@dataclass(frozen=True, slots=True)
class StepState:
    """A step of one integration, for the list of steps on each page."""

    step: Step
    done: bool
    current: bool


def _connected(integration: Integration) -> bool:
    return not missing_secrets(integration)


def _scheduled(integration: Integration) -> bool:
    return bool(integration.schedule_days) or integration.may_sync


STEPS = (
    Step("connection", "Connection", _connected),
    Step("schedule", "When", _scheduled),
    Step("review", "Review", lambda integration: integration.may_sync),
)


def step(key: str) -> Step | None:
    """The step with that key."""
    return next((each for each in STEPS if each.key == key), None)


def states(integration: Integration, current: Step) -> list[StepState]:
    """Every step as it stands, in order."""
    return [StepState(each, each.done(integration), each is current) for each in STEPS]


def after(current: Step) -> Step:
    """The next step; the last is followed by itself."""
    position = STEPS.index(current) + 1
    return STEPS[min(position, len(STEPS) - 1)]


def missing_secrets(integration: Integration) -> list[str]:
    """Labels of the secrets that must still be set."""
    held = {(row.side, row.key) for row in integration.credentials.all()}
    sides = (("source", integration.source), ("target", integration.target))
    return [
        spec.label
        for side, system in sides
        for spec in system.credentials
        if (side, spec.key) not in held
    ]
