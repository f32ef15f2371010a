"""The guard's limits in a document: only those that differ from the defaults are written."""

from __future__ import annotations

from typing import Any

from payroll import guard

from .checks import InvalidConfiguration, object_at

MOST_PERCENT = 100
MOST_PEOPLE = 10_000
HIGHEST_FLOOR = 50  # above it a small customer would have no guard

Stored = dict[str, dict[str, int | None]]


def parse(value: object) -> Stored:
    """The limits of a document as they are stored. Raises InvalidConfiguration."""
    kinds = {kind.value: limit for kind, limit in guard.DEFAULTS.items()}
    body = object_at(value, "limits", optional=list(kinds))
    return changed({kind: _limit(given, f"limits.{kind}", kind) for kind, given in body.items()})


def changed(limits: dict[str, guard.Limit]) -> Stored:
    """Those that are not the defaults, as they are stored."""
    return {
        kind: guard.as_stored(limit)
        for kind, limit in limits.items()
        if limit != guard.DEFAULTS[guard.Kind(kind)]
    }


def _limit(value: object, where: str, kind: str) -> guard.Limit:
    given = object_at(value, where, optional=("percent", "people", "floor"))
    default = guard.DEFAULTS[guard.Kind(kind)]
    people = given.get("people", default.people)
    return guard.Limit(
        percent=_number(given.get("percent", default.percent), f"{where}.percent", MOST_PERCENT),
        people=None if people is None else _number(people, f"{where}.people", MOST_PEOPLE),
        floor=_number(given.get("floor", default.floor), f"{where}.floor", HIGHEST_FLOOR),
    )


def _number(value: Any, where: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidConfiguration(f"{where}: a whole number from 0 to {most} is needed")
    return value
