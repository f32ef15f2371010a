"""A plan: a row for each person with what changes, what lies ahead, and its rules. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from .dated.records import DatedRows
from .diff import FieldChange, Fingerprint
from .four_eyes import FourEyes, Proposal
from .linking import LinkState
from .mapping import MappingRow, Mode
from .pinning import PinKey, Pins
from .records import (
    ChangeKind,
    Employee,
    FieldSpec,
    Outcome,
    PickLists,
    Problem,
)
from .scope import Scope

NOT_IN_SCOPE = "not in scope"
NOT_IN_TRIAL = "not chosen for this sync"
LEFT_EARLIER = "left earlier, not in payroll"
ARCHIVED = "archived in HR, not in payroll"


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One row of the plan. `outcome` None waits to be sent; `flagged` means a value is left out.

    `proposal`: the row is not sent before a second person has approved it; the rest of the person
    has a row of its own.
    """

    kind: ChangeKind
    employee: Employee
    target_id: str = ""
    fields: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    outcome: Outcome | None = None
    flagged: bool = False
    proposal: Proposal | None = None

    @property
    def keeps_rest_back(self) -> bool:
        """Whether the rest of the person is kept back too, as somebody must look first."""
        return self.outcome is not None and not self.flagged and self.proposal is None


class UpcomingKind(StrEnum):
    """What lies ahead for a person."""

    START = "start"
    EMPLOYMENT = "employment"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something in HR that waits for its day: it goes with the first run on or after `goes_on`.

    `effective` is the day it counts from. `fields` is what would change, none of a START;
    `problems` say what cannot be sent on that day as it stands now.
    """

    kind: UpcomingKind
    employee: Employee
    goes_on: date
    effective: date
    fields: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class Plan:
    """The rows in the order they are sent, the links found, and counts of people without a row.

    `released` are source ids whose link another HR record has taken over. `upcoming` waits for its
    day; it is empty in a trial. `pinned` counts, by field of the target, the people whose value is
    left alone; `unpinned` are pins that are over. `held_already` are values to restore that payroll
    holds and that still have to be pinned.
    """

    changes: list[PlannedChange] = field(default_factory=list)
    links: list[LinkState] = field(default_factory=list)
    in_scope: int = 0
    unchanged: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    released: list[str] = field(default_factory=list)
    upcoming: list[Upcoming] = field(default_factory=list)
    pinned: Counter[str] = field(default_factory=Counter)
    unpinned: list[PinKey] = field(default_factory=list)
    held_already: list[PlannedChange] = field(default_factory=list)


@dataclass(frozen=True)
class Rules:
    """What the admin configured and what the target accepts.

    `taken`: target ids that another integration keeps, with its label. `distinct`: pairs of ids, of
    the source and of the target, that a person said are two people. `only`: source ids of a trial;
    empty means everyone. `four_eyes`: changes of people in payroll that wait for a second person.
    `dated`: the dated rows that are sent, and those that payroll has.
    """

    scope: Scope
    rows: Sequence[MappingRow]
    source_specs: Mapping[str, FieldSpec]
    target_specs: Mapping[str, FieldSpec]
    pick_lists: PickLists
    end_field: str
    fingerprint: Fingerprint
    retry_after: timedelta
    taken: Mapping[str, str] = field(default_factory=dict)
    distinct: frozenset[tuple[str, str]] = frozenset()
    only: frozenset[str] = frozenset()
    four_eyes: FourEyes = field(default_factory=FourEyes)
    pins: Pins = field(default_factory=Pins)
    dated: DatedRows = field(default_factory=DatedRows)

    @property
    def sources(self) -> frozenset[str]:
        """HR's fields that are sent, in any field."""
        return frozenset(row.source for row in self.rows if row.mode is not Mode.OFF)
