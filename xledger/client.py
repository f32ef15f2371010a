"""Talks GraphQL with X-ledger: reads, writes and pages; gives dicts and raises our own errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from integration_hub.core.errors import IncompleteRead, TransientError, UnrecognisedAnswer
from integration_hub.core.http import HttpClient

from . import answers
from .answers import JsonObject
from .pages import page_of

PAGE_SIZE = 10_000  # records per query, at most ("xledger.md" section 2)
_INTERPRETED = (200, 400)  # one error may come with either


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class XledgerClient:
    """One token's conversation with X-ledger. `clock` serves only to understand `resetAt`."""

    http: HttpClient
    clock: Callable[[], datetime] = _utc_now

    def read(self, document: str, variables: Mapping[str, Any]) -> JsonObject:
        """`data` of a query, asked again while that may help.

        Raises TransientError, RateLimited, ConfigurationError, IncompleteRead (a definite refusal).
        """
        return self.http.repeat(lambda: self._once(document, variables, write=False))

    def write(self, document: str, variables: Mapping[str, Any]) -> JsonObject:
        """`data` of a mutation, sent again only where it surely did not happen.

        Raises BatchRefused (`done`: the raw edges beside the errors), OutcomeUnknown,
        UnrecognisedAnswer, TransientError (not executed), ConfigurationError.
        """
        return self.http.repeat(lambda: self._once(document, variables, write=True))

    def pages(
        self, document: str, variables: Mapping[str, Any], root: str
    ) -> Iterator[dict[str, Any]]:
        """Every node of the connection `root`, read to its end before the first is given.

        `document` takes `$first` and `$after`. A row that an edit moved to a later page comes once,
        as it was read last. Raises IncompleteRead where the list ends in doubt; else as `read`.
        """
        nodes: dict[str, dict[str, Any]] = {}
        cursors: set[str] = set()
        after: str | None = None
        while True:
            data = self.read(document, {**variables, "first": PAGE_SIZE, "after": after})
            page = page_of(data, root)
            nodes.update((db_id, dict(node)) for db_id, node in page.nodes.items())
            after = page.next
            if after is None:
                return iter(nodes.values())
            if after in cursors:
                raise IncompleteRead(f"X-ledger's list of {root} goes in a circle.")
            cursors.add(after)

    def _once(self, document: str, variables: Mapping[str, Any], *, write: bool) -> JsonObject:
        """One request. TransientError only where repeating it is harmless."""
        payload = {"query": document, "variables": variables}
        response = self.http.post("", payload, write=write)
        body = answers.parse(response.content)
        if body is None or response.status_code not in _INTERPRETED:
            raise _not_understood(response, write=write)
        errors = answers.complaints(body)
        if errors:
            sent = answers.sent_in(variables)
            if write:
                raise answers.write_error(errors, sent, answers.confirmed(body), self.clock())
            raise answers.read_error(errors, sent, self.clock())
        data = body.get("data")
        if errors is None or response.status_code != 200 or not isinstance(data, dict):
            raise _not_understood(response, write=write)
        return data


def _not_understood(response: requests.Response, *, write: bool) -> Exception:
    """For an answer that is no GraphQL answer; its text may hold personal data and is left out."""
    kind = response.headers.get("Content-Type", "no content type")
    detail = f"HTTP {response.status_code}, {kind}, {len(response.content)} bytes"
    if write:
        message = "X-ledger answered a write in a form that the Hub does not understand."
        return UnrecognisedAnswer(message, detail=detail)
    return TransientError("X-ledger isn't answering properly.", detail=detail)
