"""Why the sandbox says no at run time: a rule of the vendor's, or a reference to nothing."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """One input, or one argument, that the sandbox does not accept.

    `lookup` tells a reference that matches nothing from other rules, because only that one's HTTP
    status is in doubt ("xledger.md" 2). `code` becomes `extensions.code`.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        extensions: dict[str, Any] | None = None,
        lookup: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.lookup = lookup
        self.extensions = dict(extensions or {})
        if code is not None:
            self.extensions["code"] = code

    def rendered(self) -> dict[str, Any]:
        """Give the error object for `errors`: run-time errors have shown no location."""
        error: dict[str, Any] = {"message": self.message}
        if self.extensions:
            error["extensions"] = self.extensions
        return error


class BatchRefused(Exception):
    """A whole mutation that was refused, with the refusals of its rows."""

    def __init__(self, refusals: list[Refused]) -> None:
        super().__init__(f"{len(refusals)} refused")
        self.refusals = refusals
