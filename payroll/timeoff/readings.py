"""Reads a period for showing: a person chooses among real leaves, and nothing is sent by it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from integration_hub.accounts.models import User
from integration_hub.core.errors import ConfigurationError
from payroll import kept_readings, schedule
from payroll import portable as people_portable
from payroll.connection import both
from payroll.models import Integration, TimeOffReading, TimeOffReadingPart
from payroll.records import Period, PickListEntry
from payroll.runs import NO_ADDON

from . import portable
from .judged import Judged
from .judging import judge
from .material import channels_of, lines_for, links_of, material_of, wanted_for
from .reading import LeavesRead, read_time_off
from .records import Channel, LeaveType
from .shown import ShownLeave, read_shown, shown

READ_TIME_OFF = "payroll.tasks.read_time_off"  # by name: the task calls us
LONGEST_PERIOD = 366  # days
Kinds = TimeOffReadingPart.Kind


def request_reading(
    integration: Integration, period: Period, channel: Channel, user: User | None, now: datetime
) -> TimeOffReading:
    """Asks a worker to read a period, or gives the reading of the same that is under way.

    One of another period is taken over. Where the queue cannot be reached it comes back failed.
    Raises ConfigurationError where the period or the way is not possible, or there is no add-on.
    """
    check(integration, period, channel)
    reading, new = open_reading(integration, period, channel, user, now)
    if new:
        kept_readings.send(reading, READ_TIME_OFF, reading_id=str(reading.pk))
    return reading


def check(integration: Integration, period: Period, channel: Channel) -> None:
    """Raises ConfigurationError, in words for a person, where nothing can be read or exported."""
    if not integration.organisation.has_addon:
        raise ConfigurationError(NO_ADDON)
    if period.end is None or period.end < period.start:
        raise ConfigurationError("The period ends before it begins.")
    if (period.end - period.start).days >= LONGEST_PERIOD:
        raise ConfigurationError("The period is longer than a year. Choose a shorter one.")
    if channel not in channels_of(integration):
        raise ConfigurationError(
            "Payroll does not take time off that way, as far as the last connection test shows. "
            "Test the connection again, or choose another way."
        )


@transaction.atomic
def open_reading(
    integration: Integration, period: Period, channel: Channel, user: User | None, now: datetime
) -> tuple[TimeOffReading, bool]:
    """The integration's one row, queued anew, and True; or as it is under way, and False."""
    Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
    reading = TimeOffReading.objects.filter(integration=integration).first() or TimeOffReading(
        integration=integration
    )
    wanted = (period.start, period.end or period.start, channel.value)
    same = (reading.period_start, reading.period_end, reading.channel) == wanted
    if reading.fence and same and reading.is_under_way(now):
        return reading, False
    reading.period_start, reading.period_end, reading.channel = wanted
    reading.judged_at, reading.counts = None, {}
    reading.ask(user, now)
    return reading, True


def take_reading(
    reading: TimeOffReading,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Does a queued reading; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the reading's row says how, in words for a person.
    """
    kept_readings.take(
        reading, clock(), lambda: _store(reading, _read(reading, clock, sleep), clock())
    )


def period_of(reading: TimeOffReading) -> Period:
    """The days that it is about."""
    return Period(reading.period_start, reading.period_end)


def _read(
    reading: TimeOffReading, clock: Callable[[], datetime], sleep: Callable[[float], None]
) -> LeavesRead:
    integration, channel = reading.integration, Channel(reading.channel)
    period = period_of(reading)
    wanted = wanted_for(integration, period, channel, lines_for(integration, period))
    with both(
        integration,
        read_only=True,
        on_request=lambda: reading.beat(clock()),
        sleep=sleep,
        clock=clock,
    ) as (source, target):
        today = clock().astimezone(schedule.ZONE).date()
        return read_time_off(source, target, wanted, today)


# --- storing -------------------------------------------------------------------------------------


def _store(reading: TimeOffReading, found: LeavesRead, now: datetime) -> None:
    """Keeps what was read and how it stands; visible only when all of it is there."""
    weeks = found.weeks
    people = [portable.write_person(each, weeks.get(each.id, ())) for each in found.people.values()]
    there = [
        [channel.value, portable.write_there(row)]
        for channel, rows in found.there.items()
        for row in rows
    ]
    judged = _judged(reading, found)
    reading.store(
        now,
        {
            Kinds.LEAVES: [portable.write_leave(leave) for leave in found.leaves],
            Kinds.PEOPLE: people,
            Kinds.THERE: there,
            Kinds.FRAME: [_frame(found)],
            Kinds.SHOWN: _shown(judged),
        },
        judged_at=now,
        config_version=reading.integration.config_version,
        counts=_counts(judged),
    )


def _judged(reading: TimeOffReading, found: LeavesRead) -> list[Judged]:
    """By the ledger and the settings of this moment."""
    integration, period = reading.integration, period_of(reading)
    lines = lines_for(integration, period)
    return judge(material_of(integration, found, Channel(reading.channel), period, lines))


def _counts(judged: Sequence[Judged]) -> dict[str, int]:
    return dict(Counter(each.group.value for each in judged))


def _frame(found: LeavesRead) -> dict[str, Any]:
    """What a reading holds besides leaves, people and rows."""
    end = found.read.end
    return {
        "read": [found.read.start.isoformat(), end.isoformat() if end else None],
        "gone": sorted(found.gone),
        "types": [portable.write_type(kind) for kind in found.types.values()],
        "codes": people_portable.write_pick_lists({"codes": tuple(found.codes)}),
        "channels": [channel.value for channel in found.there],
    }


def _shown(judged: Sequence[Judged]) -> list[Any]:
    return [shown(each).as_json() for each in judged]


# --- showing -------------------------------------------------------------------------------------


def newest_reading(integration: Integration, now: datetime) -> TimeOffReading | None:
    """The newest reading, however it stands; one that fell silent is told as failed."""
    return TimeOffReading.objects.newest(integration, now)


def leaves_shown(reading: TimeOffReading) -> list[ShownLeave]:
    """Every leave of a ready reading, by person and first day. One query.

    Raises DecryptionError.
    """
    return [read_shown(row) for row in _bodies(reading, Kinds.SHOWN)]


def _bodies(reading: TimeOffReading, *kinds: str) -> list[Any]:
    parts = TimeOffReadingPart.objects.filter(
        reading=reading,
        reading__fence=reading.fence,
        reading__status=TimeOffReading.Status.READY,
        kind__in=kinds,
    )
    return [row for part in parts.order_by("position") for row in part.body]


@dataclass(frozen=True, slots=True)
class TypesShown:
    """What the settings of codes are made of: HR's types, and payroll's codes with their names."""

    types: Sequence[LeaveType]
    codes: Sequence[PickListEntry]


def types_shown(reading: TimeOffReading) -> TypesShown | None:
    """HR's types and payroll's codes as last read; None where there is no reading."""
    frames = _bodies(reading, Kinds.FRAME)
    if not frames:
        return None
    codes = people_portable.read_pick_lists(frames[0]["codes"])["codes"]
    return TypesShown([portable.read_type(row) for row in frames[0]["types"]], codes)


def leaves_read(reading: TimeOffReading) -> LeavesRead | None:
    """What a ready reading found. Raises DecryptionError."""
    frames = _bodies(reading, Kinds.FRAME)
    if not frames:
        return None
    frame = frames[0]
    begin, end = frame["read"]
    links = links_of(reading.integration)
    people = [portable.read_person(row, links) for row in _bodies(reading, Kinds.PEOPLE)]
    there: dict[Channel, list[Any]] = {Channel(each): [] for each in frame["channels"]}
    for channel, row in _bodies(reading, Kinds.THERE):
        there[Channel(channel)].append(portable.read_there(row))
    return LeavesRead(
        read=Period(date.fromisoformat(begin), date.fromisoformat(end) if end else None),
        leaves=[portable.read_leave(row) for row in _bodies(reading, Kinds.LEAVES)],
        gone=frozenset(frame["gone"]),
        types={row["id"]: portable.read_type(row) for row in frame["types"]},
        weeks={person.id: weeks for person, weeks in people if weeks},
        people={person.id: person for person, _ in people},
        there=there,
        codes=people_portable.read_pick_lists(frame["codes"])["codes"],
    )


def keep_found(
    integration: Integration, period: Period, channel: Channel, found: LeavesRead, now: datetime
) -> None:
    """Shows what an export found and did, where the page is about the same period and way."""
    reading = TimeOffReading.objects.filter(
        integration=integration,
        period_start=period.start,
        period_end=period.end or period.start,
        channel=channel,
        status=TimeOffReading.Status.READY,
    ).first()
    if reading is None:
        return
    again = TimeOffReading.objects.filter(
        pk=reading.pk, fence=reading.fence, status=TimeOffReading.Status.READY
    )
    if again.update(
        fence=reading.fence + 1, status=TimeOffReading.Status.READING, heartbeat_at=now
    ):
        reading.refresh_from_db()
        _store(reading, found, now)


def judge_again(reading: TimeOffReading, now: datetime) -> None:
    """Groups the leaves of a ready reading anew: codes were changed, a file undone.

    After an export that wrote to payroll the rows there are other ones: read again instead.
    """
    found = leaves_read(reading)
    if found is None:
        return
    reading.integration.refresh_from_db()
    judged = _judged(reading, found)
    with transaction.atomic():
        mine = TimeOffReading.objects.filter(
            pk=reading.pk, fence=reading.fence, status=TimeOffReading.Status.READY
        )
        kept = mine.update(
            judged_at=now,
            counts=_counts(judged),
            config_version=reading.integration.config_version,
        )
        if not kept:
            return
        reading.parts.filter(kind=Kinds.SHOWN).delete()
        reading.put(Kinds.SHOWN, _shown(judged))


def forget_expired(now: datetime) -> None:
    """Deletes what is too old to be kept."""
    TimeOffReading.objects.expired(now).delete()
