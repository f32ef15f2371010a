"""Dresses the made-up company's time off as rows of Simployer One: types, leaves and schedules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from fjordkraft.absence import TYPES, AbsenceType
from fjordkraft.leaves import Leave, leaves
from fjordkraft.organisation import COMPANY
from fjordkraft.people import Person
from fjordkraft.schedules import Turn, Week, weeks
from simployer.sandbox.ids import object_id
from simployer.sandbox.leave_days import Calendar
from simployer.sandbox.query import Row
from simployer.sandbox.resources import WEEKDAYS
from simployer.sandbox.wire import moment

_KINDS = {
    "sick": "SICK_LEAVE",
    "parental": "PARENTAL_LEAVE",
    "vacation": "VACATION",
    "off duty": "OFF_DUTY",
    "childcare": "CHILDCARE",
}


def leave_rows(staff: Sequence[Person], seed: int, today: date) -> dict[str, list[Row]]:
    """Give the rows of everything about time off but the days of leaves, by resource path."""
    dressing = _Dressing(seed)
    made = leaves(staff, seed, today=today)
    return {
        "leave-type": [dressing.type(kind) for kind in TYPES],
        "leave-type-code": [row for kind in TYPES for row in dressing.codes(kind)],
        "child": dressing.children(made, today),
        "leave": [dressing.leave(leave) for leave in made],
        "work-week": [dressing.week(week) for week in weeks(staff, today=today)],
    }


def day_rows(rows: dict[str, list[Row]], of: Iterable[Row], seed: int, today: date) -> list[Row]:
    """Give the transactions of these leaves, as the schedules in `rows` have it."""
    calendar = Calendar(rows, today)
    return [
        {"id": object_id(seed, "leave-transaction", leave["id"], day["date"])} | day
        for leave in of
        for day in calendar.days(leave)
    ]


class _Dressing:
    """Turns the company's nouns into rows that point at each other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.company_id = self.id("company", COMPANY)

    def id(self, resource: str, key: object) -> str:
        return object_id(self.seed, resource, key)

    def type(self, kind: AbsenceType) -> Row:
        return {
            "id": self.id("leave-type", kind.name),
            "name": kind.name,
            "kind": _KINDS[kind.kind],
            "minimumDuration": kind.smallest.upper().replace(" ", "_"),
            "deductible": not kind.paid,
            "paid": kind.paid,
            "disabled": False,
            "archived": True if kind.archived else None,
        }

    def codes(self, kind: AbsenceType) -> list[Row]:
        return [
            {
                "id": self.id("leave-type-code", (kind.name, company)),
                "companyId": self.id("company", company),
                "leaveTypeId": self.id("leave-type", kind.name),
                "code": code,
            }
            for company, code in kind.codes
        ]

    def children(self, made: Iterable[Leave], today: date) -> list[Row]:
        parents = sorted({leave.person_key for leave in made if leave.about_child})
        return [
            {
                "id": self.id("child", parent),
                "employeeId": self.id("employee", parent),
                "name": f"Barn {parent}",
                "birthdate": (today - timedelta(days=400 + parent)).isoformat(),
            }
            for parent in parents
        ]

    def leave(self, leave: Leave) -> Row:
        created = moment(datetime.combine(leave.start - timedelta(days=5), time(9), UTC))
        return {
            "id": self.id("leave", leave.key),
            "companyId": self.company_id,
            "employeeId": self.id("employee", leave.person_key),
            "typeId": self.id("leave-type", leave.type),
            "status": leave.status.upper(),
            "duration": _duration(leave),
            "startDate": _written(leave.start, leave.begin),
            "endDate": _end(leave),
            "gradePercentage": None if leave.grade is None else _number(leave.grade),
            "extent": None,
            "coverageRate": None,
            "description": leave.note or None,
            "childId": self.id("child", leave.person_key) if leave.about_child else None,
            "morning": leave.half == "morning",
            "afternoon": leave.half == "afternoon",
            "workingMinutes": _minutes(leave),
            "workWeekId": None,
            "deleted": leave.deleted,
            "created": created,
            "updated": created,
        }

    def week(self, week: Week) -> Row:
        days = [_work_day(turn) for turn in week.days]
        owner, office = week.person_key, week.office
        return {
            "id": self.id("work-week", (owner, office, week.start)),
            "companyId": self.company_id,
            "officeId": None if office is None else self.id("office", office),
            "employeeId": None if owner is None else self.id("employee", owner),
            "effectiveFrom": week.start.isoformat(),
            "effectiveTo": None if week.end is None else week.end.isoformat(),
            "timezone": "Europe/Oslo",
            "duration": sum(day["duration"] for day in days),
            **dict(zip(WEEKDAYS, days, strict=True)),
        }


def _work_day(turn: Turn | None) -> Row:
    if turn is None:
        return {"working": False, "duration": 0, "shifts": []}
    minutes = round(turn.hours * 60)
    shift = {
        "startHour": turn.start.hour,
        "startMinute": turn.start.minute,
        "endHour": turn.end.hour,
        "endMinute": turn.end.minute,
        "duration": minutes,
    }
    return {"working": True, "duration": minutes, "shifts": [shift]}


def _duration(leave: Leave) -> str:
    if leave.begin is not None:
        return "minutes"
    if leave.half:
        return "half_day"
    return "one_day" if leave.end == leave.start else "longer"


def _end(leave: Leave) -> str | None:
    if leave.end is None:
        return None
    over_midnight = leave.begin and leave.until and leave.until <= leave.begin
    return _written(leave.end + timedelta(days=1 if over_midnight else 0), leave.until)


def _written(day: date, clock: time | None) -> str:
    return f"{day.isoformat()}T{clock:%H:%M}" if clock else day.isoformat()


def _minutes(leave: Leave) -> int | None:
    if leave.begin is None or leave.until is None:
        return None
    begin = leave.begin.hour * 60 + leave.begin.minute
    return (leave.until.hour * 60 + leave.until.minute - begin) % (24 * 60)


def _number(value: Decimal) -> int | float:
    """Give a JSON number, whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)
