"""Tries what an X-ledger token may read and what its schema can write, for an admin to see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from integration_hub.core.errors import (
    AccessRefused,
    ConfigurationError,
    HubError,
    IncompleteRead,
    TransientError,
)
from payroll.ports import ConnectionReport
from payroll.timeoff.records import Channel

from . import capabilities, queries, timeoff_queries
from .answers import JsonObject
from .client import XledgerClient
from .dated_rows import RowShape
from .pages import opaque_id, page_of
from .pay_rates import PAY_RATE_ROWS
from .positions import POSITION_ROWS
from .timeoff_rows import SHAPES

log = logging.getLogger(__name__)

# What to tick follows the recipe that another vendor publishes ("xledger.md" section 1); for
# employee groups no source names the tick, so the whole group is named.
_EMPLOYEES = "Employees cannot be read: tick Read for Employee under Human Resources."
_CONTACTS = "Contacts cannot be read: tick Read for Contact and Address under Common."
_SUBLEDGERS = (
    "Bank accounts cannot be read: tick Read for Subledger under Common and Bank under General "
    "Ledger."
)
_GROUPS = "Employee groups cannot be read: tick Read for all of Human Resources."
_VALUES = "Coded values cannot be read: tick Read for Object Value and System Value under Common."

# No source names a tick for any list beside employees, so the group is named and the vendor.
_BESIDE_REFUSED = (
    "{name} cannot be read, so {cost}. If you want that, tick "
    "Read for all of Human Resources; if {noun} still cannot be read, ask X-ledger which right "
    "shows them."
)
_BESIDE_UNTRIED = "Whether {noun} can be read is not known: {why} Test again, or {cost}."

UNCONFIRMED = (
    "Human Resources: create and change employees",
    "Common: create and change their contacts and subledgers",
    "Accounts Payable, Accounts Receivable and General Ledger: their suppliers and banks",
)
"""Nothing but a write shows whether a token may write."""


@dataclass
class _Probe:
    """Reads one thing at a time, and keeps every refusal."""

    client: XledgerClient
    refused: list[HubError] = field(default_factory=list)

    def nodes(
        self, document: str, root: str = "employees", **variables: int | None
    ) -> list[JsonObject] | None:
        """What the read gives; None where it is refused. Raises what is no refusal."""
        try:
            data = self.client.read(document, variables)
        except (AccessRefused, IncompleteRead) as error:
            self.refused.append(error)
            return None
        return list(page_of(data, root).nodes.values())

    def may_list(self, document: str, root: str) -> bool:
        """Whether one row of the list may be read."""
        return self.nodes(document, root, first=1, after=None) is not None


def check(client: XledgerClient) -> ConnectionReport:
    """What the token shows, what it is refused, and what the schema can write.

    Raises AccessRefused or IncompleteRead where every read is refused, ConfigurationError where the
    schema is not the one the Hub was built for, TransientError.
    """
    probe = _Probe(client)
    entities = _entities(probe)
    employees = probe.nodes(queries.ONE_EMPLOYEE)
    groups = probe.may_list(queries.EMPLOYEE_GROUPS, "employeeGroups")
    values = probe.may_list(queries.OBJECT_VALUES, "objectValues")
    if entities is None and employees is None and not groups and not values:
        raise probe.refused[-1]
    through_employees = _missing_of_employees(probe) if employees is not None else [_EMPLOYEES]
    seen = {
        "Contacts and bank accounts": employees and not through_employees,
        "Employee groups": groups,
        "Coded values": values,
    }
    lists = {_GROUPS: groups, _VALUES: values}
    offered = _capabilities(client)
    beside = {each.name: _without(probe, each) for each in _BESIDE if offered.get(each.capability)}
    seen |= {name: not without for name, without in beside.items()}
    missing = [*through_employees, *(words for words, may in lists.items() if not may)]
    return ConnectionReport(
        seen=(*_seen(entities or [], employees), *(name for name, shown in seen.items() if shown)),
        missing=tuple(missing),
        unconfirmed=UNCONFIRMED,
        capabilities=offered,
        beside=tuple(filter(None, beside.values())),
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """A list beside employees, read as it is when it is used; tried where its write is offered.

    `cost` is what does not happen where it cannot be read.
    """

    capability: str
    name: str
    cost: str
    document: str
    root: str


def _time_off(channel: Channel, name: str) -> _Beside:
    shape, cost = SHAPES[channel], f"time off cannot be exported as {name.lower()}"
    document = timeoff_queries.reading(shape, {})
    return _Beside(channel.value, name, cost, document, shape.root)


def _dated(shape: RowShape) -> _Beside:
    kind = shape.kind
    cost = f"{kind.nouns} are not sent"
    return _Beside(kind.capability, kind.nouns.capitalize(), cost, shape.reading, shape.root)


_BESIDE = (
    _dated(POSITION_ROWS),
    _dated(PAY_RATE_ROWS),
    _time_off(Channel.ABSENCES, "Absences"),
    _time_off(Channel.TIMESHEETS, "Timesheets"),
)


def _without(probe: _Probe, beside: _Beside) -> str:
    """What is said where the list cannot be read; empty where it can.

    Whatever is wrong is no reason not to sync employees.
    """
    noun = beside.name.lower()
    try:
        may = probe.may_list(beside.document, beside.root)
    except (ConfigurationError, TransientError) as error:
        log.warning("X-ledger's %s: %s (%s)", noun, error.message, error.detail)
        return _BESIDE_UNTRIED.format(noun=noun, why=error.message, cost=beside.cost)
    return "" if may else _BESIDE_REFUSED.format(name=beside.name, noun=noun, cost=beside.cost)


def _entities(probe: _Probe) -> list[JsonObject] | None:
    """The companies the token shows by name; None where it shows none, which no sync needs."""
    try:
        return probe.nodes(queries.ENTITIES, "entities")
    except ConfigurationError as error:
        log.info("X-ledger's entities were left out: %s", error.detail)
        return None


def _missing_of_employees(probe: _Probe) -> list[str]:
    """What is read through an employee: both at once, and each by itself where that is refused."""
    if probe.nodes(queries.ONE_CONTACT_AND_SUBLEDGER) is not None:
        return []
    parts = {_CONTACTS: queries.ONE_CONTACT, _SUBLEDGERS: queries.ONE_SUBLEDGER}
    refused = [words for words, document in parts.items() if probe.nodes(document) is None]
    return refused or [_CONTACTS, _SUBLEDGERS]


def _seen(
    entities: Sequence[JsonObject], employees: Sequence[JsonObject] | None
) -> tuple[str, ...]:
    """The company that the employees belong to, else every company shown; and the employees."""
    owner = _id(employees[0], "ownerDbId") if employees else ""
    own = [each for each in entities if owner and _id(each, "dbId") == owner] or entities
    seen = [_named(each) for each in own]
    if not seen and owner:
        seen.append(f"Company with X-ledger's id {owner}")
    if employees is not None:
        seen.append("Employees" if employees else "No employees yet")
    return tuple(seen)


def _id(node: JsonObject, key: str) -> str:
    """The id under `key`; empty where there is none."""
    try:
        return opaque_id(node.get(key))
    except ValueError:
        return ""


def _named(entity: JsonObject) -> str:
    name, code = entity.get("description"), entity.get("code")
    return f"{name} ({code})" if name and code else str(name or code or _id(entity, "dbId"))


def _capabilities(client: XledgerClient) -> dict[str, bool]:
    """What the schema offers; empty where it cannot be asked, so that nothing is taken for on."""
    try:
        return capabilities.offered(client.read(capabilities.INTROSPECTION, {}))
    except HubError as error:
        log.warning("X-ledger's schema could not be read: %s (%s)", error.message, error.detail)
        return {}
