"""What resolvers see of the request being executed: the store, the switches, the day and faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .refusals import Refused
from .store import Row, Store
from .switches import Switches

RowFault = Callable[[str, str | None], Refused | None]
"""(root field, employee code) -> the refusal that was asked for, if any."""


def _no_fault(_root: str, _code: str | None) -> None:
    return None


@dataclass(slots=True)
class Execution:
    """The context value of one execution; `refused` collects the rows refused beside good ones."""

    store: Store
    switches: Switches
    today: date
    row_fault: RowFault = _no_fault
    refused: list[Refused] = field(default_factory=list)

    def row(self, table: str, db_id: Any) -> Row | None:
        return self.store.get(table, db_id)
