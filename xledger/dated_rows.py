"""Rows beside an employee in X-ledger that count from a day: reading, adding, correcting them.

After "xledger.md" section 5: no public source shows a write of pay rates or positions, so their
writes follow the naming rule of others and are used only where the schema has them. What they give
back is unknown, hence only the clientId is asked for, and the rows are read again to see what
became of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import InvalidOperation
from typing import Any

from integration_hub.core.errors import (
    BatchRefused,
    IncompleteRead,
    OutcomeUnknown,
    UnrecognisedAnswer,
)
from payroll.dated.records import DatedRow, RowKind, RowWrite, RowWritten

from . import queries
from .answers import JsonObject, edges_of
from .client import XledgerClient
from .pages import opaque_id

Codes = Mapping[str, str]
"""Codes of coded values by dbId."""


@dataclass(frozen=True, slots=True)
class RowShape:
    """How one kind of row looks in X-ledger.

    `root` is the list, `reading` its document; `add` and `change` are the mutations. `row` makes a
    row of a node, with the codes of coded values where `coded` says that a node has only their
    ids; it raises ValueError or InvalidOperation where the node is not to be understood.
    `inputs` is the name and form of each field in the input.
    """

    kind: RowKind
    root: str
    reading: str
    add: str
    change: str
    row: Callable[[JsonObject, Codes], DatedRow]
    inputs: Mapping[str, tuple[str, Callable[[Any], Any]]]
    coded: bool = False

    def node(self, write: RowWrite) -> JsonObject:
        """The input node of a write: of a new row what it has, of a correction what changes."""
        fields = ((self.inputs[key], value) for key, value in write.values.items())
        values = {name: None if value is None else form(value) for (name, form), value in fields}
        if write.row_id:
            return {"dbId": write.row_id, **values}
        return {"employee": {"dbId": int(write.employee)}, **values}


def rows_of(client: XledgerClient, shape: RowShape) -> Sequence[DatedRow]:
    """Every row of the kind; rows of nobody are left out.

    Raises IncompleteRead where a row is not to be understood.
    """
    nodes = list(client.pages(shape.reading, {}, shape.root))
    codes = _codes(client) if nodes and shape.coded else {}
    try:
        return [shape.row(node, codes) for node in nodes if node.get("employeeDbId") is not None]
    except (ValueError, InvalidOperation):
        message = f"X-ledger gave one of its {shape.kind.nouns} with a value that is none."
        raise IncompleteRead(message) from None


def _codes(client: XledgerClient) -> Codes:
    codes: dict[str, str] = {}
    for value in client.pages(queries.OBJECT_VALUES, {}, "objectValues"):
        code = value.get("code")
        codes[opaque_id(value.get("dbId"))] = "" if code is None else str(code)
    return codes


def day(value: object) -> date | None:
    """The day in a date or a moment; None where there is none. Raises ValueError."""
    return None if value is None else date.fromisoformat(str(value).partition("T")[0])


def add(client: XledgerClient, shape: RowShape, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
    """Adds rows by the mutation of the shape (invented)."""
    return _send(client, shape, shape.add, writes)


def change(
    client: XledgerClient, shape: RowShape, writes: Sequence[RowWrite]
) -> Sequence[RowWritten]:
    """Corrects rows by the mutation of the shape (invented)."""
    return _send(client, shape, shape.change, writes)


def _send(
    client: XledgerClient, shape: RowShape, mutation: str, writes: Sequence[RowWrite]
) -> Sequence[RowWritten]:
    asked = {write.client_id for write in writes}
    inputs = [{"clientId": write.client_id, "node": shape.node(write)} for write in writes]
    try:
        data = client.write(_writing(mutation), {"inputs": inputs})
    except BatchRefused as refusal:
        refusal.path = _field(shape, refusal.path.partition(".")[0])
        refusal.done = tuple(_confirmed(refusal.done, asked))
        raise
    written = _confirmed(edges_of(data, mutation), asked)
    if len(written) < len(writes):
        missing = len(writes) - len(written)
        message = f"X-ledger did not confirm {missing} of {len(writes)} {shape.kind.nouns}."
        raise OutcomeUnknown(message, done=written)
    return written


def _field(shape: RowShape, name: str) -> str:
    """The field that X-ledger names in a refusal; empty where it is none of ours."""
    return next((key for key, (given, _) in shape.inputs.items() if given == name), "")


def _confirmed(edges: Sequence[JsonObject], asked: set[str]) -> list[RowWritten]:
    """Raises UnrecognisedAnswer where an edge answers no write of ours, or one twice."""
    found: list[str] = []
    for edge in edges:
        client_id: Any = edge.get("clientId")
        if client_id not in asked or client_id in found:
            raise UnrecognisedAnswer("X-ledger confirmed a write that the Hub did not send.")
        found.append(client_id)
    return [RowWritten(client_id) for client_id in found]


def _writing(mutation: str) -> str:
    name = f"{mutation[0].upper()}{mutation[1:]}"
    return f"""
mutation {name}($inputs: [{name}Input!]!) {{
  {mutation}(inputs: $inputs) {{ edges {{ clientId }} }}
}}
"""
