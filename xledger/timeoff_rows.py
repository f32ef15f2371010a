"""Between X-ledger's shape of an absence or a timesheet row and the Hub's, both ways. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from payroll.records import Period, PickListEntry
from payroll.timeoff.records import Channel, TimeOffThere, TimeOffWrite

from .answers import JsonObject
from .pages import opaque_id


@dataclass(frozen=True, slots=True)
class Shape:
    """How X-ledger names one kind of row. `code_fields`: what may hold the code, the usual first.

    `first` and `last` are its days, the same field where a row is of one day; `amount` is what
    the row takes of them.
    """

    noun: str
    root: str
    first: str
    last: str
    amount: str
    code_fields: tuple[str, ...]

    @property
    def plural(self) -> str:
        """The noun of its mutations: `addAbsences`."""
        return f"{self.noun}s"

    def code_field(self, chosen: str) -> str:
        """The field that holds the code. Raises ValueError for one that the row does not have."""
        if chosen and chosen not in self.code_fields:
            raise ValueError(f"{self.noun} has no {chosen!r} for a code")
        return chosen or self.code_fields[0]

    def path(self, vendors: str) -> str:
        """The key of `TimeOffWrite.values` that X-ledger's path concerns; empty for another."""
        names = {self.last: "end", self.first: "start", "employee": "employee"}
        names |= dict.fromkeys(self.code_fields, "code")
        return names.get(vendors.partition(".")[0], "")


SHAPES: Mapping[Channel, Shape] = {
    Channel.ABSENCES: Shape(
        "Absence", "absences", "fromDate", "toDate", "leavePercent", ("absenceCode",)
    ),
    Channel.TIMESHEETS: Shape(
        *("Timesheet", "timesheets", "assignmentDate", "assignmentDate", "workingHours"),
        ("timeType", "activity"),
    ),
}

CODE_FIELDS: Mapping[Channel, Sequence[PickListEntry]] = {
    Channel.TIMESHEETS: (
        PickListEntry("timeType", "Time type"),
        PickListEntry("activity", "Activity"),
    )
}
"""Which of the two counts as absence in payroll is set up by each customer ("xledger.md" 5)."""


def node_input(shape: Shape, write: TimeOffWrite) -> dict[str, Any]:
    """The `node` of the write. Of a change, times that are not there any more are cleared.

    A note goes only where there is one: without one, whatever stands in payroll stays.
    """
    node: dict[str, Any] = {} if not write.target_id else {"dbId": write.target_id}
    node["employee"] = {"dbId": int(write.employee)}
    node[shape.code_field(write.code_field)] = {"code": write.code}
    node[shape.first] = write.start.isoformat()
    node[shape.last] = write.end.isoformat() if shape.last != shape.first else node[shape.first]
    node[shape.amount] = _amount(shape, write)
    for name, at in (("timeFrom", write.time_from), ("timeTo", write.time_to)):
        if at is not None or write.target_id:
            node[name] = None if at is None else f"{at:%H:%M}"
    node |= {name: text for name, text in _texts(write) if text}
    return node


def _amount(shape: Shape, write: TimeOffWrite) -> float | str | None:
    """Hours as a MoneyString of four decimals; the percent as the Float that its type is."""
    if shape.amount == "leavePercent":
        return None if write.percent is None else float(write.percent)
    if write.hours is None or write.start != write.end:
        raise ValueError("a timesheet row is hours of one day")
    return f"{write.hours:.4f}"


def _texts(write: TimeOffWrite) -> tuple[tuple[str, str], ...]:
    return ("text", write.text), ("comment", write.note)


def row_there(shape: Shape, node: JsonObject, code_field: str, period: Period) -> TimeOffThere:
    """The row in a node; one without an end lasts as far as the period shows.

    Raises ValueError where its id, person or days are not to be understood.
    """
    employee = node.get("employee")
    start = _day(node.get(shape.first))
    end = node.get(shape.last)
    percent = shape.amount == "leavePercent"
    amount = _decimal(node.get(shape.amount))
    return TimeOffThere(
        target_id=opaque_id(node.get("dbId")),
        employee=opaque_id(employee.get("dbId") if isinstance(employee, dict) else None),
        code=_code(shape, node, code_field),
        start=start,
        end=max(start, period.end or start) if end is None else _day(end),
        percent=amount if percent else None,
        hours=None if percent else amount,
        time_from=_time(node.get("timeFrom")),
        time_to=_time(node.get("timeTo")),
        text=str(node.get("text") or ""),
    )


def _code(shape: Shape, node: JsonObject, chosen: str) -> str:
    """The code in the field that counts, else in the other; empty where the row has none."""
    usual = shape.code_field(chosen)
    for name in (usual, *(each for each in shape.code_fields if each != usual)):
        value = node.get(name)
        code = value.get("code") if isinstance(value, dict) else None
        if code not in (None, ""):
            return str(code)
    return ""


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("not a day")
    return date.fromisoformat(value.partition("T")[0])


def _decimal(value: object) -> Decimal | None:
    """The amount; None where there is none. Raises ValueError for something else."""
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise ValueError("not an amount") from None


def _time(value: object) -> time | None:
    """The time of day, "08:00" or "08:00:00"; None where there is none that can be understood."""
    try:
        return time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def touches(row: TimeOffThere, period: Period) -> bool:
    """Whether the row has a day in the period."""
    return row.end >= period.start and (period.end is None or row.start <= period.end)


def same(row: TimeOffThere, write: TimeOffWrite) -> bool:
    """Whether the row could be what the write made, however payroll rounded it."""
    return (row.employee, row.code, row.start, row.end) == (
        *(write.employee, write.code, write.start),
        write.end,
    )


def alike(row: TimeOffThere, write: TimeOffWrite) -> bool:
    """Whether the row says exactly what was sent."""
    sent = (write.percent, write.hours, write.time_from, write.time_to, write.text)
    return (row.percent, row.hours, row.time_from, row.time_to, row.text) == sent
