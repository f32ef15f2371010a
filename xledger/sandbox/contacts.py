"""Writes contacts as addContacts and updateContacts do."""

from __future__ import annotations

from .employees import reformatted
from .execution import Execution
from .lookups import resolve
from .refusals import Refused
from .store import Row, Store

_ADDRESSES = ("address", "billAddress", "shipAddress", "homeAddress")
_LOOKUPS = [
    "gender",
    "personalIdType",
    "language",
    "country",
    "maritalStatus",
    "contactGroup",
    "emailType",
    "emailType2",
    "emailType3",
    "phoneType",
    "phoneType2",
    "phoneType3",
    "owner",
]


def add_contact(execution: Execution, node: Row) -> Row:
    """Add a contact; first and last name, or a name, are needed. Raises `Refused`."""
    if not node.get("name") and not (node.get("firstName") and node.get("lastName")):
        raise Refused("lastName: A value is required.")
    values = _values(execution, node)
    values.setdefault("name", f"{values.get('firstName')} {values.get('lastName')}")
    return execution.store.insert("contacts", values)


def update_contact(execution: Execution, node: Row) -> Row:
    """Change the fields present in the node. Raises `Refused`: no dbId, or an unknown one."""
    if node.get("dbId") is None:
        raise Refused("dbId: A value is required.")
    if execution.store.get("contacts", node["dbId"]) is None:
        raise Refused(f"dbId: No contact with dbId '{node['dbId']}'.", lookup=True)
    return execution.store.update("contacts", node["dbId"], _values(execution, node))


def _values(execution: Execution, node: Row) -> Row:
    store = execution.store
    node = reformatted(node) if execution.switches.reformat else node
    special = {*_ADDRESSES, *_LOOKUPS, "dbId", "flexiFieldItem"}
    values: Row = {name: value for name, value in node.items() if name not in special}
    values |= {f"{name}DbId": resolve(store, name, node[name]) for name in _LOOKUPS if name in node}
    values |= {name: _address(store, node[name]) for name in _ADDRESSES if name in node}
    if "flexiFieldItem" in node:
        values["flexiFieldsItem"] = node["flexiFieldItem"]
    return values


def _address(store: Store, given: Row | None) -> Row | None:
    if given is None:
        return None
    place = " ".join(given[name] for name in ("zipCode", "place") if given.get(name))
    country = None
    if given.get("country"):
        country = resolve(store, "country", {"code": given["country"]})
    address = {name: given.get(name) for name in ("streetAddress", "zipCode", "place")}
    lines = [part for part in (given.get("streetAddress"), place) if part]
    return {**address, "countryDbId": country, "fullAddress": ", ".join(lines)}
