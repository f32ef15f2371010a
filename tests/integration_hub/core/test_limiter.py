"""A vendor's request limit, kept by everyone who shares its token."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from integration_hub.core.limiter import MovingWindow, Slots, VendorLimits, account_key, storage
from tests.queue.broker import broker

ROOT = Path(__file__).resolve().parents[3]


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


# --- slots ---------------------------------------------------------------------------------------


@pytest.fixture(params=["here", "redis"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where slots are counted: in this process, and in a real Redis."""
    if request.param == "here":
        yield ""
        return
    with broker() as address:
        yield address


def slots(url: str, key: str, amount: int = 2, seconds: int = 60) -> Slots:
    return Slots(key, amount, seconds, url, sleep=lambda seconds: time.sleep(0.01))


def test_no_more_than_so_many_are_ever_under_way(url: str) -> None:
    key, lock = uuid.uuid4().hex, threading.Lock()
    under_way, most = [0], [0]

    def request(_: int) -> None:
        with slots(url, key).held():
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.01)
            with lock:
                under_way[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(request, range(40)))
    assert (under_way, most) == ([0], [2])


def test_a_slot_is_given_back_though_the_request_failed(url: str) -> None:
    one = slots(url, uuid.uuid4().hex, amount=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="no answer"), one.held():
            raise ValueError("no answer")


def test_who_is_cancelled_while_waiting_holds_nothing(url: str) -> None:
    key = uuid.uuid4().hex

    def cancelled(seconds: float) -> None:
        raise KeyboardInterrupt

    with slots(url, key, amount=1).held():
        waiting = Slots(key, 1, 60, url, sleep=cancelled)
        with pytest.raises(KeyboardInterrupt), waiting.held():
            pass
    with slots(url, key, amount=1).held():
        pass


def test_the_slot_of_a_killed_holder_is_free_after_its_time() -> None:
    key = uuid.uuid4().hex
    with broker() as url:
        code = (
            "import sys, os\nfrom integration_hub.core.limiter import Slots\n"
            "Slots(sys.argv[1], 1, 1, sys.argv[2]).held().__enter__()\nos._exit(9)"
        )
        died = subprocess.run([sys.executable, "-c", code, key, url], cwd=ROOT, check=False)
        assert died.returncode == 9
        begun = time.monotonic()
        with slots(url, key, amount=1, seconds=1).held():
            assert 0 < time.monotonic() - begun < 5


def test_a_redis_that_is_gone_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    nobody = "redis://127.0.0.1:9/0"
    limiter = VendorLimits(
        MovingWindow(uuid.uuid4().hex, 2, 60, nobody), slots(nobody, uuid.uuid4().hex)
    )
    for _ in range(2):
        with limiter.turn():
            pass
    assert "by this process alone" in caplog.text
