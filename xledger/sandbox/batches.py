"""Runs the rows of a mass mutation: all or none, or the good ones beside the refused ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .execution import Execution
from .refusals import BatchRefused, Refused
from .store import OWNER, Row

MOST_INPUTS = 500
"""Nodes a mass mutation may hold ("xledger.md" 2); how more are refused is unknown."""

Write = Callable[[Execution, Row], Row]


def run_batch(execution: Execution, inputs: list[Row], write: Write) -> dict[str, Any]:
    """Write every node and give the edges, each with its clientId.

    Atomic by default: one refused row takes every other back and raises `BatchRefused`. With the
    switch `batch` at "partial" the good rows stay and `execution.refused` holds the others.
    """
    if len(inputs) > MOST_INPUTS:
        raise Refused(f"inputs: At most {MOST_INPUTS} inputs are allowed.")
    partial = execution.switches.batch == "partial"
    with execution.store.savepoint():
        edges, refused = _write_all(execution, inputs, write)
        if refused and not partial:
            raise BatchRefused(refused)
    execution.refused += refused
    return {"edges": _ordered(edges, execution.switches.edge_order) or None}


def remove_batch(execution: Execution, table: str, db_ids: list[int]) -> dict[str, Any]:
    """Take rows out and count them, all or none: an approved one is refused.

    What becomes of a row that is not there is for the switch `unknown_removed`.
    """
    if len(db_ids) > MOST_INPUTS:
        raise Refused(f"dbIds: At most {MOST_INPUTS} rows are allowed.")
    affected = 0
    with execution.store.savepoint():
        for db_id in db_ids:
            affected += _remove(execution, table, db_id)
    return {"numAffected": affected}


def _remove(execution: Execution, table: str, db_id: int) -> int:
    row = execution.store.get(table, db_id)
    if row is None:
        if execution.switches.unknown_removed == "ignore":
            return 0
        text = f"dbIds: No value matching owner {OWNER}, dbId '{db_id}'."
        raise Refused(text, lookup=True)
    if row.get("approved"):
        raise Refused(f"dbIds: The row '{db_id}' is approved and cannot be removed.")
    execution.store.delete(table, db_id)
    return 1


def _write_all(
    execution: Execution, inputs: list[Row], write: Write
) -> tuple[list[Row], list[Refused]]:
    edges: list[Row] = []
    refused: list[Refused] = []
    for each in inputs:
        try:
            with execution.store.savepoint():
                node = write(execution, each.get("node") or {})
        except Refused as refusal:
            refused.append(refusal)
        else:
            edges.append({"clientId": each.get("clientId"), "node": node})
    return edges, refused


def _ordered(edges: list[Row], order: str) -> list[Row]:
    if order == "input":
        return edges
    if order == "reversed":
        return edges[::-1]
    return random.Random(len(edges)).sample(edges, len(edges))  # noqa: S311  # order, not secrecy
