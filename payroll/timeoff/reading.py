"""Reads the time off of a period from both systems, and believes only what is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from integration_hub.core.errors import ConfigurationError, IncompleteRead
from payroll.ports import Source, Target
from payroll.records import Employee, Period, PickListEntry

from .judged import APPROVED, Person
from .ports import TimeOffSource, time_off_source, time_off_target
from .records import Channel, LeaveType, TimeOff, TimeOffThere, WorkWeek


@dataclass(frozen=True, slots=True)
class LeavesRead:
    """Both systems' time off at one moment.

    `read` are the days that were read; `leaves` everything that touches them, and exported leaves
    found by id; `gone`: exported ones that HR surely has no more. `people` are not yet linked.
    """

    read: Period
    leaves: Sequence[TimeOff]
    gone: frozenset[str]
    types: Mapping[str, LeaveType]
    weeks: Mapping[str, Sequence[WorkWeek]]
    people: Mapping[str, Person]
    there: Mapping[Channel, Sequence[TimeOffThere]] = field(default_factory=dict)
    codes: Sequence[PickListEntry] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read. `exported`: ids of leaves with a live line on one of the days.

    `channels` are those whose rows in payroll are read, with the field that carries their code.
    """

    read: Period
    exported: frozenset[str]
    channel: Channel
    channels: Mapping[Channel, str]


def read_time_off(source: Source, target: Target, wanted: Wanted, today: date) -> LeavesRead:
    """Everything that judging needs.

    Raises IncompleteRead rather than give a part, ConfigurationError where HR gives no time off,
    TransientError.
    """
    giver = time_off_source(source)
    if giver is None:
        raise ConfigurationError(f"{source.label} gives no time off.")
    leaves = list(giver.time_off(wanted.read))
    found, gone = _look_up(giver, leaves, wanted)
    people = source.employees(today)
    return LeavesRead(
        read=wanted.read,
        leaves=[found.pop(leave.id, leave) for leave in leaves] + list(found.values()),
        gone=gone,
        types={kind.id: kind for kind in giver.leave_types()},
        weeks=giver.work_weeks(),
        people={each.id: person_of(each) for each in people},
        there=_there(target, wanted),
        codes=_codes(target, wanted),
    )


def _look_up(
    source: TimeOffSource, leaves: Sequence[TimeOff], wanted: Wanted
) -> tuple[dict[str, TimeOff], frozenset[str]]:
    """Asks by id for every exported leave that is not in the list, or no longer approved in it.

    Raises IncompleteRead when the list left out one that is there.
    """
    listed = {leave.id: leave for leave in leaves}
    found, gone = {}, set()
    for leave_id in sorted(wanted.exported):
        there = listed.get(leave_id)
        if there is not None and there.status in APPROVED:
            continue
        leave = source.leave(leave_id)
        if leave is None:
            gone.add(leave_id)
            continue
        if there is None and leave.touches(wanted.read):
            raise IncompleteRead(
                f"{source.label} left a leave out of its list that is still there. Nothing was "
                "sent; read again."
            )
        found[leave_id] = leave
    return found, frozenset(gone)


def _there(target: Target, wanted: Wanted) -> dict[Channel, Sequence[TimeOffThere]]:
    taker = time_off_target(target)
    if taker is None:
        return {}
    return {
        channel: taker.time_off_there(channel, wanted.read, code_field)
        for channel, code_field in sorted(wanted.channels.items())
        if channel is not Channel.FILE
    }


def _codes(target: Target, wanted: Wanted) -> Sequence[PickListEntry]:
    taker = time_off_target(target)
    if taker is None:
        return ()
    return taker.time_off_codes(wanted.channel, wanted.channels[wanted.channel])


def person_of(employee: Employee) -> Person:
    """What of an employee the export of time off needs."""
    title = employee.fields.get("title")
    return Person(
        id=employee.id,
        number=employee.identity.number,
        name=employee.identity.name,
        title=title if isinstance(title, str) else "",
        places=employee.placements,
    )


def linked(people: Mapping[str, Person], links: Mapping[str, str]) -> dict[str, Person]:
    """The people with their ids in payroll."""
    return {key: replace(each, target_id=links.get(key, "")) for key, each in people.items()}
