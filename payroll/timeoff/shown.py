"""A judged leave as a page lists it: plain texts, quick to open by the thousand. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from payroll.records import Problem

from .corrections import Move
from .days import DaySlice
from .judged import Judged
from .rows import Row

DIMENSIONS = ("company", "department", "office", "cost_center")


@dataclass(slots=True)
class ShownLeave:
    """One leave of a reading. Days are ISO texts, hours and percents decimal texts.

    `places` are (id, name) by dimension. `percents` are the different ones, in order. `moves` are
    what is done when it is chosen (see `ShownMove`); `digest` is what a choice must name, so that
    nothing goes that has changed since. `reason` is code and words, empty where there is none.
    """

    id: str
    employee_id: str
    number: str
    name: str
    places: dict[str, list[str]]
    type_id: str
    type: str
    kind: str
    code: str
    status: str
    duration: str
    start: str
    end: str | None
    days: int
    hours: str
    percents: list[str]
    group: str
    sendable: bool
    late: bool
    reason: list[str]
    others: list[list[str]]
    moves_json: str
    digest: str

    @property
    def moves(self) -> list[dict[str, Any]]:
        """Opened only where they are looked at: a list of thousands is quick without them."""
        opened: list[dict[str, Any]] = json.loads(self.moves_json)
        return opened

    def as_json(self) -> dict[str, Any]:
        """For storage, sealed."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class ShownMove:
    """One row that is added, changed, removed or corrected by hand.

    `before` are the days of the row as it is, `after` the rows that will stand there.
    """

    kind: str
    channel: str
    before: list[str]
    after: list[dict[str, Any]]
    late: bool


def shown(judged: Judged) -> ShownLeave:
    """The leave for a list."""
    leave, person, kind = judged.leave, judged.person, judged.kind
    return ShownLeave(
        id=judged.leave_id,
        employee_id=person.id,
        number=person.number,
        name=person.name,
        places={
            key: [place.id, place.label]
            for key, place in person.places.items()
            if key in DIMENSIONS
        },
        type_id=leave.type_id if leave else "",
        type=kind.name if kind else "",
        kind=kind.kind if kind else "",
        code=judged.code,
        status=leave.status.value if leave else "deleted",
        duration=leave.duration.value if leave else "",
        start=leave.start.isoformat() if leave else "",
        end=leave.end.isoformat() if leave and leave.end else None,
        days=len(judged.slices),
        hours=str(_hours(judged.slices)),
        percents=_percents(judged.slices),
        group=judged.group.value,
        sendable=judged.sendable,
        late=any(move.late for move in judged.moves),
        reason=_words(judged.reason) if judged.reason else [],
        others=[_words(problem) for problem in judged.others],
        moves_json=json.dumps([asdict(_move(move)) for move in judged.moves]),
        digest=judged.digest,
    )


def read_shown(written: dict[str, Any]) -> ShownLeave:
    """What `as_json` wrote."""
    return ShownLeave(**written)


def row_as_shown(row: Row) -> dict[str, Any]:
    """One row for payroll, as a page and a result tell it."""
    begin, end = row.times
    return {
        "start": row.start.isoformat(),
        "end": row.end.isoformat(),
        "percent": str(row.percent) if row.percent is not None else None,
        "hours": str(row.hours if row.hours is not None else _hours(row.slices)),
        "from": begin.strftime("%H:%M") if begin else None,
        "to": end.strftime("%H:%M") if end else None,
        "days": [day.isoformat() for day in row.days],
    }


def _move(move: Move) -> ShownMove:
    after = [move.after] if move.after else list(move.by_hand)
    return ShownMove(
        kind=move.kind.value,
        channel=move.channel.value,
        before=[day.isoformat() for day in move.days],
        after=[row_as_shown(row) for row in after],
        late=move.late,
    )


def _words(problem: Problem) -> list[str]:
    return [problem.code, problem.message]


def _hours(slices: Iterable[DaySlice]) -> Decimal:
    return sum((each.hours for each in slices), Decimal(0))


def _percents(slices: Sequence[DaySlice]) -> list[str]:
    return [str(percent) for percent in dict.fromkeys(each.percent for each in slices)]
