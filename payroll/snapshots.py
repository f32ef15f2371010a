"""Reads both systems for showing: settings are made on real people, and nothing is ever sent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from integration_hub.accounts.models import User
from integration_hub.core.errors import ConfigurationError, HubError

from . import portable, queue, schedule
from .connection import both
from .models import Integration, Snapshot, SnapshotPart
from .models.snapshot import SnapshotTakenOver
from .reading import Reading, read_both
from .runs import NO_ADDON

log = logging.getLogger(__name__)

TAKE_SNAPSHOT = "payroll.tasks.take_snapshot"  # by name: the task calls us
CHUNK = 500  # people in a part


def request_snapshot(integration: Integration, user: User | None, now: datetime) -> Snapshot:
    """Asks a worker to read both systems, or gives the reading that is under way.

    Where the queue cannot be reached it comes back failed. Raises ConfigurationError where the
    organisation has not bought the add-on.
    """
    if not integration.organisation.has_addon:
        raise ConfigurationError(NO_ADDON)
    snapshot, new = _open(integration, user, now)
    if new:
        try:
            queue.send(TAKE_SNAPSHOT, snapshot_id=str(snapshot.pk))
        except OperationalError as error:
            log.error("snapshot %s could not be queued: %s", snapshot.pk, error)
            _fail(snapshot, queue.QUEUE_DOWN)
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
    snapshot.parts.all().delete()
    snapshot.status, snapshot.fence = Snapshot.Status.QUEUED, snapshot.fence + 1
    snapshot.requested_at = snapshot.heartbeat_at = now
    snapshot.requested_by, snapshot.read_at = user, None
    snapshot.requests, snapshot.error = 0, ""
    snapshot.save()
    return snapshot, True


def _fail(snapshot: Snapshot, words: str) -> None:
    """Ends the reading, unless a newer one has begun."""
    mine = Snapshot.objects.filter(
        pk=snapshot.pk, fence=snapshot.fence, status__in=Snapshot.UNDER_WAY
    )
    mine.update(status=Snapshot.Status.FAILED, error=words)
    snapshot.status, snapshot.error = Snapshot.Status.FAILED, words


def take_snapshot(
    snapshot: Snapshot, clock: Callable[[], datetime], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Does a queued reading; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the snapshot's row says how, in words for a person.
    """
    if not snapshot.claim(clock()):
        return
    try:
        _store(snapshot, _read(snapshot, clock, sleep), clock())
    except SnapshotTakenOver:
        log.info("snapshot %s was taken over by a newer one", snapshot.pk)
    except HubError as error:
        log.warning("snapshot %s: %s (%s)", snapshot.pk, error.message, error.detail)
        _fail(snapshot, error.message)
    except Exception:
        log.exception("snapshot %s failed", snapshot.pk)
        code = str(snapshot.pk)[:8]
        _fail(snapshot, f"Something went wrong on our side. Tell support this code: {code}.")


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
        return read_both(source, target, (), clock().astimezone(schedule.ZONE).date())


def _store(snapshot: Snapshot, reading: Reading, now: datetime) -> None:
    """Keeps the people; they become visible only when all of them are there."""
    kinds = SnapshotPart.Kind
    people = [portable.write_employee(each) for each in reading.people]
    there = [portable.write_target_employee(each) for each in reading.there]
    parts = [
        *_parts(snapshot, kinds.SOURCE, people),
        *_parts(snapshot, kinds.TARGET, there),
        *_parts(snapshot, kinds.FRAME, [_frame(reading)]),
    ]
    with transaction.atomic():
        snapshot.keep(
            status=Snapshot.Status.READY,
            read_at=now,
            source_count=len(people),
            target_count=len(there),
        )
        snapshot.parts.all().delete()
        for part in parts:
            part.save(force_insert=True)


def _frame(reading: Reading) -> dict[str, Any]:
    """What a reading holds besides people, and payroll's numbers by themselves."""
    return {
        "pick_lists": portable.write_pick_lists(reading.pick_lists),
        "today": reading.today.isoformat(),
        "numbers": [each.identity.number for each in reading.there],
    }


def _parts(snapshot: Snapshot, kind: str, rows: Sequence[Any]) -> Iterator[SnapshotPart]:
    for position, begin in enumerate(range(0, len(rows), CHUNK)):
        body = rows[begin : begin + CHUNK]
        yield SnapshotPart(snapshot=snapshot, kind=kind, position=position, body=body)


def newest_snapshot(integration: Integration, now: datetime) -> Snapshot | None:
    """The newest reading, however it stands; one that fell silent is told as failed."""
    snapshot = Snapshot.objects.current(now).filter(integration=integration).first()
    return snapshot.as_told(now) if snapshot else None


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
    )


def forget_expired(now: datetime) -> None:
    """Deletes what is too old to be kept."""
    Snapshot.objects.expired(now).delete()
