"""Coded values as entries of a pick list, and the kind that a value is of."""

from __future__ import annotations

from collections.abc import Iterable

from payroll.records import PickListEntry

from .answers import JsonObject
from .pages import opaque_id


def kind_of(node: JsonObject) -> str:
    """The dbId of the object kind of a coded value; empty if it does not say."""
    kind = node.get("objectKind")
    try:
        return opaque_id(kind.get("dbId")) if isinstance(kind, dict) else ""
    except ValueError:
        return ""


def entries(nodes: Iterable[JsonObject]) -> Iterable[PickListEntry]:
    """The values that have a code."""
    for node in nodes:
        code, label = node.get("code"), node.get("description")
        if isinstance(code, (str, int)) and str(code).strip():
            yield PickListEntry(str(code), str(label or code))


def one_per_code(found: Iterable[PickListEntry]) -> tuple[PickListEntry, ...]:
    """The first entry of each code: dimensions may share a kind, and then their codes meet here.

    A code that payroll itself finds ambiguous is refused by payroll.
    """
    by_code: dict[str, PickListEntry] = {}
    for entry in found:
        by_code.setdefault(entry.code, entry)
    return tuple(by_code.values())
