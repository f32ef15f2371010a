"""A leave in its group, and all that it is judged by. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from payroll.records import Period, PickListEntry, Place, Problem

from .corrections import Booked, Move
from .days import DaySlice
from .records import (
    Channel,
    ChannelRights,
    LeaveStatus,
    LeaveType,
    TimeOff,
    TimeOffThere,
    WorkWeek,
)
from .settings import TimeOffSettings


class Group(StrEnum):
    """Where a leave stands, for a person who chooses what to export."""

    READY = "ready"
    EXPORTED = "exported"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"
    NO_CODE = "no_code"
    NOT_LINKED = "not_linked"
    NOT_APPROVED = "not_approved"
    NO_END = "no_end"
    CLOSED = "closed"


SENDABLE = (Group.READY, Group.CHANGED, Group.WITHDRAWN)
APPROVED = (LeaveStatus.APPROVED, LeaveStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Person:
    """Whose leave it is. `places` are those of HR by dimension; `target_id` empty: not linked."""

    id: str
    number: str = ""
    name: str = ""
    title: str = ""
    target_id: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def company(self) -> str:
        """The company's id, by which codes are chosen."""
        place = self.places.get("company")
        return place.id if place else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A live line of the ledger.

    `content` is what was sent of the day: code, percent, hours, times, and the dates of its row.
    """

    booked: Booked
    leave_id: str
    employee_id: str
    mine: bool  # whether this integration sent it
    content: Mapping[str, str]


@dataclass(frozen=True)
class Material:
    """Everything that judging needs, as read and as stored.

    `leaves` are all that touch the read days, and those found by id; `gone` are ids of exported
    leaves that HR has no more. `there` are payroll's rows by channel, where they were read.
    `codes` are those that payroll accepts, none where its list cannot be read.
    `read`: the days that were read; `mark` is a keyed digest of a text. `in_doubt`: why nothing
    may go over the person's link, by their id in HR.
    """

    leaves: Sequence[TimeOff]
    gone: frozenset[str]
    types: Mapping[str, LeaveType]
    weeks: Mapping[str, Sequence[WorkWeek]]
    people: Mapping[str, Person]
    there: Mapping[Channel, Sequence[TimeOffThere]]
    codes: Sequence[PickListEntry]
    lines: Sequence[Line]
    settings: TimeOffSettings
    rights: Mapping[Channel, ChannelRights]
    channel: Channel
    period: Period
    read: Period
    mark: Callable[[str], str]
    by_hand: Mapping[str, str] = field(default_factory=dict)  # digest of what is listed, by row
    reopened: Mapping[str, Set[date]] = field(default_factory=dict)  # see `Frame`, by leave
    in_doubt: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """One leave in its group. `leave` is None where HR has it no more.

    `slices` are its days in the period; `moves` what is done if it is chosen; `digest` changes
    whenever any of that does. `closed` are days that do not go because payroll closed them.
    """

    leave_id: str
    leave: TimeOff | None
    person: Person
    kind: LeaveType | None
    code: str
    group: Group
    reason: Problem | None
    slices: tuple[DaySlice, ...] = ()
    moves: tuple[Move, ...] = ()
    closed: tuple[date, ...] = ()
    digest: str = ""
    others: tuple[Problem, ...] = ()
    by_hand: tuple[tuple[str, str], ...] = ()  # of each row to correct by hand, what it asks for
    compared: bool = False  # whether the ledger was held against HR, and nothing contradicts it

    @property
    def sendable(self) -> bool:
        """Whether choosing it does anything."""
        return self.group in SENDABLE and bool(self.moves)
