"""What the engine asks of a system: a Source gives people, a Target keeps them.

An adapter subclasses one of these by name and registers it (`payroll.registry`). Everything that a
page or a run needs to know about a system is an attribute here; nobody asks for its kind.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol

from integration_hub.core.http import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS

from .mapping import MappingRow
from .records import Employee, FieldSpec, PickLists, TargetEmployee, Write, Written


@dataclass(frozen=True, slots=True)
class CredentialSpec:
    """A secret that a system needs; `help` says where a person makes it, one step on each line."""

    key: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one system: its address and secrets. `read_only` makes writing impossible.

    `on_request` hears of every request; `sleep` is how to wait (tests pass their own). `attempts`
    is how often a read is tried, `timeout` the seconds to connect and to wait for an answer.
    """

    url: str
    credentials: Mapping[str, str] = field(repr=False)
    read_only: bool = False
    on_request: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep
    attempts: int = ATTEMPTS
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a token was found to reach, in words for an admin.

    `seen`: what it shows ("Fjordkraft Demo AS", "250 employees"). `missing`: each read right that
    was refused, and what to do. `unconfirmed`: write rights that only the first write can confirm.
    `capabilities`: by name, whether a target's interface offers all that such a write needs; empty
    where a system offers none, or would not tell. `beside`: what keeps rows beside employees (pay,
    positions, time off) from being used, and what to do; a sync of employees does without.
    """

    seen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedValue:
    """Something that is always so for a target, shown to the admin as a locked row."""

    label: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """About how many requests a month cost nothing extra, and whose word that is."""

    requests: int
    source: str


class System(Protocol):
    """What every system says of itself. `monthly_allowance` is None where none is known."""

    do_not_call_in_templates: ClassVar[bool] = True  # a page shows the class, it connects nowhere

    kind: ClassVar[str]
    label: ClassVar[str]
    credentials: ClassVar[tuple[CredentialSpec, ...]]
    fields: ClassVar[tuple[FieldSpec, ...]]
    monthly_allowance: ClassVar[Allowance | None] = None

    @classmethod
    @abstractmethod
    def environments(cls) -> Mapping[str, str]:
        """Addresses by environment name, from the settings."""

    @classmethod
    @abstractmethod
    def connect(cls, connection: Connection) -> System:
        """A live connection; sends nothing yet."""

    @abstractmethod
    def check_connection(self) -> ConnectionReport:
        """What the token reaches, each read right tried by itself. Few requests, writes nothing.

        Raises ConfigurationError where the token reaches nothing at all; IncompleteRead,
        TransientError.
        """

    @property
    @abstractmethod
    def requests_sent(self) -> int:
        """How many requests went out over this connection."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of the connection."""


class Source(System, Protocol):
    """A system that people come from."""

    @abstractmethod
    def employees(self, today: date) -> Sequence[Employee]:
        """Everyone, archived people included, as they are on `today` (Oslo), in a stable order.

        Raises IncompleteRead rather than give a part; TransientError, ConfigurationError.
        """

    @abstractmethod
    def exists(self, source_id: str) -> bool:
        """Whether a person missing from the list is there all the same. Raises as `employees`."""

    @classmethod
    @abstractmethod
    def connect(cls, connection: Connection) -> Source: ...


class Target(System, Protocol):
    """A system that people are kept true in.

    `end_field`: key of the last day of employment.
    `default_mappings`: the rows a new integration starts with. `fixed_values`: what is shown beside
    them. `batch_size`: people per write, at most.
    """

    end_field: ClassVar[str]
    default_mappings: ClassVar[tuple[MappingRow, ...]]
    fixed_values: ClassVar[tuple[FixedValue, ...]]
    batch_size: ClassVar[int]

    @classmethod
    @abstractmethod
    def connect(cls, connection: Connection) -> Target: ...

    @abstractmethod
    def employees(self) -> Sequence[TargetEmployee]:
        """Everyone, ended people included. Raises IncompleteRead rather than give a part."""

    @abstractmethod
    def pick_lists(self) -> PickLists:
        """The codes that CODE fields accept now, where they can be read."""

    @abstractmethod
    def create(self, writes: Sequence[Write]) -> Sequence[Written]:
        """Creates people in one request; every write is in the answer or an error is raised.

        Raises BatchRefused (definite, nobody but `done` was written), OutcomeUnknown,
        UnrecognisedAnswer, TransientError (surely nothing happened), ConfigurationError. Lets
        through what `on_request` and `sleep` raise, which is before the request goes out.
        """

    @abstractmethod
    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """Changes people in one request: an absent key stays, None clears. Raises as `create`."""
