"""One run at a time for an integration, and whoever lost it sends nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F
from pytest_django import Settings

from payroll.models import SyncRun
from payroll.models.lease import LEASE
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import NOW, World

from .threads import together

RUNS = SyncRun.objects


def interrupted() -> None:
    """The lease ran out."""
    assert RUNS.interrupt_stale(NOW + LEASE + timedelta(seconds=1)) == 1


def cancelled() -> None:
    """A person stopped it."""
    RUNS.active().update(status=SyncRun.Status.CANCELLED, finished_at=NOW)


def handed_on() -> None:
    """Another process works on it."""
    RUNS.active().update(fence=F("fence") + 1)


def row() -> dict[str, Any]:
    """Every column of the only run as it is stored."""
    return dict(RUNS.values().get())


def writes(customer: World) -> list[str | None]:
    """The fault, if any, that each write met."""
    return [entry.fault for entry in customer.xledger.log if entry.operation == "mutation"]


def meanwhile(customer: World, happens: Callable[[], None], **fault: Any) -> None:
    """Has `happens` happen elsewhere while payroll is busy with the request of `fault`."""

    def elsewhere(seconds: float) -> None:
        try:
            happens()
        finally:
            connections.close_all()

    customer.xledger.sleep = elsewhere
    customer.xledger.faults.add("slow", **fault)


def test_two_who_start_at_once_get_the_same_run(customer: World) -> None:
    for _ in range(20):
        opened = together(lambda: open_run(customer.integration, NOW), times=2)
        assert sorted(new for _, new in opened) == [False, True]
        assert len({run.pk for run, _ in opened}) == 1
        RUNS.update(status=SyncRun.Status.SUCCEEDED)


def test_a_run_that_ends_while_another_is_asked_for_is_given_back(customer: World) -> None:
    first, _ = open_run(customer.integration, NOW)

    tried: list[bool] = []

    def ends(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "payroll_syncrun"'):
            tried.append(True)
        if tried and sql.startswith("SELECT") and "payroll_syncrun" in sql:
            RUNS.update(status=SyncRun.Status.SUCCEEDED)
        return execute(sql, *rest)

    with connection.execute_wrapper(ends):
        run, new = open_run(customer.integration, NOW)
    assert (run.pk, new) == (first.pk, False)


def test_one_of_many_takes_a_run_in_hand(customer: World) -> None:
    run, _ = open_run(customer.integration, NOW)
    took = together(lambda: RUNS.get(pk=run.pk).claim(NOW), times=4)
    assert sorted(took) == [False, False, False, True]


@pytest.mark.parametrize("happens", [interrupted, cancelled, handed_on])
def test_a_run_ended_from_elsewhere_sends_nothing_more_and_stays_as_it_was_left(
    customer: World, settings: Settings, happens: Callable[[], None]
) -> None:
    settings.XLEDGER_BATCH_SIZE = 2
    left: dict[str, Any] = {}

    def taken() -> None:
        happens()
        left.update(row())

    meanwhile(customer, taken, when="mutation", skip=1)
    run = customer.run()
    assert writes(customer) == [None, "slow"]
    assert customer.xledger.log[-1].fault == "slow"
    assert row() == left
    assert run.changes.pending().exists()


def test_a_run_ended_while_it_reads_plans_and_sends_nothing(customer: World) -> None:
    meanwhile(customer, interrupted, when="query")
    run = customer.run()
    assert customer.xledger.log[-1].fault == "slow"
    assert run.status == SyncRun.Status.INTERRUPTED
    assert run.planned_at is None
    assert not run.changes.exists()


def test_a_run_ended_while_a_batch_is_refused_sends_no_part_of_it_again(customer: World) -> None:
    """The way back from a refusal reads payroll, and that is where the loss comes to light."""
    bad = customer.run(preview=True).changes.filter(kind="create")[0].employee_number
    RUNS.all().delete()
    customer.xledger.faults.add(
        "bad_row", code=bad, message="not accepted", ext_code="INVALID_VALUE", times=None
    )
    meanwhile(customer, interrupted, when="mutation", root="addEmployees")
    run = customer.run()
    assert customer.xledger.log[-1].fault == "slow"
    assert run.status == SyncRun.Status.INTERRUPTED
    assert set(run.changes.filter(kind="create").values_list("outcome", flat=True)) == {""}


def test_a_run_ended_while_a_lost_answer_is_looked_for_leaves_it_to_the_next(
    customer: World,
) -> None:
    customer.xledger.faults.add("drop_after", when="mutation", root="addEmployees")
    meanwhile(customer, interrupted, when="query", skip=3)
    run = customer.run()
    assert customer.xledger.log[-1].fault == "slow"
    assert run.status == SyncRun.Status.INTERRUPTED
    customer.now += timedelta(minutes=10)
    assert customer.sync()["created"] == 0


def test_the_run_after_it_is_not_disturbed_and_finishes_the_work(
    customer: World, settings: Settings
) -> None:
    settings.XLEDGER_BATCH_SIZE = 2
    opened: list[SyncRun] = []

    def overtaken() -> None:
        interrupted()
        run, new = open_run(customer.integration, NOW)
        assert new
        opened.append(run)

    meanwhile(customer, overtaken, when="mutation", root="addEmployees")
    customer.run()
    [after] = opened
    after.refresh_from_db()
    assert after.status == SyncRun.Status.QUEUED
    run_sync(after, lambda: NOW)
    assert after.status == SyncRun.Status.SUCCEEDED
    codes = [person["code"] for person in customer.xledger.employees]
    assert len(codes) == len(set(codes))
    assert customer.run(preview=True).counts()["to_send"] == 0
