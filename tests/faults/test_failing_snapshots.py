"""Reading people for a settings page: whatever goes wrong, the page says it and nothing is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections

from payroll import snapshots
from payroll.models import Integration, Snapshot, SnapshotPart
from payroll.models.lease import LEASE
from tests.journeys.world import NOW, World

from .threads import together

MOMENT = timedelta(seconds=1)


def take(customer: World) -> Snapshot:
    """One reading from beginning to end, as it then stands."""
    snapshot, _ = snapshots._open(customer.integration, None, NOW)
    snapshots.take_snapshot(snapshot, lambda: NOW, sleep=lambda seconds: None)
    return Snapshot.objects.get()


def test_everyone_in_both_systems_is_read_and_nothing_is_sent(customer: World) -> None:
    taken = take(customer)
    reading = snapshots.newest_reading(customer.integration, NOW)
    assert reading is not None
    assert taken.source_count == len(reading.people) > 50
    assert taken.target_count == len(reading.there) == len(customer.xledger.employees)
    assert taken.requests > 2
    assert all(entry.operation == "query" for entry in customer.xledger.log)
    assert reading.pick_lists


@pytest.mark.parametrize(
    ("fault", "words"),
    [("server_error", "Simployer One isn't answering"), ("expired_token", "token")],
)
def test_trouble_in_hr_is_told(customer: World, fault: str, words: str) -> None:
    customer.simployer.faults.add(fault, times=50)
    taken = take(customer)
    assert taken.status == Snapshot.Status.FAILED
    assert words in taken.error
    assert not SnapshotPart.objects.exists()

    customer.simployer.faults.clear()
    assert take(customer).is_ready


@pytest.mark.parametrize("fault", ["503", "expired_token", "credits"])
def test_trouble_in_payroll_is_told(customer: World, fault: str) -> None:
    customer.xledger.faults.add(fault, when="query", times=50)
    taken = take(customer)
    assert taken.status == Snapshot.Status.FAILED
    assert taken.error
    assert snapshots.newest_reading(customer.integration, NOW) is None


def test_a_wrong_token_leaves_the_integration_as_it_is(customer: World) -> None:
    customer.simployer.faults.add("expired_token", times=50)
    take(customer)
    assert Integration.objects.get().state == Integration.State.ACTIVE


def test_a_passing_fault_is_ridden_out(customer: World) -> None:
    customer.simployer.faults.add("unavailable", times=2)
    customer.xledger.faults.add("429", when="query", times=2)
    assert take(customer).is_ready


def test_a_trouble_of_our_own_is_told_with_a_code(
    customer: World, caplog: pytest.LogCaptureFixture
) -> None:
    snapshot, _ = snapshots._open(customer.integration, None, NOW)

    def broken(seconds: float) -> None:
        raise RuntimeError("a mistake of ours")

    customer.simployer.faults.add("rate_limited", times=2)
    snapshots.take_snapshot(snapshot, lambda: NOW, sleep=broken)
    taken = Snapshot.objects.get()
    assert "Something went wrong on our side" in taken.error
    assert str(taken.pk)[:8] in taken.error
    assert "a mistake of ours" in caplog.text


def test_many_who_ask_at_once_get_one_reading(customer: World) -> None:
    for number in range(1, 11):
        opened = together(lambda: snapshots._open(customer.integration, None, NOW), times=4)
        assert sorted(new for _, new in opened) == [False, False, False, True]
        assert {snapshot.fence for snapshot, _ in opened} == {number}
        Snapshot.objects.update(status=Snapshot.Status.FAILED)
    assert Snapshot.objects.count() == 1


def test_one_of_many_workers_takes_it(customer: World) -> None:
    snapshots._open(customer.integration, None, NOW)
    took = together(lambda: Snapshot.objects.get().claim(NOW), times=4)
    assert sorted(took) == [False, False, False, True]


def test_a_slow_reader_that_was_given_up_keeps_nothing(customer: World) -> None:
    def given_up(seconds: float) -> None:
        try:
            _, new = snapshots._open(customer.integration, None, NOW + LEASE + MOMENT)
            assert new
        finally:
            connections.close_all()

    customer.xledger.sleep = given_up
    customer.xledger.faults.add("slow", when="query")
    taken = take(customer)
    assert (taken.status, taken.fence) == (Snapshot.Status.QUEUED, 2)
    assert not SnapshotPart.objects.exists()


def test_a_reading_deleted_in_the_middle_ends_quietly(customer: World) -> None:
    def deleted(seconds: float) -> None:
        try:
            Snapshot.objects.all().delete()
        finally:
            connections.close_all()

    snapshot, _ = snapshots._open(customer.integration, None, NOW)
    customer.xledger.sleep = deleted
    customer.xledger.faults.add("slow", when="query")
    snapshots.take_snapshot(snapshot, lambda: NOW, sleep=lambda seconds: None)
    assert not SnapshotPart.objects.exists()
