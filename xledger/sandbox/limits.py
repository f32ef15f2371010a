"""Xledger's three limits, kept per token: burst, concurrency and credits ("xledger.md" 2)."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .store import LOCAL
from .switches import Switches

MESSAGES = {
    "BURST_RATE_LIMIT_REACHED": "Too many requests in the last 5 seconds.",
    "CONCURRENCY_LIMIT_REACHED": "Too many concurrent requests.",
    "INSUFFICIENT_CREDITS": "Insufficient credits.",
}
"""The concurrency text is invented; the other two begin as the vendor's older ones did."""


@dataclass(slots=True)
class _Use:
    """What one token has used: its requests' moments, those in flight, credits and their refill."""

    admitted: deque[datetime] = field(default_factory=deque)
    in_flight: int = 0
    spent: int = 0
    refilled_at: datetime | None = None


class Limits:
    """Decides, before anything is executed, whether a token's request is let in.

    A refused request counts towards no limit; one request costs one credit (cost: invented).
    """

    def __init__(self, switches: Switches, clock: Callable[[], datetime]) -> None:
        self._switches = switches
        self._clock = clock
        self._lock = threading.Lock()
        self._uses: dict[str, _Use] = defaultdict(_Use)

    def enter(self, token: str) -> str | None:
        """Let a request in (None), or name the limit it ran into. One let in must `leave`."""
        with self._lock:
            now, use = self._clock(), self._uses[token]
            reached = self._reached(use, now)
            if reached is None:
                use.admitted.append(now)
                use.in_flight += 1
                use.spent += 1
            return reached

    def leave(self, token: str) -> None:
        with self._lock:
            self._uses[token].in_flight -= 1

    def _reached(self, use: _Use, now: datetime) -> str | None:
        switches = self._switches
        window = now - timedelta(seconds=switches.burst_seconds)
        while use.admitted and use.admitted[0] <= window:
            use.admitted.popleft()
        if use.refilled_at is None or now >= use.refilled_at:
            use.spent, use.refilled_at = 0, now + timedelta(seconds=switches.credits_seconds)
        if switches.burst_limit is not None and len(use.admitted) >= switches.burst_limit:
            return "BURST_RATE_LIMIT_REACHED"
        if switches.concurrency_limit is not None and use.in_flight >= switches.concurrency_limit:
            return "CONCURRENCY_LIMIT_REACHED"
        if switches.credits is not None and use.spent >= switches.credits:
            return "INSUFFICIENT_CREDITS"
        return None

    def error(self, reached: str, token: str) -> dict[str, Any]:
        """Give the error object: the code is its own key, not one of `extensions`."""
        error: dict[str, Any] = {"code": f"BAD_REQUEST.{reached}", "message": MESSAGES[reached]}
        if reached == "INSUFFICIENT_CREDITS" and self._switches.reset_at != "absent":
            error["extensions"] = {"resetAt": self._reset_at(token)}
        return error

    def _reset_at(self, token: str) -> str | int:
        use = self._uses[token]
        when = use.refilled_at or self._clock() + timedelta(seconds=self._switches.credits_seconds)
        if self._switches.reset_at == "epoch":
            return int(when.timestamp())
        if self._switches.reset_at == "utc":
            return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return when.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M:%S")

    def reset(self) -> None:
        """Forget what every token has used, except what is in flight."""
        with self._lock:
            for use in self._uses.values():
                use.admitted.clear()
                use.spent, use.refilled_at = 0, None
