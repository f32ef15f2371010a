"""What the export of time off asks of a system, beside `payroll.ports`.

An adapter that offers time off subclasses one of these by name instead; whether it does is asked
with `gives_time_off` and `takes_time_off`, never by its kind.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol, TypeGuard, cast

from payroll.ports import Source, System, Target
from payroll.records import Period, PickListEntry

from .records import (
    Channel,
    ChannelRights,
    LeaveType,
    TimeOff,
    TimeOffThere,
    TimeOffWrite,
    TimeOffWritten,
    WorkWeek,
)


class TimeOffSource(Source, Protocol):
    """A system that leaves come from."""

    @abstractmethod
    def leave_types(self) -> Sequence[LeaveType]:
        """Every type, inactive ones included. Raises as `Source.employees`."""

    @abstractmethod
    def time_off(self, period: Period) -> Sequence[TimeOff]:
        """Every leave that touches the period, whatever its status, each with all its days.

        Raises IncompleteRead rather than give a part; TransientError, ConfigurationError.
        """

    @abstractmethod
    def leave(self, leave_id: str) -> TimeOff | None:
        """One leave by id; None only where HR surely has it no more. Raises as `time_off`."""

    @abstractmethod
    def work_weeks(self) -> Mapping[str, Sequence[WorkWeek]]:
        """Schedules by employee id, the most specific first: own, office's, company's.

        Somebody without any is left out. Raises as `time_off`.
        """


class TimeOffTarget(Target, Protocol):
    """A system that takes absence. A page asks `channel_rights` with a stored capability report."""

    time_off_channels: ClassVar[tuple[Channel, ...]]  # that it knows, the best first
    # Where one field among several may carry the code: name and label by channel, the usual first.
    time_off_code_fields: ClassVar[Mapping[Channel, Sequence[PickListEntry]]] = {}

    @classmethod
    @abstractmethod
    def channel_rights(cls, capabilities: Mapping[str, bool]) -> Mapping[Channel, ChannelRights]:
        """What each channel can do by a `ConnectionReport.capabilities`; FILE can always add."""

    @abstractmethod
    def time_off_codes(self, channel: Channel, code_field: str = "") -> Sequence[PickListEntry]:
        """The codes that payroll accepts now, exact and case-sensitive; empty if unreadable.

        Raises IncompleteRead, TransientError, ConfigurationError.
        """

    @abstractmethod
    def time_off_there(
        self, channel: Channel, period: Period, code_field: str = ""
    ) -> Sequence[TimeOffThere]:
        """Every row of payroll that touches the period. Raises IncompleteRead, never a part.

        `code_field` says which field holds the code; a row without it has the code of another.
        """

    @abstractmethod
    def add_time_off(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        """Adds rows in one request. Raises exactly as `Target.create`.

        A refusal's `path` is a key of `TimeOffWrite.values`, where it concerns one.
        """

    @abstractmethod
    def change_time_off(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        """Changes rows (`target_id`), all fields given. Raises as `Target.create`."""

    @abstractmethod
    def remove_time_off(self, channel: Channel, target_ids: Sequence[str]) -> Sequence[str]:
        """Removes rows; the ids surely gone. Raises as `Target.create`; `done` holds such ids.

        An id that payroll does not have (any more) is gone.
        """


def gives_time_off(system: type[System]) -> TypeGuard[type[TimeOffSource]]:
    """Whether leaves can be read from the system."""
    return TimeOffSource in system.__mro__


def time_off_source(source: Source) -> TimeOffSource | None:
    """The live source, where leaves can be read from it."""
    return cast("TimeOffSource", source) if gives_time_off(type(source)) else None


def time_off_target(target: Target) -> TimeOffTarget | None:
    """The live target, where absence can be sent to it."""
    return cast("TimeOffTarget", target) if takes_time_off(type(target)) else None


def takes_time_off(system: type[System]) -> TypeGuard[type[TimeOffTarget]]:
    """Whether absence can be sent to the system."""
    return TimeOffTarget in system.__mro__
