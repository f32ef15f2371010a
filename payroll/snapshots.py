"""Reads both systems for showing: settings are made on real people, and nothing is ever sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from integration_hub.accounts.models import User
from integration_hub.core.errors import ConfigurationError

from . import kept_readings, portable, schedule
from .connection import both
from .dated.reading import read_rows
from .dated.records import RowsRead
from .matching import Roster
from .models import Integration, Snapshot, SnapshotPart
from .reading import Reading, read_both
from .runs import NO_ADDON

TAKE_SNAPSHOT = "payroll.tasks.take_snapshot"  # by name: the task calls us


def request_snapshot(integration: Integration, user: User | None, now: datetime) -> Snapshot:
    """Asks a worker to read both systems, or gives the reading that is under way.

    Where the queue cannot be reached it comes back failed. Raises ConfigurationError where the
    organisation has not bought the add-on.
    """
    if not integration.organisation.has_addon:
        raise ConfigurationError(NO_ADDON)
    snapshot, new = _open(integration, user, now)
    if new:
        kept_readings.send(snapshot, TAKE_SNAPSHOT, snapshot_id=str(snapshot.pk))
    return snapshot


@transaction.atomic
def _open(integration: Integration, user: User | None, now: datetime) -> tuple[Snapshot, bool]:
    """The integration's one row, queued anew, and True; or as it is under way, and False."""
    Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
    snapshot = Snapshot.objects.filter(integration=integration).first() or Snapshot(
        integration=integration
    )
    if snapshot.fence and snapshot.is_under_way(now):
        return snapshot, False
    snapshot.ask(user, now)
    return snapshot, True


def take_snapshot(
    snapshot: Snapshot, clock: Callable[[], datetime], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Does a queued reading; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the snapshot's row says how, in words for a person.
    """
    kept_readings.take(
        snapshot, clock(), lambda: _store(snapshot, _read(snapshot, clock, sleep), clock())
    )


def _read(
    snapshot: Snapshot, clock: Callable[[], datetime], sleep: Callable[[float], None]
) -> Reading:
    with both(
        snapshot.integration,
        read_only=True,
        on_request=lambda: snapshot.beat(clock()),
        sleep=sleep,
        clock=clock,
    ) as (source, target):
        reading = read_both(source, target, (), clock().astimezone(schedule.ZONE).date())
        return replace(reading, rows=read_rows(target, snapshot.integration))


def _store(snapshot: Snapshot, reading: Reading, now: datetime) -> None:
    """Keeps the people; they become visible only when all of them are there."""
    kinds = SnapshotPart.Kind
    people = [portable.write_employee(each) for each in reading.people]
    there = [portable.write_target_employee(each) for each in reading.there]
    parts: dict[str, list[Any]] = {
        kinds.SOURCE: people,
        kinds.TARGET: there,
        kinds.ROWS: portable.write_rows(reading.rows.there),
        kinds.FRAME: [_frame(reading)],
    }
    snapshot.store(now, parts, source_count=len(people), target_count=len(there))


def _frame(reading: Reading) -> dict[str, Any]:
    """What a reading holds besides people, and payroll's numbers by themselves."""
    return {
        "pick_lists": portable.write_pick_lists(reading.pick_lists),
        "today": reading.today.isoformat(),
        "kinds_read": sorted(reading.rows.there),
        "kinds_failed": dict(reading.rows.failed),
        "numbers": [each.identity.number for each in reading.there],
        "doubts": _doubts(reading),
    }


def _doubts(reading: Reading) -> dict[str, list[Any]]:
    """By id in HR whom in payroll each may be, as it was read: links and decisions come later."""
    roster = Roster(reading.there)
    found = {
        each.id: roster.doubts(each.identity)
        for each in reading.people
        if each.active and each.identity.number
    }
    return {
        source_id: [[target_id, *astuple(problem)] for target_id, problem in doubts]
        for source_id, doubts in found.items()
        if doubts
    }


def newest_snapshot(integration: Integration, now: datetime) -> Snapshot | None:
    """The newest reading, however it stands; one that fell silent is told as failed."""
    return Snapshot.objects.newest(integration, now)


def newest_reading(integration: Integration, now: datetime) -> Reading | None:
    """What the newest snapshot shows; None where there is none that may still be shown.

    Raises DecryptionError.
    """
    kinds = SnapshotPart.Kind
    bodies: dict[str, list[Any]] = {kind: [] for kind in kinds}
    for part in SnapshotPart.objects.shown(integration, now):
        bodies[part.kind].extend(part.body)
    if not bodies[kinds.FRAME]:  # every reading has one
        return None
    frame = bodies[kinds.FRAME][0]
    return Reading(
        people=[portable.read_employee(each) for each in bodies[kinds.SOURCE]],
        there=[portable.read_target_employee(each) for each in bodies[kinds.TARGET]],
        pick_lists=portable.read_pick_lists(frame["pick_lists"]),
        today=date.fromisoformat(frame["today"]),
        rows=RowsRead(
            # a reading is kept for a day: one of before rows were kept has none
            there=portable.read_rows(bodies[kinds.ROWS], frame.get("kinds_read", ())),
            failed=frame.get("kinds_failed", {}),
        ),
    )


def forget_expired(now: datetime) -> None:
    """Deletes what is too old to be kept."""
    Snapshot.objects.expired(now).delete()
