"""The vocabulary of time off that adapters and the engine share: frozen records, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from payroll.records import Period, Problem


class LeaveStatus(StrEnum):
    """Where a leave stands in HR. DELETED: HR still lists it, marked so. UNKNOWN: another word."""

    PENDING = "pending"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class Duration(StrEnum):
    """How long a leave is. MINUTES: between two times of one day."""

    MINUTES = "minutes"
    HALF_DAY = "half_day"
    ONE_DAY = "one_day"
    LONGER = "longer"


class Half(StrEnum):
    """Which half of the day a HALF_DAY leave takes."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time of a day, Oslo wall clock. An `end` not after `start` is on the next day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class WorkDay:
    """What a person's schedule says of one day: hours of work, none on a day off."""

    hours: Decimal
    shifts: tuple[Shift, ...] = ()

    @property
    def working(self) -> bool:
        """Whether there is work to be absent from."""
        return self.hours > 0


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """A schedule, Monday first, valid from `start` to `end`, both included; `end` None is open."""

    start: date
    end: date | None
    days: tuple[WorkDay, WorkDay, WorkDay, WorkDay, WorkDay, WorkDay, WorkDay]

    def covers(self, day: date) -> bool:
        """Whether the schedule is valid on `day`."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class LeaveType:
    """A kind of leave. `codes`: HR's own payroll code by company id, "" for all companies.

    `kind` is HR's category (SICK_LEAVE, VACATION …); an inactive type may still have leaves.
    """

    id: str
    name: str
    kind: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    active: bool = True


@dataclass(frozen=True, slots=True)
class LeaveDay:
    """What HR counts of a leave on one day; None where it does not say. `extent` is 0-100."""

    day: date
    hours: Decimal | None = None
    extent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TimeOff:
    """One leave as HR has it, days in Oslo, first and last included; `end` None is open-ended.

    `time_from` and `time_to` are of a MINUTES leave: a `time_to` not after `time_from` is on the
    next day, as of a `Shift`, and `start` and `end` are both the day it begins. `half` is of a
    HALF_DAY leave. `grade` is the percent of absence, 1-100, None where HR gives none. `days` are
    HR's own day rows, empty where it has made none. `note` and `about_child` are health data: see
    the export's settings.
    `doubts` are what contradicts itself or cannot be read; such a leave is a conflict.
    """

    id: str
    employee_id: str
    type_id: str
    status: LeaveStatus
    duration: Duration
    start: date
    end: date | None
    time_from: time | None = None
    time_to: time | None = None
    half: Half | None = None
    grade: Decimal | None = None
    days: tuple[LeaveDay, ...] = ()
    note: str = ""
    about_child: bool = False
    doubts: tuple[Problem, ...] = ()

    def touches(self, period: Period) -> bool:
        """Whether any of its days lies in the period."""
        before_end = period.end is None or self.start <= period.end
        return before_end and (self.end is None or self.end >= period.start)


class Channel(StrEnum):
    """By which way time off reaches payroll."""

    ABSENCES = "absences"  # one row per unbroken run of the same code and grade
    TIMESHEETS = "timesheets"  # one row per person, working day and code
    FILE = "file"  # a person imports it


@dataclass(frozen=True, slots=True)
class ChannelRights:
    """What a channel can do: `add`, `change` a row that is there, `remove` one."""

    add: bool = False
    change: bool = False
    remove: bool = False


@dataclass(frozen=True, slots=True)
class TimeOffWrite:
    """One row for payroll. `client_id` comes back on the outcome; `target_id` is of a row there.

    `employee` is the person's id in payroll. `percent` is 1-100 where the channel takes a grade,
    `hours` where it takes hours of one day. Times only where the absence does not fill the day.
    `text` names the leave's type; `note` is empty unless an admin switched notes on. `code_field`
    is one of `TimeOffTarget.time_off_code_fields` where an admin chose one, else empty.
    """

    client_id: str
    employee: str
    code: str
    start: date
    end: date
    percent: Decimal | None = None
    hours: Decimal | None = None
    time_from: time | None = None
    time_to: time | None = None
    text: str = ""
    note: str = ""
    target_id: str = ""
    code_field: str = ""

    @property
    def values(self) -> Mapping[str, object]:
        """What a refusal may name: its `path` is one of these keys, its `value` stands there."""
        return {"employee": self.employee, "code": self.code, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class TimeOffWritten:
    """A row that payroll confirmed, by its id there; `client_id` is that of the write."""

    client_id: str
    target_id: str


@dataclass(frozen=True, slots=True)
class TimeOffThere:
    """One row as payroll has it now."""

    target_id: str
    employee: str
    code: str
    start: date
    end: date
    percent: Decimal | None = None
    hours: Decimal | None = None
    time_from: time | None = None
    time_to: time | None = None
    text: str = ""
