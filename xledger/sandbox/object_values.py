"""Writes coded values (positions, cost centres) as addObjectValues and updateObjectValues do."""

from __future__ import annotations

from .execution import Execution
from .lookups import resolve
from .refusals import Refused
from .store import Row

_FIELDS = ("code", "description", "dateFrom", "dateTo", "posting", "text1", "text2")


def add_object_value(execution: Execution, node: Row) -> Row:
    """Add a coded value; `definition` says of which kind it is. Raises `Refused`."""
    store = execution.store
    for name in ("code", "definition"):
        if not node.get(name):
            raise Refused(f"{name}: A value is required.")
    definition = resolve(store, "definition", node["definition"])
    row = store.get("object_definitions", definition) or {}
    values = {**_values(execution, node), "definitionDbId": definition}
    return store.insert("object_values", {**values, "objectKindDbId": row["objectKindDbId"]})


def update_object_value(execution: Execution, node: Row) -> Row:
    """Change the fields present in the node. Raises `Refused`: no dbId, or an unknown one."""
    if node.get("dbId") is None:
        raise Refused("dbId: A value is required.")
    if execution.store.get("object_values", node["dbId"]) is None:
        raise Refused(f"dbId: No object value with dbId '{node['dbId']}'.", lookup=True)
    return execution.store.update("object_values", node["dbId"], _values(execution, node))


def _values(execution: Execution, node: Row) -> Row:
    values: Row = {name: node[name] for name in _FIELDS if name in node}
    for name in ("levelParent", "owner"):
        if name in node:
            values[f"{name}DbId"] = resolve(execution.store, name, node[name])
    return values
