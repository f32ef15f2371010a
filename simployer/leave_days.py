"""From Simployer One's leave transactions to what HR counts of a leave on each day. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from payroll.timeoff.records import LeaveDay

from .reading import Reading, Row, UnreadableValue, as_date, as_number, readable_text

_UNREADABLE = "HR's count of days for this leave cannot be read. Correct the leave in HR."
_CONTRADICTORY = "HR's count of days does not fit this leave. Correct the leave in HR."


class DayRows:
    """Transactions by the leave they are of; those of time sheets are none.

    Whether an extent is 50 or 0.5 is unknown (simployer-one.md, leave-transaction): where nobody's
    is above 1, a whole day is 1.
    """

    def __init__(self, transactions: Sequence[Row]) -> None:
        self._by_leave: dict[str, list[Row]] = defaultdict(list)
        for row in transactions:
            parent = row.get("parent")
            if row.get("deleted") is True or not isinstance(parent, Mapping):
                continue
            if readable_text(parent, "type").casefold() in ("leave", ""):
                self._by_leave[readable_text(parent, "id")].append(row)
        given = [extent for row in transactions if (extent := _known_extent(row))]
        self.whole = Decimal(1) if given and max(given) <= 1 else Decimal(100)

    def of(self, leave_id: str) -> Sequence[Row]:
        """The rows of one leave."""
        return self._by_leave.get(leave_id, ())


def read_days(
    reading: Reading,
    rows: DayRows,
    leave_id: str,
    start: date,
    end: date | None,
    over_midnight: bool,
) -> tuple[LeaveDay, ...]:
    """The days of one leave in order; in doubt, and none, where they do not fit it.

    What HR counts after midnight of a leave over midnight belongs to the day it begins.
    """
    try:
        days = [_day(row, rows.whole) for row in rows.of(leave_id)]
    except UnreadableValue:
        reading.doubt("unreadable_days", _UNREADABLE, "days")
        return ()
    if over_midnight:
        days = _on_first(days, start)
    several = len({each.day for each in days}) < len(days)
    outside = any(each.day < start or (end is not None and each.day > end) for each in days)
    if several or outside:
        reading.doubt("contradictory_days", _CONTRADICTORY, "days")
        return ()
    return tuple(sorted(days, key=lambda each: each.day))


def _on_first(days: Sequence[LeaveDay], start: date) -> list[LeaveDay]:
    """The hours before and after midnight as one day's; other days as they are."""
    night = (start, start + timedelta(days=1))
    before, others = (
        [each for each in days if (each.day in night) is inside] for inside in (True, False)
    )
    if not before:
        return others
    counted = [each.hours for each in before if each.hours is not None]
    hours = sum(counted, Decimal()) if len(counted) == len(before) else None
    return [LeaveDay(start, hours, before[0].extent), *others]


def _day(row: Row, whole: Decimal) -> LeaveDay:
    day, hours, extent = as_date(row.get("date")), as_number(row.get("hours")), _extent(row)
    if day is None or (hours is not None and not 0 <= hours <= 24):
        raise UnreadableValue
    if extent is not None:
        extent = extent * 100 / whole
        if not (extent == 0 or 1 <= extent <= 100):
            raise UnreadableValue
    return LeaveDay(day, hours, extent)


def _extent(row: Row) -> Decimal | None:
    """As the vendor writes it; a later version may call it as the leave does."""
    extent = as_number(row.get("extent"))
    return as_number(row.get("gradePercentage")) if extent is None else extent


def _known_extent(row: Row) -> Decimal | None:
    try:
        return _extent(row)
    except UnreadableValue:
        return None
