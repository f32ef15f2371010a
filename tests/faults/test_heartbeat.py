"""A run is alive while its process is, and nobody else may write for it once it is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from integration_hub.core.http import CONNECT_SECONDS, READ_SECONDS
from payroll import heartbeat
from payroll.cancelling import LOOK_EVERY
from payroll.models import SyncRun
from payroll.models.lease import LEASE
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import World


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Many beats in a second, and no thread left behind."""
    monkeypatch.setattr(heartbeat, "BEAT_EVERY", 0.02)
    before = threading.active_count()
    yield
    assert not [each for each in threading.enumerate() if each.name.startswith("heartbeat")]
    assert threading.active_count() <= before + 2  # the sandboxes' own


def begun(customer: World) -> SyncRun:
    run, _ = open_run(customer.integration, timezone.now())
    return run


def beat_of(run: SyncRun) -> Any:
    return SyncRun.objects.values_list("heartbeat_at", flat=True).get(pk=run.pk)


def moves(run: SyncRun, seconds: float = 5.0) -> bool:
    """Whether the run's heartbeat moves on within some seconds."""
    first, end = beat_of(run), time.monotonic() + seconds
    while beat_of(run) == first and time.monotonic() < end:
        time.sleep(0.01)
    return bool(beat_of(run) != first)


def test_one_slow_answer_does_not_make_a_run_look_dead(customer: World) -> None:
    run, moved = begun(customer), []

    def slow(seconds: float) -> None:
        try:
            moved.append(moves(run) and moves(run))
        finally:
            connections.close_all()

    customer.xledger.sleep = slow
    customer.xledger.faults.add("slow", when="query")
    run_sync(run, timezone.now)
    run.refresh_from_db()
    assert moved == [True]
    assert run.status == SyncRun.Status.SUCCEEDED
    assert not moves(run, 0.2)  # over is over


def test_a_run_that_was_ended_elsewhere_sends_nothing_more(customer: World) -> None:
    run = begun(customer)

    def ended(seconds: float) -> None:
        try:
            SyncRun.objects.interrupt_stale(timezone.now() + LEASE * 2)
            assert not moves(run, 0.2)
        finally:
            connections.close_all()

    customer.xledger.sleep = ended
    customer.xledger.faults.add("slow", when="query")
    run_sync(run, timezone.now)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.INTERRUPTED
    assert customer.xledger.log[-1].fault == "slow"
    assert not [entry for entry in customer.xledger.log if entry.operation == "mutation"]


def test_a_beat_that_fails_is_made_good_by_the_next(
    customer: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(customer)
    failed: list[bool] = []
    still_ours = SyncRun.is_ours

    def once(self: SyncRun, now: Any) -> bool:
        if not failed:
            failed.append(True)
            raise OperationalError("server closed the connection unexpectedly")
        return still_ours(self, now)

    monkeypatch.setattr(SyncRun, "is_ours", once)
    run.claim(timezone.now())
    with heartbeat.beating(run, timezone.now):
        assert moves(run)
    assert failed
    assert "no heartbeat" in caplog.text


def test_no_answer_is_waited_for_longer_than_what_is_left_of_the_lease() -> None:
    """Each request begins by renewing the lease, and beats go on while it is under way."""
    monkeypatched = heartbeat.BEAT_EVERY
    assert monkeypatched < LEASE.total_seconds() / 2
    longest = timedelta(seconds=CONNECT_SECONDS + READ_SECONDS + LOOK_EVERY)
    assert longest * 2 < LEASE
