"""Keeps a vendor's request limits across every process that shares the vendor's token.

While Redis is away each process keeps them by itself: a run goes on, and a vendor that finds it too
fast says so.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import limits
import redis
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)

_LOOK_EVERY = 0.25  # seconds between two looks for a free slot
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_lock = threading.Lock()
_here: defaultdict[str, set[str]] = defaultdict(set)  # slots in use by this process alone, by key


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
        self._alone = MovingWindowRateLimiter(storage(""))
        self._item = limits.RateLimitItemPerSecond(self.amount, self.seconds)

    def wait_turn(self) -> None:
        """Returns when one more request may go, having counted it."""
        while (wait := self._wait()) is not None:
            self.sleep(wait)

    def _wait(self) -> float | None:
        """Seconds until it is worth asking again; None where the request was let in."""
        try:
            return self._asked(self._limiter)
        except redis.RedisError as error:
            log.warning("limits are kept by this process alone: %s", type(error).__name__)
            return self._asked(self._alone)

    def _asked(self, limiter: MovingWindowRateLimiter) -> float | None:
        if limiter.hit(self._item, self.key):
            return None
        until = limiter.get_window_stats(self._item, self.key).reset_time
        return min(max(until - time.time(), 0.05), self.seconds)


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)


@dataclass
class Slots:
    """At most `amount` requests under way at once for `key`.

    A slot whose holder was killed is free again after `seconds`, which is more than any request
    takes. Without a `storage_url` they are counted in this process.
    """

    key: str
    amount: int
    seconds: int
    storage_url: str = ""
    sleep: Callable[[float], None] = time.sleep

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for a slot and holds it inside the block."""
        name = uuid.uuid4().hex
        try:
            while not self._take(name):
                self.sleep(_LOOK_EVERY)
            yield
        finally:
            self._give_back(name)

    def _take(self, name: str) -> bool:
        if self.storage_url:
            try:
                return bool(
                    _client(self.storage_url).eval(
                        _TAKE, 1, f"slots:{self.key}", name, self.amount, self.seconds * 1000
                    )
                )
            except redis.RedisError as error:
                log.warning("slots are kept by this process alone: %s", type(error).__name__)
        with _lock:
            if len(_here[self.key]) >= self.amount:
                return False
            _here[self.key].add(name)
            return True

    def _give_back(self, name: str) -> None:
        with _lock:
            _here[self.key].discard(name)
        if self.storage_url:
            try:
                _client(self.storage_url).zrem(f"slots:{self.key}", name)
            except redis.RedisError as error:  # its time to live frees it
                log.warning("a slot was not given back: %s", type(error).__name__)


@dataclass(frozen=True)
class VendorLimits:
    """Both limits of one token."""

    window: MovingWindow
    slots: Slots

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until one more request may go, and counts it as under way inside the block."""
        with self.slots.held():
            self.window.wait_turn()
            yield
