"""HR changes half the company at once: nothing is sent until a person has looked at the plan."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from payroll.models import Change, SyncRun
from payroll.pages.held_plan import newest_held
from payroll.records import ChangeKind, Outcome
from payroll.report import report
from payroll.runs import open_run
from payroll.sync import run_sync

from .leavers import LAST_DAY, LEAVERS, end_in_hr, ends, held_run, staying
from .world import World

pytestmark = pytest.mark.usefixtures("queue_in_memory")


@pytest.fixture
def now_is(monkeypatch: pytest.MonkeyPatch, small: World) -> None:
    """The pages' clock is the customer's."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: small.now)


@pytest.mark.usefixtures("now_is")
def test_half_the_company_is_held_and_sent_once_a_person_approves(
    small: World, admin: Client
) -> None:
    run, numbers = held_run(small)
    assert not run.is_active
    assert ends(small, numbers) == [None] * LEAVERS
    page = " ".join(admin.get(f"/runs/{run.pk}/").content.decode().split())
    assert re.search(rf"{LEAVERS} of \d+ people would get an end date; the limit is 5.% or", page)
    assert "Apply this plan" in page

    admin.post(f"/runs/{run.pk}/approve/")
    run.refresh_from_db()
    assert run.status == SyncRun.Status.QUEUED
    sent = small.work(run, minutes=5)
    assert sent.status == SyncRun.Status.SUCCEEDED
    assert sent.counts()["ended"] == LEAVERS
    assert set(ends(small, numbers)) == {LAST_DAY}
    assert "approved by" in admin.get(f"/runs/{run.pk}/").content.decode()
    small.now += timedelta(minutes=5)
    assert small.run().counts()["to_send"] == 0


@pytest.mark.usefixtures("now_is")
def test_whoever_changed_since_the_plan_is_skipped_and_the_rest_is_sent(
    small: World, admin: Client
) -> None:
    run, numbers = held_run(small)
    other_day, taken_back, edited_there, *others = numbers
    end_in_hr(small, other_day, "2027-01-31")
    end_in_hr(small, taken_back, None)
    there = small.xledger.by_code(edited_there)
    small.xledger.edit(there["dbId"], {"employmentTo": "2026-11-30"})
    newcomer = next(number for number in staying(small) if number not in numbers)
    end_in_hr(small, newcomer)

    admin.post(f"/runs/{run.pk}/approve/")
    sent = small.work(run, minutes=5)
    assert sent.status == SyncRun.Status.SUCCEEDED
    assert set(ends(small, others)) == {LAST_DAY}
    assert ends(small, [other_day, taken_back, edited_there]) == [None, None, "2026-11-30"]
    assert ends(small, [newcomer]) == [None]
    skipped = Change.objects.filter(run=run, outcome=Outcome.SKIPPED, kind=ChangeKind.END)
    assert {row.employee_number for row in skipped} == {other_day, taken_back, edited_there}
    assert {problem.code for row in skipped for problem in row.problems} == {"plan_changed"}

    small.now += timedelta(minutes=5)
    small.run()
    assert ends(small, [other_day, edited_there, newcomer]) == ["2027-01-31", LAST_DAY, LAST_DAY]


@pytest.mark.usefixtures("now_is")
def test_a_discarded_plan_is_never_sent_and_the_next_sync_is_held_again(
    small: World, admin: Client
) -> None:
    run, numbers = held_run(small)
    admin.post(f"/runs/{run.pk}/discard/")
    admin.post(f"/runs/{run.pk}/approve/")
    run_sync(run, lambda: small.now)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.CANCELLED
    assert run.was_discarded
    assert ends(small, numbers) == [None] * LEAVERS
    small.now += timedelta(minutes=5)
    assert small.run().status == SyncRun.Status.HELD


def test_a_held_run_exits_2_and_its_report_says_why(
    small: World, capsys: pytest.CaptureFixture[str]
) -> None:
    run, _ = held_run(small)
    result = report(run)
    assert result["status"] == "held"
    assert (result["created"], result["updated"], result["ended"]) == (0, 0, 0)
    assert result["held"] >= LEAVERS
    assert result["problems"][0]["code"] == "limit_end"
    with pytest.raises(SystemExit) as stop:
        call_command("sync", str(small.integration.pk))
    assert stop.value.code == 2
    assert "would get an end date" in capsys.readouterr().out


@pytest.mark.usefixtures("now_is")
def test_a_sync_of_one_person_leaves_the_held_plan_of_everybody_to_be_approved(
    small: World, admin: Client
) -> None:
    run, numbers = held_run(small)
    one = small.integration.links.get(target_id=small.xledger.by_code(numbers[0])["dbId"])
    small.now += timedelta(minutes=5)
    single, new = open_run(
        small.integration, small.now, only=[one.source_id], trigger=SyncRun.Trigger.SINGLE
    )
    assert new
    assert small.work(single, minutes=5).status == SyncRun.Status.SUCCEEDED
    assert newest_held(small.integration) == run

    admin.post(f"/runs/{run.pk}/approve/")
    run.refresh_from_db()
    assert small.work(run, minutes=5).status == SyncRun.Status.SUCCEEDED
    assert ends(small, numbers) == [LAST_DAY] * LEAVERS
    assert run.changes.get(source_id=one.source_id).problems[-1].code == "plan_changed"


@pytest.mark.usefixtures("now_is")
def test_a_newer_plan_of_everybody_takes_the_place_of_a_held_one(
    small: World, admin: Client
) -> None:
    run, numbers = held_run(small)
    small.now += timedelta(minutes=5)
    newer = small.run()
    assert newest_held(small.integration) == newer
    admin.post(f"/runs/{run.pk}/approve/")
    run.refresh_from_db()
    assert run.status == SyncRun.Status.HELD
    assert ends(small, numbers) == [None] * LEAVERS
