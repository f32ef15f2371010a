"""Answers the public API's GET requests from the store: lists, single rows and sideloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simployer.sandbox.leave_wire import wire_of
from simployer.sandbox.query import BadQuery, Query, Row, matching, ordered, parse
from simployer.sandbox.resources import HISTORY_RELATIONS, RESOURCES, Relation
from simployer.sandbox.seed import Rows
from simployer.sandbox.switches import Switches


class NotFound(Exception):
    """There is no such row."""


class Reading:
    """One request's view of a resource's rows under the switches in force."""

    def __init__(self, path: str, rows: Rows, switches: Switches) -> None:
        self.path = path
        self.rows = rows
        self.switches = switches
        self.resource = RESOURCES[path]
        self.wire = wire_of(path, switches)

    def page(self, query_string: str, *, empty: bool = False) -> dict[str, Any]:
        """Give a list answer; `empty` leaves its rows out as if the page had none.

        Raise BadQuery for a query the server refuses.
        """
        query = self._parse(query_string)
        found = matching(self._visible(), query, self.resource, self.wire.field)
        found = ordered(found, query, self.resource, self.wire.field)
        limit = min(query.limit or self.switches.default_limit, self.switches.max_limit)
        page = [] if empty else found[query.offset : query.offset + limit]
        return {
            "status": "ok",
            "data": [self.wire.row(row, query.select) for row in page],
            "total": len(found) + (self.switches.total_drift if query.offset else 0),
            "count": len(page),
            "offset": query.offset,
            "relations": self._sideloaded(query, page),
        }

    def one(self, row_id: str, query_string: str) -> dict[str, Any]:
        """Give a single-row answer; raise NotFound or BadQuery."""
        query = self._parse(query_string)
        found = [row for row in self._visible() if row["id"] == row_id]
        if not found:
            raise NotFound(row_id)
        return {
            "status": "ok",
            "data": self.wire.row(found[0], query.select),
            "relations": self._beside_one(query, found),
        }

    def _visible(self) -> list[Row]:
        """Give the rows there are for a client: deleted ones, if at all, only with their mark."""
        rows, switches = self.rows[self.path], self.switches
        if self.path == "leave-transaction" and not switches.transactions:
            return []
        if switches.deleted_leaves == "listed" and switches.undocumented_fields:
            return rows
        return [row for row in rows if row.get("deleted") is not True]

    def _parse(self, query_string: str) -> Query:
        strict = self.switches.unknown_names == "reject"
        query = parse(query_string, self.resource, strict=strict)
        named = {*(query.select or ()), *(name for name, _ in (*query.conditions, *query.sort))}
        too_new = sorted(named & self.wire.hidden())
        if too_new and strict:
            raise BadQuery(*(f"{name} is not allowed" for name in too_new))
        return query

    def _sideloaded(self, query: Query, page: list[Row]) -> dict[str, list[Row]]:
        return {name: self._related(self._relation(name), page) for name in query.relations}

    def _beside_one(self, query: Query, found: list[Row]) -> dict[str, Any]:
        """Give what is sideloaded with one row: beside a leave type one code, not a list."""
        related = self._sideloaded(query, found)
        if self.path != "leave-type" or self.switches.type_codes == "list":
            return dict(related)
        return {name: rows[0] for name, rows in related.items() if rows}

    def _relation(self, name: str) -> Relation:
        if self.path == "employee" and self.switches.employment_relation == "history":
            return HISTORY_RELATIONS.get(name) or self.resource.relations[name]
        return self.resource.relations[name]

    def _related(self, relation: Relation, page: list[Row]) -> list[Row]:
        if relation.resource is None:
            return []
        wanted = {row.get(relation.ours) for row in page} - {None}
        rows = [row for row in self.rows[relation.resource] if row.get(relation.theirs) in wanted]
        if self.switches.relation_rows_left_out:
            rows = rows[::2]
        wire = wire_of(relation.resource, self.switches)
        return [wire.row(row, None) for row in rows]


def error(status: int, message: str | list[str]) -> Mapping[str, Any]:
    """Give an error body; 401 carries no `error` name, as the vendor's framework sends it."""
    names = {
        400: "Bad Request",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        429: "Too Many Requests",
        500: "Internal Server Error",
        503: "Service Unavailable",
    }
    body: dict[str, Any] = {"statusCode": status, "message": message}
    return body | ({"error": names[status]} if status in names else {})
