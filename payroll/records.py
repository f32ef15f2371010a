"""The vocabulary that adapters and the engine share: frozen records, no Django, no vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

Value = str | date | Decimal | bool | None
"""A normalised value. None means delivered as empty; a key that is absent was not delivered."""


class Unreadable(StrEnum):
    """Stands where the target holds something that it does not give back."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE
Actual = Value | Unreadable


class FieldType(StrEnum):
    """How a value is normalised, compared, checked and shown."""

    TEXT = "text"
    CODE = "code"  # one of the target's pick list, by its code
    DATE = "date"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    EMAIL = "email"
    PHONE = "phone"
    NATIONAL_ID = "national_id"
    BANK_ACCOUNT = "bank_account"
    REFERENCE = "reference"  # another person in payroll, by their id there; HR gives a number


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field that a mapping row may name.

    `required`: no person is sent without it. `readable`: the target gives it back. `writable`: the
    target lets us set it; if not, `note` says why. `sensitive`: masked on screens and kept only as
    a keyed digest. `immutable`: a change on a linked person is held for a person to decide.
    `whole`: a number without a fraction. `capability`: the write beside employees that carries the
    field (`ConnectionReport.capabilities`).
    `carries`: the source's fields that it holds, or would; a page says by which way they go.
    `derived`: nobody maps it, as it follows from other values.
    """

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    readable: bool = True
    writable: bool = True
    sensitive: bool = False
    immutable: bool = False
    max_length: int | None = None
    note: str = ""
    whole: bool = False
    capability: str = ""
    carries: tuple[str, ...] = ()
    derived: bool = False

    @property
    def never_sent(self) -> bool:
        """Whether the target takes no value of it at all."""
        return not self.writable and not self.derived

    @property
    def in_rows(self) -> bool:
        """Whether the value goes into dated rows beside the person (payroll/dated)."""
        return (self.writable or self.derived) and bool(self.capability)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; `end` None is open."""

    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Whether `day` lies inside."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Employment:
    """One employment period of a person. `percent` is what the source calls rate, 0-100.

    Where the source does not tell whether 1 is one percent or full time, `percent` is None and
    `fraction` the percent if 1 is full time.
    """

    id: str
    period: Period
    type: str = ""
    type_id: str = ""
    percent: Decimal | None = None
    terminated: bool = False
    fraction: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Compensation:
    """Base pay valid from `effective` until the next row; `amount` is per `period` (MONTHLY …)."""

    id: str
    effective: date
    amount: Decimal
    currency: str
    period: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a payroll clerk must know about one person; `message` names no sensitive value.

    `blocking` problems keep the person from being sent; the others cost only the named field.
    """

    code: str
    message: str
    field: str = ""
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one human from another, in either system. Empty means not known."""

    number: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    national_id: str = ""
    emails: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """First and last name, for lists."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person belongs in one dimension of the scope: a company, a department, …

    `names` are what people call it, the usual one first; empty where HR no longer lists the id.
    """

    id: str
    names: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Everything by which a scope may name it."""
        return frozenset({self.id, *self.names} - {""})

    @property
    def label(self) -> str:
        """What a list shows."""
        return " ".join(self.names) or self.id


@dataclass(frozen=True, slots=True)
class Employee:
    """One person as the HR system has them on the run's day.

    `fields` holds mappable values by FieldSpec key; a key that is absent was not delivered.
    `employment` and `compensation` are the rows that count on that day; `employments` and
    `compensations` are all that HR has, earlier and later ones included, by their first day.
    `placements` holds, per scope dimension (company, department, …), where the person belongs.
    `doubts` are contradictions in the source that hold the field they name.
    """

    id: str
    active: bool
    identity: Identity
    fields: Mapping[str, Value]
    employment: Employment | None = None
    other_employments: tuple[Employment, ...] = ()
    compensation: Compensation | None = None
    placements: Mapping[str, Place] = field(default_factory=dict)
    doubts: tuple[Problem, ...] = ()
    employments: tuple[Employment, ...] = ()
    compensations: tuple[Compensation, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetEmployee:
    """One person as payroll has them now. `id` is opaque; `fields` by FieldSpec key."""

    id: str
    identity: Identity
    fields: Mapping[str, Actual]


@dataclass(frozen=True, slots=True)
class PickListEntry:
    """One value that the target accepts for a CODE field."""

    code: str
    label: str


PickLists = Mapping[str, tuple[PickListEntry, ...]]
"""Entries by target field key; a field without a key here has no list that could be read."""


@dataclass(frozen=True, slots=True)
class Write:
    """One person to create (`target_id` empty) or update. `client_id` comes back on the outcome."""

    client_id: str
    values: Mapping[str, Value]
    target_id: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A write that the target confirmed: the person's id there and what it now holds."""

    client_id: str
    target_id: str
    fields: Mapping[str, Actual]


class Outcome(StrEnum):
    """What became of one person's change."""

    APPLIED = "applied"
    SKIPPED = "skipped"
    HELD = "held"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    TO_APPROVE = "to_approve"  # waits for a second person, and nothing is wrong with it


class Subject(StrEnum):
    """What can be set to wait for a second person; its fields are decided on together."""

    BANK_ACCOUNT = "bank_account"
    PAY = "pay"
    END_DATE = "end_date"


class ChangeKind(StrEnum):
    """What a change does to the person in the target; NONE carries only problems."""

    CREATE = "create"
    UPDATE = "update"
    END = "end"
    NONE = "none"
