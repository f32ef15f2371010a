"""A vendor's request limit, kept by everyone who shares its token."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

import pytest

from integration_hub.core.limiter import MovingWindow, account_key, storage


@dataclass
class Clock:
    """A time that passes only by waiting, and a little longer than asked, as sleep does."""

    now: float = 1_772_000_000.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds + 0.001


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


def window(clock: Clock, key: str = "", amount: int = 5, seconds: int = 10) -> MovingWindow:
    return MovingWindow(key or uuid.uuid4().hex, amount, seconds, sleep=clock.sleep)


def test_requests_within_the_limit_go_at_once(clock: Clock) -> None:
    limiter = window(clock)
    for _ in range(5):
        limiter.wait_turn()
    assert clock.waits == []


def test_one_too_many_waits_until_the_oldest_is_out_of_the_window(clock: Clock) -> None:
    limiter = window(clock)
    for _ in range(5):
        limiter.wait_turn()
        clock.now += 1
    limiter.wait_turn()
    assert sum(clock.waits) == pytest.approx(5, abs=0.1)


def test_no_window_ever_holds_more_than_the_limit(clock: Clock) -> None:
    limiter = window(clock)
    gone: list[float] = []
    for turn in range(40):
        limiter.wait_turn()
        gone.append(clock.now)
        clock.now += (turn % 3) * 0.7
    for number, begin in enumerate(gone[:-5]):
        assert gone[number + 5] - begin >= 10 - 0.001


def test_two_limiters_of_one_account_share_its_window(clock: Clock) -> None:
    key = uuid.uuid4().hex
    one, two = window(clock, key), window(clock, key)
    for _ in range(3):
        one.wait_turn()
    for _ in range(2):
        two.wait_turn()
    assert clock.waits == []
    two.wait_turn()
    assert len(clock.waits) > 0


def test_another_account_has_a_window_of_its_own(clock: Clock) -> None:
    for limiter in (window(clock), window(clock)):
        for _ in range(5):
            limiter.wait_turn()
    assert clock.waits == []


def test_an_account_key_does_not_hold_its_token() -> None:
    token = "eGxlZGdlci10ZXN0LXRva2Vu"
    key = account_key("xledger", token)
    assert token not in key
    assert key.startswith("xledger:")


def test_an_account_key_is_one_per_vendor_and_token() -> None:
    pairs = [("xledger", "a"), ("xledger", "b"), ("simployer", "a")]
    assert len({account_key(*pair) for pair in pairs}) == 3
    assert account_key("xledger", "a") == account_key("xledger", "a")


def test_a_storage_for_asynchronous_callers_is_refused() -> None:
    with pytest.raises(TypeError, match="blocking"):
        storage("async+memory://")
