"""What a person says about who is who, and what the next sync makes of it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integration_hub.accounts.models import User
from payroll.decisions import decide, first_match, take_back
from payroll.first_match import Group
from payroll.models import Change, SyncRun
from payroll.plan import NOT_IN_TRIAL
from payroll.runs import open_run
from payroll.sync import run_sync

from .world import World

NUMBER, THERE = "10032", "910032"  # one national id under two numbers


@pytest.fixture
def user(small: World) -> User:
    return User.objects.create_user("hr@fjordkraft.example")


def probable_pair(small: World) -> str:
    """The key of the one pair that waits for a person."""
    small.read_people()
    board = first_match(small.integration, timezone.now())
    assert board is not None
    [row] = board.rows[Group.PROBABLE]
    assert row.employee is not None
    assert row.there is not None
    assert (row.employee.identity.number, row.there.identity.number) == (NUMBER, THERE)
    return "|".join(row.pair)


def of_the_person(run: SyncRun) -> list[Change]:
    return list(run.changes.filter(employee_number=NUMBER))


def test_an_undecided_pair_is_neither_created_nor_changed(small: World, user: User) -> None:
    probable_pair(small)
    [row] = of_the_person(small.run())
    assert (row.outcome, row.problems[0].code) == ("skipped", "probable_match")
    assert "First match" in row.problems[0].message
    assert small.xledger.with_code(NUMBER) == []


def test_a_confirmed_person_keeps_the_number_in_payroll_and_gets_everything_else(
    small: World, user: User
) -> None:
    key = probable_pair(small)
    person = small.simployer.find("employee", employeeNumber=NUMBER)
    small.simployer.store.edit("employee", person["id"], {"workEmail": "new@fjordkraft.example"})
    before = small.xledger.employees
    [answer] = decide(small.integration.pk, [key], user, timezone.now(), same=True)
    assert answer.done
    assert small.xledger.employees == before

    rows = of_the_person(small.run())
    held = [row for row in rows if row.outcome == "held"]
    assert [[*row.details["fields"]] for row in held] == [["code"]]
    assert [row.problems[0].code for row in held] == ["number_changed"]
    [applied] = [row for row in rows if row.outcome == "applied"]
    assert "code" not in applied.details["fields"]
    assert small.xledger.with_code(NUMBER) == []
    assert small.xledger.by_code(THERE)["email"] == "new@fjordkraft.example"
    told = take_back(small.integration.pk, key, user, timezone.now())
    assert "something has been sent" in told.words


def test_a_trial_sends_the_chosen_and_nobody_else(small: World) -> None:
    preview = small.run(preview=True)
    chosen = preview.changes.filter(kind="create", sendable=True)[0]
    run, _ = open_run(small.integration, small.now, only=[chosen.source_id])
    run_sync(run, lambda: small.now, sleep=lambda seconds: None)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.SUCCEEDED, run.error
    assert [row.source_id for row in run.changes.all()] == [chosen.source_id]
    assert run.left_out[NOT_IN_TRIAL] == run.in_scope - 1
    assert (run.in_scope, run.source_count) == (preview.in_scope, preview.source_count)
    assert [link.source_id for link in small.integration.links.all()] == [chosen.source_id]


def test_everyone_goes_on_after_a_trial_as_if_there_had_been_none(small: World) -> None:
    preview = small.run(preview=True)
    chosen = preview.changes.filter(kind="create", sendable=True)[0]
    run, _ = open_run(small.integration, small.now, only=[chosen.source_id])
    run_sync(run, lambda: small.now, sleep=lambda seconds: None)
    everyone = small.run()
    assert everyone.planned_at is not None, everyone.error
    assert everyone.counts()["created"] == preview.counts()["created"] - 1
    assert small.run().counts()["to_send"] == 0
