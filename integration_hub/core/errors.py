"""What can go wrong, named for what the caller does next.

    HubError                    anything we raise on purpose
    ├── TransientError          try again later; nothing was changed
    │   └── RateLimited         the vendor asked us to wait
    ├── ConfigurationError      a person must fix a setting: token, right, environment
    │   └── AccessRefused       the token was refused, or lacks a right
    ├── IncompleteRead          a list could not be read to its end: plan nothing on it
    ├── BatchRefused            a definite refusal of one write request, well-formed
    ├── Cancelled               a person wants no more of it: what was to go out did not
    ├── OutcomeUnknown          a write may or may not have happened: read back before sending
    │   └── UnrecognisedAnswer  as above, and the answer is one we do not understand: stop
    ├── DecryptionError         a stored secret cannot be opened with the keys at hand
    └── OurFault                stands for an error nobody foresaw, which is in the log

Every error carries two messages of ours: `message` is safe for a customer's screen and names no
secret and no person; `detail` is for the log only. `words` are the other side's own and may name a
person: they belong on that person's sealed row, and neither in a message nor in a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID


class HubError(Exception):
    """Base of all errors raised on purpose."""

    def __init__(self, message: str, *, detail: str = "", words: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.words = words


class TransientError(HubError):
    """The other side did not answer properly; the request surely changed nothing."""

    def __init__(
        self, message: str, *, detail: str = "", words: str = "", wait: float | None = None
    ) -> None:
        super().__init__(message, detail=detail, words=words)
        self.wait = wait  # seconds the server itself asked for, if it did
        self.system = ""  # what the vendor is called, once the error has left its client


class RateLimited(TransientError):
    """The vendor refused to execute because of a limit; `wait` is in seconds."""


class ConfigurationError(HubError):
    """A token, right, address or setting is wrong; trying again will not help."""


class AccessRefused(ConfigurationError):
    """The token was refused or lacks a right; `status` is the HTTP status that said so."""

    def __init__(
        self, message: str, *, detail: str = "", words: str = "", status: int | None = None
    ) -> None:
        super().__init__(message, detail=detail, words=words)
        self.status = status


class IncompleteRead(HubError):
    """A list was cut short or contradicts itself, so nothing may be concluded from it."""


class BatchRefused(HubError):
    """The target said no to a whole write request, in a form we understand.

    `done` holds outcomes that the same answer confirmed despite the refusal; `code`, `path` and
    `value` are what the refusal names, where it names anything.
    """

    def __init__(
        self,
        message: str,
        *,
        detail: str = "",
        words: str = "",
        code: str = "",
        path: str = "",
        value: str = "",
        done: Sequence[Any] = (),
    ) -> None:
        super().__init__(message, detail=detail, words=words)
        self.code = code
        self.path = path
        self.value = value
        self.done = tuple(done)


class OutcomeUnknown(HubError):
    """The answer to a write was lost; whether it happened must be read, not guessed.

    `done` holds outcomes that were confirmed all the same.
    """

    def __init__(
        self, message: str, *, detail: str = "", words: str = "", done: Sequence[Any] = ()
    ) -> None:
        super().__init__(message, detail=detail, words=words)
        self.done = tuple(done)


class UnrecognisedAnswer(OutcomeUnknown):
    """The target answered a write with something we cannot interpret."""


class Cancelled(HubError):
    """A person stopped the work; whatever was about to be sent was not."""


class DecryptionError(HubError):
    """A stored value was sealed with a key that is not at hand, or was altered."""


class OurFault(HubError):
    """What a person is told where anything unforeseen went wrong; the log has its traceback.

    `about`: the id of what was being done. The message names its beginning, for support to find it.
    """

    def __init__(self, about: UUID) -> None:
        code = str(about)[:8]
        super().__init__(f"Something went wrong on our side. Tell support this code: {code}.")
