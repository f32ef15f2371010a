"""A person forgets a false link on its page, and the next sync finds the right one or nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from integration_hub.accounts.models import Membership, User
from payroll.models import EmployeeLink, Pin, SyncRun, WaitingChange
from payroll.records import Subject
from payroll.restores import start_restore
from payroll.verdicts import decide
from payroll.waiting import hand_on, waiting_for

from .accounts import NEW, account, move_account, wait_for
from .leavers import staying
from .world import World

pytestmark = pytest.mark.usefixtures("queue_in_memory")


def link_of(world: World, number: str) -> EmployeeLink:
    person = world.simployer.find("employee", employeeNumber=number)
    return world.integration.links.get(source_id=person["id"])


def forget(world: World, client: Client, source_id: str, **posted: str) -> str:
    """The page after the button, on people read just now."""
    world.read_people()
    url = reverse("forget_link", args=[world.integration.pk])
    assert client.get(f"{url}?who={source_id}").status_code == 200
    answer = client.post(url, {"who": source_id} | posted, follow=True)
    return answer.content.decode()


def later(world: World) -> SyncRun:
    world.now += timedelta(minutes=20)
    return world.run()


def entered_anew(world: World, link: EmployeeLink) -> str:
    """Payroll removes somebody and enters them once more; their new id there."""
    people = world.xledger.store.tables["employees"]
    row, fresh = people.pop(int(link.target_id)), max(people) + 1
    people[fresh] = {**row, "dbId": fresh}
    return str(fresh)


def codes(run: SyncRun, source_id: str) -> list[str]:
    rows = run.changes.filter(source_id=source_id)
    return [problem.code for row in rows for problem in row.problems if problem.blocking]


def test_somebody_linked_to_another_is_linked_anew_and_created_never(
    small: World, admin: Client
) -> None:
    small.sync()
    one, other = staying(small)[:2]
    link = link_of(small, one)
    right = link.target_id
    wrong = link_of(small, other).target_id
    link_of(small, other).delete()
    link.target_id = wrong
    link.save()
    people = len(small.xledger.employees)
    assert codes(later(small), link.source_id) == ["linked_to_another"]

    assert "The link is forgotten" in forget(small, admin, link.source_id)
    run = later(small)
    assert codes(run, link.source_id) == []
    assert (link_of(small, one).target_id, link_of(small, other).target_id) == (right, wrong)
    assert len(small.xledger.employees) == people
    assert run.counts()["created"] == 0


def test_somebody_who_was_removed_in_payroll_is_created_once_somebody_looked(
    small: World, admin: Client
) -> None:
    small.sync()
    [one] = staying(small)[:1]
    link = link_of(small, one)
    del small.xledger.store.tables["employees"][int(link.target_id)]
    assert codes(later(small), link.source_id) == ["gone_from_payroll"]

    assert "Look in payroll first" in forget(small, admin, link.source_id)
    assert codes(later(small), link.source_id) == ["gone_from_payroll"]
    assert "The link is forgotten" in forget(small, admin, link.source_id, looked="yes")
    assert later(small).counts()["created"] == 1
    assert len(small.xledger.with_code(one)) == 1
    assert later(small).counts()["to_send"] == 0


def test_somebody_who_has_another_number_in_payroll_is_asked_about_and_not_created(
    small: World, admin: Client
) -> None:
    small.sync()
    one, other = staying(small)[:2]
    link = link_of(small, one)
    small.xledger.edit(int(link.target_id), {"code": f"9{one}"})
    wrong = link_of(small, other).target_id
    link_of(small, other).delete()
    link.target_id = wrong
    link.save()
    people = len(small.xledger.employees)
    later(small)
    assert "The link is forgotten" in forget(small, admin, link.source_id)
    assert codes(later(small), link.source_id) == ["probable_match"]
    assert len(small.xledger.employees) == people


def test_an_approval_is_not_carried_over_to_whom_the_person_is_linked_to_next(
    small: World, admin: Client
) -> None:
    small.sync()
    wait_for(small, Subject.BANK_ACCOUNT)
    [one] = staying(small)[:1]
    link, before = link_of(small, one), account(small, one)
    move_account(small, one, NEW)
    later(small)
    [waits] = waiting_for(small.integration)
    second = Membership.objects.get()
    assert decide(small.integration.pk, [waits.pk], second, small.now, approved=True) == 1

    fresh = entered_anew(small, link)
    assert "The link is forgotten" in forget(small, admin, link.source_id)
    handed = hand_on(small.integration, small.now)
    assert handed
    run = small.work(handed[0], minutes=1)
    assert link_of(small, one).target_id == fresh
    assert run.counts()["to_approve"] == 1
    assert account(small, one) == before
    [anew] = WaitingChange.objects.all()
    assert (anew.state, anew.pk != waits.pk) == (WaitingChange.State.WAITING, True)
    assert decide(small.integration.pk, [anew.pk], second, small.now, approved=True) == 1
    later(small)
    assert account(small, one) == NEW


def test_a_restored_value_of_one_is_not_withheld_from_whom_the_person_is_linked_to_next(
    small: World, admin: Client
) -> None:
    small.sync()
    [one] = staying(small)[:1]
    link = link_of(small, one)
    small.simployer.store.edit("employee", link.source_id, {"privatePhone": "+4792000001"})
    wrong = later(small)
    hr = User.objects.get()
    run, _ = start_restore(wrong, hr, small.now, link.source_id)
    small.work(run, minutes=1)
    assert Pin.objects.get().target_id == link.target_id
    assert later(small).pinned == {"phone": 1}

    entered_anew(small, link)
    assert "The link is forgotten" in forget(small, admin, link.source_id)
    assert later(small).pinned == {}
    assert small.xledger.by_code(one)["phone"] == "+4792000001"
    assert not Pin.objects.exists()
