"""Finds in payroll the row that a write made, where the answer to it was lost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .records import TimeOffThere, TimeOffWrite


def holds(row: TimeOffThere, write: TimeOffWrite) -> bool:
    """Whether the row says what was written; what payroll does not show contradicts nothing."""
    shown: Iterable[tuple[object, object]] = (
        (row.percent, write.percent),
        (row.hours, write.hours),
        (row.time_from, write.time_from),
        (row.time_to, write.time_to),
    )
    same = (row.employee, row.code, row.start, row.end) == (
        write.employee,
        write.code,
        write.start,
        write.end,
    )
    return same and all(there is None or there == sent for there, sent in shown)


class Finder:
    """Rows of one channel that are not spoken for; each is found for one write at most."""

    def __init__(self, rows: Sequence[TimeOffThere], ours: Iterable[str]) -> None:
        self.by_id = {row.target_id: row for row in rows}
        self._free: dict[tuple[str, str], list[TimeOffThere]] = {}
        taken = set(ours)
        for row in rows:
            if row.target_id not in taken:
                self._free.setdefault((row.employee, row.code), []).append(row)

    def find(self, write: TimeOffWrite) -> TimeOffThere | None:
        """The row that the write made, if it is there."""
        free = self._free.get((write.employee, write.code), [])
        for row in free:
            if holds(row, write):
                free.remove(row)
                return row
        return None
