"""The audit log as a page shows it: each entry with what changed, key by key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .models import AuditEntry


@dataclass(frozen=True, slots=True)
class Change:
    """One key that an entry changed; empty text where there was or is nothing."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry with its changes."""

    entry: AuditEntry
    changes: tuple[Change, ...]


def audit_lines(entries: Iterable[AuditEntry]) -> list[AuditLine]:
    """The entries ready to be shown."""
    return [AuditLine(entry, _changes(entry)) for entry in entries]


def _changes(entry: AuditEntry) -> tuple[Change, ...]:
    before, after = entry.before or {}, entry.after or {}
    keys = dict.fromkeys([*before, *after])
    return tuple(
        Change(key.replace("_", " ").capitalize(), _text(before.get(key)), _text(after.get(key)))
        for key in keys
    )


def _text(value: object) -> str:
    """A setting in words; where to find a secret is no setting."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(_text, value))
        case dict():
            settings = {key: _text(held) for key, held in value.items() if key != "credentials"}
            return "; ".join(f"{key.replace('_', ' ')} {text}" for key, text in settings.items())
        case _:
            return str(value)
