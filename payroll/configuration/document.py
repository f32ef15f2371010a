"""An integration's JSON document, read with every mistake named before anything is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from payroll import registry, schedule
from payroll.mapping import MappingRow
from payroll.payroll_month import LAST_DAY, LATEST_DAY
from payroll.ports import System
from payroll.records import Subject
from payroll.scope import Scope

from . import limits, mappings, recipients, time_off
from .checks import InvalidConfiguration, flag_at, object_at, one_of, storable, text_at

LAST = "last"  # day of the month, in a document
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS_OF_A_NAME = re.compile(r"[A-Z_]+|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")  # XLEDGER_TOKEN_2
_LONGEST_NAME = 63
_SHORTEST_SECRET = 20  # characters; the systems' tokens are longer


@dataclass(frozen=True, slots=True)
class Side:
    """One system of a document, checked."""

    kind: str
    environment: str
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document, checked."""

    organisation: str
    label: str
    source: Side
    target: Side
    active: bool
    scope: Mapping[str, Any]
    days: tuple[str, ...]
    cut_off_day: int | None
    rows: tuple[MappingRow, ...]
    limits: limits.Stored
    waits_for: tuple[str, ...]
    time_off: Mapping[str, Any]
    recipients: tuple[str, ...]
    mail_every_run: bool


def load(text: str) -> object:
    """The JSON in a file. Raises InvalidConfiguration that says where it breaks."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidConfiguration(
            f"line {error.lineno}, column {error.colno}: not valid JSON ({error.msg})"
        ) from None
    except (ValueError, RecursionError):
        raise InvalidConfiguration("document: too deep, or a number in it is too long") from None


def parse(document: object, environ: Mapping[str, str]) -> Document:
    """The checked document; secrets come from `environ`. Raises InvalidConfiguration."""
    body = object_at(
        document,
        "",
        required=("organisation", "label", "source", "target"),
        optional=(
            "active",
            "scope",
            "schedule",
            "mappings",
            "value_maps",
            "limits",
            "approvals",
            "time_off",
            "notices",
        ),
    )
    storable(body)
    source = _side(body["source"], "source", registry.sources, environ)
    target = _side(body["target"], "target", registry.targets, environ)
    addresses, every_run = recipients.parse(body.get("notices", {}))
    return Document(
        organisation=text_at(body["organisation"], "organisation", 200),
        label=text_at(body["label"], "label", 100),
        source=source,
        target=target,
        active=flag_at(body.get("active", False), "active"),
        scope=_scope(body.get("scope", {})),
        days=_days(body.get("schedule", {})),
        cut_off_day=_cut_off(body.get("schedule", {})),
        rows=mappings.parse(
            body.get("mappings", mappings.DEFAULT),
            body.get("value_maps", {}),
            {spec.key for spec in registry.sources[source.kind].fields},
            registry.targets[target.kind],
        ),
        limits=limits.parse(body.get("limits", {})),
        waits_for=_subjects(body.get("approvals", [])),
        time_off=time_off.parse(body.get("time_off", {}), registry.targets[target.kind]),
        recipients=tuple(addresses),
        mail_every_run=every_run,
    )


def _side(
    value: object,
    where: str,
    systems: Mapping[str, type[System]],
    environ: Mapping[str, str],
) -> Side:
    body = object_at(value, where, required=("kind", "environment", "credentials"))
    kind = one_of(body["kind"], f"{where}.kind", sorted(systems))
    system = systems[kind]
    environment = one_of(body["environment"], f"{where}.environment", sorted(system.environments()))
    keys = [spec.key for spec in system.credentials]
    credentials = object_at(body["credentials"], f"{where}.credentials", required=keys)
    secrets = {
        key: _secret(credentials[key], f"{where}.credentials.{key}", environ) for key in keys
    }
    return Side(kind, environment, secrets)


def _secret(value: object, where: str, environ: Mapping[str, str]) -> str:
    """A secret is never written in the document, only where to find it.

    No error repeats what stands there unless it is surely a name: it may be the secret itself.
    """
    if not isinstance(value, dict) or set(value) != {"env"}:
        raise InvalidConfiguration(f'{where}: only {{"env": "NAME"}} is allowed, never the secret')
    name = text_at(value["env"], f"{where}.env", 200)
    secret = environ.get(name, "").strip()
    if not secret:
        which = f" {name}" if _surely_a_name(name) else " named here"
        raise InvalidConfiguration(f"{where}: the environment variable{which} is not set")
    return secret


def _surely_a_name(text: str) -> bool:
    """Whether `text` is an environment variable's name and cannot be a pasted token."""
    if not _VARIABLE.fullmatch(text) or len(text) > _LONGEST_NAME:
        return False
    return len(text) < _SHORTEST_SECRET or _WORDS_OF_A_NAME.fullmatch(text) is not None


def _scope(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidConfiguration("scope: an object is needed")
    try:
        Scope.parse(value)
    except ValueError as error:
        raise InvalidConfiguration(str(error)) from None
    return value


def _subjects(value: object) -> tuple[str, ...]:
    """The changes that wait for a second person."""
    if not isinstance(value, list):
        raise InvalidConfiguration("approvals: a list is needed")
    return tuple(sorted({one_of(each, "approvals", list(Subject)) for each in value}))


def _days(value: object) -> tuple[str, ...]:
    days = object_at(value, "schedule", optional=("days", "cut_off")).get("days", [])
    if not isinstance(days, list):
        raise InvalidConfiguration("schedule.days: a list is needed")
    chosen = {one_of(day, "schedule.days", schedule.DAYS) for day in days}
    return tuple(day for day in schedule.DAYS if day in chosen)


def _cut_off(held: Mapping[str, Any]) -> int | None:
    """The cut-off day of the payroll month; `held` is checked to be an object."""
    day = held.get("cut_off")
    if day is None or day == LAST:
        return LAST_DAY if day == LAST else None
    if isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= LATEST_DAY:
        raise InvalidConfiguration(
            f'schedule.cut_off: a whole number from 1 to {LATEST_DAY} or "{LAST}" is needed'
        )
    return day
