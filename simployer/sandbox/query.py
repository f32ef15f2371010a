"""Reads the bracketed query strings Simployer One takes, and filters and sorts rows by them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl

from simployer.sandbox.resources import Kind, Resource

Row = dict[str, Any]
Read = Callable[[Row, str], Any]
"""Reads one field of a stored row as it is written on the wire."""

_TOKEN = re.compile(r"\[([^\[\]]*)\]")


class BadQuery(Exception):
    """The query cannot be served; `args` are the messages of the 400 answer."""


@dataclass(slots=True)
class Query:
    """A parsed query string. `select` None means every field.

    `conditions`: by field and operator, the values compared with. `sort`: field, descending.
    """

    select: list[str] | None = None
    relations: list[str] = field(default_factory=list)
    conditions: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0


def parse(query_string: str, resource: Resource, *, strict: bool) -> Query:
    """Read a raw query string, brackets and commas plain or percent-encoded.

    Raise BadQuery with every complaint at once; unknown names are complaints only if `strict`.
    """
    parser = _Parser(resource)
    for key, value in parse_qsl(query_string, keep_blank_values=True):
        parser.take(key.partition("[")[0], _TOKEN.findall(key), value)
    complaints = parser.wrong + (parser.unknown if strict else [])
    if complaints:
        raise BadQuery(*complaints)
    return parser.query


class _Parser:
    """Collects the parts of a query, what is wrong in them and which names do not exist."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.query = Query()
        self.wrong: list[str] = []
        self.unknown: list[str] = []

    def take(self, name: str, path: list[str], value: str) -> None:
        query = self.query
        if name == "select":
            query.select = (query.select or []) + self._known(name, value, self.resource.fields)
        elif name == "relations":
            query.relations += self._known(name, value, self.resource.relations)
        elif name == "filters":
            self._filter(path, value)
        elif name == "sort":
            self._sort(path, value)
        elif name == "limit":
            query.limit = self._whole_number(name, value, least=1)
        elif name == "offset":
            query.offset = self._whole_number(name, value, least=0)
        else:
            self.unknown.append(f"property {name} should not exist")

    def _known(self, parameter: str, value: str, names: Collection[str]) -> list[str]:
        asked = [name for name in value.split(",") if name]
        self.unknown += [
            f"{parameter}: {name} is not allowed" for name in asked if name not in names
        ]
        return [name for name in asked if name in names]

    def _whole_number(self, name: str, value: str, least: int) -> int:
        if not value.isascii() or not value.isdigit():
            self.wrong.append(f"{name} must be an integer number")
            return least
        if int(value) < least:
            self.wrong.append(f"{name} must not be less than {least}")
        return int(value)

    def _sort(self, path: list[str], value: str) -> None:
        if len(path) != 1:
            self.wrong.append("sort must be given as sort[field]")
        elif path[0] not in self.resource.fields:
            self.unknown.append(f"sort: {path[0]} is not allowed")
        elif value not in {"asc", "desc"}:
            self.wrong.append(f"sort.{path[0]} must be one of: asc, desc")
        else:
            self.query.sort.append((path[0], value == "desc"))

    def _filter(self, path: list[str], text: str) -> None:
        if not path:
            self.wrong.append("filters must be given as filters[field]")
            return
        name, operator = path[0], path[1] if len(path) > 1 and path[1] else "$eq"
        if name not in self.resource.fields:
            self.unknown.append(f"filters: {name} is not allowed")
        elif operator not in _TESTS:
            self.unknown.append(f"filters.{name}: {operator} is not an operator")
        else:
            self._condition(name, operator, text, self.resource.fields[name])

    def _condition(self, name: str, operator: str, text: str, kind: Kind) -> None:
        try:
            value = _comparable(text, kind)
        except ValueError:
            self.wrong.append(f"filters.{name} must be a {kind.value}")
            return
        self.query.conditions.setdefault((name, operator), []).append(value)


def _comparable(value: Any, kind: Kind) -> Any:
    """Turn a wire value into what its kind is compared by; raise ValueError if it is not one."""
    if value is None or kind in {Kind.TEXT, Kind.OBJECT}:
        return value
    if kind is Kind.BOOLEAN:
        if value in {True, False, "true", "false"}:
            return value in {True, "true"}
        raise ValueError(value)
    if kind is Kind.NUMBER:
        return float(value)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _any_of(value: Any, wanted: list[Any]) -> bool:
    return value in wanted


_TESTS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "$eq": _any_of,
    "$in": _any_of,
    "$all": lambda value, wanted: all(value == each for each in wanted),
    "$neq": lambda value, wanted: value not in wanted,
    "$nin": lambda value, wanted: value not in wanted,
    "$gt": lambda value, wanted: value is not None and value > wanted[0],
    "$gte": lambda value, wanted: value is not None and value >= wanted[0],
    "$lt": lambda value, wanted: value is not None and value < wanted[0],
    "$lte": lambda value, wanted: value is not None and value <= wanted[0],
    "$between": lambda value, wanted: value is not None and wanted[0] <= value <= wanted[-1],
}


def matching(rows: Iterable[Row], query: Query, resource: Resource, read: Read) -> list[Row]:
    """Give the stored rows that meet every condition as they would be read on the wire."""
    return [
        row
        for row in rows
        if all(
            _TESTS[operator](_comparable(read(row, name), resource.fields[name]), wanted)
            for (name, operator), wanted in query.conditions.items()
        )
    ]


def ordered(rows: list[Row], query: Query, resource: Resource, read: Read) -> list[Row]:
    """Sort stored rows; those without a value come first ascending and last descending."""
    for name, descending in reversed(query.sort):
        keyed = [(_sort_key(read(row, name), resource.fields[name]), row) for row in rows]
        keyed.sort(key=itemgetter(0), reverse=descending)
        rows = [row for _, row in keyed]
    return rows


def _sort_key(value: Any, kind: Kind) -> tuple[bool, Any]:
    return (value is not None, _comparable(value, kind) or 0)
