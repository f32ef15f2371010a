"""One way out to a vendor: a kept-alive session with time-outs, limits, retries and a write guard.

Retries follow one rule: a read may always be repeated; a write only if it surely did not happen.
"""

from __future__ import annotations

import email.utils
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import requests
import tenacity
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from .errors import (
    AccessRefused,
    ConfigurationError,
    OutcomeUnknown,
    RateLimited,
    TransientError,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
ATTEMPTS = 5
LONGEST_WAIT = 30.0  # seconds; who is asked for more lets go of everything and comes back later


class Limiter(Protocol):
    """Keeps a vendor's limits: `turn` waits until one more request may go, which is done inside."""

    def turn(self) -> AbstractContextManager[None]: ...


class Unlimited:
    """No limit is known for this vendor."""

    def turn(self) -> AbstractContextManager[None]:
        return nullcontext()


def _wait(state: tenacity.RetryCallState) -> float:
    """The server's own wait if it gave one, else exponential with jitter."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TransientError) and error.wait is not None:
        return error.wait
    return float(tenacity.wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5)(state))


def _worth_repeating(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.wait or 0) <= LONGEST_WAIT


@dataclass
class HttpClient:
    """Sends requests to one vendor with one token.

    `name` is how people call the vendor ("Xledger"). `read_only` makes every write impossible
    (previews). `on_request` hears of each request that goes out. `requests_sent` counts them.
    """

    name: str
    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    limiter: Limiter = field(default_factory=Unlimited)
    read_only: bool = False
    sleep: Callable[[float], None] = time.sleep
    on_request: Callable[[], None] = lambda: None
    attempts: int = ATTEMPTS
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)
    requests_sent: int = 0

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.headers.update(self.headers)

    def close(self) -> None:
        """Closes the kept connections."""
        self._session.close()

    def repeat(self, once: Callable[[], T]) -> T:
        """`once()`, tried again after each TransientError that is worth it.

        `once` must raise TransientError only where repeating is harmless.
        """
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=_wait,
            retry=tenacity.retry_if_exception(_worth_repeating),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(once)
        except TransientError as error:
            error.system = self.name
            raise

    def get(self, path: str, params: Mapping[str, str | int]) -> requests.Response:
        """One read, once. Raises TransientError, RateLimited, ConfigurationError."""
        return self._send("GET", path, write=False, params=params)

    def post(self, path: str, body: Mapping[str, Any], *, write: bool) -> requests.Response:
        """One POST, once; `write` says whether it changes anything over there.

        Raises OutcomeUnknown where a write may have happened without an answer.
        """
        return self._send("POST", path, write=write, json=body)

    def _send(self, method: str, path: str, *, write: bool, **kwargs: Any) -> requests.Response:
        if write and self.read_only:
            raise ConfigurationError("This is a preview: nothing may be written.")
        with self.limiter.turn():
            self.requests_sent += 1
            self.on_request()
            try:
                response = self._session.request(
                    method,
                    self.base_url + path,
                    timeout=self.timeout,
                    allow_redirects=False,
                    **kwargs,
                )
            except requests.RequestException as error:
                raise self._lost(error, write=write) from None
        self._check(response, write=write)
        return response

    def _lost(self, error: requests.RequestException, *, write: bool) -> Exception:
        """No answer at all: harmless for a read and for a connection that never stood."""
        detail = f"{type(error).__name__} from {self.base_url}"
        if write and not _never_connected(error):
            return OutcomeUnknown(f"{self.name} did not answer after a write.", detail=detail)
        return TransientError(f"{self.name} isn't answering.", detail=detail)

    def _check(self, response: requests.Response, *, write: bool) -> None:
        """Turns a status into the error that says what to do next."""
        status = response.status_code
        if status in (401, 403):
            raise AccessRefused(
                f"{self.name} refused the access token ({status}). It may have expired, been "
                "revoked or lack a right. Set a new token for this integration.",
                detail=f"HTTP {status}",
                status=status,
            )
        if status == 429:
            raise RateLimited(f"{self.name} asked us to slow down.", wait=retry_after(response))
        if status >= 500:
            detail = f"HTTP {status}"
            if write:
                raise OutcomeUnknown(f"{self.name} failed during a write.", detail=detail)
            message = f"{self.name} isn't answering properly (HTTP {status})."
            raise TransientError(message, detail=detail, wait=retry_after(response))
        if 300 <= status < 400:
            raise ConfigurationError(
                f"{self.name} answered from another address than the one set for it."
            )


def _never_connected(error: requests.RequestException) -> bool:
    """Whether the request surely never left: the connection itself could not be made."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def retry_after(response: requests.Response, now: datetime | None = None) -> float | None:
    """Seconds from a Retry-After header, given as seconds or as an HTTP date; None if absent."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:  # an HTTP date is in UTC even where it does not say so
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
