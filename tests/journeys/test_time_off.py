"""Time off over both sandboxes: export a month, correct what HR changes, never send a day twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from integration_hub.accounts.models import User
from integration_hub.celery import app
from payroll.connection import try_both
from payroll.models import EmployeeLink, TimeOffExport, TimeOffLine
from payroll.records import Period
from payroll.timeoff import readings, starting
from payroll.timeoff.export import export_time_off
from payroll.timeoff.judged import Group
from payroll.timeoff.records import Channel
from payroll.timeoff.shown import ShownLeave
from xledger.capabilities import CAPABILITIES

from .world import World

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
WAYS = [Channel.ABSENCES, Channel.TIMESHEETS]


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes messages and does nothing: this process works."""
    monkeypatch.setattr(app.conf, "broker_url", "memory://")


def ready_to_export(customer: World, channel: Channel) -> None:
    """Everyone is linked, the schema offers everything, and each type has a code of the list."""
    offers = [each.name for each in CAPABILITIES if each.name not in {"positions", "pay_rates"}]
    customer.xledger.switches.set({"offers": offers, "burst_limit": None})
    assert customer.sync()["status"] in ("succeeded", "with_problems")
    user = User.objects.create_user(email="admin@example.no", password="correct horse battery")
    assert try_both(customer.integration, user, lambda: customer.now)
    found = readings.types_shown(customer.read_time_off(OCTOBER, channel))
    assert found
    code = found.codes[0].code
    customer.integration.time_off = {"codes": {kind.id: {"": code} for kind in found.types}}
    customer.integration.save()


def shown(customer: World, channel: Channel) -> dict[str, ShownLeave]:
    reading = customer.read_time_off(OCTOBER, channel)
    return {each.id: each for each in readings.leaves_shown(reading)}


def export(customer: World, channel: Channel) -> TimeOffExport:
    """Everything that can go."""
    chosen = {key: each.digest for key, each in shown(customer, channel).items() if each.sendable}
    assert chosen
    made, new = starting.open_export(customer.integration, OCTOBER, channel, chosen, customer.now)
    assert new
    export_time_off(made, lambda: customer.now, lambda seconds: None)
    made.refresh_from_db()
    return made


def rows(customer: World, channel: Channel) -> list[dict[str, Any]]:
    sandbox = customer.xledger
    return sandbox.absences if channel is Channel.ABSENCES else sandbox.timesheets


def in_ledger(customer: World) -> Counter[tuple[str, str]]:
    """Live days by row in payroll."""
    lines = TimeOffLine.objects.live().filter(integration=customer.integration)
    assert {line.state for line in lines} <= {"sent"}
    return Counter((line.target_row, line.leave_id) for line in lines)


@pytest.mark.parametrize("channel", WAYS)
def test_a_month_goes_once_and_is_corrected_by_itself(small: World, channel: Channel) -> None:
    ready_to_export(small, channel)
    before = len(rows(small, channel))
    groups = Counter(each.group for each in shown(small, channel).values())
    assert groups[Group.READY] >= 5, groups
    made = export(small, channel)
    counts = made.counts()
    assert (counts["rejected"], counts["failed"], counts["unknown"]) == (0, 0, 0)
    assert len(rows(small, channel)) == before + counts["added"]
    assert len({row for row, _ in in_ledger(small)}) == counts["added"]
    again = shown(small, channel)
    assert [each for each in again.values() if each.sendable] == []
    _correct(small, channel, again)


def _correct(small: World, channel: Channel, exported: dict[str, ShownLeave]) -> None:
    """One leave is deleted in HR, one is made shorter, and both corrections go."""
    whole = [
        each
        for each in exported.values()
        if each.group == Group.EXPORTED and each.days >= 3 and each.percents == ["100"]
    ]
    gone, shorter = whole[0], whole[1]
    there = len(rows(small, channel))
    days = in_ledger(small).total()
    small.simployer.store.delete("leave", gone.id)
    end = date.fromisoformat(shorter.start) + timedelta(days=1)
    stamp = f"{end.isoformat()}T00:00:00.000Z"
    small.simployer.store.edit("leave", shorter.id, {"endDate": stamp, "localEndDate": str(end)})
    now = shown(small, channel)
    assert (now[gone.id].group, now[shorter.id].group) == (Group.WITHDRAWN, Group.CHANGED)
    made = export(small, channel)
    assert made.status == "succeeded"
    left = in_ledger(small)
    assert gone.id not in {leave for _, leave in left}
    assert left.total() == days - gone.days - shorter.days + now[shorter.id].days
    assert len(rows(small, channel)) < there
    assert not any(each.sendable for each in shown(small, channel).values())


@pytest.mark.parametrize(
    ("channel", "fault"),
    [
        (Channel.ABSENCES, "drop_after"),
        (Channel.ABSENCES, "drop_before"),
        (Channel.TIMESHEETS, "truncated"),
    ],
)
def test_where_an_answer_is_lost_no_row_is_there_twice(
    small: World, channel: Channel, fault: str
) -> None:
    ready_to_export(small, channel)
    before = len(rows(small, channel))
    small.xledger.faults.add(fault, when="mutation")
    export(small, channel)
    small.xledger.faults.clear()
    for _ in range(2):  # until nothing is in doubt
        small.now += timedelta(minutes=11)
        starting.look_up_open(small.now)
        for waiting in TimeOffExport.objects.active():
            export_time_off(waiting, lambda: small.now, lambda seconds: None)
    if any(each.sendable for each in shown(small, channel).values()):
        export(small, channel)
    booked = in_ledger(small)
    assert len(rows(small, channel)) == before + len({row for row, _ in booked})
    assert not any(each.sendable for each in shown(small, channel).values())
    assert not any(each.reason[:1] == ["unconfirmed"] for each in shown(small, channel).values())


@pytest.mark.parametrize("channel", WAYS)
def test_an_export_out_of_credits_waits_and_sends_the_rest_by_itself(
    small: World, channel: Channel, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.XLEDGER_BATCH_SIZE = 2
    handed_on: list[str] = []
    monkeypatch.setattr("payroll.queue.send", lambda task, **ids: handed_on.append(str(ids)))
    ready_to_export(small, channel)
    before = len(rows(small, channel))
    small.xledger.faults.add("credits", when="mutation", skip=1)
    made = export(small, channel)
    assert (made.is_paused, made.paused_for) == (True, "X-ledger")
    assert made.resume_at
    assert timedelta(minutes=20) <= made.resume_at - small.now <= timedelta(minutes=22)
    assert len(rows(small, channel)) == before + 2
    asked = len(small.xledger.log)

    small.now = made.resume_at - timedelta(minutes=1)
    starting.sweep(small.now)
    assert (handed_on, len(small.xledger.log)) == ([], asked)
    withdrawn = made.results.filter(outcome="").latest("position").leave_id
    small.simployer.store.delete("leave", withdrawn)
    small.now = made.resume_at
    starting.sweep(small.now)
    assert [str(made.pk) in ids for ids in handed_on] == [True]
    export_time_off(made, lambda: small.now, lambda seconds: None)
    made.refresh_from_db()
    counts = made.counts()
    assert made.status == "succeeded"
    assert set(made.results.exclude(outcome="applied").values_list("leave_id", flat=True)) == {
        withdrawn
    }
    assert len(rows(small, channel)) == before + counts["added"]
    assert len({row for row, _ in in_ledger(small)}) == counts["added"]
    assert not any(each.sendable for each in shown(small, channel).values())


@pytest.mark.parametrize("channel", WAYS)
def test_what_went_over_a_false_link_waits_for_a_person_once_the_link_is_made_anew(
    small: World, channel: Channel
) -> None:
    ready_to_export(small, channel)
    links = {link.source_id: link for link in small.integration.links.exclude(target_id="")}
    leaves = [each for each in shown(small, channel).values() if each.sendable]
    mine = next(each.employee_id for each in leaves if each.employee_id in links)
    away = {each.employee_id for each in shown(small, channel).values()}
    other = next(link for key, link in links.items() if key not in away)
    right, wrong = links[mine].target_id, other.target_id
    other.delete()
    links[mine].target_id = wrong
    links[mine].save()
    export(small, channel)
    astray = [row for row in rows(small, channel) if str(row["employeeDbId"]) == wrong]
    assert astray

    links[mine].delete()  # as a person forgets it
    small.sync()
    assert small.integration.links.get(source_id=mine).target_id == right
    before = len(rows(small, channel))
    waiting = [
        each for each in shown(small, channel).values() if each.reason[:1] == ["stands_on_another"]
    ]
    assert {each.employee_id for each in waiting} == {mine}
    assert {each.group for each in waiting} == {Group.CONFLICT}
    assert not any(each.sendable for each in shown(small, channel).values())
    assert len(rows(small, channel)) == before

    stored = small.xledger.store.tables[channel.value]
    for row in astray:  # as a clerk moves them in payroll
        stored[row["dbId"]]["employeeDbId"] = int(right)
    assert {shown(small, channel)[each.id].group for each in waiting} == {Group.EXPORTED}
    assert not any(each.sendable for each in shown(small, channel).values())


def test_nothing_goes_over_a_link_that_a_sync_doubts_until_it_is_forgotten(
    small: World, admin: Client
) -> None:
    ready_to_export(small, Channel.ABSENCES)
    going = {each.employee_id for each in shown(small, Channel.ABSENCES).values() if each.sendable}
    links = small.integration.links.exclude(target_id="").order_by("source_id")
    link, other = links.filter(source_id__in=going)[0], links.exclude(source_id__in=going)[0]
    right, wrong = link.target_id, other.target_id
    other.delete()
    links.filter(pk=link.pk).update(target_id=wrong)

    assert sync_later(small) == "with_problems"
    found = [each for each in shown(small, Channel.ABSENCES).values() if is_of(link, each)]
    assert "link_in_doubt" in {each.reason[0] for each in found if each.group == Group.CONFLICT}
    assert not any(each.sendable for each in found)

    small.read_people()
    admin.post(reverse("forget_link", args=[small.integration.pk]), {"who": link.source_id})
    sync_later(small)
    export(small, Channel.ABSENCES)
    sent = TimeOffLine.objects.filter(employee_id=link.source_id)
    assert {line.body["employee"] for line in sent} == {right}


def sync_later(customer: World) -> str:
    customer.now += timedelta(minutes=20)
    return customer.run().status


def is_of(link: EmployeeLink, leave: ShownLeave) -> bool:
    return leave.employee_id == link.source_id
