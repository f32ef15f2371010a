"""What an answer from X-ledger means: its errors, sorted by what may have happened.

After "xledger.md" section 2. Xledger's own codes stand at `errors[i].code`, those of its GraphQL
library at `errors[i].extensions.code`; both are read, at HTTP 200 and at HTTP 400 alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from integration_hub.core.errors import (
    BatchRefused,
    ConfigurationError,
    HubError,
    IncompleteRead,
    OutcomeUnknown,
    RateLimited,
    TransientError,
    UnrecognisedAnswer,
)
from integration_hub.core.redact import redact

from .credits import seconds_until

JsonObject = Mapping[str, Any]

BURST_SECONDS = 5.0  # the window that the burst limit counts in
CONCURRENCY_SECONDS = 1.0  # what Xledger's own sample waits
LONGEST_WORDS = 300  # characters of the vendor's message that are passed on

_LIBRARY_REFUSALS = {"INVALID_VALUE", "ARGUMENTS_OF_CORRECT_TYPE"}
_SCHEMA_CODES = {
    "FIELDS_ON_CORRECT_TYPE",
    "KNOWN_ARGUMENT_NAMES",
    "KNOWN_TYPE_NAMES",
    "PROVIDED_NON_NULL_ARGUMENTS",
    "SYNTAX_ERROR",
    "VARIABLES_ARE_INPUT_TYPES",
    "VARIABLES_IN_ALLOWED_POSITION",
}
_SCHEMA_WORDS = re.compile(r"Cannot query field|nrecognized input field|is not defined by type")
_SCHEMA_NAME = re.compile(r"(?i)\b(?:field|argument|type)s? ['\"“](?P<name>\w+)")
_ACCESS_CODE = re.compile(r"UNAUTH|FORBIDDEN|ACCESS")
_ACCESS_WORDS = re.compile(
    r"(?i)bad format for api token|not authori[sz]ed|unauthori[sz]ed|access denied|permission"
)
_TIMED_OUT_WORDS = re.compile(r"(?i)your query timed out")
_TIMED_OUT_CODE = re.compile(r"TIME[D_]*OUT")
_PATH = re.compile(r"(?P<path>[a-z]\w*(?:\[\d+\])?(?:\.[a-z]\w*(?:\[\d+\])?)*): \S")
_INPUT_PLACE = re.compile(r"\binputs(?:\[\d+\]|\.\d+)\.node\.(?P<path>[\w.]+)")
_LOOKED_UP = re.compile(r"No value matching .*?, \w+ '(?P<value>.*)'\.?\s*$")
_QUOTED = re.compile(r"'(?P<value>[^']*)'|\"(?P<other>[^\"]*)\"")


class Kind(IntEnum):
    """What one error says, from "anything may have happened" to "surely nothing did"."""

    UNKNOWN = 0
    TIMED_OUT = 1
    REFUSED = 2
    LIMITED = 3
    SCHEMA = 4
    ACCESS = 5


@dataclass(frozen=True, slots=True)
class Complaint:
    """One entry of `errors`: the vendor's words, both codes and the data beside them."""

    message: str
    code: str
    library_code: str
    extensions: JsonObject

    @classmethod
    def from_json(cls, error: JsonObject) -> Complaint:
        """Of an error object; a part that is absent or of another type is empty."""
        extensions = error.get("extensions")
        extensions = extensions if isinstance(extensions, dict) else {}
        parts = (error.get("message"), error.get("code"), extensions.get("code"))
        message, code, library_code = (part if isinstance(part, str) else "" for part in parts)
        return cls(message, code, library_code, extensions)

    @property
    def words(self) -> str:
        """The vendor's message, fit for a screen."""
        return redact(self.message)[:LONGEST_WORDS] or "(no message)"

    @property
    def detail(self) -> str:
        """Codes and message, for the log."""
        return " ".join(filter(None, (self.code, self.library_code, self.words)))

    @property
    def path(self) -> str:
        """The input field that the message names, such as `glObject1.code`; empty if none."""
        place = _INPUT_PLACE.search(self.message) or _PATH.match(self.message)
        path = place["path"].rstrip(".") if place else ""
        return re.sub(r"^inputs(\[\d+\]|\.\d+)\.node\.", "", path)

    @property
    def value(self) -> str:
        """The value that the message quotes; empty if none."""
        looked_up = _LOOKED_UP.search(self.message)
        if looked_up:
            return looked_up["value"]
        quoted = (m["value"] or m["other"] or "" for m in _QUOTED.finditer(self.message))
        return next((text for text in quoted if not text.startswith(("$", "inputs"))), "")

    def kind(self, sent: Collection[str]) -> Kind:
        """What it means; `sent` are the names used in the variables of the request."""
        if _ACCESS_CODE.search(f"{self.code} {self.library_code}".upper()):
            return Kind.ACCESS
        if _TIMED_OUT_WORDS.search(self.message) or _TIMED_OUT_CODE.search(self.code):
            return Kind.TIMED_OUT
        if self._is_limit():
            return Kind.LIMITED
        if self.library_code in _SCHEMA_CODES or _SCHEMA_WORDS.search(self.message):
            return Kind.SCHEMA
        if self._is_refusal(sent):
            return Kind.REFUSED
        return Kind.ACCESS if _ACCESS_WORDS.search(self.message) else Kind.UNKNOWN

    def _is_limit(self) -> bool:
        """Any limit, also one that is not known yet: it was refused before it was executed."""
        return any(
            code.startswith("BAD_REQUEST.") and code.endswith(("LIMIT_REACHED", "CREDITS"))
            for code in (self.code, self.library_code)
        )

    def _is_refusal(self, sent: Collection[str]) -> bool:
        """A definite no. A path counts only if it names something that we sent.

        Otherwise the text of a crash ("dbConnection: ...") would pass for a refusal.
        """
        return (
            self.library_code in _LIBRARY_REFUSALS
            or "exampleValidInputs" in self.extensions
            or self.code.startswith("BAD_REQUEST.")
            or any(part in sent for part in re.split(r"[.\[\]]+", self.path))
        )

    def wait(self, now: datetime) -> float:
        """Seconds to leave X-ledger alone after this limit."""
        code = f"{self.code} {self.library_code}"
        if "CREDITS" in code:
            return seconds_until(self.extensions.get("resetAt"), now)
        return CONCURRENCY_SECONDS if "CONCURRENCY" in code else BURST_SECONDS


def parse(content: bytes) -> JsonObject | None:
    """The JSON object in `content`, fractions as Decimal; None if there is none."""
    try:
        body = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def complaints(body: JsonObject) -> list[Complaint] | None:
    """The errors of an answer, none included; None if they are not in a form we know."""
    errors = body.get("errors") or []
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        return None
    return [Complaint.from_json(error) for error in errors]


def names_in(variables: object) -> set[str]:
    """Every key used anywhere in the variables of a request."""
    if isinstance(variables, Mapping):
        return set(variables).union(*map(names_in, variables.values()))
    if isinstance(variables, (list, tuple)):
        return set().union(*map(names_in, variables))
    return set()


def confirmed(body: JsonObject) -> list[JsonObject]:
    """The edges that an answer to a write holds, whether or not errors stand beside them."""
    data = body.get("data")
    roots = data.values() if isinstance(data, dict) else ()
    found = [root.get("edges") for root in roots if isinstance(root, dict)]
    lists = [edges for edges in found if isinstance(edges, list)]
    return [edge for edges in lists for edge in edges if isinstance(edge, dict)]


def read_error(errors: Sequence[Complaint], sent: Collection[str], now: datetime) -> HubError:
    """What to raise for the errors of a read: the most telling one decides."""
    kinds = [(error.kind(sent), error) for error in errors]
    kind, error = max(kinds, key=lambda pair: pair[0])
    match kind:
        case Kind.REFUSED:
            message = f"X-ledger would not give the list: {error.words}"
            return IncompleteRead(message, detail=error.detail)
        case Kind.TIMED_OUT | Kind.UNKNOWN:
            message = f"X-ledger could not answer: {error.words}"
            return TransientError(message, detail=error.detail)
        case _:
            return _not_executed(kind, error, now)


def write_error(
    errors: Sequence[Complaint], sent: Collection[str], edges: Sequence[JsonObject], now: datetime
) -> HubError:
    """What to raise for the errors of a write: the one that leaves most in doubt decides."""
    kinds = [(error.kind(sent), error) for error in errors]
    kind, error = min(kinds, key=lambda pair: pair[0])
    if kind is Kind.TIMED_OUT:
        message = "X-ledger timed out during a write."
        return OutcomeUnknown(message, detail=error.detail)
    if kind is Kind.UNKNOWN or (edges and kind is not Kind.REFUSED):
        message = f"X-ledger answered a write with something unexpected: {error.words}"
        return UnrecognisedAnswer(message, detail=error.detail)
    if kind is Kind.REFUSED:
        return BatchRefused(
            f"X-ledger refused: {error.words}",
            detail=error.detail,
            code=error.code or error.library_code,
            path=error.path,
            value=error.value,
            done=edges,
        )
    return _not_executed(kind, error, now)


def _not_executed(kind: Kind, error: Complaint, now: datetime) -> HubError:
    """For a request that X-ledger turned away before executing it."""
    if kind is Kind.LIMITED:
        message = f"X-ledger asked us to slow down: {error.words}"
        return RateLimited(message, detail=error.detail, wait=error.wait(now))
    if kind is Kind.SCHEMA:
        named = _SCHEMA_NAME.search(error.message)
        field = f"the field “{named['name']}”" if named else "part of the request"
        message = (
            f"X-ledger does not know {field}; its schema differs from what the Hub was built for. "
            f"X-ledger's words: {error.words}"
        )
        return ConfigurationError(message, detail=error.detail)
    message = (
        f"X-ledger refused the API token: {error.words} Make a new token with Read and Write for "
        "Accounts Payable, Accounts Receivable, Common, General Ledger and Human Resources, and "
        "set it for this integration."
    )
    return ConfigurationError(message, detail=error.detail)
