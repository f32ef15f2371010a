"""A reading of time off as JSON, and back, without losing a type. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, time
from decimal import Decimal
from typing import Any

from payroll.records import Place, Problem

from .judged import Person
from .records import (
    Duration,
    Half,
    LeaveDay,
    LeaveStatus,
    LeaveType,
    Shift,
    TimeOff,
    TimeOffThere,
    TimeOffWrite,
    WorkDay,
    WorkWeek,
)

Json = dict[str, Any]


def _text(value: date | time | Decimal | None) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, Decimal) else value.isoformat()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def write_leave(leave: TimeOff) -> Json:
    """One leave."""
    return {
        "id": leave.id,
        "employee": leave.employee_id,
        "type": leave.type_id,
        "status": leave.status.value,
        "duration": leave.duration.value,
        "start": _text(leave.start),
        "end": _text(leave.end),
        "from": _text(leave.time_from),
        "to": _text(leave.time_to),
        "half": leave.half.value if leave.half else None,
        "grade": _text(leave.grade),
        "days": [[_text(each.day), _text(each.hours), _text(each.extent)] for each in leave.days],
        "note": leave.note,
        "child": leave.about_child,
        "doubts": [asdict(problem) for problem in leave.doubts],
    }


def read_leave(written: Json) -> TimeOff:
    """What `write_leave` wrote."""
    return TimeOff(
        id=written["id"],
        employee_id=written["employee"],
        type_id=written["type"],
        status=LeaveStatus(written["status"]),
        duration=Duration(written["duration"]),
        start=date.fromisoformat(written["start"]),
        end=_day(written["end"]),
        time_from=_time(written["from"]),
        time_to=_time(written["to"]),
        half=Half(written["half"]) if written["half"] else None,
        grade=_number(written["grade"]),
        days=tuple(
            LeaveDay(date.fromisoformat(day), _number(hours), _number(extent))
            for day, hours, extent in written["days"]
        ),
        note=written["note"],
        about_child=written["child"],
        doubts=tuple(Problem(**problem) for problem in written["doubts"]),
    )


def write_week(week: WorkWeek) -> Json:
    """One schedule."""
    days = [
        [str(day.hours), [[_text(shift.start), _text(shift.end)] for shift in day.shifts]]
        for day in week.days
    ]
    return {"start": _text(week.start), "end": _text(week.end), "days": days}


def read_week(written: Json) -> WorkWeek:
    """What `write_week` wrote."""
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        _read_work_day(hours, shifts) for hours, shifts in written["days"]
    )
    days = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
    return WorkWeek(date.fromisoformat(written["start"]), _day(written["end"]), days)


def _read_work_day(hours: str, shifts: Sequence[Sequence[str]]) -> WorkDay:
    read = (Shift(time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in shifts)
    return WorkDay(Decimal(hours), tuple(read))


def write_type(kind: LeaveType) -> Json:
    """One type of leave."""
    return {
        "id": kind.id,
        "name": kind.name,
        "kind": kind.kind,
        "codes": dict(kind.codes),
        "active": kind.active,
    }


def read_type(written: Json) -> LeaveType:
    """What `write_type` wrote."""
    return LeaveType(**written)


def write_there(row: TimeOffThere) -> Json:
    """One row of payroll."""
    return {
        "id": row.target_id,
        "employee": row.employee,
        "code": row.code,
        "start": _text(row.start),
        "end": _text(row.end),
        "percent": _text(row.percent),
        "hours": _text(row.hours),
        "from": _text(row.time_from),
        "to": _text(row.time_to),
        "text": row.text,
    }


def read_there(written: Json) -> TimeOffThere:
    """What `write_there` wrote."""
    return TimeOffThere(
        target_id=written["id"],
        employee=written["employee"],
        code=written["code"],
        start=date.fromisoformat(written["start"]),
        end=date.fromisoformat(written["end"]),
        percent=_number(written["percent"]),
        hours=_number(written["hours"]),
        time_from=_time(written["from"]),
        time_to=_time(written["to"]),
        text=written["text"],
    )


def write_person(person: Person, weeks: Sequence[WorkWeek]) -> Json:
    """Whose leave it is, and when they work; who is linked is asked anew."""
    return {
        "id": person.id,
        "number": person.number,
        "name": person.name,
        "title": person.title,
        "places": {key: [place.id, *place.names] for key, place in person.places.items()},
        "weeks": [write_week(week) for week in weeks],
    }


def read_person(written: Json, links: Mapping[str, str]) -> tuple[Person, tuple[WorkWeek, ...]]:
    """What `write_person` wrote; `links` are ids in payroll by id in HR."""
    places = {key: Place(each[0], tuple(each[1:])) for key, each in written["places"].items()}
    person = Person(
        id=written["id"],
        number=written["number"],
        name=written["name"],
        title=written["title"],
        target_id=links.get(written["id"], ""),
        places=places,
    )
    return person, tuple(read_week(week) for week in written["weeks"])


def write_write(write: TimeOffWrite) -> Json:
    """One row for payroll, as it is kept until payroll confirms it."""
    return {
        "client_id": write.client_id,
        "employee": write.employee,
        "code": write.code,
        "start": _text(write.start),
        "end": _text(write.end),
        "percent": _text(write.percent),
        "hours": _text(write.hours),
        "time_from": _text(write.time_from),
        "time_to": _text(write.time_to),
        "text": write.text,
        "note": write.note,
        "target_id": write.target_id,
        "code_field": write.code_field,
    }


def read_write(written: Json) -> TimeOffWrite:
    """What `write_write` wrote."""
    return TimeOffWrite(
        **written
        | {
            "start": date.fromisoformat(written["start"]),
            "end": date.fromisoformat(written["end"]),
            "percent": _number(written["percent"]),
            "hours": _number(written["hours"]),
            "time_from": _time(written["time_from"]),
            "time_to": _time(written["time_to"]),
        }
    )
