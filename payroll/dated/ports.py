"""What dated rows ask of a target, beside `payroll.ports`; whether it does is never by its kind."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol, TypeGuard, cast

from payroll.ports import System, Target

from .records import DatedRow, RowKind, RowWrite, RowWritten


class DatedTarget(Target, Protocol):
    """A system that keeps some values in rows with a first day.

    The fields of a kind are among `fields`, each with the kind's capability.
    """

    row_kinds: ClassVar[tuple[RowKind, ...]]

    @abstractmethod
    def dated_rows(self, kind: RowKind) -> Sequence[DatedRow]:
        """Every row, ended ones included.

        Raises IncompleteRead rather than give a part; TransientError, ConfigurationError.
        """

    @abstractmethod
    def add_dated_rows(self, kind: RowKind, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        """Adds rows in one request. Raises as `Target.create`; a refusal's `path` is a field."""

    @abstractmethod
    def change_dated_rows(self, kind: RowKind, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        """Corrects the amounts of rows (`row_id`) in one request. Raises as `add_dated_rows`."""


def has_dated_rows(system: type[System]) -> TypeGuard[type[DatedTarget]]:
    """Whether the system keeps anything in dated rows."""
    return DatedTarget in system.__mro__


def dated_target(target: Target) -> DatedTarget | None:
    """The live target, where it keeps anything in dated rows."""
    return cast("DatedTarget", target) if has_dated_rows(type(target)) else None
