"""Writes stored rows the way the API sends them, under the switches in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from simployer.sandbox.query import Row
from simployer.sandbox.resources import Kind, Resource
from simployer.sandbox.switches import Switches

_OSLO = ZoneInfo("Europe/Oslo")
_UNDOCUMENTED = {"__v": 0, "deleted": False}


def moment(value: datetime) -> str:
    """Write an aware time as JavaScript does: UTC, milliseconds and Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Wire:
    """Reads stored rows of one resource as a client would see them."""

    def __init__(self, resource: Resource, switches: Switches) -> None:
        self.resource = resource
        self.switches = switches

    def hidden(self) -> frozenset[str]:
        """Give the fields that this server does not have: it is older, or shows no more."""
        hidden = frozenset() if self.switches.later_fields else self.resource.later
        return hidden if self.switches.undocumented_fields else hidden | self.resource.undocumented

    def field(self, row: Row, name: str) -> Any:
        """Give one field; a stored value that is no plain calendar day is sent as it stands."""
        value = row.get(name)
        if value is None:
            return None
        if name == "rate" and self.switches.rate == "fraction":
            return value / 100
        if name == "gender":
            return self._gender(value)
        if name == "ssn":
            return self._ssn(value)
        if self.resource.kind(name) is Kind.DAY and len(value) == len("2026-03-31"):
            return self._day(value)
        return value

    def row(self, row: Row, select: Collection[str] | None) -> Row:
        """Give the whole row, or `id` and the selected fields."""
        wanted = row if select is None else dict.fromkeys(["id", *select])
        hidden = self.hidden()
        sent = {name: self.field(row, name) for name in wanted if name not in hidden}
        if select is None and self.switches.undocumented_fields:
            sent = _UNDOCUMENTED | sent
        if self.switches.optional == "absent":
            return _without_nulls(sent)
        return sent

    def _day(self, value: str) -> str:
        zone = _OSLO if self.switches.dates == "local" else UTC
        return moment(datetime.combine(date.fromisoformat(value), time(), zone))

    def _gender(self, value: str) -> str:
        if self.switches.gender == "letter":
            return value[:1].upper()
        return value.upper() if self.switches.gender == "upper" else value

    def _ssn(self, value: str) -> str:
        if self.switches.ssn == "masked":
            return f"{value[:6]}*****"
        return f"{value[:6]} {value[6:]}" if self.switches.ssn == "spaced" else value


def _without_nulls(row: Row) -> Row:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if value is not None
    }
