"""The one way out: what is repeated, what never is, how long it waits, what its errors say."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import requests
import responses
from requests import exceptions as wire
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from integration_hub.core.errors import (
    ConfigurationError,
    HubError,
    OutcomeUnknown,
    RateLimited,
    TransientError,
)
from integration_hub.core.http import ATTEMPTS, LONGEST_WAIT, HttpClient, retry_after

URL = "https://payroll.test"
TOKEN = "eGxlZGdlci10ZXN0LXRva2Vu"
NEVER_CONNECTED = wire.ConnectionError(
    MaxRetryError(None, "/", NewConnectionError(None, "refused"))  # type: ignore[arg-type]
)
LOST = [
    wire.ReadTimeout(ReadTimeoutError(None, "/", f"slow {TOKEN}")),  # type: ignore[arg-type]
    wire.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104))),
    wire.ChunkedEncodingError("cut short"),
    wire.SSLError("no trust"),
]


@dataclass
class Turns:
    """A limiter that counts who asked."""

    asked: int = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        self.asked += 1
        yield


@dataclass
class Vendor:
    """A client whose waits are noted instead of waited, and the answers it will get."""

    mock: responses.RequestsMock
    read_only: bool = False
    waits: list[float] = field(default_factory=list)
    turns: Turns = field(default_factory=Turns)
    heard: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = HttpClient(
            "X-ledger",
            URL,
            {"Authorization": f"token {TOKEN}"},
            limiter=self.turns,
            read_only=self.read_only,
            sleep=self.waits.append,
            on_request=lambda: self.heard.append(1),
        )

    def answers(self, *answers: int | tuple[int, str] | Exception) -> None:
        """Statuses, statuses with a Retry-After, and lost answers, one after the other."""
        for answer in answers:
            for method in (responses.GET, responses.POST):
                if isinstance(answer, Exception):
                    self.mock.add(method, f"{URL}/people", body=answer)
                    continue
                status, wait = answer if isinstance(answer, tuple) else (answer, "")
                headers = {"Retry-After": wait} if wait else {}
                self.mock.add(method, f"{URL}/people", status=status, headers=headers)

    def read(self) -> int:
        """The status of a read, repeated as far as it may be."""
        return self.client.repeat(lambda: self.client.get("/people", {"limit": 5})).status_code

    def write(self) -> int:
        """The status of a write, repeated as far as it may be."""
        return self.client.repeat(
            lambda: self.client.post("/people", {"name": "Kari"}, write=True)
        ).status_code


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def vendor(mock: responses.RequestsMock) -> Vendor:
    return Vendor(mock)


@pytest.mark.parametrize("trouble", [500, 502, 503, 504, 429, NEVER_CONNECTED, *LOST])
def test_a_read_is_repeated_until_it_is_answered(vendor: Vendor, trouble: int | Exception) -> None:
    vendor.answers(trouble, trouble, 200)
    assert vendor.read() == 200
    assert (vendor.client.requests_sent, len(vendor.waits)) == (3, 2)


@pytest.mark.parametrize(
    ("trouble", "raised"), [(503, TransientError), (429, RateLimited), (LOST[0], TransientError)]
)
def test_a_read_is_given_up_after_the_last_attempt(
    vendor: Vendor, trouble: int | Exception, raised: type[HubError]
) -> None:
    vendor.answers(trouble)
    with pytest.raises(raised):
        vendor.read()
    assert (vendor.client.requests_sent, len(vendor.waits)) == (ATTEMPTS, ATTEMPTS - 1)


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_the_server_asks_for_wins(vendor: Vendor, status: int) -> None:
    vendor.answers((status, "17"), 200)
    assert vendor.read() == 200
    assert vendor.waits == [17.0]


def test_without_one_the_waits_grow(vendor: Vendor) -> None:
    vendor.answers(503)
    with pytest.raises(TransientError):
        vendor.read()
    assert vendor.waits == sorted(vendor.waits)
    assert 0 < vendor.waits[0] < vendor.waits[-1] <= LONGEST_WAIT


def test_a_wait_as_long_as_we_bear_is_waited(vendor: Vendor) -> None:
    vendor.answers((429, f"{LONGEST_WAIT:.0f}"), 200)
    assert vendor.read() == 200
    assert vendor.waits == [LONGEST_WAIT]


@pytest.mark.parametrize("status", [429, 503])
def test_a_longer_wait_is_not_waited(vendor: Vendor, status: int) -> None:
    vendor.answers((status, f"{LONGEST_WAIT + 1:.0f}"), 200)
    with pytest.raises(TransientError) as caught:
        vendor.read()
    assert caught.value.wait == LONGEST_WAIT + 1
    assert (vendor.client.requests_sent, vendor.waits) == (1, [])


@pytest.mark.parametrize("lost", [500, 502, 504, *LOST])
def test_a_write_whose_answer_is_lost_is_never_repeated(
    vendor: Vendor, lost: int | Exception
) -> None:
    vendor.answers(lost, 200)
    with pytest.raises(OutcomeUnknown):
        vendor.write()
    assert (vendor.client.requests_sent, vendor.waits) == (1, [])


@pytest.mark.parametrize("unsent", [NEVER_CONNECTED, wire.ConnectTimeout("no route"), 429], ids=str)
def test_a_write_that_surely_did_not_happen_is_repeated(
    vendor: Vendor, unsent: int | Exception
) -> None:
    vendor.answers(unsent, 200)
    assert vendor.write() == 200
    assert vendor.client.requests_sent == 2


def test_a_write_to_a_closed_port_never_connected() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    client = HttpClient("X-ledger", url, {}, sleep=lambda _: None)
    with pytest.raises(TransientError):
        client.post("/people", {}, write=True)


def test_a_post_that_only_reads_is_repeated_like_a_read(vendor: Vendor) -> None:
    vendor.answers(503, 200)
    client = vendor.client
    answer = client.repeat(lambda: client.post("/people", {"query": "{ a }"}, write=False))
    assert (answer.status_code, client.requests_sent) == (200, 2)


def test_a_preview_refuses_a_write_before_anything_goes_out(mock: responses.RequestsMock) -> None:
    vendor = Vendor(mock, read_only=True)
    vendor.answers(200)
    with pytest.raises(ConfigurationError, match="preview"):
        vendor.write()
    assert len(mock.calls) == vendor.client.requests_sent == vendor.turns.asked == 0
    assert vendor.heard == []


def test_a_preview_may_read(mock: responses.RequestsMock) -> None:
    vendor = Vendor(mock, read_only=True)
    vendor.answers(200)
    assert vendor.read() == 200
    assert vendor.client.post("/people", {}, write=False).status_code == 200


@pytest.mark.parametrize("status", [401, 403, 301, 302, 307, 308])
@pytest.mark.parametrize("act", [Vendor.read, Vendor.write])
def test_what_a_person_must_mend_is_not_tried_again(
    vendor: Vendor, status: int, act: Callable[[Vendor], int]
) -> None:
    vendor.answers(status, 200)
    with pytest.raises(ConfigurationError, match="X-ledger"):
        act(vendor)
    assert (vendor.client.requests_sent, vendor.waits) == (1, [])


@pytest.mark.parametrize("status", [200, 400, 404, 422])
def test_any_other_answer_is_the_callers_to_read(vendor: Vendor, status: int) -> None:
    vendor.answers(status)
    assert vendor.read() == status
    assert vendor.write() == status


def test_every_request_waits_its_turn_and_is_heard_of(vendor: Vendor) -> None:
    vendor.answers(503, 429, 200)
    vendor.read()
    assert vendor.turns.asked == len(vendor.heard) == vendor.client.requests_sent == 3


def test_the_token_goes_out_and_cookies_or_redirects_do_not_take_it_elsewhere(
    vendor: Vendor,
) -> None:
    vendor.mock.get(f"{URL}/people", status=302, headers={"Location": "https://elsewhere.test/"})
    with pytest.raises(ConfigurationError):
        vendor.read()
    assert [call.request.url for call in vendor.mock.calls] == [f"{URL}/people?limit=5"]
    assert vendor.mock.calls[0].request.headers["Authorization"] == f"token {TOKEN}"


@pytest.mark.parametrize("trouble", [401, 403, 429, 500, 302, NEVER_CONNECTED, *LOST])
@pytest.mark.parametrize("act", [Vendor.read, Vendor.write])
def test_no_error_tells_the_token(
    vendor: Vendor, trouble: int | Exception, act: Callable[[Vendor], int]
) -> None:
    vendor.answers(trouble)
    with pytest.raises(HubError) as caught:
        act(vendor)
    assert TOKEN not in f"{caught.value!r} {caught.value.message} {caught.value.detail}"
    assert caught.value.__cause__ is None


def test_a_client_does_not_show_its_token(vendor: Vendor) -> None:
    assert TOKEN not in repr(vendor.client)


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        (" 0 ", 0.0),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 13:00:30 +0100", 30.0),
        ("Mon Mar  2 12:00:30 2026", 30.0),
        ("Mon, 02 Mar 2026 11:59:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_a_retry_after_is_read_in_every_lawful_form(header: str, seconds: float | None) -> None:
    answer = requests.Response()
    answer.headers["Retry-After"] = header
    assert retry_after(answer, NOW) == seconds


def test_an_answer_without_a_retry_after_asks_for_no_wait() -> None:
    assert retry_after(requests.Response(), NOW) is None
