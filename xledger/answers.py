"""What an answer from X-ledger means: its errors, sorted by what may have happened.

After "xledger.md" section 2. Xledger's own codes stand at `errors[i].code`, those of its GraphQL
library at `errors[i].extensions.code`; both are read, at HTTP 200 and at HTTP 400 alike.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from integration_hub.core.errors import (
    AccessRefused,
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
from payroll.values import legible

from .credits import seconds_until

JsonObject = Mapping[str, Any]
Sent = Mapping[str, frozenset[str]]
"""What a request sent: by field, the texts that stand in it anywhere."""

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
_CODE = re.compile(r"[A-Z][A-Z0-9_.]{1,59}")
_ILLEGIBLE = re.compile(rb"\\u(0000|[dD][89a-fA-F])")  # perhaps: a whole pair looks the same
_ENVELOPE = {"inputs", "node", "clientId"}  # what a write is packed in: nobody's field


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
        """The vendor's message without tokens and numbers; it may still name a person."""
        return redact(self.message)[:LONGEST_WORDS] or "(no message)"

    @property
    def codes(self) -> str:
        """Both codes, for the log; something that does not look like a code is left out."""
        return " ".join(filter(_CODE.fullmatch, (self.code, self.library_code)))

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
        return next((text for text in self._quoted() if not text.startswith(("$", "inputs"))), "")

    def _quoted(self) -> Iterator[str]:
        for found in _QUOTED.finditer(self.message):
            yield found["value"] or found["other"] or ""

    def path_in(self, sent: Sent) -> str:
        """The path that the message names, if it leads to something that was sent."""
        return self.path if _field(self.path) in sent else ""

    def kind(self, sent: Sent) -> Kind:
        """What it means as an answer to a request that sent `sent`."""
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

    def _is_refusal(self, sent: Sent) -> bool:
        """A definite no: by its code, or by the words of a path that leads to what we sent.

        The text of a crash may look like a path too ("code: DEADLOCK victim"), so without a code
        the words must be those of a failed lookup, or quote the very value that we sent there.
        """
        if (
            self.library_code in _LIBRARY_REFUSALS
            or "exampleValidInputs" in self.extensions
            or self.code.startswith("BAD_REQUEST.")
        ):
            return True
        path = self.path_in(sent)
        if not path:
            return False
        quotes = not sent[_field(path)].isdisjoint(filter(None, self._quoted()))
        return quotes or bool(_LOOKED_UP.search(self.message))

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
        if _ILLEGIBLE.search(content):
            body = _legible(body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _legible(value: Any) -> Any:
    """The same with legible texts: one person's name must not stop everybody's run."""
    if isinstance(value, dict):
        return {legible(key): _legible(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_legible(inner) for inner in value]
    return legible(value) if isinstance(value, str) else value


def complaints(body: JsonObject) -> list[Complaint] | None:
    """The errors of an answer, none included; None if they are not in a form we know."""
    errors = body.get("errors") or []
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        return None
    return [Complaint.from_json(error) for error in errors]


def sent_in(variables: JsonObject) -> Sent:
    """What the variables of a request say, by field: of a write, the fields of its people."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for field, text in _texts(variables, ""):
        found[field].add(text)
    return {field: frozenset(texts) for field, texts in found.items()}


def _texts(value: object, field: str) -> Iterator[tuple[str, str]]:
    """(field, text) of each value, at any depth below the field."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _ENVELOPE:
                yield from _texts(inner, field or key)
            elif not field:
                yield from _texts(inner, "")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, field)
    elif field:
        yield field, "" if value is None else str(value)


def _field(path: str) -> str:
    """The field that a path begins with."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def edges_of(data: JsonObject, mutation: str) -> list[JsonObject]:
    """The edges of a write that was answered without errors. Raises UnrecognisedAnswer."""
    connection = data.get(mutation)
    edges = connection.get("edges") if isinstance(connection, dict) else None
    if not isinstance(edges, list) or not all(isinstance(edge, dict) for edge in edges):
        raise UnrecognisedAnswer("X-ledger answered a write without saying what it wrote.")
    return edges


def confirmed(body: JsonObject) -> list[JsonObject]:
    """The edges that an answer to a write holds, whether or not errors stand beside them."""
    data = body.get("data")
    roots = data.values() if isinstance(data, dict) else ()
    found = [root.get("edges") for root in roots if isinstance(root, dict)]
    lists = [edges for edges in found if isinstance(edges, list)]
    return [edge for edges in lists for edge in edges if isinstance(edge, dict)]


def read_error(errors: Sequence[Complaint], sent: Sent, now: datetime) -> HubError:
    """What to raise for the errors of a read: the most telling one decides."""
    kinds = [(error.kind(sent), error) for error in errors]
    kind, error = max(kinds, key=lambda pair: pair[0])
    said = _said(error)
    match kind:
        case Kind.REFUSED:
            return IncompleteRead(f"X-ledger would not give the list{_coded(error)}.", **said)
        case Kind.TIMED_OUT:
            return TransientError("X-ledger timed out during a read.", **said)
        case Kind.UNKNOWN:
            return TransientError(f"X-ledger could not answer a read{_coded(error)}.", **said)
        case _:
            return _not_executed(kind, error, now)


def write_error(
    errors: Sequence[Complaint], sent: Sent, edges: Sequence[JsonObject], now: datetime
) -> HubError:
    """What to raise for the errors of a write: the one that leaves most in doubt decides."""
    kinds = [(error.kind(sent), error) for error in errors]
    kind, error = min(kinds, key=lambda pair: pair[0])
    said = _said(error)
    if kind is Kind.TIMED_OUT:
        return OutcomeUnknown("X-ledger timed out during a write.", **said)
    if kind is Kind.UNKNOWN or (edges and kind is not Kind.REFUSED):
        message = f"X-ledger gave an answer that the Hub does not understand{_coded(error)}."
        return UnrecognisedAnswer(message, **said)
    if kind is Kind.REFUSED:
        return BatchRefused(
            "X-ledger refused a value.",
            **said,
            code=error.codes.partition(" ")[0],
            path=error.path_in(sent),
            value=error.value,
            done=edges,
        )
    return _not_executed(kind, error, now)


def _said(error: Complaint) -> dict[str, Any]:
    """What the log may have of it, and what only the person's own row may."""
    return {"detail": error.codes, "words": error.words}


def _coded(error: Complaint) -> str:
    return f" (code {error.codes})" if error.codes else ""


def _not_executed(kind: Kind, error: Complaint, now: datetime) -> HubError:
    """For a request that X-ledger turned away before executing it, so on no person's account."""
    said = _said(error)
    if kind is Kind.LIMITED:
        message = f"X-ledger asked us to slow down{_coded(error)}."
        return RateLimited(message, **said, wait=error.wait(now))
    if kind is Kind.SCHEMA:
        named = _SCHEMA_NAME.search(error.message)
        field = f"the field “{named['name']}”" if named else "part of the request"
        message = (
            f"X-ledger does not know {field}; its schema differs from what the Hub was built for. "
            f"X-ledger's words: {error.words}"
        )
        return ConfigurationError(message, **said)
    message = (
        f"X-ledger refused the API token: {error.words} Make a new token with Read and Write for "
        "Accounts Payable, Accounts Receivable, Common, General Ledger and Human Resources, and "
        "set it for this integration."
    )
    return AccessRefused(message, **said)
