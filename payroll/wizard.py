"""The steps that set an integration up, each also a settings page of its own later.

A step's state is computed from the draft itself: nothing is kept in a session, so a person can
leave at any time and go on from any browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .mapping import Mode
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


def _fields_complete(integration: Integration) -> bool:
    sent = {row.target for row in integration.mappings.all() if row.mode != Mode.OFF}
    return all(spec.key in sent for spec in integration.target.fields if spec.required)


def _matched(integration: Integration) -> bool:
    return integration.links.exists() or integration.may_sync


STEPS = (
    Step("connection", "Connection", _connected),
    Step("scope", "Who", lambda integration: bool(integration.scope)),
    Step("fields", "Fields", _fields_complete),
    Step("matching", "First match", _matched),
    Step("schedule", "When", _scheduled),
    Step("review", "Review", lambda integration: integration.may_sync),
)


def step(key: str) -> Step | None:
    """The step with that key."""
    return next((each for each in STEPS if each.key == key), None)


def first_open(integration: Integration) -> Step:
    """Where to go on: the first step that is not done, or the last."""
    return next((each for each in STEPS if not each.done(integration)), STEPS[-1])


def states(integration: Integration, current: Step) -> list[StepState]:
    """Every step as it stands, in order."""
    return [StepState(each, each.done(integration), each is current) for each in STEPS]


def after(current: Step) -> Step:
    """The next step; the last is followed by itself."""
    position = STEPS.index(current) + 1
    return STEPS[min(position, len(STEPS) - 1)]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something without which nothing can be synced, and the step where it is filled."""

    words: str
    step: Step


def missing(integration: Integration) -> list[Gap]:
    """What must still be set before the integration can be activated."""
    gaps = [Gap(label, STEPS[0]) for label in missing_secrets(integration)]
    fields = step("fields")
    if fields and not fields.done(integration):
        gaps.append(Gap("A field that payroll requires is not sent", fields))
    return gaps


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
