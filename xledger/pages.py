"""One page of a list, taken only where it is beyond doubt ("xledger.md" section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration_hub.core.errors import IncompleteRead

from .answers import JsonObject


def opaque_id(value: object) -> str:
    """A dbId as its decimal digits; it comes as a number or as text ("xledger.md" section 3).

    Raises ValueError for anything else.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return value
    raise ValueError("not a dbId")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a connection: its nodes by dbId, and the cursor to go on from, if any."""

    nodes: Mapping[str, JsonObject]
    next: str | None


def page_of(data: JsonObject, root: str) -> Page:
    """The page at `root`; `edges: null` is an empty one. Raises IncompleteRead on any doubt."""
    connection = data.get(root)
    edges = connection.get("edges") if isinstance(connection, dict) else connection
    if not isinstance(connection, dict) or not isinstance(edges, (list, type(None))):
        raise IncompleteRead(f"X-ledger gave no list of {root}.")
    info = connection.get("pageInfo")
    more = info.get("hasNextPage") if isinstance(info, dict) else None
    if not edges:
        if more:
            raise IncompleteRead(f"X-ledger has more {root} but gave none.")
        return Page({}, None)
    if not isinstance(more, bool):
        raise IncompleteRead(f"X-ledger does not say whether the list of {root} is complete.")
    cursor = edges[-1].get("cursor") if isinstance(edges[-1], dict) else None
    if more and not (isinstance(cursor, str) and cursor):
        raise IncompleteRead(f"X-ledger has more {root} but does not say where they begin.")
    return Page(_nodes(edges, root), cursor if more else None)


def _nodes(edges: Sequence[Any], root: str) -> dict[str, JsonObject]:
    nodes: dict[str, JsonObject] = {}
    for edge in edges:
        node = edge.get("node") if isinstance(edge, dict) else None
        if not isinstance(node, dict):
            raise IncompleteRead(f"X-ledger left out one of its {root}.")
        try:
            nodes[opaque_id(node.get("dbId"))] = node
        except ValueError:
            raise IncompleteRead(f"X-ledger gave one of its {root} without a dbId.") from None
    return nodes
