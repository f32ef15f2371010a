"""Writes employees as addEmployees and updateEmployees do, with their contact and subledger."""

from __future__ import annotations

from typing import Any

from .employee_fields import LOOKUPS, ON_CONTACT, ON_SUBLEDGER, OWN, UNREADABLE
from .execution import Execution
from .lookups import resolve
from .refusals import Refused
from .store import Row, Store
from .switches import Switches

MOST_INITIALS = 5
_CODE_TABLES = {
    "employeeGroup": "employee_groups",
    "superior": "employees",
    "paySlipDeliveryMethod": "system_values",
}


def add_employee(execution: Execution, node: Row) -> Row:
    """Add one employee with its contact and subledger, unless the node refers to existing ones.

    Code, first and last name are needed; what else the vendor demands is unknown ("xledger.md" 4).
    Raises `Refused`.
    """
    _refuse_on_request(execution, "addEmployees", node.get("code"))
    for name in ("code", "firstName", "lastName"):
        if not node.get(name):
            raise Refused(f"{name}: A value is required.")
    node = _as_kept(execution, node)
    store = execution.store
    references = _references(store, node)
    node.setdefault("description", f"{node['firstName']} {node['lastName']}")
    for table, key in (("contacts", "contactDbId"), ("subledgers", "subledgerDbId")):
        if references.get(key) is None:
            references[key] = store.insert(table, {"code": node["code"]})["dbId"]
    employee = store.insert("employees", {**references, **_own(node)})
    _write_around(store, employee, node)
    return employee


def update_employee(execution: Execution, node: Row) -> Row:
    """Change the fields present in the node, null clearing them; the others stay untouched.

    Raises `Refused`: no dbId, an unknown one, or a value that is not accepted.
    """
    employee = _existing(execution.store, node)
    _refuse_on_request(execution, "updateEmployees", node.get("code", employee["code"]))
    for name in ("code", "firstName", "lastName"):
        if name in node and not node[name]:
            raise Refused(f"{name}: A value is required.")
    node = _as_kept(execution, node, employee)
    references = _references(execution.store, node)
    values = {**references, **_own(node, employee)}
    employee = execution.store.update("employees", employee["dbId"], values)
    _write_around(execution.store, employee, node)
    return employee


def _existing(store: Store, node: Row) -> Row:
    if node.get("dbId") is None:
        raise Refused("dbId: A value is required.")
    employee = store.get("employees", node["dbId"])
    if employee is None:
        raise Refused(f"dbId: No employee with dbId '{node['dbId']}'.", lookup=True)
    return employee


def _refuse_on_request(execution: Execution, root: str, code: str | None) -> None:
    refusal = execution.row_fault(root, code)
    if refusal is not None:
        raise refusal


def _as_kept(execution: Execution, node: Row, employee: Row | None = None) -> Row:
    node = reformatted(node) if execution.switches.reformat else dict(node)
    if len(node.get("initials") or "") > MOST_INITIALS:
        raise Refused(f"initials: At most {MOST_INITIALS} characters are allowed.")
    if "code" in node and (employee is None or employee["code"] != node["code"]):
        _refuse_second_code(execution.store, execution.switches, node["code"])
    return node


def _refuse_second_code(store: Store, switches: Switches, code: str) -> None:
    if switches.duplicate_code == "accept":
        return
    if any(row["code"] == code for row in store.tables["employees"].values()):
        raise Refused(f"code: The code '{code}' is already in use.")


def reformatted(node: Row) -> Row:
    """Give the node as a tenant that normalises its texts would keep it (invented)."""
    changed = dict(node)
    for name in ("description", "lastName"):
        if node.get(name):
            changed[name] = node[name].upper()
    if node.get("initials"):
        changed["initials"] = node["initials"][:1]
    if node.get("phone"):
        changed["phone"] = "".join(node["phone"].split())[:10]
    return changed


def _references(store: Store, node: Row) -> Row:
    return {f"{name}DbId": resolve(store, name, node[name]) for name in LOOKUPS if name in node}


def _own(node: Row, employee: Row | None = None) -> Row:
    values: Row = {name: value for name, value in node.items() if name in OWN}
    kept = {name: value for name, value in node.items() if name in UNREADABLE}
    if kept:
        values["_unreadable"] = {**((employee or {}).get("_unreadable") or {}), **kept}
    if "flexiFieldItem" in node:
        before = (employee or {}).get("flexiFieldsItem") or {}
        given = node["flexiFieldItem"]
        values["flexiFieldsItem"] = None if given is None else {**before, **given}
    return values


def _write_around(store: Store, employee: Row, node: Row) -> None:
    """Write what the node says of the contact and the subledger; only rows it says something of."""
    contact: Row = {name: value for name, value in node.items() if name in ON_CONTACT}
    if "fullAddress" in node:
        contact["address"] = _address(node["fullAddress"])
    if contact and employee.get("contactDbId") is not None:
        before = store.tables["contacts"][employee["contactDbId"]]
        contact["name"] = _full_name({**before, **contact})
        store.update("contacts", before["dbId"], contact)
    ledger = {ON_SUBLEDGER[name]: value for name, value in node.items() if name in ON_SUBLEDGER}
    ledger |= {name: node[name] for name in ("code", "description") if name in node}
    if ledger and employee.get("subledgerDbId") is not None:
        store.update("subledgers", employee["subledgerDbId"], ledger)


def _address(full: str | None) -> Row | None:
    """Keep the one line; whether the vendor takes it apart into street and place is unknown."""
    return None if full is None else {"fullAddress": full}


def _full_name(contact: Row) -> str:
    return " ".join(str(contact[n]) for n in ("firstName", "lastName") if contact.get(n))


def flat(store: Store, employee: Row) -> dict[str, Any]:
    """Give an employee, its contact and its subledger as one dict, references by their code.

    Keys are those of the inputs; `contactEmail` is the contact's, `email` the employee's.
    """
    contact = store.get("contacts", employee.get("contactDbId")) or {}
    ledger = store.get("subledgers", employee.get("subledgerDbId")) or {}
    values: dict[str, Any] = {name: employee.get(name) for name in ("dbId", "modifiedAt", *OWN)}
    values |= {name: contact.get(name) for name in ON_CONTACT - {"email"}}
    values |= {"contactEmail": contact.get("email"), "contactDbId": employee.get("contactDbId")}
    values["fullAddress"] = (contact.get("address") or {}).get("fullAddress")
    values |= {"bankAccount": ledger.get("bankAccount"), "phoneSubledger": ledger.get("phone")}
    values["flexiFieldItem"] = employee.get("flexiFieldsItem")
    return {**values, **_codes(store, employee), **(employee.get("_unreadable") or {})}


def _codes(store: Store, employee: Row) -> dict[str, Any]:
    named = [name for name in LOOKUPS if name not in {"owner", "contact", "subledger"}]
    found = {
        n: store.get(_CODE_TABLES.get(n, "object_values"), employee.get(f"{n}DbId")) for n in named
    }
    codes: dict[str, Any] = {name: row and row["code"] for name, row in found.items()}
    position = found["positionValue"]
    return {**codes, "title": position and position["description"]}
