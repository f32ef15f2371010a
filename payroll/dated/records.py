"""Rows of payroll that count from a day: what pay and part-time percents are kept in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from payroll.records import Actual, Value


@dataclass(frozen=True, slots=True)
class RowKind:
    """One kind of dated row, by the keys of the target's fields that make one up.

    `capability` is the write that adds rows, `change_capability` the one that corrects them in
    place. `noun` and `nouns` are what one row and several are called. `amount` is what changes, and
    `first_day` the day it counts from. `code` tells a person's rows of one day apart; empty where
    the day alone does. `others` are values that a row may have besides, `last_day` the one of them
    that ends it. `currency` is what every amount is in, empty where it is no money.

    `ends`: the key under which it is told that an earlier row is ended. A kind without it leaves
    earlier rows as they are: the newest one counts.
    """

    capability: str
    noun: str
    nouns: str
    amount: str
    first_day: str
    code: str = ""
    others: tuple[str, ...] = ()
    last_day: str = ""
    ends: str = ""
    currency: str = ""

    @property
    def change_capability(self) -> str:
        """Corrects a row in place."""
        return f"{self.capability}_change"

    @property
    def needed(self) -> tuple[str, ...]:
        """Keys that a new row is not sent without."""
        return (self.amount, *self.tells_apart)

    @property
    def tells_apart(self) -> tuple[str, ...]:
        """Keys that make two rows of a person two; a correction leaves them as they are."""
        return (self.code, self.first_day) if self.code else (self.first_day,)

    @property
    def correctable(self) -> tuple[str, ...]:
        """Keys that can be changed of a row that is there."""
        return (self.amount, *self.others)

    @property
    def fields(self) -> tuple[str, ...]:
        """All keys that a row may be sent with."""
        return (*self.needed, *self.others)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that a change of a row may be told under."""
        return (*self.fields, self.ends) if self.ends else self.fields


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A row as payroll has it: `values` by the keys of its kind, UNREADABLE where none is shown.

    `employee` is the person's id in payroll; `last_day` None is open. `code` is empty where payroll
    does not tell it, or the kind has none.
    """

    id: str
    employee: str
    first_day: date
    last_day: date | None
    values: Mapping[str, Actual]
    code: str = ""

    def stands_for(self, code: str, first_day: date) -> bool:
        """Whether this is the person's row of that code and day; payroll may fold the case."""
        return self.first_day == first_day and self.code.casefold() == code.casefold()

    def counts_on(self, day: date) -> bool:
        """Whether it has begun and not ended on that day."""
        return self.first_day <= day and (self.last_day is None or self.last_day >= day)


@dataclass(frozen=True, slots=True)
class RowWrite:
    """A row to add, or (`row_id`) the values to correct of one that is there.

    `values` are by the keys of the kind; a correction of `last_day` to None opens the row again.
    """

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
class RowsRead:
    """The rows of every kind that could be sent at one moment, by capability.

    `failed` says why a kind could not be read.
    """

    there: Mapping[str, RowsThere] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


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
