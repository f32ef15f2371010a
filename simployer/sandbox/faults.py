"""Trouble a test orders in advance: what the next requests meet instead of a good answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum


class FaultKind(Enum):
    """What goes wrong. The first seven replace the answer, the last three spoil a good one."""

    RATE_LIMITED = "rate_limited"  # 429, with Retry-After if `seconds` is given
    SERVER_ERROR = "server_error"  # 500
    UNAVAILABLE = "unavailable"  # 503, with Retry-After if `seconds` is given
    EXPIRED_TOKEN = "expired_token"  # noqa: S105  # 401; the name of a fault
    FORBIDDEN = "forbidden"  # 403
    DROPPED = "dropped"  # the connection is closed without an answer
    HTML = "html"  # a proxy's page with status 200
    EMPTY_PAGE = "empty_page"  # a list page without rows, its total unchanged
    TRUNCATED = "truncated"  # half the body, then the connection is closed
    SLOW = "slow"  # a good answer after `seconds`


@dataclass(slots=True)
class Fault:
    """A fault that meets the next `times` requests, once `after` matching ones have passed well.

    `path` is a resource path such as "/employee" (its single rows included); None is any.
    """

    kind: FaultKind
    times: int = 1
    path: str | None = None
    seconds: float | None = None
    after: int = 0

    def __post_init__(self) -> None:
        if self.times < 1 or self.after < 0:
            raise ValueError("times counts from 1, after from 0")

    def meets(self, path: str) -> bool:
        return self.path is None or path == self.path or path.startswith(f"{self.path}/")


class Faults:
    """The faults still to come, oldest first; at most one meets each request."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        kind: FaultKind | str,
        times: int = 1,
        path: str | None = None,
        seconds: float | None = None,
        after: int = 0,
    ) -> None:
        """Order a fault; see `Fault`. Raise ValueError for an unknown kind or a senseless count."""
        with self._lock:
            self._queue.append(Fault(FaultKind(kind), times, path, seconds, after))

    def take(self, path: str) -> Fault | None:
        """Give the fault this request meets, counting it down; None lets the request through."""
        with self._lock:
            for fault in self._queue:
                if not fault.meets(path):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                self._queue = [each for each in self._queue if each.times > 0]
                return fault
            return None

    def clear(self) -> None:
        """Call every ordered fault off."""
        with self._lock:
            self._queue = []

    def __len__(self) -> int:
        return sum(fault.times for fault in self._queue)
