"""Keeps a vendor's request limits across every process that shares the vendor's token."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import limits
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter


@lru_cache(maxsize=4)
def storage(url: str) -> Storage:
    """Where the counts live: Redis for all processes, or this process alone for an empty `url`."""
    found = storage_from_string(url or "memory://")
    if not isinstance(found, Storage):
        raise TypeError(f"no storage for blocking callers: {type(found).__name__}")
    return found


def account_key(vendor: str, token: str) -> str:
    """A name for one token's allowance that does not give the token away."""
    return f"{vendor}:{hashlib.sha256(token.encode()).hexdigest()[:16]}"


@dataclass
class MovingWindow:
    """At most `amount` requests in any `seconds` for `key`, in the storage at `storage_url`."""

    key: str
    amount: int
    seconds: int
    storage_url: str = ""
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(storage(self.storage_url))
        self._item = limits.RateLimitItemPerSecond(self.amount, self.seconds)

    def wait_turn(self) -> None:
        """Returns when one more request may go, having counted it."""
        while not self._limiter.hit(self._item, self.key):
            until = self._limiter.get_window_stats(self._item, self.key).reset_time
            self.sleep(min(max(until - time.time(), 0.05), self.seconds))
