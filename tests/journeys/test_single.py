"""One person by hand: five steps on one page, and nobody else is touched."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry
from payroll.models import Change, Integration, SyncRun
from payroll.pages.overview import good_runs

from .dated_rows import offer
from .pay import BOTH, send_pay
from .world import World

pytestmark = pytest.mark.usefixtures("queue_in_memory")
PAY = ("pay", "payElement", "payFrom")


def somebody(world: World, kind: str = "create") -> Change:
    """Whom a sync would send, and a reading of people to look at them."""
    change = Change.objects.filter(run=world.run(preview=True), kind=kind, flagged=False)[0]
    world.read_people()
    return change


def address(world: World, change: Change) -> str:
    return f"/settings/integrations/{world.integration.pk}/person/?who={change.source_id}"


def press(admin: Client, world: World, change: Change) -> SyncRun:
    """Sync this person now."""
    base = f"/settings/integrations/{world.integration.pk}/person/"
    answer = admin.post(f"{base}sync/", {"who": change.source_id})
    assert answer["Location"] == f"{base}?who={change.source_id}"
    return SyncRun.objects.get(trigger=SyncRun.Trigger.SINGLE)


def page(admin: Client, world: World, change: Change) -> str:
    answer = admin.get(address(world, change))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_one_new_person_is_sent_and_read_back_and_nobody_else(small: World, admin: Client) -> None:
    change = somebody(small)
    before = len(small.xledger.employees)
    assert "Would be sent" in page(admin, small, change)
    run = press(admin, small, change)
    assert "Waiting for its turn" in page(admin, small, change)
    small.work(run)
    assert run.status == SyncRun.Status.SUCCEEDED
    assert len(small.xledger.employees) == before + 1
    shown = page(admin, small, change)
    assert "As sent" in shown
    assert "does not show this field" not in shown.split("3. What was")[0]
    assert small.integration.links.count() == 1


def test_the_plan_that_was_sent_stays_on_the_page_until_people_are_read_again(
    small: World, admin: Client
) -> None:
    change = somebody(small)
    run = press(admin, small, change)
    small.work(run)
    assert "3. What was to be sent" in page(admin, small, change)
    small.now += timedelta(minutes=5)
    small.read_people()
    shown = page(admin, small, change)
    assert "X-ledger already holds what HR says" in shown
    assert "Nothing was sent for this person alone since people were read" in shown


def test_a_second_time_there_is_nothing_to_send(small: World, admin: Client) -> None:
    change = somebody(small)
    small.work(press(admin, small, change))
    again = admin.post(
        f"/settings/integrations/{small.integration.pk}/person/sync/", {"who": change.source_id}
    )
    second = SyncRun.objects.filter(trigger=SyncRun.Trigger.SINGLE)[0]
    small.work(second)
    assert again.status_code == 302
    assert second.changes.count() == 0
    assert "Nothing was sent." in page(admin, small, change)


def test_after_a_sync_of_everyone_the_page_asks_to_read_again(small: World, admin: Client) -> None:
    change = somebody(small)
    small.run()
    shown = page(admin, small, change)
    assert "since people were read. Read again" in shown
    assert "Would be sent" not in shown


def test_a_refusal_is_shown_where_it_happened(small: World, admin: Client) -> None:
    change = somebody(small)
    small.xledger.faults.add(
        "bad_row",
        code=change.employee_number,
        message="not accepted",
        ext_code="INVALID_VALUE",
        times=None,
    )
    run = press(admin, small, change)
    small.work(run)
    assert run.status == SyncRun.Status.WITH_PROBLEMS
    shown = page(admin, small, change)
    assert "Rejected" in shown
    assert "Nothing was sent, so nothing came back" in shown


def test_it_is_no_first_run_and_is_noted_without_names(small: World, admin: Client) -> None:
    change = somebody(small)
    small.work(press(admin, small, change))
    entry = AuditEntry.objects.get(action=AuditEntry.Action.SINGLE_STARTED)
    assert entry.after == {"people": 1}
    assert not good_runs().exists()
    assert "One person" in admin.get("/activity/").content.decode()


def test_a_draft_shows_three_steps_and_sends_nothing(small: World, admin: Client) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    change = somebody(small)
    shown = page(admin, small, change)
    assert "3. What would be sent" in shown
    assert "4. What was sent" not in shown
    base = f"/settings/integrations/{small.integration.pk}/person/"
    admin.post(f"{base}sync/", {"who": change.source_id})
    assert not SyncRun.objects.filter(preview=False).exists()


# --- pay ------------------------------------------------------------------------------------------


def steps(admin: Client, world: World, change: Change) -> list[str]:
    """The page, a step a part: before the first, then one to five."""
    return re.split(r'id="(?:raw|mapped|planned|sent|read-back)"', page(admin, world, change))


def digits(text: str) -> str:
    """Whatever the reader's language puts between them."""
    return re.sub(r"[^\d<]", "", text)


def whose_pay_goes(world: World) -> Change:
    """Somebody in payroll to whom a sync would send nothing but pay, and a reading of people."""
    updates = world.run(preview=True).changes.filter(kind="update", flagged=False)
    found = next(row for row in updates if set(row.details["fields"]) == {*PAY})
    world.read_people()
    return found


def test_pay_is_shown_as_a_new_row_sent_and_read_back(small: World, admin: Client) -> None:
    send_pay(small)
    change = whose_pay_goes(small)
    amount = digits(change.details["fields"]["pay"]["after"])  # masked for everybody
    planned = steps(admin, small, change)[3]
    assert amount not in digits(planned)
    assert planned.count("Added in a new row.") == len(PAY)
    small.work(press(admin, small, change))
    assert [row["employee"] for row in small.xledger.pay_rates] == [change.employee_number]
    _, _, _, planned, sent, back = steps(admin, small, change)
    assert "Added in a new row." in planned
    assert "Pay" in sent
    assert back.count("As sent") == len(PAY)
    assert amount not in digits(back)


def test_a_row_that_payroll_has_is_shown_as_corrected(small: World, admin: Client) -> None:
    send_pay(small)
    change = whose_pay_goes(small)
    small.run()
    [row] = [r for r in small.xledger.pay_rates if r["employee"] == change.employee_number]
    small.xledger.store.update("payroll_rates", row["dbId"], {"rate": "1.0000"})
    small.now += timedelta(minutes=5)
    small.read_people()
    planned = steps(admin, small, change)[3]
    assert "Corrected in the row that is there." in planned
    assert "Added in a new row." not in planned
    assert "Changed in X-ledger since" in planned
    small.work(press(admin, small, change))
    assert {**row, "modifiedAt": ""} in [{**r, "modifiedAt": ""} for r in small.xledger.pay_rates]
    small.now += timedelta(minutes=5)
    small.read_people()
    assert "X-ledger already holds what HR says" in steps(admin, small, change)[3]


def test_why_pay_does_not_go_is_shown(small: World, admin: Client) -> None:
    send_pay(small)
    change = whose_pay_goes(small)
    offer(small)
    assert "Pay rates are not sent: this X-ledger offers no" in steps(admin, small, change)[3]
    offer(small, *BOTH, denied_fields=["payrollRates"])
    small.read_people()
    assert "Pay rates are not sent: they could not be read." in steps(admin, small, change)[3]


def test_pay_that_is_mapped_after_people_were_read_asks_to_read_again(
    small: World, admin: Client
) -> None:
    change = somebody(small)
    send_pay(small)
    assert "were not read with the people. Read again." in steps(admin, small, change)[3]


@pytest.mark.parametrize(
    ("fault", "words"),
    [("bad_row", "Not sent. Step 4 says why"), ("drop_before", "gave no clear answer")],
)
def test_pay_that_did_not_go_is_not_said_to_be_sent(
    small: World, admin: Client, fault: str, words: str
) -> None:
    send_pay(small)
    change = somebody(small)
    assert "pay" in change.details["fields"]
    refusal = {"code": change.employee_number, "path": "rate", "ext_code": "INVALID_VALUE"}
    small.xledger.faults.add(fault, root="addPayrollRates", **refusal if fault == "bad_row" else {})
    small.work(press(admin, small, change))
    _, _, _, planned, sent, back = steps(admin, small, change)
    assert back.count(words) == len(PAY)
    assert "As sent" in back
    assert "hub-problem" in sent
    assert "hub-problem" not in planned
    assert "Value left out" not in planned
