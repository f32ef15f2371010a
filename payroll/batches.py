"""Sends a batch so that one bad row never holds up the rest, and nobody goes twice. Pure.

A batch is split only on a definite refusal. A value that the refusal names finds the people it
concerns at once; otherwise the batch is halved until the bad person is alone. Before anything
that creates people is sent again, payroll is read to see who is already there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from integration_hub.core.errors import (
    BatchRefused,
    Cancelled,
    ConfigurationError,
    HubError,
    OutcomeUnknown,
    TransientError,
    UnrecognisedAnswer,
)

SAME_REFUSAL_LIMIT = 5  # refusals with one code and path: the fault is not a person's


class Sendable(Protocol):
    """One row to write; `values` are what a refusal may name by path and value."""

    @property
    def client_id(self) -> str: ...

    @property
    def values(self) -> Mapping[str, object]: ...


class Confirmed(Protocol):
    """What the other side says of one row that is written."""

    @property
    def client_id(self) -> str: ...


W = TypeVar("W", bound=Sendable)
D = TypeVar("D", bound=Confirmed)


@dataclass
class Report(Generic[W, D]):
    """What became of the writes of one batch. `stopped` says why nothing more may be sent."""

    written: list[D] = field(default_factory=list)
    refused: dict[str, BatchRefused] = field(default_factory=dict)
    unknown: list[W] = field(default_factory=list)
    unsent: list[W] = field(default_factory=list)
    stopped: HubError | None = None


class BatchSender(Generic[W, D]):
    """Sends batches of one run over `send`; remembers refusals from batch to batch.

    `read_back` returns those of the given writes that payroll turns out to hold already.
    """

    def __init__(
        self,
        send: Callable[[Sequence[W]], Sequence[D]],
        read_back: Callable[[Sequence[W]], Sequence[D]] | None = None,
    ) -> None:
        self._send = send
        self._read_back = read_back
        self._refusals: Counter[tuple[str, str]] = Counter()

    def deliver(self, writes: Sequence[W]) -> Report[W, D]:
        """Sends `writes`, splitting as needed; each ends in one list of the report.

        Raises only what the port does not name.
        """
        report: Report[W, D] = Report()
        waiting = [list(writes)]
        while waiting:
            part = waiting.pop()
            if not part:
                continue
            if report.stopped:
                report.unsent += part
                continue
            try:
                report.written += self._send(part)
            except BatchRefused as refusal:
                waiting += reversed(self._split(part, refusal, report))
            except OutcomeUnknown as error:
                report.written += error.done
                report.unknown += _without(part, error.done)
                report.stopped = error if isinstance(error, UnrecognisedAnswer) else None
            except (TransientError, ConfigurationError, Cancelled) as error:
                report.unsent += part
                report.stopped = error
        return report

    def _split(self, part: list[W], refusal: BatchRefused, report: Report[W, D]) -> list[list[W]]:
        """Books what the refusal settles and returns the parts to send again."""
        report.written += refusal.done
        rest = _without(part, refusal.done)
        guilty = rest if len(rest) == 1 else _named(rest, refusal)
        if guilty:
            report.refused.update({write.client_id: refusal for write in guilty})
            self._count(refusal, report)
        innocent = [write for write in rest if write not in guilty]
        innocent = self._without_those_there(innocent, report)
        if guilty or not innocent:
            return [innocent] if innocent else []
        middle = len(innocent) // 2
        return [innocent[:middle], innocent[middle:]]

    def _count(self, refusal: BatchRefused, report: Report[W, D]) -> None:
        key = (refusal.code, refusal.path)
        self._refusals[key] += 1
        if self._refusals[key] >= SAME_REFUSAL_LIMIT:
            report.stopped = refusal

    def _without_those_there(self, writes: list[W], report: Report[W, D]) -> list[W]:
        """A refused create may still have made some of the people: they are not sent again."""
        if self._read_back is None or not writes:
            return writes
        try:
            there = self._read_back(writes)
        except HubError as error:
            report.unknown += writes
            report.stopped = error
            return []
        report.written += there
        return _without(writes, there)


def _without(writes: Sequence[W], confirmed: Sequence[Confirmed]) -> list[W]:
    done = {written.client_id for written in confirmed}
    return [write for write in writes if write.client_id not in done]


def _named(writes: Sequence[W], refusal: BatchRefused) -> list[W]:
    """The writes that hold the value which the refusal names, if it names one."""
    name = refusal.path.partition(".")[0]
    if not name or not refusal.value:
        return []
    return [write for write in writes if _text(write.values, name) == refusal.value]


def _text(values: Mapping[str, object], name: str) -> str:
    return str(values[name]) if name in values else ""
