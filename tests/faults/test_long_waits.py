"""A vendor asks for a wait of minutes: the run lets go of its worker and comes back in time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from integration_hub.accounts.models import User
from payroll import missed, queue, runs
from payroll.approval import approve
from payroll.cancelling import Answer, cancel
from payroll.models import Change, EmployeeLink, SyncRun
from payroll.pages.run_facts import progress
from payroll.records import Outcome
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import NOW, World


@pytest.fixture
def pair_by_pair(settings: Settings) -> None:
    """Payroll takes two people at a time."""
    settings.XLEDGER_BATCH_SIZE = 2


def goes_on(customer: World, run: SyncRun, after: timedelta) -> SyncRun:
    """The run once a worker was handed it that long after it began to wait."""
    run_sync(run, lambda: NOW + after, sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    run.refresh_from_db()
    return run


def numbers_twice(customer: World) -> set[str]:
    codes = [row["code"] for row in customer.xledger.employees if row["code"]]
    return {code for code in codes if codes.count(code) > 1}


@pytest.mark.parametrize("root", ["updateEmployees", "addEmployees"])
def test_a_run_that_must_wait_lets_go_and_later_sends_the_rest_of_the_same_plan(
    customer: World, pair_by_pair: None, root: str
) -> None:
    customer.xledger.faults.add("credits", when="mutation", root=root, skip=1)
    run = customer.run()
    assert (run.status, run.phase) == (SyncRun.Status.QUEUED, SyncRun.Phase.WAITING)
    assert run.resume_at is not None
    assert timedelta(minutes=20) <= run.resume_at - NOW <= timedelta(minutes=22)
    assert (run.error, run.finished_at) == ("", None)
    before, sent = run.counts(), len(customer.xledger.log)
    assert 0 < before["settled"] < before["to_send"]
    plan = set(run.changes.values_list("pk", flat=True))
    assert not run.changes.filter(outcome="", sent_at__isnull=False).exists()

    assert goes_on(customer, run, timedelta(minutes=5)).is_paused  # not before its time
    assert len(customer.xledger.log) == sent
    goes_on(customer, run, timedelta(minutes=25))
    after = run.counts()
    assert run.status == SyncRun.Status.SUCCEEDED
    assert after["settled"] == after["to_send"] == before["to_send"]
    assert set(run.changes.values_list("pk", flat=True)) == plan
    assert run.started_at == NOW
    assert not run.is_paused
    assert run.requests["xledger"] == len(customer.xledger.log)
    assert numbers_twice(customer) == set()
    again = customer.sync()
    assert (again["created"], again["updated"]) == (0, 0)


def test_a_run_that_must_wait_while_it_reads_plans_when_it_goes_on(customer: World) -> None:
    customer.xledger.faults.add("credits", when="query")
    run = customer.run()
    assert run.is_paused
    assert run.planned_at is None
    assert progress(run).sentence == (
        f"Waits for X-ledger until {clock(run)}, as X-ledger asked. Then it starts again by "
        "itself; nothing was sent yet."
    )
    assert goes_on(customer, run, timedelta(minutes=25)).status == SyncRun.Status.SUCCEEDED


def clock(run: SyncRun) -> str:
    assert run.resume_at is not None
    return f"{run.resume_at.astimezone(NOW.tzinfo):%H:%M}"


def test_hr_may_ask_for_the_wait_too(customer: World) -> None:
    customer.simployer.faults.add("rate_limited", seconds=600)
    run = customer.run()
    assert (run.is_paused, run.paused_for) == (True, "Simployer One")
    assert goes_on(customer, run, timedelta(minutes=12)).status == SyncRun.Status.SUCCEEDED


def test_what_hr_changed_meanwhile_is_left_to_the_next_sync(
    customer: World, pair_by_pair: None
) -> None:
    customer.xledger.faults.add("credits", when="mutation", root="updateEmployees", skip=1)
    run = customer.run()
    waiting = next(
        row
        for row in run.changes.pending().filter(kind="update")
        if "phone" in row.details["fields"]
    )
    customer.xledger.edit(int(waiting.target_id), {"phone": "+4799999999"})
    goes_on(customer, run, timedelta(minutes=25))
    waiting.refresh_from_db()
    assert waiting.outcome == Outcome.SKIPPED
    assert waiting.problems[-1].code == "plan_changed"
    assert customer.sync()["status"] == "succeeded"
    assert customer.sync()["updated"] == 0


def test_a_plan_that_waited_past_a_change_of_settings_is_not_sent(
    customer: World, pair_by_pair: None
) -> None:
    customer.xledger.faults.add("credits", when="mutation")
    run = customer.run()
    customer.integration.config_version += 1
    customer.integration.save(update_fields=["config_version"])
    writes = len([entry for entry in customer.xledger.log if entry.operation == "mutation"])
    goes_on(customer, SyncRun.objects.get(pk=run.pk), timedelta(minutes=25))
    assert set(run.changes.filter(sendable=True).values_list("outcome", flat=True)) == {"skipped"}
    assert writes == len([e for e in customer.xledger.log if e.operation == "mutation"])
    assert customer.sync()["status"] == "succeeded"


def test_the_page_says_how_far_it_is_and_cancel_works_while_it_waits(
    customer: World, pair_by_pair: None
) -> None:
    alice = User.objects.create_user("alice@fjordkraft.example", name="Alice")
    customer.xledger.faults.add("credits", when="mutation", root="addEmployees", skip=1)
    run = customer.run()
    shown = progress(run)
    assert shown.sentence == (
        f"Waits for X-ledger until {clock(run)}, as X-ledger asked. {shown.settled} of "
        f"{shown.to_send} people are through; then it goes on by itself."
    )
    assert cancel(run, alice, NOW) is Answer.BETWEEN
    assert run.status == SyncRun.Status.CANCELLED
    assert not run.changes.pending().exists()
    assert set(run.changes.filter(sendable=True).values_list("outcome", flat=True)) == {
        "applied",
        "skipped",
    }
    requests = len(customer.xledger.log)
    assert goes_on(customer, run, timedelta(minutes=25)).status == SyncRun.Status.CANCELLED
    assert len(customer.xledger.log) == requests
    assert customer.sync()["status"] == "succeeded"
    assert numbers_twice(customer) == set()


def test_who_cancels_as_the_wait_begins_is_heard(customer: World, pair_by_pair: None) -> None:
    alice = User.objects.create_user("alice@fjordkraft.example", name="Alice")
    customer.xledger.faults.add("credits", when="mutation", root="addEmployees", skip=1)
    run, _ = open_run(customer.integration, NOW)
    let_go = SyncRun.pause

    def asked_before(self: SyncRun, *args: object, **columns: object) -> bool:
        cancel(SyncRun.objects.get(pk=self.pk), alice, NOW)
        return let_go(self, *args, **columns)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SyncRun, "pause", asked_before)
        goes_on(customer, run, timedelta())
    assert run.status == SyncRun.Status.CANCELLED
    assert not run.changes.pending().exists()


def test_the_wait_holds_no_lease_and_is_no_missed_or_lost_run(
    customer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_on: list[str] = []
    monkeypatch.setattr(queue, "send", lambda task, **ids: handed_on.append(ids["run_id"]))
    customer.xledger.faults.add("credits", when="query")
    run = customer.run()
    SyncRun.objects.update(due_at=NOW - timedelta(hours=3), trigger=SyncRun.Trigger.SCHEDULED)
    assert run.resume_at is not None
    runs.sweep(run.resume_at - timedelta(seconds=1))
    assert handed_on == []
    assert missed.missed_runs(run.resume_at) == []
    other, new = open_run(customer.integration, NOW)
    assert (other.pk, new) == (run.pk, False)
    runs.sweep(run.resume_at)
    assert handed_on == [str(run.pk)]
    run.refresh_from_db()
    assert run.is_active


def test_a_vendor_that_never_lets_the_run_go_on_fails_it_after_a_day(customer: World) -> None:
    customer.xledger.faults.add("credits", when="query", times=None)
    run = customer.run()
    for hours in (1, 12, 23):
        assert goes_on(customer, run, timedelta(hours=hours)).is_paused
    assert goes_on(customer, run, timedelta(hours=24)).status == SyncRun.Status.FAILED
    assert "slow down" in run.error
    assert not Change.objects.exists()
    assert not EmployeeLink.objects.filter(create_sent_at__isnull=False).exists()


def test_an_approved_plan_waits_and_goes_on(customer: World, pair_by_pair: None) -> None:
    hr = User.objects.create_user("hr@fjordkraft.example")
    run, _ = open_run(customer.integration, NOW, trigger=SyncRun.Trigger.SCHEDULED)
    goes_on(customer, run, timedelta())
    assert run.status == SyncRun.Status.HELD
    customer.xledger.faults.add("credits", when="mutation", skip=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "send", lambda task, **ids: None)
        approve(run, hr, NOW)
    run.refresh_from_db()
    assert goes_on(customer, run, timedelta(minutes=1)).is_paused
    assert goes_on(customer, run, timedelta(minutes=30)).status == SyncRun.Status.SUCCEEDED
    assert run.approved_by == hr
    assert numbers_twice(customer) == set()
