"""Faults on request: a queue of what is to go wrong, on which operations and how many times."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from .refusals import Refused

COMMITS = {
    "429": False,
    "500": False,
    "503": False,
    "529": False,
    "burst": False,
    "concurrency": False,
    "credits": False,
    "expired_token": False,
    "drop_before": False,
    "drop_after": True,
    "delayed_commit": True,
    "truncated": True,
    "html": False,
    "unknown_error": False,
    "query_timeout": False,
    "slow": True,
}
"""Every fault of a request, and whether the document is executed nevertheless (`commit` overrides).

429 and the HTML page are not evidenced for Xledger; a network between may answer so."""

ROW_FAULTS = ("bad_row", "all_rows")
"""Faults of single rows; they last until cleared unless `times` says otherwise."""


@dataclass(slots=True)
class Fault:
    """One fault waiting. `times` None means until cleared; `skip` lets so many requests by first.

    `root` limits it to documents with that root field. `seconds`: the delay of "slow" and
    "delayed_commit". `retry_after` goes into the header of an HTTP status. Of row faults: `code`
    is the employee code of the bad row; `message`, `path` and `ext_code` make up its error.
    """

    kind: str
    times: int | None = 1
    when: Literal["query", "mutation"] | None = None
    root: str | None = None
    skip: int = 0
    commit: bool | None = None
    seconds: float = 60.0
    retry_after: int | None = None
    code: str | None = None
    message: str = "The value is not valid."
    path: str | None = None
    ext_code: str | None = None

    @property
    def commits(self) -> bool:
        return COMMITS[self.kind] if self.commit is None else self.commit

    def meets(self, operation: str, roots: list[str]) -> bool:
        return self.when in {None, operation} and (self.root is None or self.root in roots)

    def refusal(self) -> Refused:
        text = self.message if self.path is None else f"{self.path}: {self.message}"
        return Refused(text, code=self.ext_code)


class Faults:
    """The faults asked for, in the order they were asked for.

    `add` and `clear` may be called by any thread; the others by the one that holds the lock.
    """

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, kind: str, **options: Any) -> Fault:
        """Ask for a fault; raises ValueError for an unknown kind, option or value."""
        if kind not in COMMITS and kind not in ROW_FAULTS:
            raise ValueError(f"no fault {kind!r}")
        known = {each.name for each in fields(Fault)} - {"kind"}
        if not options.keys() <= known:
            raise ValueError(f"no option {sorted(options.keys() - known)[0]!r}")
        if kind in ROW_FAULTS:
            options = {"times": None, **options}
        _check(options)
        fault = Fault(kind, **options)
        self.waiting.append(fault)
        return fault

    def take(self, operation: str, roots: list[str]) -> Fault | None:
        """Give the fault that meets this request and count it; None when nothing goes wrong."""
        for fault in self.waiting:
            if fault.kind in COMMITS and fault.meets(operation, roots):
                if fault.skip:
                    fault.skip -= 1
                    continue
                self._count(fault)
                return fault
        return None

    def row_refusal(self, root: str, code: str | None) -> Refused | None:
        """Give the refusal asked for the row of this employee code, if any, and count it."""
        for fault in self.waiting:
            wanted = fault.kind == "all_rows" or (fault.kind == "bad_row" and fault.code == code)
            if wanted and fault.meets("mutation", [root]):
                self._count(fault)
                return fault.refusal()
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            self.waiting.remove(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def as_list(self) -> list[dict[str, Any]]:
        """Give the faults still waiting, JSON-ready."""
        return [asdict(fault) for fault in self.waiting]


def _check(options: dict[str, Any]) -> None:
    times = options.get("times", 1)
    if times is not None and (type(times) is not int or times < 1):
        raise ValueError("times is a number from 1, or null for ever")
    for name in ("seconds", "skip"):
        if not isinstance(options.get(name, 0), int | float) or options.get(name, 0) < 0:
            raise ValueError(f"{name} is a number from 0")
    if options.get("when") not in {None, "query", "mutation"}:
        raise ValueError('when is "query" or "mutation"')
