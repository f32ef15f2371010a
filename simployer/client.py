"""Reads whole lists from Simployer One's REST API, or says that a list could not be read whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard
from urllib.parse import quote

import requests

from integration_hub.core.errors import ConfigurationError, IncompleteRead, TransientError
from integration_hub.core.http import HttpClient
from integration_hub.core.redact import redact

Row = dict[str, Any]
"""One object as the vendor sends it; numbers with a fraction are Decimal."""

PAGE_SIZE = 500  # the size that most public clients ask for; no maximum is documented
LONGEST_QUOTE = 300  # characters of the vendor's own words on a screen


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list: `rows`, and by relation name the sideloaded objects by their id."""

    rows: list[Row]
    relations: dict[str, dict[str, Row]]


@dataclass(frozen=True, slots=True)
class _Page:
    rows: list[Row]
    total: int
    relations: dict[str, list[Row]]


class _Changed(Exception):
    """The list did not stand still while it was read."""

    def __init__(self, received: int, total: int) -> None:
        super().__init__(f"{received} different rows received, total {total}")


class SimployerClient:
    """Lists of one account (simployer-one.md section 2). Sends nothing but GET.

    Every method raises TransientError, ConfigurationError and RateLimited as HttpClient does.
    """

    def __init__(self, http: HttpClient) -> None:
        self.http = http

    def rows(
        self,
        resource: str,
        *,
        relations: Sequence[str] = (),
        page_size: int = PAGE_SIZE,
        select: Sequence[str] = (),
        filters: Mapping[str, str] | None = None,
    ) -> Listing:
        """Everything in `resource` ("cost-center"), in the order of the ids.

        Without `select` rows come with all their fields; some, such as bank account, address and
        the days of a work week, cannot be selected. `filters` are by field and operator
        ("[date][$gte]").

        A list that moves while it is read is read again once. Raises IncompleteRead when the second
        reading, too, does not give exactly as many different rows as the vendor counts.
        """
        query = _query(relations, select, filters or {})
        try:
            return self._read(resource, query, page_size)
        except _Changed:
            try:
                return self._read(resource, query, page_size)
            except _Changed as error:
                raise IncompleteRead(
                    f"Simployer One's list “{resource}” was not complete, or changed while we "
                    "read it. Nothing was concluded from it; the next sync reads it again.",
                    detail=f"{resource}: {error}",
                ) from None

    def beginning(self, resource: str, size: int = 1) -> tuple[list[Row], int]:
        """The first `size` rows of `resource`, and how many the vendor counts in all."""
        page = self._page(resource, {}, size, 0)
        return page.rows, page.total

    def has(self, resource: str, row_id: str) -> bool:
        """Whether the row can be read by its id; a deleted one answers 404 (section 3)."""

        def once() -> bool:
            response = self.http.get(f"/{resource}/{row_id}", {})
            if response.status_code == 404:
                return False
            if response.status_code >= 400:
                raise _refusal(resource, response)
            return True

        return self.http.repeat(once)

    def one(self, resource: str, row_id: str) -> Row | None:
        """One row with all its fields; None only where the vendor itself says there is none.

        A 404 that is not in the vendor's own form may be a gateway's, and is a TransientError.
        """

        def once() -> Row | None:
            response = self.http.get(f"/{resource}/{quote(row_id, safe='')}", {})
            if response.status_code == 404 and _is_vendors_404(response.content):
                return None
            if 400 <= response.status_code != 404:
                raise _refusal(resource, response)
            try:
                return _parse_one(response.content, row_id)
            except (ValueError, RecursionError) as error:
                raise TransientError(
                    "Simployer One's answer was cut short or could not be read.",
                    detail=f"one {resource}: {type(error).__name__}",
                ) from None

        return self.http.repeat(once)

    def _read(self, resource: str, query: Mapping[str, str], page_size: int) -> Listing:
        """One reading from the first page on.

        The next offset follows from the rows received, never from `page_size`: a server that caps
        its pages below it would otherwise end the list early.
        """
        rows: dict[str, Row] = {}
        named = query.get("relations", "").split(",")
        sideloaded: dict[str, dict[str, Row]] = {name: {} for name in named if name}
        offset, total = 0, None
        while True:
            page = self._page(resource, query, page_size, offset)
            rows.update((row["id"], row) for row in page.rows)
            for name, found in page.relations.items():
                sideloaded.setdefault(name, {}).update((row["id"], row) for row in found)
            if total not in (None, page.total):
                raise _Changed(len(rows), page.total)
            offset, total = offset + len(page.rows), page.total
            if offset >= total or not page.rows:
                break
        if len(rows) != total:
            raise _Changed(len(rows), total)
        return Listing(list(rows.values()), sideloaded)

    def _page(self, resource: str, query: Mapping[str, str], limit: int, offset: int) -> _Page:
        params: dict[str, str | int] = {
            "limit": limit,
            "offset": offset,
            "sort[id]": "asc",
            **query,
        }

        def once() -> _Page:
            response = self.http.get(f"/{resource}", params)
            if response.status_code >= 400:
                raise _refusal(resource, response)
            try:
                return _parse(response.content)
            except (ValueError, RecursionError) as error:
                raise TransientError(
                    "Simployer One's answer was cut short or could not be read.",
                    detail=f"{resource}, offset {offset}: {type(error).__name__}",
                ) from None

        return self.http.repeat(once)


def _parse(body: bytes) -> _Page:
    """The list envelope. Raises ValueError where it is not one."""
    envelope = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    if not isinstance(envelope, dict):
        raise ValueError("no object")
    rows, total = envelope.get("data"), envelope.get("total")
    if not isinstance(rows, list) or not all(_has_id(row) for row in rows):
        raise ValueError("no list of rows with ids")
    if not isinstance(total, int) or isinstance(total, bool):
        raise ValueError("no total")
    relations = envelope.get("relations")
    named = relations.items() if isinstance(relations, dict) else ()
    return _Page(rows, total, {name: _objects(found) for name, found in named})


def _query(
    relations: Sequence[str], select: Sequence[str], filters: Mapping[str, str]
) -> dict[str, str]:
    """The parameters that say what of a list is wanted."""
    lists = {"select": ",".join(select), "relations": ",".join(relations)}
    asked = {name: value for name, value in lists.items() if value}
    return asked | {f"filters{path}": value for path, value in filters.items()}


def _parse_one(body: bytes, row_id: str) -> Row:
    """The envelope of one row. Raises ValueError where it is not one, or another row's."""
    envelope = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    row = envelope.get("data") if isinstance(envelope, dict) else None
    if not _has_id(row) or row["id"] != row_id:
        raise ValueError("not the row that was asked for")
    return row


def _is_vendors_404(body: bytes) -> bool:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(envelope, dict) and envelope.get("statusCode") == 404


def _objects(found: object) -> list[Row]:
    """Sideloaded objects, sent as a list or, by some resources, as one object."""
    several = found if isinstance(found, list) else [found]
    return [row for row in several if _has_id(row)]


def _has_id(row: object) -> TypeGuard[Row]:
    return isinstance(row, dict) and isinstance(row.get("id"), str) and bool(row["id"])


def _no_constant(name: str) -> Decimal:
    raise ValueError(f"{name} is not JSON")


def _refusal(resource: str, response: requests.Response) -> ConfigurationError:
    quote = _vendor_words(response.content)
    words = f" It says: “{quote}”" if quote else ""
    return ConfigurationError(
        f"Simployer One refused to give its list “{resource}” ({response.status_code}).{words}",
        detail=f"HTTP {response.status_code} for {resource}",
    )


def _vendor_words(body: bytes) -> str:
    """The `message` of an error body, which is one text or a list of them; "" if it has none."""
    try:
        envelope = json.loads(body)
    except ValueError:
        return ""
    message = envelope.get("message") if isinstance(envelope, dict) else None
    several = message if isinstance(message, list) else [message]
    text = "; ".join(part for part in several if isinstance(part, str))
    return redact(" ".join(text.split()))[:LONGEST_QUOTE]
