"""A mistake in HR was sent; payroll gets the values of before again, and keeps them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integration_hub.accounts.models import AuditEntry, User
from payroll.approval import approve
from payroll.models import Pin, SyncRun
from payroll.pins import unpin
from payroll.records import Outcome, Subject
from payroll.report import report
from payroll.restores import start_restore

from .leavers import LAST_DAY, end_in_hr, ends, staying
from .world import World

pytestmark = pytest.mark.usefixtures("queue_in_memory")
SENT = ("created", "updated", "ended")
CENTRE = ("costCenterId", "effectiveCostCenterId")
PHONE, OTHER = "+4792000001", "+4792000002"


@pytest.fixture
def hr(small: World) -> User:
    return User.objects.create_user("hr@fjordkraft.example", "a long enough secret", name="Hilde")


def edit(world: World, number: str, **values: Any) -> None:
    """HR changes somebody."""
    row = world.simployer.find("employee", employeeNumber=number)
    world.simployer.store.edit("employee", row["id"], values)


def held(world: World, number: str) -> dict[str, Any]:
    """The phone and the cost centre in payroll."""
    row = world.xledger.by_code(number)
    return {key: row[key] for key in ("phone", "glObject1")}


def edit_payroll(world: World, number: str) -> None:
    """Somebody types another phone in payroll."""
    world.xledger.edit(world.xledger.by_code(number)["dbId"], {"phone": OTHER})


def centre_of(world: World, number: str) -> str:
    """The cost centre in HR."""
    found: str = world.simployer.find("employee", employeeNumber=number)["effectiveCostCenterId"]
    return found


def sync(world: World) -> SyncRun:
    """A run, ten minutes later."""
    world.now += timedelta(minutes=10)
    return world.run()


def restore(world: World, run: SyncRun, user: User, who: str = "") -> SyncRun:
    """The button, and the run it starts."""
    world.now += timedelta(minutes=10)
    restoring, new = start_restore(run, user, world.now, who)
    assert new
    return world.work(restoring, minutes=1)


def mistake(world: World, people: int = 3) -> tuple[SyncRun, dict[str, dict[str, Any]]]:
    """HR gives people a wrong phone and cost centre, which are sent; what payroll had before."""
    world.run()
    sync(world)
    centre = centre_of(world, staying(world)[-1])
    numbers = [number for number in staying(world) if centre_of(world, number) != centre][:people]
    before = {number: held(world, number) for number in numbers}
    for place, number in enumerate(numbers):
        edit(world, number, privatePhone=f"+479300000{place}", **dict.fromkeys(CENTRE, centre))
    run = sync(world)
    assert report(run)["updated"] == people
    assert all(held(world, number) != before[number] for number in numbers)
    return run, before


def test_a_run_is_taken_back_stays_so_and_gives_way_to_what_hr_says_next(
    small: World, hr: User
) -> None:
    wrong, before = mistake(small)
    numbers = list(before)
    restored = restore(small, wrong, hr)
    assert restored.status == SyncRun.Status.SUCCEEDED
    assert (restored.trigger, restored.restores) == (SyncRun.Trigger.RESTORE, wrong)
    assert {number: held(small, number) for number in numbers} == before
    assert Pin.objects.count() == 6

    quiet = sync(small)
    assert [report(quiet)[name] for name in SENT] == [0, 0, 0]
    assert quiet.pinned == {"phone": 3, "glObject1": 3}
    assert {number: held(small, number) for number in numbers} == before

    edit(small, numbers[0], privatePhone=PHONE)
    assert report(sync(small))["updated"] == 1
    assert held(small, numbers[0]) == {"phone": PHONE, "glObject1": before[numbers[0]]["glObject1"]}
    assert sync(small).pinned == {"phone": 2, "glObject1": 3}
    started = AuditEntry.objects.get(action=AuditEntry.Action.RESTORE_STARTED)
    assert (started.user, started.after) == (hr, {"people": 3})


def test_one_person_is_restored_and_nobody_else(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    first, *others = before
    who = wrong.changes.get(employee_number=first).source_id
    restore(small, wrong, hr, who)
    assert held(small, first) == before[first]
    assert all(held(small, number)["phone"].startswith("+479300000") for number in others)
    assert sync(small).pinned == {"phone": 1, "glObject1": 1}


def test_restoring_twice_changes_nothing_more(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    restore(small, wrong, hr)
    again = restore(small, wrong, hr)
    assert not again.changes.exists()
    assert Pin.objects.count() == 6
    assert {number: held(small, number) for number in before} == before


def test_restoring_a_restore_brings_back_what_hr_says_without_a_pin(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    after = {number: held(small, number) for number in before}
    restored = restore(small, wrong, hr)
    restore(small, restored, hr)
    assert {number: held(small, number) for number in before} == after
    assert not Pin.objects.exists()
    assert [report(sync(small))[name] for name in SENT] == [0, 0, 0]


def test_what_somebody_changed_in_payroll_since_is_left_alone_and_told(
    small: World, hr: User
) -> None:
    wrong, before = mistake(small)
    first, second, _ = before
    edit_payroll(small, first)
    restored = restore(small, wrong, hr)
    row = restored.changes.get(employee_number=first)
    assert [problem.code for problem in row.problems] == ["restore_changed_since"]
    assert held(small, first) == {"phone": OTHER, "glObject1": before[first]["glObject1"]}
    assert held(small, second) == before[second]

    edit_payroll(small, second)
    run = sync(small)
    told = run.changes.get(employee_number=second)
    assert [problem.code for problem in told.problems] == ["pinned_and_changed"]
    assert held(small, second)["phone"] == OTHER


def test_an_unpinned_value_goes_with_the_next_sync(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    wrongly = {number: held(small, number) for number in before}
    restore(small, wrong, hr)
    before_unpinning = {number: held(small, number) for number in before}
    assert before_unpinning == before
    pins = list(Pin.objects.values_list("pk", flat=True))
    assert unpin(small.integration, pins, hr, small.now) == 6
    assert unpin(small.integration, pins, hr, small.now) == 0
    assert report(sync(small))["updated"] == 3
    assert {number: held(small, number) for number in before} == wrongly


def test_a_big_restore_is_held_and_goes_once_it_is_approved(small: World, hr: User) -> None:
    wrong, before = mistake(small, people=4)
    small.integration.limits = {"update": {"percent": 1, "people": None, "floor": 2}}
    small.integration.save()
    waits = restore(small, wrong, hr)
    assert waits.status == SyncRun.Status.HELD
    assert not Pin.objects.exists()
    assert all(held(small, number)["phone"].startswith("+479300000") for number in before)
    approve(waits, hr, small.now)
    assert small.work(waits, minutes=1).status == SyncRun.Status.SUCCEEDED
    assert {number: held(small, number) for number in before} == before
    assert Pin.objects.count() == 8


def test_who_was_created_is_told_and_nobody_is_deleted(small: World, hr: User) -> None:
    first = small.run()
    there = len(small.xledger.employees)
    created = first.changes.filter(kind="create", outcome=Outcome.APPLIED)
    restored = restore(small, first, hr, created[0].source_id)
    [row] = restored.changes.all()
    assert [problem.code for problem in row.problems] == ["restore_created"]
    assert len(small.xledger.employees) == there


def test_a_leaver_is_not_brought_back_and_a_pin_stops_no_end_date(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    restore(small, wrong, hr)
    first = next(iter(before))
    end_in_hr(small, first)
    ended = sync(small)
    assert report(ended)["ended"] == 1
    assert ends(small, [first]) == [LAST_DAY]
    restored = restore(small, ended, hr)
    [row] = restored.changes.all()
    assert [problem.code for problem in row.problems] == ["restore_end_date"]
    assert ends(small, [first]) == [LAST_DAY]


def test_a_value_that_waits_for_a_second_person_is_not_restored(small: World, hr: User) -> None:
    small.run()
    sync(small)
    number = staying(small)[0]
    row = small.simployer.find("employee", employeeNumber=number)
    edit(small, number, bankAccount={**row["bankAccount"], "number": "15030204074", "iban": None})
    wrong = sync(small)
    small.integration.set_waits([Subject.BANK_ACCOUNT], small.now)
    small.integration.save()
    restored = restore(small, wrong, hr)
    assert [problem.code for problem in restored.changes.get().problems] == ["restore_waits"]
    assert small.xledger.by_code(number)["bankAccount"] == "15030204074"


def test_a_refused_restore_leaves_no_pin_and_counts_against_nobody(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    first, *others = before
    small.xledger.faults.add("bad_row", code=first, message="no", ext_code="INVALID_VALUE")
    restored = restore(small, wrong, hr)
    small.xledger.faults.clear()
    assert restored.counts()["rejected"] == 1
    assert not small.integration.troubles.exists()
    assert set(Pin.objects.values_list("employee_number", flat=True)) == set(others)


def test_a_restore_whose_answer_was_lost_is_pinned_all_the_same(small: World, hr: User) -> None:
    wrong, before = mistake(small)
    small.xledger.faults.add("drop_after", when="mutation")
    restore(small, wrong, hr)
    assert [report(sync(small))[name] for name in SENT] == [0, 0, 0]
    assert {number: held(small, number) for number in before} == before
