"""Nothing of a held plan is sent without a person, twice, or when it is no longer true."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections
from kombu.transport import memory

from integration_hub.accounts.models import AuditEntry, Membership, Role, User
from integration_hub.celery import app
from payroll import runs
from payroll.approval import NotNow, approve, discard
from payroll.models import Integration, SyncRun
from payroll.models.lease import LEASE
from payroll.records import Outcome
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.leavers import LAST_DAY, LEAVERS, ends, held_run
from tests.journeys.world import World

from .threads import together

Decide = Callable[[SyncRun, User, datetime], None]


@pytest.fixture(autouse=True)
def queue_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an approval goes; the work is done here."""
    memory.Channel.queues.clear()
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.fixture
def hr(customer: World) -> User:
    user = User.objects.create_user("hr@fjordkraft.example")
    organisation = customer.integration.organisation
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    return user


def work(customer: World, run: SyncRun) -> SyncRun:
    """What a worker does that gets the run's message."""
    copy = SyncRun.objects.get(pk=run.pk)
    run_sync(copy, lambda: customer.now, sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    copy.refresh_from_db()
    return copy


def ended(customer: World, numbers: list[str]) -> int:
    """How many of them payroll holds an end date of."""
    return sum(day is not None for day in ends(customer, numbers))


def attempt(decide: Decide, run: SyncRun, user: User, now: datetime) -> bool:
    """Whether the decision was taken."""
    try:
        decide(SyncRun.objects.get(pk=run.pk), user, now)
    except NotNow:
        return False
    return True


@pytest.mark.parametrize("decide", [approve, discard])
def test_of_many_who_decide_at_once_one_does(customer: World, hr: User, decide: Decide) -> None:
    run, _ = held_run(customer)
    taken = together(lambda: attempt(decide, run, hr, customer.now), times=6)
    assert sum(taken) == 1
    assert AuditEntry.objects.filter(action__startswith="run.").count() == 1


def test_a_sync_that_begins_at_the_same_moment_and_an_approval_are_never_both_active(
    customer: World, hr: User
) -> None:
    run, numbers = held_run(customer)
    begin = iter([True, False] * 3)

    def one() -> bool:
        if next(begin):
            return attempt(approve, run, hr, customer.now)
        return open_run(customer.integration, customer.now)[1]

    assert sum(together(one, times=6)) == 1
    assert SyncRun.objects.active().count() == 1
    assert ended(customer, numbers) == 0


def test_an_approved_run_whose_message_comes_several_times_is_sent_once(
    customer: World, hr: User
) -> None:
    run, numbers = held_run(customer)
    approve(run, hr, customer.now)
    runs.sweep(customer.now + timedelta(hours=1))  # the message is taken for lost
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue("sync")
        assert [queue.get(block=False).payload[1] for _ in range(2)] == [
            {"run_id": str(run.pk)}
        ] * 2
    assert work(customer, run).status == SyncRun.Status.SUCCEEDED
    writes = len(customer.xledger.log)
    assert work(customer, run).fence == 2
    assert len(customer.xledger.log) == writes
    assert ended(customer, numbers) == LEAVERS


def dies(customer: World, run: SyncRun, **fault: object) -> None:
    """A worker takes the run and is found dead while payroll answers the request of `fault`."""

    def meanwhile(seconds: float) -> None:
        try:
            SyncRun.objects.interrupt_stale(customer.now + LEASE + timedelta(seconds=1))
        finally:
            connections.close_all()

    customer.xledger.sleep = meanwhile
    customer.xledger.faults.add("slow", **fault)
    work(customer, run)


@pytest.mark.parametrize("fault", [{"when": "query"}, {"when": "mutation", "commit": False}])
def test_an_approval_ends_with_its_worker_and_the_next_sync_waits_for_a_new_one(
    customer: World, hr: User, fault: dict[str, object]
) -> None:
    run, numbers = held_run(customer)
    approve(run, hr, customer.now)
    dies(customer, run, **fault)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.INTERRUPTED
    for _ in range(2):
        assert work(customer, run).status == SyncRun.Status.INTERRUPTED
    with pytest.raises(NotNow, match="approved by"):
        approve(run, hr, customer.now)
    assert ended(customer, numbers) == 0
    customer.now += timedelta(minutes=10)
    again = customer.run()
    assert again.status == SyncRun.Status.HELD
    approve(again, hr, customer.now)
    assert work(customer, again).status == SyncRun.Status.SUCCEEDED
    assert ended(customer, numbers) == LEAVERS


@pytest.mark.parametrize("side", ["hr", "payroll"])
def test_a_list_that_collapsed_since_the_plan_stops_the_approved_run(
    customer: World, hr: User, side: str
) -> None:
    run, _ = held_run(customer)
    approve(run, hr, customer.now)
    if side == "hr":
        del customer.simployer.rows["employee"][10:]
    else:
        table = customer.xledger.store.tables["employees"]
        for key in list(table)[10:]:
            del table[key]
    stopped = work(customer, run)
    assert stopped.status == SyncRun.Status.FAILED
    assert "Nothing was sent" in stopped.error
    assert not stopped.changes.exclude(sent_at=None).exists()
    assert stopped.source_count == run.source_count


def test_whoever_was_taken_out_of_the_scope_after_the_approval_is_not_sent(
    customer: World, hr: User
) -> None:
    run, numbers = held_run(customer)
    approve(run, hr, customer.now)
    Integration.objects.update(scope={"exclude": numbers[:3]})
    sent = work(customer, run)
    assert ends(customer, numbers[:3]) == [None] * 3
    assert set(ends(customer, numbers[3:])) == {LAST_DAY}
    assert sent.changes.filter(outcome=Outcome.SKIPPED, kind="end").count() == 3


def test_a_first_run_that_the_schedule_starts_sends_nothing_until_it_is_approved(
    customer: World, hr: User
) -> None:
    before = customer.xledger.employees
    run, _ = open_run(customer.integration, customer.now, trigger=SyncRun.Trigger.SCHEDULED)
    held = work(customer, run)
    assert held.status == SyncRun.Status.HELD
    assert customer.xledger.employees == before
    customer.now += timedelta(hours=2)
    approve(held, hr, customer.now)
    sent = work(customer, held)
    assert sent.status == SyncRun.Status.SUCCEEDED
    assert len(customer.xledger.employees) == len(before) + sent.counts()["created"]
    customer.now += timedelta(days=1)
    quiet, _ = open_run(customer.integration, customer.now, trigger=SyncRun.Trigger.SCHEDULED)
    assert work(customer, quiet).status == SyncRun.Status.SUCCEEDED


def test_a_number_that_was_given_away_in_payroll_meanwhile_is_not_created_again(
    customer: World, hr: User
) -> None:
    run, _ = open_run(customer.integration, customer.now, trigger=SyncRun.Trigger.SCHEDULED)
    held = work(customer, run)
    number = held.changes.filter(kind="create").values_list("employee_number", flat=True)[0]
    customer.xledger.edit(customer.xledger.employees[0]["dbId"], {"code": number})
    approve(held, hr, customer.now)
    sent = work(customer, held)
    assert len(customer.xledger.with_code(number)) == 1
    assert sent.changes.get(employee_number=number, kind="create").outcome == Outcome.SKIPPED
