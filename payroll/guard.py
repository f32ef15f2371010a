"""Is a read too small to be believed, a plan too big to be sent unseen? Pure.

A list that collapsed is a fault, not news; nor is half the company leaving on one day, until a
person has said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .diff import FieldChange
from .plan import Plan, PlannedChange
from .records import ChangeKind, Subject

COLLAPSE_SHARE = 2  # fewer than one in two of last time
COLLAPSE_FLOOR = 5  # people; below it a share says nothing


def collapsed(count: int, last_count: int) -> bool:
    """Whether a list of `count` people is suspiciously short after one of `last_count`."""
    return last_count >= COLLAPSE_FLOOR and count * COLLAPSE_SHARE < last_count


class Kind(StrEnum):
    """What is counted; FIRST is a first run that nobody has seen the counts of."""

    CREATE = "create"
    UPDATE = "update"
    END = "end"
    FIELD = "field"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Limit:
    """More than `floor` people, and more than `percent` of them all or than `people`: too many."""

    percent: int
    people: int | None = None
    floor: int = 5

    def passed(self, number: int, base: int) -> bool:
        """Whether `number` of `base` people are too many."""
        if number <= self.floor:
            return False
        return number * 100 > self.percent * base or (
            self.people is not None and number > self.people
        )


Limits = Mapping[Kind, Limit]
DEFAULTS: Limits = {
    Kind.CREATE: Limit(30),
    Kind.UPDATE: Limit(40),
    Kind.END: Limit(5, people=10),
    Kind.FIELD: Limit(50),
}


def limits_of(stored: Mapping[str, Mapping[str, Any]]) -> Limits:
    """The defaults with what an integration stores of its own instead."""
    return {kind: Limit(**stored[kind]) if kind in stored else DEFAULTS[kind] for kind in DEFAULTS}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people a plan would send something about; `fields` of those payroll knows."""

    create: int = 0
    update: int = 0
    end: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return self.create + self.update + self.end


@dataclass(frozen=True, slots=True)
class Base:
    """The people whom counts are shares of: all in scope, and all who are linked."""

    in_scope: int
    linked: int


@dataclass(frozen=True, slots=True)
class Trip:
    """A limit that a plan passes: `people` of `base`. Without `limit`: a first run, unseen."""

    kind: Kind
    people: int
    base: int
    limit: Limit | None = None
    field: str = ""


def count(plan: Plan) -> Counts:
    """Who would be sent. A value sent for the first time that payroll never shows counts for none.

    Those are confirmed once for everybody, and say nothing about a mistake in HR. Nor does what a
    person has approved by itself.
    """
    kinds: Counter[ChangeKind] = Counter()
    fields: Counter[str] = Counter()
    for change in plan.changes:
        kind = None if change.outcome is not None else _counted_as(change)
        if kind is None:
            continue
        kinds[kind] += 1
        if kind is not ChangeKind.CREATE:
            fields.update(each.field for each in change.fields if _weighs(each))
    return Counts(kinds[ChangeKind.CREATE], kinds[ChangeKind.UPDATE], kinds[ChangeKind.END], fields)


def _counted_as(change: PlannedChange) -> ChangeKind | None:
    """As what the row counts; an end that a person has approved is no end to be guarded."""
    if change.kind is ChangeKind.CREATE:
        return change.kind
    approved = {each.approval.subject for each in change.fields if each.approval}
    if change.kind is ChangeKind.END and Subject.END_DATE not in approved:
        return change.kind
    return ChangeKind.UPDATE if any(map(_weighs, change.fields)) else None


def _weighs(change: FieldChange) -> bool:
    return not change.first_confirmation and change.approval is None


def trips(counts: Counts, base: Base, limits: Limits) -> list[Trip]:
    """Every limit that the plan passes."""
    found = [
        (Kind.CREATE, counts.create, base.in_scope, ""),
        (Kind.UPDATE, counts.update, base.linked, ""),
        (Kind.END, counts.end, base.linked, ""),
        *((Kind.FIELD, people, base.linked, key) for key, people in sorted(counts.fields.items())),
    ]
    return [
        Trip(kind, people, among, limits[kind], key)
        for kind, people, among, key in found
        if limits[kind].passed(people, among)
    ]


def unseen(counts: Counts, base: Base) -> Trip:
    """A first run whose counts nobody has seen."""
    return Trip(Kind.FIRST, counts.total, base.in_scope)


# --- kept on the run, and told --------------------------------------------------------------------


def stored(trip: Trip) -> dict[str, Any]:
    """The trip as JSON."""
    limit = trip.limit
    return {
        "kind": trip.kind.value,
        "field": trip.field,
        "people": trip.people,
        "base": trip.base,
        "limit": as_stored(limit) if limit else None,
    }


def as_stored(limit: Limit) -> dict[str, int | None]:
    """A limit as JSON."""
    return {"percent": limit.percent, "people": limit.people, "floor": limit.floor}


def restored(rows: Iterable[Mapping[str, Any]]) -> list[Trip]:
    """The trips that a run keeps as JSON."""
    return [
        Trip(
            Kind(row["kind"]),
            row["people"],
            row["base"],
            Limit(**row["limit"]) if row["limit"] else None,
            row["field"],
        )
        for row in rows
    ]


def sentence(trip: Trip, label: str = "", number: Callable[[int], str] = str) -> str:
    """What would happen to how many, and the limit; `label` is what the field is called."""
    whom = "person" if trip.people == 1 else "people"
    some, among = number(trip.people), f"{number(trip.people)} of {number(trip.base)} people"
    if trip.limit is None:
        return (
            f"This is the first sync, and nobody has seen yet what it does: {some} {whom} would be "
            "created, changed or ended."
        )
    words = {
        Kind.CREATE: f"{among} in scope would be created",
        Kind.UPDATE: f"{among} in payroll would be changed",
        Kind.END: f"{among} would get an end date",
    }
    what = words.get(trip.kind, f"{label or trip.field} would be changed for {among}")
    return f"{what}; the limit is {limit_in_words(trip.limit, number)}."


def limit_in_words(limit: Limit, number: Callable[[int], str] = str) -> str:
    """`5 % or 10 people`."""
    words = f"{limit.percent}\N{NO-BREAK SPACE}%"
    if limit.people is None:
        return words
    return f"{words} or {number(limit.people)} {'person' if limit.people == 1 else 'people'}"
