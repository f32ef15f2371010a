"""An integration as a JSON document: read with every mistake named, stored whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from integration_hub.accounts.models import Organisation

from . import registry, schedule
from .fields import CUSTOM_PREFIX
from .mapping import TRANSFORMS, Blank, MappingRow, Mode
from .models import Credential, FieldMapping, Integration
from .ports import System, Target
from .scope import Scope
from .values import clean_text


class InvalidConfiguration(ValueError):
    """A document cannot be used; the text begins with the key that is wrong."""


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
    rows: tuple[MappingRow, ...]


# --- reading -------------------------------------------------------------------------------------


def parse(document: object, environ: Mapping[str, str]) -> Document:
    """The checked document; secrets come from `environ`. Raises InvalidConfiguration."""
    body = _object(
        document,
        "",
        required=("organisation", "label", "source", "target"),
        optional=("active", "scope", "schedule", "mappings", "value_maps"),
    )
    source = _side(body["source"], "source", registry.sources, environ)
    target = _side(body["target"], "target", registry.targets, environ)
    return Document(
        organisation=_text(body["organisation"], "organisation", 200),
        label=_text(body["label"], "label", 100),
        source=source,
        target=target,
        active=_flag(body.get("active", False), "active"),
        scope=_scope(body.get("scope", {})),
        days=_days(body.get("schedule", {})),
        rows=_rows(
            body.get("mappings", "default"),
            body.get("value_maps", {}),
            {spec.key for spec in registry.sources[source.kind].fields},
            registry.targets[target.kind],
        ),
    )


def _object(
    value: object, where: str, required: Sequence[str] = (), optional: Sequence[str] = ()
) -> Mapping[str, Any]:
    """`value` as a JSON object with only the keys named."""
    prefix = f"{where}." if where else ""
    if not isinstance(value, dict):
        raise InvalidConfiguration(f"{where or 'document'}: an object is needed")
    for key in value:
        if key not in (*required, *optional):
            known = ", ".join(sorted((*required, *optional)))
            raise InvalidConfiguration(f"{prefix}{key}: unknown key; known are {known}")
    for key in required:
        if key not in value:
            raise InvalidConfiguration(f"{prefix}{key}: missing")
    return value


def _text(value: object, where: str, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidConfiguration(f"{where}: a text is needed")
    if len(value) > longest:
        raise InvalidConfiguration(f"{where}: longer than {longest} characters")
    return value.strip()


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidConfiguration(f"{where}: true or false is needed")
    return value


def _one_of(value: object, where: str, known: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise InvalidConfiguration(f"{where}: {value!r} is not known; known are {', '.join(known)}")
    return value


def _side(
    value: object,
    where: str,
    systems: Mapping[str, type[System]],
    environ: Mapping[str, str],
) -> Side:
    body = _object(value, where, required=("kind", "environment", "credentials"))
    kind = _one_of(body["kind"], f"{where}.kind", sorted(systems))
    system = systems[kind]
    environment = _one_of(
        body["environment"], f"{where}.environment", sorted(system.environments())
    )
    keys = [spec.key for spec in system.credentials]
    credentials = _object(body["credentials"], f"{where}.credentials", required=keys)
    secrets = {
        key: _secret(credentials[key], f"{where}.credentials.{key}", environ) for key in keys
    }
    return Side(kind, environment, secrets)


def _secret(value: object, where: str, environ: Mapping[str, str]) -> str:
    """A secret is never written in the document, only where to find it."""
    if not isinstance(value, dict):
        raise InvalidConfiguration(f'{where}: only {{"env": "NAME"}} is allowed, never the secret')
    name = _text(_object(value, where, required=("env",))["env"], f"{where}.env", 200)
    secret = environ.get(name, "").strip()
    if not secret:
        raise InvalidConfiguration(f"{where}: the environment variable {name} is not set")
    return secret


def _scope(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidConfiguration("scope: an object is needed")
    try:
        Scope.parse(value)
    except ValueError as error:
        raise InvalidConfiguration(str(error)) from None
    return value


def _days(value: object) -> tuple[str, ...]:
    days = _object(value, "schedule", optional=("days",)).get("days", [])
    if not isinstance(days, list):
        raise InvalidConfiguration("schedule.days: a list is needed")
    chosen = {_one_of(day, "schedule.days", schedule.DAYS) for day in days}
    return tuple(day for day in schedule.DAYS if day in chosen)


def _rows(
    value: object, value_maps: object, source_keys: set[str], target: type[Target]
) -> tuple[MappingRow, ...]:
    if value == "default":
        rows = list(target.default_mappings)
    elif isinstance(value, list):
        rows = [_row(row, f"mappings[{n}]", source_keys, target) for n, row in enumerate(value)]
    else:
        raise InvalidConfiguration('mappings: "default" or a list is needed')
    rows = _with_value_maps(rows, value_maps)
    _check_complete(rows, target)
    return tuple(rows)


def _row(value: object, where: str, source_keys: set[str], target: type[Target]) -> MappingRow:
    texts = ("source", "transform", "constant", "default")
    body = _object(value, where, ("target",), (*texts, "mode", "blank"))
    for key in texts:
        if not isinstance(body.get(key, ""), str):
            raise InvalidConfiguration(f"{where}.{key}: a text is needed")
    source, transform = body.get("source", ""), body.get("transform", "")
    if source and source not in source_keys and not source.startswith(CUSTOM_PREFIX):
        raise InvalidConfiguration(f"{where}.source: {source!r} is not a field of the source")
    if transform:
        _one_of(transform, f"{where}.transform", sorted(TRANSFORMS))
    writable = sorted(spec.key for spec in target.fields if spec.writable)
    row = MappingRow(
        source=source,
        target=_one_of(body["target"], f"{where}.target", writable),
        mode=Mode(_one_of(body.get("mode", "overwrite"), f"{where}.mode", list(Mode))),
        transform=transform,
        constant=body.get("constant", ""),
        blank=Blank(_one_of(body.get("blank", "keep"), f"{where}.blank", list(Blank))),
        default=body.get("default", ""),
    )
    return _respecting_lock(row, where, target)


def _respecting_lock(row: MappingRow, where: str, target: type[Target]) -> MappingRow:
    """A locked row may be repeated, not changed."""
    locked = {default.target: default for default in target.default_mappings if default.locked}
    if row.target not in locked:
        return row
    if replace(row, locked=True) != locked[row.target]:
        raise InvalidConfiguration(f"{where}.target: {row.target} is a locked row")
    return locked[row.target]


def _with_value_maps(rows: Sequence[MappingRow], value: object) -> list[MappingRow]:
    maps = _object(value, "value_maps", optional=[row.target for row in rows])
    clean: dict[str, dict[str, str]] = {}
    for target, pairs in maps.items():
        if not isinstance(pairs, dict) or not all(isinstance(v, str) for v in pairs.values()):
            raise InvalidConfiguration(f"value_maps.{target}: an object of texts is needed")
        clean[target] = {clean_text(word): clean_text(code) for word, code in pairs.items()}
    return [replace(row, value_map=clean.get(row.target, row.value_map)) for row in rows]


def _check_complete(rows: Sequence[MappingRow], target: type[Target]) -> None:
    targets = [row.target for row in rows if row.mode is not Mode.OFF]
    for key in targets:
        if targets.count(key) > 1:
            raise InvalidConfiguration(f"mappings: {key} is the target of more than one row")
    cleared = {row.target for row in rows if row.blank is Blank.CLEAR}
    for spec in target.fields:
        if spec.required and spec.key not in targets:
            raise InvalidConfiguration(f"mappings: the required field {spec.key} has no row")
        if spec.required and spec.key in cleared:
            raise InvalidConfiguration(f"mappings: a blank may not clear the required {spec.key}")


# --- storing -------------------------------------------------------------------------------------


@transaction.atomic
def store(document: Document, now: datetime) -> Integration:
    """Creates the integration, or makes the one with this organisation and label equal to it."""
    organisation, _ = Organisation.objects.get_or_create(name=document.organisation)
    found = Integration.objects.filter(organisation=organisation, label=document.label).first()
    before = export(found) if found else None
    integration = found or Integration(organisation=organisation, label=document.label)
    _fill(integration, document, new=found is None)
    integration.save()
    changed_secret = _store_secrets(integration, document, now)
    integration.mappings.all().delete()
    FieldMapping.objects.bulk_create(
        FieldMapping.of(integration, position, row) for position, row in enumerate(document.rows)
    )
    if before is not None and (changed_secret or before != export(integration)):
        integration.config_version += 1
        integration.save(update_fields=["config_version"])
    integration.plan_next_run(now)
    return integration


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


# --- writing -------------------------------------------------------------------------------------


def export(integration: Integration) -> dict[str, Any]:
    """The document that `parse` and `store` would make this integration of. Holds no secret."""
    rows = [mapping.row for mapping in integration.mappings.all()]
    value_maps = {row.target: dict(row.value_map) for row in rows if row.value_map}
    bare = tuple(replace(row, value_map={}) for row in rows)
    states = Integration.State
    return {
        "organisation": integration.organisation.name,
        "label": integration.label,
        "source": _exported(integration.source, integration.source_environment),
        "target": _exported(integration.target, integration.target_environment),
        "active": integration.state in (states.ACTIVE, states.NEEDS_ATTENTION),
        "scope": integration.scope,
        "schedule": {"days": integration.schedule_days},
        "mappings": "default"
        if bare == integration.target.default_mappings
        else [_exported_row(row) for row in bare],
        "value_maps": value_maps,
    }


def _exported(system: type[System], environment: str) -> dict[str, Any]:
    credentials = {
        spec.key: {"env": f"{system.kind}_{spec.key}".upper()} for spec in system.credentials
    }
    return {"kind": system.kind, "environment": environment, "credentials": credentials}


def _exported_row(row: MappingRow) -> dict[str, str]:
    texts = {
        "source": row.source,
        "target": row.target,
        "mode": row.mode.value,
        "transform": row.transform,
        "constant": row.constant,
        "blank": row.blank.value,
        "default": row.default,
    }
    return {key: text for key, text in texts.items() if text}


def load(text: str) -> object:
    """The JSON in a file. Raises InvalidConfiguration that says where it breaks."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidConfiguration(
            f"line {error.lineno}, column {error.colno}: not valid JSON ({error.msg})"
        ) from None
