"""Rows of payroll that count from a day until the next one: what pay is kept in. Frozen, pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from payroll.records import Value


@dataclass(frozen=True, slots=True)
class RowKind:
    """One kind of dated row, by the keys of the target's fields that make one up.

    `capability` is the write that adds rows, `change_capability` the one that corrects them in
    place. `amount` is what changes; `code` and `first_day` tell a person's rows apart. `currency`
    is what every amount is in. `noun` is what a row is called, in the plural.
    """

    capability: str
    noun: str
    amount: str
    code: str
    first_day: str
    currency: str

    @property
    def change_capability(self) -> str:
        """Corrects a row in place."""
        return f"{self.capability}_change"

    @property
    def fields(self) -> tuple[str, str, str]:
        """All keys that a new row needs."""
        return self.amount, self.code, self.first_day


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A row as payroll has it; `code` is empty where payroll does not tell it.

    `employee` is the person's id in payroll; `last_day` None is open.
    """

    id: str
    employee: str
    code: str
    first_day: date
    last_day: date | None
    amount: Decimal | None

    def stands_for(self, code: str, first_day: date) -> bool:
        """Whether this is the person's row of that code and day; payroll may fold the case."""
        return self.first_day == first_day and self.code.casefold() == code.casefold()

    @property
    def values(self) -> tuple[Value, Value, Value]:
        """In the order of `RowKind.fields`."""
        return self.amount, self.code, self.first_day


@dataclass(frozen=True, slots=True)
class RowWrite:
    """A row to add, with every value of `RowKind.fields`, or (`row_id`) the amount to correct."""

    client_id: str
    employee: str
    values: Mapping[str, Value]
    row_id: str = ""


@dataclass(frozen=True, slots=True)
class RowWritten:
    """A write that payroll confirmed."""

    client_id: str


RowsThere = Mapping[str, tuple[DatedRow, ...]]
"""Every row of one kind, by the person's id in payroll."""


@dataclass(frozen=True)
class DatedRows:
    """What a plan knows of dated rows: the kinds that are sent, and what payroll has of each.

    `there` and `changeable` are by capability. `in_doubt`: (source id, capability) of rows that
    were sent and whose answer was lost so lately that payroll may yet show them.
    """

    kinds: tuple[RowKind, ...] = ()
    there: Mapping[str, RowsThere] = field(default_factory=dict)
    changeable: frozenset[str] = frozenset()
    in_doubt: frozenset[tuple[str, str]] = frozenset()

    def of(self, kind: RowKind, employee: str) -> tuple[DatedRow, ...]:
        """A person's rows of one kind."""
        return self.there.get(kind.capability, {}).get(employee, ())
