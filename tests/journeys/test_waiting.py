"""A new bank account waits for a second person; the rest flows; what was approved is sent once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_hub.accounts.models import Membership, Role, User
from payroll.models import SyncRun, WaitingChange
from payroll.records import Outcome, Subject
from payroll.report import report
from payroll.verdicts import NotAllowed, decide, take_back
from payroll.waiting import hand_on, hand_on_left_over, waiting_for

from . import positions
from .accounts import NEW, OTHER, account, move_account, wait_for
from .dated_rows import map_too, offer
from .leavers import LAST_DAY, end_in_hr, ends, staying
from .pay import rates, send_pay, somebody
from .world import World

pytestmark = pytest.mark.usefixtures("queue_in_memory")
WRITES = ("created", "updated", "ended")
_State = WaitingChange.State


@pytest.fixture
def second(small: World) -> Membership:
    """Somebody who did not make the setting."""
    user = User.objects.create_user("second@fjordkraft.example", "a long enough secret", name="Ola")
    organisation = small.integration.organisation
    return Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)


def position_ends(world: World, number: str) -> list[str | None]:
    """The last days of somebody's positions."""
    return [row.get("dateTo") for row in world.xledger.positions if row["employee"] == number]


def rename(world: World, number: str, name: str) -> None:
    row = world.simployer.find("employee", employeeNumber=number)
    world.simployer.store.edit("employee", row["id"], {"lastName": name})


def sync(world: World) -> SyncRun:
    """A run, ten minutes later."""
    world.now += timedelta(minutes=10)
    return world.run()


def say(world: World, member: Membership, *, approved: bool) -> int:
    """The second person decides on everything that waits."""
    chosen = list(waiting_for(world.integration).values_list("pk", flat=True))
    return decide(world.integration.pk, chosen, member, world.now, approved=approved)


def test_the_account_waits_the_name_goes_and_the_approved_account_is_sent(
    small: World, second: Membership
) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number = staying(small)[0]
    before = account(small, number)
    move_account(small, number, NEW)
    rename(small, number, "Nytt-Navn")
    found = sync(small)
    counts = found.counts()
    assert (counts["updated"], counts["to_approve"]) == (1, 1)
    told = [row for row in report(found)["problems"] if row["code"] == "to_approve"]
    assert [row["outcome"] for row in told] == ["to_approve"]
    assert small.xledger.by_code(number)["lastName"] == "Nytt-Navn"
    assert account(small, number) == before
    [waits] = waiting_for(small.integration)
    assert (waits.employee_number, waits.subject, waits.run) == (number, "bank_account", found)
    assert waits.details["fields"]["bankAccount"]["after"] == NEW

    assert say(small, second, approved=True) == 1
    handed = hand_on(small.integration, small.now)
    assert handed
    run, new = handed
    assert new
    assert (run.only, run.trigger) == ([waits.source_id], SyncRun.Trigger.APPROVED)
    assert account(small, number) == before
    sent = small.work(run, minutes=1)
    assert sent.status == SyncRun.Status.SUCCEEDED
    assert account(small, number) == NEW
    [row] = sent.changes.filter(outcome=Outcome.APPLIED)
    assert row.details["fields"]["bankAccount"]["approval"]["by"] == "Ola"
    assert not small.integration.waiting_changes.exists()
    last = sync(small).counts()
    assert [last[name] for name in (*WRITES, "to_approve")] == [0, 0, 0, 0]


def test_waiting_alone_leaves_a_run_succeeded(small: World) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    before = sync(small).status
    move_account(small, staying(small)[0], NEW)
    assert sync(small).status == before
    counts = sync(small).counts()
    assert (counts["to_approve"], counts["updated"]) == (1, 0)


def test_a_value_that_hr_changes_after_the_approval_waits_anew(
    small: World, second: Membership
) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number = staying(small)[0]
    before = account(small, number)
    move_account(small, number, NEW)
    sync(small)
    first = waiting_for(small.integration).get()
    say(small, second, approved=True)
    move_account(small, number, OTHER)
    handed = hand_on(small.integration, small.now)
    assert handed
    small.work(handed[0], minutes=1)
    assert account(small, number) == before
    now_waits = waiting_for(small.integration).get()
    assert now_waits.pk != first.pk
    late = [first.pk]
    assert decide(small.integration.pk, late, second, small.now, approved=True) == 0
    sync(small)
    assert account(small, number) == before


def test_what_hr_takes_back_no_longer_waits(small: World) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number = staying(small)[0]
    before = account(small, number)
    assert before
    move_account(small, number, NEW)
    sync(small)
    assert waiting_for(small.integration).count() == 1
    move_account(small, number, before)
    sync(small)
    assert not small.integration.waiting_changes.exists()


def test_a_declined_account_is_not_asked_again_until_hr_changes_it(
    small: World, second: Membership
) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number = staying(small)[0]
    before = account(small, number)
    move_account(small, number, NEW)
    sync(small)
    assert say(small, second, approved=False) == 1
    declined = sync(small)
    assert declined.counts()["to_approve"] == 0
    [row] = declined.changes.filter(employee_number=number)
    assert row.outcome == Outcome.SKIPPED
    assert "declined by Ola" in row.problems[0].message
    assert not waiting_for(small.integration).exists()
    assert small.integration.waiting_changes.get().state == _State.DECLINED

    undone = [small.integration.waiting_changes.get().pk]
    assert take_back(small.integration.pk, undone, second, small.now) == 1
    assert sync(small).counts()["to_approve"] == 1
    say(small, second, approved=False)
    move_account(small, number, OTHER)
    assert sync(small).counts()["to_approve"] == 1
    assert account(small, number) == before


def test_a_leaver_waits_and_is_ended_once_approved(small: World, second: Membership) -> None:
    wait_for(small, Subject.END_DATE)
    number = staying(small)[0]
    end_in_hr(small, number)
    waits = sync(small)
    assert waits.counts()["ended"] == 0
    assert ends(small, [number]) == [None]
    say(small, second, approved=True)
    handed = hand_on(small.integration, small.now)
    assert handed
    assert small.work(handed[0], minutes=1).counts()["ended"] == 1
    assert ends(small, [number]) == [LAST_DAY]


def test_what_is_approved_during_a_run_is_sent_after_it(small: World, second: Membership) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number = staying(small)[0]
    move_account(small, number, NEW)
    sync(small)
    busy = SyncRun.objects.create(
        integration=small.integration,
        queued_at=small.now,
        preview=True,
        target_account=small.integration.target_account,
    )
    say(small, second, approved=True)
    assert hand_on(small.integration, small.now) == (busy, False)
    hand_on_left_over(small.now)
    assert small.integration.runs.active().get() == busy
    ids = [small.integration.waiting_changes.get().pk]
    with pytest.raises(NotAllowed):
        take_back(small.integration.pk, ids, second, small.now)
    busy.delete()
    hand_on_left_over(small.now)
    hand_on_left_over(small.now)
    run = small.integration.runs.active().get()
    assert run.started_by == second.user
    small.work(run, minutes=1)
    assert account(small, number) == NEW
    hand_on_left_over(small.now)
    assert not small.integration.runs.active().exists()


def test_a_preview_and_a_run_of_others_leave_the_list_as_it_is(small: World) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number, other = staying(small)[:2]
    move_account(small, number, NEW)
    sync(small)
    listed = waiting_for(small.integration).get()
    move_account(small, number, OTHER)
    move_account(small, other, NEW)
    small.run(preview=True)
    assert waiting_for(small.integration).get() == listed


def test_a_setting_that_is_switched_off_lets_everything_go(small: World) -> None:
    wait_for(small, Subject.BANK_ACCOUNT)
    number = staying(small)[0]
    move_account(small, number, NEW)
    sync(small)
    small.integration.set_waits([], small.now)
    small.integration.save()
    assert not small.integration.waiting_changes.exists()
    assert sync(small).counts()["updated"] == 1
    assert account(small, number) == NEW


# --- pay, which goes after the rest of the person -------------------------------------------------


def raised(world: World) -> tuple[str, dict[str, Any]]:
    """Somebody whose pay stands in payroll and was raised in HR since, and the row of HR."""
    send_pay(world)
    wait_for(world, Subject.PAY)
    number, pay = somebody(world)
    pay["amount"] = pay["baseAmount"] = 43210.75
    return number, pay


def refuse_pay(world: World, number: str) -> None:
    refusal = {"path": "rate", "ext_code": "INVALID_VALUE", "root": "updatePayrollRates"}
    world.xledger.faults.add("bad_row", code=number, **refusal)


def approved_and_refused(world: World, second: Membership, number: str) -> None:
    """The name goes through, the pay that was approved does not."""
    sync(world)
    assert say(world, second, approved=True) == 1
    refuse_pay(world, number)
    rename(world, number, "Nytt-Navn")
    run = sync(world)
    assert "row_refused" in {row["code"] for row in report(run)["problems"]}
    assert world.xledger.by_code(number)["lastName"] == "Nytt-Navn"
    world.xledger.faults.clear()


def test_approved_pay_that_payroll_refused_is_sent_again_without_a_second_approval(
    small: World, second: Membership
) -> None:
    number, _ = raised(small)
    approved_and_refused(small, second, number)
    counts = sync(small).counts()
    assert (counts["updated"], counts["to_approve"]) == (1, 0)
    assert rates(small, number)[0][1] == Decimal("43210.75")
    assert not small.integration.waiting_changes.exists()


def test_pay_that_hr_changes_after_the_refusal_waits_anew(small: World, second: Membership) -> None:
    number, pay = raised(small)
    before = rates(small, number)
    approved_and_refused(small, second, number)
    pay["amount"] = pay["baseAmount"] = 99999
    counts = sync(small).counts()
    assert (counts["updated"], counts["to_approve"]) == (0, 1)
    assert rates(small, number) == before


def test_an_approval_of_pay_counts_once(small: World, second: Membership) -> None:
    number, _ = raised(small)
    sync(small)
    say(small, second, approved=True)
    rename(small, number, "Nytt-Navn")
    sync(small)
    assert rates(small, number)[0][1] == Decimal("43210.75")
    [row] = [row for row in small.xledger.pay_rates if row["employee"] == number]
    small.xledger.store.update("payroll_rates", row["dbId"], {"rate": "1.0000"})
    counts = sync(small).counts()
    assert (counts["updated"], counts["to_approve"]) == (0, 1)


def test_pay_whose_answer_was_lost_needs_no_second_approval(
    small: World, second: Membership
) -> None:
    number, _ = raised(small)
    sync(small)
    say(small, second, approved=True)
    rename(small, number, "Nytt-Navn")
    small.xledger.faults.add("500", root="updatePayrollRates", commit=False)
    sync(small)
    assert rates(small, number)[0][1] != Decimal("43210.75")
    counts = sync(small).counts()
    assert (counts["updated"], counts["to_approve"]) == (1, 0)
    assert rates(small, number)[0][1] == Decimal("43210.75")


def test_approved_pay_goes_once_the_wait_that_payroll_asked_for_is_over(
    small: World, second: Membership
) -> None:
    number, _ = raised(small)
    sync(small)
    say(small, second, approved=True)
    rename(small, number, "Nytt-Navn")
    small.xledger.faults.add("credits", root="updatePayrollRates")
    run = sync(small)
    assert run.status == SyncRun.Status.QUEUED
    assert small.xledger.by_code(number)["lastName"] == "Nytt-Navn"
    began = small.xledger.clock()
    small.xledger.clock = lambda: began + timedelta(hours=1)
    small.now += timedelta(hours=1)
    small.work(run, minutes=1)
    assert rates(small, number)[0][1] == Decimal("43210.75")
    assert not small.integration.waiting_changes.exists()


def test_the_last_day_of_a_position_waits_with_the_end_date(
    small: World, second: Membership
) -> None:
    """One without the other would stop somebody's pay unseen."""
    map_too(small, *positions.ROWS)
    offer(small, *positions.BOTH)
    sync(small)
    wait_for(small, Subject.END_DATE)
    number = next(each for each in staying(small) if position_ends(small, each) == [None])
    end_in_hr(small, number)
    assert sync(small).counts()["to_approve"] == 1
    assert position_ends(small, number) == [None]
    say(small, second, approved=True)
    sync(small)
    assert position_ends(small, number) == [LAST_DAY]
    assert small.xledger.by_code(number)["employmentTo"] == LAST_DAY
    assert sync(small).counts()["updated"] == 0
