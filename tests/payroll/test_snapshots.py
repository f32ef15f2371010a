"""One reading per integration: shown for a day, sealed, and its end told however it comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration_hub.accounts.models import Organisation
from integration_hub.core.errors import ConfigurationError, DecryptionError
from payroll import snapshots, tasks
from payroll.crowds import newest_crowd
from payroll.dated.records import DatedRow, RowsRead
from payroll.models import Integration, Snapshot, SnapshotPart, kept_reading
from payroll.models.kept_reading import KEPT_FOR
from payroll.models.lease import LEASE, LeaseLost
from payroll.reading import Reading

from .people import NATIONAL_ID, NOW, PICK_LISTS, in_payroll, person
from .views.scenes import make_integration

pytestmark = pytest.mark.django_db
MOMENT = timedelta(seconds=1)
PEOPLE = [person(str(number), national_id=NATIONAL_ID) for number in range(1001, 1008)]
PAY = DatedRow("7", "t1001", NOW.date(), None, {"pay": Decimal("48500.50")}, "100")
READING = Reading(
    PEOPLE,
    [in_payroll(each) for each in PEOPLE[:3]],
    PICK_LISTS,
    NOW.date(),
    RowsRead({"pay_rates": {"t1001": (PAY,)}}, {"positions": "they could not be read."}),
)
NOBODY = Reading([], [], {}, NOW.date())


@pytest.fixture
def integration() -> Integration:
    organisation = Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW)
    return make_integration(organisation)


@pytest.fixture
def queued(integration: Integration) -> Snapshot:
    return queue(integration, NOW)


def queue(integration: Integration, now: datetime) -> Snapshot:
    """As `request_snapshot` stores it before it sends the message."""
    snapshot, new = snapshots._open(integration, None, now)
    assert new
    return snapshot


def store(snapshot: Snapshot, reading: Reading = READING, now: datetime = NOW) -> None:
    """What the worker does once it has read everyone."""
    assert snapshot.claim(now)
    snapshots._store(snapshot, reading, now)


def test_a_reading_comes_back_as_it_was(queued: Snapshot, integration: Integration) -> None:
    assert snapshots.newest_reading(integration, NOW) is None
    store(queued)
    assert snapshots.newest_reading(integration, NOW) == READING
    queued.refresh_from_db()
    assert queued.is_ready
    assert (queued.source_count, queued.target_count) == (7, 3)


def test_two_empty_systems_are_a_reading_too(queued: Snapshot, integration: Integration) -> None:
    store(queued, NOBODY)
    assert snapshots.newest_reading(integration, NOW) == NOBODY
    assert newest_crowd(integration, NOW) is not None


def test_many_people_are_kept_in_several_parts_and_opened_by_one_query(
    queued: Snapshot, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_reading, "ROWS_IN_A_PART", 2)
    store(queued)
    assert SnapshotPart.objects.filter(kind="source").count() == 4
    with CaptureQueriesContext(connection) as captured:
        assert snapshots.newest_reading(integration, NOW) == READING
    assert len(captured) == 1


def test_nothing_in_the_database_can_be_read(queued: Snapshot) -> None:
    store(queued)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM payroll_snapshotpart")
        parts = str(cursor.fetchall())
        cursor.execute("SELECT * FROM payroll_snapshot")
        row = str(cursor.fetchall())
    # A short word in quotes: without them a sealed text may hold it by chance.
    for words in ('"Kari', "Nordmann", NATIONAL_ID, "fjordkraft.test", "Montør", '"1001"', '"Fast'):
        assert words not in parts
        assert words not in row


def test_a_part_put_in_the_place_of_another_does_not_open(
    queued: Snapshot, integration: Integration
) -> None:
    store(queued)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payroll_snapshotpart SET body = (SELECT body FROM payroll_snapshotpart "
            "WHERE kind = 'target') WHERE kind = 'source'"
        )
    with pytest.raises(DecryptionError, match="altered or moved"):
        snapshots.newest_reading(integration, NOW)


def test_after_a_day_it_is_neither_shown_nor_kept(
    queued: Snapshot, integration: Integration
) -> None:
    store(queued)
    assert snapshots.newest_snapshot(integration, NOW + KEPT_FOR) == queued
    later = NOW + KEPT_FOR + MOMENT
    assert snapshots.newest_reading(integration, later) is None
    assert snapshots.newest_snapshot(integration, later) is None
    assert newest_crowd(integration, later) is None

    snapshots.forget_expired(NOW + KEPT_FOR)
    assert SnapshotPart.objects.exists()
    snapshots.forget_expired(later)
    assert not Snapshot.objects.exists()
    assert not SnapshotPart.objects.exists()


def test_the_sweep_forgets(integration: Integration) -> None:
    store(queue(integration, timezone.now() - KEPT_FOR - MOMENT))
    tasks.sweep()
    assert not SnapshotPart.objects.exists()


def test_asking_again_takes_the_old_people_away(queued: Snapshot, integration: Integration) -> None:
    store(queued)
    again = queue(integration, NOW)
    assert again.fence == 2
    assert snapshots.newest_reading(integration, NOW) is None
    assert not SnapshotPart.objects.exists()


@pytest.mark.parametrize("claimed", [False, True])
def test_one_that_is_under_way_is_not_asked_for_again(
    queued: Snapshot, integration: Integration, claimed: bool
) -> None:
    if claimed:
        queued.claim(NOW)
    same, new = snapshots._open(integration, None, NOW + LEASE - MOMENT)
    assert (same.pk, same.fence, new) == (queued.pk, 1, False)


@pytest.mark.parametrize(
    ("claimed", "words"), [(False, "did not begin"), (True, "stopped before its end")]
)
def test_one_that_fell_silent_is_told_as_failed_and_can_be_asked_for_again(
    queued: Snapshot, integration: Integration, claimed: bool, words: str
) -> None:
    if claimed:
        queued.claim(NOW)
    told = snapshots.newest_snapshot(integration, NOW + LEASE)
    assert told is not None
    assert told.status == Snapshot.Status.FAILED
    assert words in told.error
    store(queue(integration, NOW + LEASE), now=NOW + LEASE)
    assert snapshots.newest_reading(integration, NOW + LEASE) == READING


def test_a_message_that_comes_late_is_still_good(
    queued: Snapshot, integration: Integration
) -> None:
    store(queued, now=NOW + 2 * LEASE)
    assert snapshots.newest_reading(integration, NOW + 2 * LEASE) == READING


def test_only_one_takes_a_reading_in_hand(queued: Snapshot) -> None:
    assert Snapshot.objects.get().claim(NOW)
    assert not Snapshot.objects.get().claim(NOW)
    assert not queued.claim(NOW)


def test_whoever_was_overtaken_keeps_nothing_and_ends_nothing(
    queued: Snapshot, integration: Integration
) -> None:
    assert queued.claim(NOW)
    newer = queue(integration, NOW + LEASE)
    with pytest.raises(LeaseLost):
        queued.beat(NOW)
    with pytest.raises(LeaseLost):
        snapshots._store(queued, NOBODY, NOW)
    queued.fail("Too late.")
    store(newer, now=NOW + LEASE)
    queued.fail("Too late.")
    assert snapshots.newest_reading(integration, NOW + LEASE) == READING


def test_a_store_that_breaks_off_shows_nobody(queued: Snapshot, integration: Integration) -> None:
    assert queued.claim(NOW)

    def frame(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        if sql.startswith("INSERT") and "frame" in [str(each) for each in params]:
            raise RuntimeError("the power went")
        return execute(sql, params, *rest)

    with connection.execute_wrapper(frame), pytest.raises(RuntimeError):
        snapshots._store(queued, READING, NOW)
    assert not SnapshotPart.objects.exists()
    assert Snapshot.objects.get().status == Snapshot.Status.READING


def test_without_the_add_on_nothing_is_read(integration: Integration) -> None:
    integration.organisation.switch_addon(on=False, now=NOW)
    with pytest.raises(ConfigurationError, match="add-on"):
        snapshots.request_snapshot(integration, None, NOW)
    assert not Snapshot.objects.exists()


def test_a_reading_that_was_deleted_is_not_missed() -> None:
    tasks.take_snapshot(snapshot_id="00000000-0000-0000-0000-000000000000")
