"""The rows of the imitated tenant: plain dicts by table and dbId, written all or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]

OWNER = 42_365_431
"""The dbId of the one entity, to which every row and every token belongs."""

LOCAL = ZoneInfo("Europe/Oslo")
"""Stamps are Central European local time without a zone ("xledger.md" 3)."""

FIRST_ID = {
    "employees": 30_100_001,
    "contacts": 109_349_000_000_467,
    "subledgers": 51_200_001,
    "employee_groups": 7_001,
    "employee_positions": 118_200_000_000_001,
    "payroll_rates": 118_300_000_000_001,
    "object_kinds": 301,
    "object_definitions": 9_301,
    "object_values": 8_400_001,
    "absences": 118_400_000_000_001,
    "timesheets": 118_500_000_000_001,
    "entities": OWNER,
    "companies": 61_500_001,
    "countries": 501,
    "system_values": 14_501,
}
"""Every table, with the dbId its first row gets; contacts are beyond 32 bits on purpose."""


class Store:
    """Tables of rows, numbered per table. Rows are replaced or taken out, never changed in place.

    Every write gets the next `_version`, which orders rows by modification even where two fall in
    one second or in the repeated hour of a clock change.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.tables: dict[str, dict[int, Row]] = {name: {} for name in FIRST_ID}
        self.version = 0
        self._next = dict(FIRST_ID)
        self._undo: list[tuple[str, int, Row | None]] = []
        self._depth = 0

    def stamp(self) -> str:
        """Give the present moment as a DateTimeString."""
        return self.clock().astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M:%S")

    def get(self, table: str, db_id: int | None) -> Row | None:
        return None if db_id is None else self.tables[table].get(db_id)

    def insert(self, table: str, values: Row, db_id: int | None = None) -> Row:
        """Add a row with the next dbId (or the one given), its owner and its stamps."""
        number = self._next[table] if db_id is None else db_id
        self._next[table] = max(self._next[table], number) + 1
        stamp = self.stamp()
        own: Row = {"dbId": number, "ownerDbId": OWNER, "createdAt": stamp, "modifiedAt": stamp}
        return self._put(table, number, {**own, **values})

    def update(self, table: str, db_id: int, values: Row) -> Row:
        """Replace the row by one with `values` over it and a new modifiedAt."""
        row = self.tables[table][db_id]
        return self._put(table, db_id, {**row, "modifiedAt": self.stamp(), **values})

    def delete(self, table: str, db_id: int) -> None:
        """Take a row out; its number is not used again."""
        if self._depth:
            self._undo.append((table, db_id, self.tables[table][db_id]))
        self.version += 1
        del self.tables[table][db_id]

    def _put(self, table: str, db_id: int, row: Row) -> Row:
        if self._depth:
            self._undo.append((table, db_id, self.tables[table].get(db_id)))
        self.version += 1
        row["_version"] = self.version
        self.tables[table][db_id] = row
        return row

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Take back every write made inside if the block raises; may be nested."""
        mark = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._take_back(mark)
            raise
        finally:
            self._depth -= 1
        if not self._depth:
            self._undo.clear()

    def _take_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            table, db_id, before = self._undo.pop()
            if before is None:
                del self.tables[table][db_id]
            else:
                self.tables[table][db_id] = before

    def save(self, path: Path, pending: list[Row]) -> None:
        """Write everything to `path` by renaming, so a reader never sees half a file."""
        document = {
            "version": self.version,
            "next": self._next,
            "pending": pending,
            "tables": {name: list(rows.values()) for name, rows in self.tables.items()},
        }
        beside = path.with_name(path.name + ".new")
        beside.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        beside.replace(path)

    def load(self, path: Path) -> list[Row]:
        """Take over what `save` wrote and give back the commits that were pending."""
        document = json.loads(path.read_text(encoding="utf-8"))
        self.version = document["version"]
        self._next = {**FIRST_ID, **document["next"]}
        for name, rows in document["tables"].items():
            self.tables[name] = {row["dbId"]: row for row in rows}
        pending: list[Row] = document["pending"]
        return pending
