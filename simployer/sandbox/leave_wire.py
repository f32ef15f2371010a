"""Writes leaves, their days and work weeks in each form that nobody outside the vendor knows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, time, timedelta
from typing import Any

from simployer.sandbox.leave_days import OSLO, stored_time
from simployer.sandbox.query import Row
from simployer.sandbox.resources import HELD, WEEKDAYS
from simployer.sandbox.switches import Switches
from simployer.sandbox.wire import Wire, moment

_DAY, _WALL_CLOCK = len("2026-03-31"), len("2026-03-31T13:15")
_LAST_SECOND = time(23, 59, 59)


class LeaveWire(Wire):
    """Leaves: days are stored YYYY-MM-DD and times YYYY-MM-DDTHH:MM, Oslo wall clock."""

    def hidden(self) -> frozenset[str]:
        """Give the fields this server does not have; a grade is in one of two, or nowhere."""
        grades = {"gradePercentage", "extent"} - {self.switches.grade}
        return super().hidden() | grades

    def field(self, row: Row, name: str) -> Any:
        """Give one field as it is sent."""
        if name == "status":
            return _status(row, self.switches)
        if name == "extent":
            return row.get("extent") or row.get("gradePercentage")
        if name == "deleted":
            return row.get("deleted") is True
        value = row.get(name)
        if name in {"startDate", "endDate"} and isinstance(value, str):
            return self._moment(value, last=name == "endDate")
        return super().field(row, name)

    def row(self, row: Row, select: Collection[str] | None) -> Row:
        """Give the whole row, with local dates where the switches say so, or what is selected."""
        sent = super().row(row, select)
        if select is None and self.switches.undocumented_fields:
            for name in ("timezone", "timezoneOffset", "localStartDate", "localEndDate"):
                sent.pop(name, None)
            sent |= self._local(row)
        return sent

    def _moment(self, value: str, *, last: bool) -> str:
        stored = stored_time(value)
        if stored is None or len(value) not in (_DAY, _WALL_CLOCK):
            return value
        if len(value) == _WALL_CLOCK:
            return moment(stored.replace(tzinfo=OSLO))
        zone = OSLO if self.switches.dates == "local" else UTC
        clock = self._last_moment() if last else time()
        return moment(datetime.combine(stored, clock, zone))

    def _local(self, row: Row) -> Row:
        start, end = (stored_time(row.get(name)) for name in ("startDate", "endDate"))
        if self.switches.local_dates == "absent" or start is None:
            return {}
        offset = start.replace(tzinfo=OSLO).utcoffset() or timedelta()
        whole_days = len(row["startDate"]) == _DAY
        if end is not None and whole_days:
            end = datetime.combine(end, self._last_moment())
        return {
            "timezone": "Europe/Oslo",
            "timezoneOffset": round(offset.total_seconds() / 60),
            "localStartDate": self._written(start, whole_days),
            "localEndDate": None if end is None else self._written(end, whole_days),
        }

    def _last_moment(self) -> time:
        return _LAST_SECOND if self.switches.leave_end == "last_second" else time()

    def _written(self, local: datetime, whole_days: bool) -> str:
        if self.switches.local_dates == "day" and whole_days:
            return local.date().isoformat()
        return local.isoformat() + (".000Z" if self.switches.local_dates == "as_utc" else "")


class TransactionWire(Wire):
    """The days of leaves: stored with the hours of the whole day and the percent of absence."""

    def field(self, row: Row, name: str) -> Any:
        """Give one field as it is sent."""
        if name == "status":
            return _status(row, self.switches)
        extent = row.get("extent")
        if name == "hours" and self.switches.transaction_hours == "graded" and extent is not None:
            return round(row["hours"] * extent / 100, 4)
        if name == "extent" and self.switches.transaction_extent == "fraction":
            return None if extent is None else extent / 100
        if name == "extent" and self.switches.transaction_extent == "absent":
            return None
        return super().field(row, name)


class WorkWeekWire(Wire):
    """Schedules: durations are stored in minutes."""

    def field(self, row: Row, name: str) -> Any:
        """Give one field as it is sent."""
        value = super().field(row, name)
        if self.switches.work_week_unit == "minutes" or value is None:
            return value
        if name == "duration":
            return value / 60
        if name in WEEKDAYS:
            shifts = [shift | {"duration": shift["duration"] / 60} for shift in value["shifts"]]
            return value | {"duration": value["duration"] / 60, "shifts": shifts}
        return value


_WIRES: dict[str, Callable[..., Wire]] = {
    "leave": LeaveWire,
    "leave-transaction": TransactionWire,
    "work-week": WorkWeekWire,
}


def wire_of(path: str, switches: Switches) -> Wire:
    """Give what writes the rows of a resource."""
    return _WIRES.get(path, Wire)(HELD[path], switches)


def _status(row: Row, switches: Switches) -> Any:
    value = row.get("status")
    return value.lower() if isinstance(value, str) and switches.statuses == "lower" else value
