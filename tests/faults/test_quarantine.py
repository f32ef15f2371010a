"""Whom payroll refuses is tried first, set aside after three times, and freed by what changes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integration_hub.accounts.models import AuditEntry, Membership, Role, User
from payroll import runs, troubles
from payroll.models import Change, EmployeeLink, FieldMapping, SyncRun, Trouble
from payroll.records import Outcome
from payroll.sync import run_sync
from tests.journeys.world import World
from xledger import target

from .test_refused_rows import new_numbers

DAY = timedelta(days=1)
DRIFT = "drift@fjordkraft.example"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many syncs in a row, none of which is to wait for the vendor's limit."""
    monkeypatch.setattr(target, "BURST_REQUESTS", 1_000_000)


def refuse(customer: World, *numbers: str) -> None:
    """Payroll takes these people no more."""
    for number in numbers:
        customer.xledger.faults.add(
            "bad_row", code=number, message="not accepted", ext_code="INVALID_VALUE", times=None
        )


def days(customer: World, count: int) -> SyncRun:
    """One sync on each of so many days; the last of them."""
    done = []
    for _ in range(count):
        done.append(customer.run())
        customer.now += DAY
    return done[-1]


def admin(customer: World) -> User:
    user = User.objects.create_user("admin@fjordkraft.example")
    organisation = customer.integration.organisation
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    return user


def row_of(run: SyncRun, number: str) -> Change:
    return run.changes.get(employee_number=number)


def drifted(customer: World, count: int) -> list[str]:
    """So many employee numbers of people in whose e-mail payroll has something else than HR."""
    customer.run()
    numbers = [str(10_001 + each) for each in range(count)]
    drift(customer, numbers)
    return numbers


def drift(customer: World, numbers: list[str]) -> None:
    for number in numbers:
        customer.xledger.edit(customer.xledger.by_code(number)["dbId"], {"email": DRIFT})


def writes(customer: World) -> int:
    return len([entry for entry in customer.xledger.log if entry.operation == "mutation"])


@pytest.fixture
def refused(customer: World) -> str:
    """The number of a new person whom payroll does not take."""
    number = new_numbers(customer)[-1]
    refuse(customer, number)
    return number


@pytest.fixture
def set_aside(customer: World, refused: str) -> str:
    """The same, three days later."""
    days(customer, 3)
    assert Trouble.objects.get().quarantined_at
    return refused


def test_refusals_are_counted_with_their_age(customer: World, refused: str) -> None:
    began = customer.now
    days(customer, 2)
    trouble = Trouble.objects.get()
    assert (trouble.attempts, trouble.quarantined_at) == (2, None)
    assert (trouble.first_at, trouble.last_at) == (began, began + DAY)
    assert refused not in json.dumps([trouble.digest, trouble.source_id])


def test_whoever_was_refused_is_sent_first_in_the_next_run(customer: World, refused: str) -> None:
    assert row_of(customer.run(), refused).position > 0
    assert row_of(customer.run(), refused).position == 0


def test_after_three_refusals_nothing_is_sent_and_the_row_says_why(
    customer: World, set_aside: str
) -> None:
    before = writes(customer)
    run = customer.run()
    row = row_of(run, set_aside)
    assert writes(customer) == before
    assert (row.outcome, row.sendable, row.sent_at) == (Outcome.SKIPPED, False, None)
    assert row.problems[-1].code == "set_aside"
    assert run.status == SyncRun.Status.SUCCEEDED
    assert not EmployeeLink.objects.filter(source_id=row.source_id).exists()
    assert Trouble.objects.get().attempts == 3


def test_a_preview_shows_it_and_counts_nothing(customer: World, set_aside: str) -> None:
    run = customer.run(preview=True)
    assert row_of(run, set_aside).outcome == Outcome.SKIPPED
    assert run.counts()["created"] == 0
    assert Trouble.objects.get().attempts == 3


def test_a_value_changed_in_hr_frees_the_person(customer: World, set_aside: str) -> None:
    person = customer.simployer.find("employee", employeeNumber=set_aside)
    customer.simployer.store.edit("employee", person["id"], {"title": "Another title"})
    row = row_of(customer.run(), set_aside)
    assert row.outcome == Outcome.REJECTED
    trouble = Trouble.objects.get()
    assert (trouble.attempts, trouble.quarantined_at) == (1, None)


def test_a_changed_field_table_frees_the_person(customer: World, set_aside: str) -> None:
    FieldMapping.objects.filter(target="birthday").update(mode="off")
    assert row_of(customer.run(), set_aside).outcome == Outcome.REJECTED


def test_an_entry_more_in_payrolls_list_frees_the_person(customer: World, set_aside: str) -> None:
    customer.xledger.store.insert("employee_groups", {"code": "90", "description": "A new group"})
    customer.xledger.faults.clear()
    assert row_of(customer.run(), set_aside).outcome == Outcome.APPLIED
    assert not Trouble.objects.exists()


def test_try_again_frees_the_person_who_goes_through_once_payroll_agrees(
    customer: World, set_aside: str
) -> None:
    customer.xledger.faults.clear()
    assert row_of(customer.run(), set_aside).outcome == Outcome.SKIPPED
    assert troubles.free(customer.integration, admin(customer), customer.now) == 1
    assert row_of(customer.run(), set_aside).outcome == Outcome.APPLIED
    assert len(customer.xledger.with_code(set_aside)) == 1
    assert not Trouble.objects.exists()
    assert customer.sync()["created"] == 0


def test_somebody_freed_and_refused_again_has_three_tries_more(
    customer: World, set_aside: str
) -> None:
    troubles.free(customer.integration, admin(customer), customer.now)
    outcomes = [row_of(days(customer, 1), set_aside).outcome for _ in range(4)]
    assert outcomes == [Outcome.REJECTED] * 3 + [Outcome.SKIPPED]


def test_who_freed_is_audited_without_a_name(customer: World, set_aside: str) -> None:
    alice = admin(customer)
    assert troubles.free(customer.integration, alice, customer.now) == 1
    assert troubles.free(customer.integration, alice, customer.now) == 0
    entry = AuditEntry.objects.get(action=AuditEntry.Action.FREED)
    assert (entry.user, entry.before, entry.after) == (alice, None, {"people": 1})


def test_somebody_who_goes_through_or_is_no_longer_planned_is_forgotten(
    customer: World, refused: str
) -> None:
    other = new_numbers(customer)[0]
    refuse(customer, other)
    days(customer, 1)
    assert Trouble.objects.count() == 2
    customer.xledger.faults.clear()
    gone = customer.simployer.find("employee", employeeNumber=refused)
    customer.simployer.store.delete("employee", gone["id"])
    run = days(customer, 1)
    assert row_of(run, other).outcome == Outcome.APPLIED
    assert not Trouble.objects.exists()


def test_a_sync_of_a_few_people_forgets_nobody_else(customer: World, set_aside: str) -> None:
    somebody = customer.simployer.rows["employee"][0]["id"]
    run, _ = runs.open_run(customer.integration, customer.now, only=[str(somebody)])
    run_sync(run, lambda: customer.now)
    assert Trouble.objects.get().quarantined_at


def test_a_person_synced_alone_by_hand_is_tried_whatever_was_before(
    customer: World, set_aside: str
) -> None:
    customer.xledger.faults.clear()
    run, _ = runs.open_run(
        customer.integration,
        customer.now,
        only=[Trouble.objects.get().source_id],
        trigger=SyncRun.Trigger.SINGLE,
    )
    run_sync(run, lambda: customer.now)
    assert row_of(run, set_aside).outcome == Outcome.APPLIED
    assert not Trouble.objects.exists()


def test_five_who_are_refused_alike_hold_up_the_rest_three_times_and_no_longer(
    customer: World,
) -> None:
    numbers = drifted(customer, 10)
    refuse(customer, *numbers[:5])
    for _ in range(3):
        run = days(customer, 1)
        assert run.counts()["rejected"] == 5
    last = days(customer, 1)
    assert last.status == SyncRun.Status.SUCCEEDED
    assert last.counts()["updated"] > 0
    assert last.counts()["held"] == 0
    assert Trouble.objects.filter(quarantined_at__isnull=False).count() == 5


@pytest.fixture
def leaver(customer: World) -> str:
    """The number of somebody whose end date and e-mail payroll has lost and takes no more."""
    for row in customer.run().changes.filter(kind="end", outcome=Outcome.APPLIED):
        lost = {"employmentTo": None, "email": DRIFT}
        person = customer.xledger.by_code(row.employee_number)
        customer.xledger.edit(person["dbId"], lost)
    both = next(
        row.employee_number
        for row in customer.run(preview=True).changes.filter(kind="end")
        if row.details["fields"].keys() == {"employmentTo", "email"}
    )
    refuse(customer, both)
    days(customer, 3)
    assert Trouble.objects.get().quarantined_at
    return both


def test_an_end_date_is_sent_without_the_values_that_are_set_aside(
    customer: World, leaver: str
) -> None:
    still = row_of(customer.run(), leaver)
    assert still.outcome == Outcome.REJECTED
    assert still.details["fields"].keys() == {"employmentTo"}
    assert still.problems[0].code == "only_the_end"
    assert Trouble.objects.get().attempts == 4

    customer.xledger.faults.clear()
    row = row_of(customer.run(), leaver)
    assert (row.outcome, row.flagged) == (Outcome.APPLIED, True)
    person = customer.xledger.by_code(leaver)
    assert person["employmentTo"]
    assert person["email"] == DRIFT

    customer.run()  # what was set aside is something else without the end date, so it goes
    assert customer.xledger.by_code(leaver)["email"] != DRIFT
    assert customer.sync()["updated"] == 0


def test_booking_asks_as_little_for_many_as_for_few(customer: World) -> None:
    numbers = drifted(customer, 4)
    asked = []
    for refused in (numbers[:1], numbers):
        refuse(customer, *refused)
        drift(customer, numbers)
        run = customer.run()
        assert run.counts()["rejected"] == len(refused)
        Trouble.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            troubles.book(run, customer.now)
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 8
