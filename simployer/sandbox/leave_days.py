"""Works out the days of leaves from the schedules, as the read-only list of transactions shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from simployer.sandbox.query import Row
from simployer.sandbox.resources import WEEKDAYS

OSLO = ZoneInfo("Europe/Oslo")
_COUNTED = {"APPROVED", "CONFIRMED"}
_LONGEST = 800  # days, so that a slip of a year does not fill the memory


class Calendar:
    """Who works when, by the stored rows; `today` ends what is open-ended."""

    def __init__(self, rows: dict[str, list[Row]], today: date) -> None:
        self._weeks = rows["work-week"]
        self._offices = {row["id"]: row.get("officeId") for row in rows["employee"]}
        self._today = today

    def days(self, leave: Row) -> Iterator[Row]:
        """Give the day rows of one leave, still without ids; none unless it is approved."""
        if str(leave.get("status")).upper() not in _COUNTED or leave.get("deleted") is True:
            return
        begin = stored_time(leave.get("startDate"))
        if begin is None:
            return
        end = self._end(leave, begin)
        for number in range(min((end - begin.date()).days + 1, _LONGEST)):
            day = begin.date() + timedelta(days=number)
            hours = self._hours(leave, day)
            if hours:
                yield self._row(leave, day, hours)

    def _end(self, leave: Row, begin: datetime) -> date:
        if leave.get("duration") == "minutes":
            return begin.date()
        end = stored_time(leave.get("endDate"))
        return self._today if end is None else end.date()

    def _hours(self, leave: Row, day: date) -> float:
        scheduled = self._minutes(leave.get("employeeId"), day) / 60
        begin, end = (stored_time(leave.get(name)) for name in ("startDate", "endDate"))
        if leave.get("duration") == "minutes" and scheduled and begin and end:
            return (_instant(end) - _instant(begin)).total_seconds() / 3600
        return scheduled / 2 if leave.get("duration") == "half_day" else scheduled

    def _row(self, leave: Row, day: date, hours: float) -> Row:
        return {
            "parent": {"id": leave["id"], "type": "Leave"},
            "status": leave["status"].upper(),
            "leaveTypeId": leave.get("typeId"),
            "employeeId": leave.get("employeeId"),
            "childId": leave.get("childId"),
            "description": "",
            "date": day.isoformat(),
            "hours": int(hours) if hours == int(hours) else hours,
            "extent": leave.get("gradePercentage") or leave.get("extent") or 100,
        }

    def _minutes(self, employee: str | None, day: date) -> float:
        """Give the working minutes by the person's own week, else the office's, else all's."""
        in_force = [week for week in self._weeks if _covers(week, day)]
        office = self._offices.get(employee or "")
        own = [week for week in in_force if employee and week.get("employeeId") == employee]
        local = [
            week
            for week in in_force
            if office and week.get("officeId") == office and not week.get("employeeId")
        ]
        common = [
            week for week in in_force if not week.get("employeeId") and not week.get("officeId")
        ]
        weeks = own or local or common
        if not weeks:
            return 0
        planned = weeks[0].get(WEEKDAYS[day.weekday()]) or {}
        return float(planned.get("duration") or 0) if planned.get("working") else 0


def stored_time(value: object) -> datetime | None:
    """Read a stored day, wall clock or moment as Oslo wall clock; None if it is none of them."""
    try:
        written = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if written is None or written.tzinfo is None:
        return written
    return written.astimezone(OSLO).replace(tzinfo=None)


def _covers(week: Row, day: date) -> bool:
    begun, until = week.get("effectiveFrom") or "", week.get("effectiveTo") or ""
    return begun <= day.isoformat() and (not until or day.isoformat() <= until)


def _instant(wall_clock: datetime) -> datetime:
    """Put wall clock in UTC: between two times of one zone Python would count wall clock."""
    return wall_clock.replace(tzinfo=OSLO).astimezone(UTC)
