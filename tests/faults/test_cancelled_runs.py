"""A person cancels a run: it stops in seconds, says who and when, and leaves nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from integration_hub.accounts.models import AuditEntry, User
from payroll.cancelling import LOOK_EVERY, Answer, cancel
from payroll.models import EmployeeLink, SyncRun
from payroll.pages.run_facts import progress
from payroll.records import ChangeKind, Outcome
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import NOW, World


@pytest.fixture
def alice(customer: World, settings: Settings) -> User:
    """Who cancels. Payroll takes two people at a time."""
    settings.XLEDGER_BATCH_SIZE = 2
    return User.objects.create_user("alice@fjordkraft.example", name="Alice")


def asks(alice: User) -> Answer:
    """Somebody presses Cancel in another process."""
    return cancel(SyncRun.objects.active().get(), alice, NOW)


def meanwhile(customer: World, happens: Callable[[], Any], **fault: Any) -> None:
    """Has `happens` happen elsewhere while the request of `fault` is answered."""

    def elsewhere(seconds: float) -> None:
        try:
            happens()
        finally:
            connections.close_all()

    customer.xledger.sleep = elsewhere
    customer.xledger.faults.add("slow", **fault)


def mutations(customer: World) -> list[str | None]:
    """The fault, if any, that each write met."""
    return [entry.fault for entry in customer.xledger.log if entry.operation == "mutation"]


def outcomes(run: SyncRun) -> set[str]:
    return set(run.changes.filter(sendable=True).values_list("outcome", flat=True))


def without_intents() -> bool:
    """Whether no create is noted as sent but for those that are there."""
    return not EmployeeLink.objects.filter(target_id="", create_sent_at__isnull=False).exists()


def converges(customer: World) -> bool:
    """Whether the next sync does the rest, and nobody twice."""
    assert customer.sync()["status"] == "succeeded"
    codes = [row["code"] for row in customer.xledger.employees if row["code"]]
    before = len(codes)
    again = customer.sync()
    return (again["created"], again["updated"], len(set(codes))) == (0, 0, before)


def test_while_it_reads_it_stops_and_sends_nothing(customer: World, alice: User) -> None:
    meanwhile(customer, lambda: asks(alice), when="query")
    run = customer.run()
    assert run.status == SyncRun.Status.CANCELLED
    assert (run.planned_at, run.changes.count()) == (None, 0)
    assert customer.xledger.log[-1].fault == "slow"
    assert progress(run).sentence == (
        "Cancelled by Alice on Mon 23 Nov 2026, 09:00. Nothing was sent to X-ledger."
    )
    assert converges(customer)


def test_cancelled_while_the_plan_is_stored_it_sends_nothing(customer: World, alice: User) -> None:
    cancelled: list[Answer] = []

    def between(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "payroll_change"') and not cancelled:
            cancelled.append(asks(alice))
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        run = customer.run()
    assert run.status == SyncRun.Status.CANCELLED
    assert mutations(customer) == []
    assert without_intents()


@pytest.mark.parametrize("root", ["updateEmployees", "addEmployees"])
def test_the_batch_under_way_is_booked_and_the_rest_is_not_sent(
    customer: World, alice: User, root: str
) -> None:
    meanwhile(customer, lambda: asks(alice), when="mutation", root=root)
    run = customer.run()
    assert run.status == SyncRun.Status.CANCELLED
    assert mutations(customer)[-1] == "slow"
    assert outcomes(run) == {Outcome.APPLIED, Outcome.SKIPPED}
    left = run.changes.filter(sendable=True, outcome=Outcome.SKIPPED)
    assert {problem.code for row in left for problem in row.problems if problem.blocking} == {
        "cancelled"
    }
    assert without_intents()
    assert "What had been sent stays sent" in progress(run).sentence
    assert converges(customer)


def test_a_batch_that_is_refused_is_not_sent_in_parts_any_more(
    customer: World, alice: User
) -> None:
    numbers = [
        row.employee_number
        for row in customer.run(preview=True).changes.filter(kind=ChangeKind.CREATE)
    ]
    customer.xledger.faults.add(
        "bad_row", code=numbers[0], message="no", ext_code="INVALID_VALUE", times=None
    )
    meanwhile(customer, lambda: asks(alice), when="mutation", root="addEmployees")
    run = customer.run()
    assert run.status == SyncRun.Status.CANCELLED
    assert mutations(customer)[-1] == "slow"
    assert without_intents()
    customer.xledger.faults.clear()
    assert converges(customer)


def test_what_became_of_a_lost_answer_is_still_found_out(customer: World, alice: User) -> None:
    customer.xledger.faults.add("drop_after", when="mutation", root="addEmployees", commit=True)
    asked: list[Answer] = []

    def between(execute: Any, sql: str, *rest: Any) -> Any:
        lost = mutations(customer)[-1:] == ["drop_after"]
        if lost and sql.startswith('UPDATE "payroll_change"') and not asked:
            asked.append(asks(alice))
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        run = customer.run()
    assert asked == [Answer.ASKED]
    assert run.status == SyncRun.Status.CANCELLED
    assert mutations(customer)[-1] == "drop_after"
    assert outcomes(run) == {Outcome.APPLIED, Outcome.SKIPPED}
    assert without_intents()
    assert converges(customer)


@pytest.mark.parametrize("when", ["query", "mutation"])
def test_a_long_wait_for_the_vendor_is_cut_short(customer: World, alice: User, when: str) -> None:
    customer.xledger.faults.add("429", when=when, retry_after=29, times=None)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if seconds > 1:
            SyncRun.objects.get(cancel_asked_at=None).ask_cancel(alice, NOW)

    run, _ = open_run(customer.integration, NOW)
    run_sync(run, lambda: NOW, sleep=wait)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.CANCELLED
    assert max(waited) <= LOOK_EVERY
    assert sum(waited) < 10
    assert Outcome.APPLIED not in outcomes(run)
    assert without_intents()


def test_a_queued_run_is_over_at_once_and_no_worker_takes_it(customer: World, alice: User) -> None:
    run, _ = open_run(customer.integration, NOW)
    assert asks(alice) is Answer.AT_ONCE
    run_sync(run, lambda: NOW)
    run.refresh_from_db()
    assert (run.status, run.finished_at, run.cancel_asked_by) == ("cancelled", NOW, alice)
    assert customer.xledger.log == []
    _, new = open_run(customer.integration, NOW)
    assert new


def test_cancelling_twice_or_too_late_changes_nothing(customer: World, alice: User) -> None:
    other = User.objects.create_user("bob@fjordkraft.example")
    run, _ = open_run(customer.integration, NOW)
    assert run.claim(NOW)
    assert cancel(run, alice, NOW) is Answer.ASKED
    assert cancel(run, other, NOW) is Answer.AGAIN
    run.finish(SyncRun.Status.SUCCEEDED, NOW)
    assert cancel(run, other, NOW) is Answer.OVER
    run.refresh_from_db()
    assert (run.status, run.cancel_asked_by) == (SyncRun.Status.SUCCEEDED, alice)
    [entry] = AuditEntry.objects.filter(action=AuditEntry.Action.RUN_CANCELLED)
    assert (entry.user, entry.after) == (alice, {"run": str(run.pk)})


def test_cancelled_after_the_last_batch_it_ends_as_it_is(customer: World, alice: User) -> None:
    customer.sync()
    one = customer.xledger.by_code("10001")
    customer.xledger.edit(one["dbId"], {"email": "drift@fjordkraft.example"})
    meanwhile(customer, lambda: asks(alice), when="mutation")
    run = customer.run()
    assert run.status == SyncRun.Status.SUCCEEDED
    assert run.cancel_asked_at


def test_looking_costs_one_query(customer: World) -> None:
    run, _ = open_run(customer.integration, NOW)
    assert run.claim(NOW)
    with CaptureQueriesContext(connection) as captured:
        run.go_on(NOW)
    assert len(captured) == 1
