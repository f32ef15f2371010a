"""Holds the sandbox's rows, takes edits to them and keeps them in a file between runs."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from simployer.sandbox import seed as seeding
from simployer.sandbox.ids import object_id
from simployer.sandbox.query import Row
from simployer.sandbox.resources import HELD
from simployer.sandbox.seed_leave import day_rows
from simployer.sandbox.wire import moment


class Store:
    """Rows by resource path, as lists of dicts that tests may read and change directly.

    With a `state` file its rows and day win over the arguments; it is rewritten after every edit
    made through the methods here.
    """

    def __init__(self, employees: int, seed: int, today: date, state: Path | None = None) -> None:
        self.employees = employees
        self.seed = seed
        self.today = today
        self.state = state
        self.lock = threading.RLock()
        self._edits = 0
        self.rows: seeding.Rows = {}
        if state is not None and state.exists():
            self._load(state)
        else:
            self._plant()
            self._save()

    def find(self, resource: str, **values: Any) -> Row:
        """Give the one row with these field values; raise LookupError if there is not just one."""
        found = [
            row
            for row in self.rows[resource]
            if all(row.get(name) == value for name, value in values.items())
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} {resource} rows have those values")
        return found[0]

    def edit(self, resource: str, row_id: str, changes: Row) -> Row:
        """Merge `changes` into a row, objects within it too; null is a value. Give the new row."""
        with self.lock:
            row = self.find(resource, id=row_id)
            _merge(row, changes)
            self._stamp(resource, row)
            self._count_days(resource, row)
            self._save()
            return row

    def add(self, resource: str, values: Row) -> Row:
        """Add a row; a missing id is made, every other missing field is null."""
        with self.lock:
            self._edits += 1
            made = object_id(self.seed, resource, "added", self._edits)
            table = HELD[resource]
            row: Row = dict.fromkeys([*table.fields, *table.unselectable]) | {"id": made} | values
            if any(other["id"] == row["id"] for other in self.rows[resource]):
                raise ValueError(f"there is already a row with id {row['id']}")
            self.rows[resource].append(row)
            self._stamp(resource, row)
            self._count_days(resource, row)
            self._save()
            return row

    def delete(self, resource: str, row_id: str) -> None:
        """Remove a row without a trace, and with an employee all that is theirs."""
        with self.lock:
            row = self.find(resource, id=row_id)
            self.rows[resource].remove(row)
            self._count_days(resource, row)
            if resource == "employee":
                for table in self.rows.values():
                    table[:] = [row for row in table if row.get("employeeId") != row_id]
            self._save()

    def reset(self) -> None:
        """Plant the seed again and forget every edit."""
        with self.lock:
            self._plant()
            self._save()

    def _plant(self) -> None:
        self.rows.clear()
        self.rows.update(seeding.rows(self.employees, self.seed, self.today))

    def _stamp(self, resource: str, row: Row) -> None:
        """Set `updated` where the resource has it; a second per edit, so that edits keep order."""
        if HELD[resource].has("updated"):
            self._edits += 1
            start = datetime.combine(self.today, time(12), UTC)
            row["updated"] = moment(start + timedelta(seconds=self._edits))

    def _count_days(self, resource: str, row: Row) -> None:
        """Work out anew the days of the leaves that an edit of `row` touches."""
        if resource not in {"leave", "work-week"}:
            return
        days, leaves = self.rows["leave-transaction"], self.rows["leave"]
        touched = {row["id"]} if resource == "leave" else {leave["id"] for leave in leaves}
        days[:] = [day for day in days if (day.get("parent") or {}).get("id") not in touched]
        again = [leave for leave in leaves if leave["id"] in touched]
        days.extend(day_rows(self.rows, again, self.seed, self.today))

    def _load(self, state: Path) -> None:
        document = json.loads(state.read_text(encoding="utf-8"))
        self.employees, self.seed = document["employees"], document["seed"]
        self.today = date.fromisoformat(document["today"])
        self._edits = document["edits"]
        self._plant()  # for the tables that a file of an earlier version does not hold
        self.rows.update(document["rows"])

    def _save(self) -> None:
        if self.state is None:
            return
        document = {
            "employees": self.employees,
            "seed": self.seed,
            "today": self.today.isoformat(),
            "edits": self._edits,
            "rows": self.rows,
        }
        fresh = self.state.with_name(f"{self.state.name}.new")
        fresh.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, self.state)  # noqa: PTH105  # says that it replaces, and is atomic


def _merge(row: Row, changes: Row) -> None:
    for name, value in changes.items():
        held = row.get(name)
        if isinstance(value, dict) and isinstance(held, dict):
            _merge(held, value)
        else:
            row[name] = value
