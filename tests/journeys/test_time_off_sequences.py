"""Random edits and overlapping exports over both sandboxes: payroll holds what is approved."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from payroll.models import TimeOffLine
from payroll.records import Period
from payroll.timeoff import readings, starting
from payroll.timeoff.export import export_time_off
from payroll.timeoff.judged import Group
from payroll.timeoff.records import Channel
from payroll.timeoff.shown import ShownLeave
from tests.faults import long_form

from .test_time_off import queue, ready_to_export, rows
from .world import World

__all__ = ["queue"]  # a fixture of every test here

WHOLE = Period(date(2026, 10, 1), date(2026, 11, 30))
STEPS = 5
DAY = timedelta(days=1)


def shown(customer: World, channel: Channel, period: Period) -> list[ShownLeave]:
    return readings.leaves_shown(customer.read_time_off(period, channel))


def export(customer: World, channel: Channel, period: Period) -> None:
    """Everything of the period that can go."""
    customer.now += timedelta(hours=1)
    chosen = {each.id: each.digest for each in shown(customer, channel, period) if each.sendable}
    if not chosen:
        return
    made, new = starting.open_export(customer.integration, period, channel, chosen, customer.now)
    assert new
    export_time_off(made, lambda: customer.now, lambda seconds: None)
    made.refresh_from_db()
    assert made.status == "succeeded", made.error


def edit(customer: World, chance: random.Random, leaves: list[ShownLeave]) -> None:
    """HR deletes, denies, shortens or lengthens one leave of whole days."""
    whole = [each for each in leaves if each.end and each.duration == "longer"]
    leave, store = chance.choice(whole), customer.simployer.store
    what = chance.choice(["delete", "deny", "approve", "end"])
    if what == "delete":
        store.delete("leave", leave.id)
        return
    changed: dict[str, Any] = {"status": "DENIED" if what == "deny" else "APPROVED"}
    if what == "end":
        first = date.fromisoformat(leave.start)
        last = first + chance.randint(0, 6) * DAY
        changed = {"endDate": f"{last}T00:00:00.000Z", "localEndDate": str(last)}
    store.edit("leave", leave.id, changed)


def overlapping(chance: random.Random) -> Period:
    """Some weeks of the two months."""
    first = WHOLE.start + chance.randint(0, 45) * DAY
    return Period(first, first + chance.randint(5, 30) * DAY)


def days_there(customer: World, channel: Channel, before: set[Any]) -> Counter[tuple[Any, str]]:
    """How often each person's working day stands in payroll, of the rows that came since."""
    found: Counter[tuple[Any, str]] = Counter()
    for row in rows(customer, channel):
        if row["dbId"] in before:
            continue
        first = row["assignmentDate"] if channel is Channel.TIMESHEETS else row["fromDate"]
        last = row["assignmentDate"] if channel is Channel.TIMESHEETS else row["toDate"]
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            found[row["employeeDbId"], str(day)] += 1
            day += DAY
    return found


def days_booked(customer: World) -> Counter[tuple[Any, str]]:
    """The same of the ledger."""
    lines = TimeOffLine.objects.live().filter(integration=customer.integration)
    return Counter((int(line.body["employee"]), str(line.day)) for line in lines)


@pytest.mark.parametrize("channel", [Channel.ABSENCES, Channel.TIMESHEETS])
@pytest.mark.parametrize("seed", range(6 if long_form() else 2))
def test_payroll_holds_what_is_approved_of_the_periods_exported(
    small: World, channel: Channel, seed: int
) -> None:
    ready_to_export(small, channel)
    before, chance = {row["dbId"] for row in rows(small, channel)}, random.Random(seed)
    leaves = shown(small, channel, WHOLE)
    for _ in range(STEPS):
        edit(small, chance, [each for each in leaves if each.status != "deleted"])
        export(small, channel, overlapping(chance))
        leaves = shown(small, channel, WHOLE)
    for _ in range(3):  # a correction may make room for something new
        export(small, channel, WHOLE)
    leaves = shown(small, channel, WHOLE)
    assert not any(each.sendable for each in leaves)
    booked, there = days_booked(small), days_there(small, channel, before)
    assert set(booked.values()) <= {1}
    assert booked.keys() <= there.keys()
    assert max(there.values()) == 1
    groups = {each.id: Group(each.group) for each in leaves}
    lines = list(TimeOffLine.objects.live().values_list("leave_id", "day"))
    held = {groups[leave] for leave, _ in lines}
    assert held <= {Group.EXPORTED, Group.CONFLICT}  # two leaves at once wait for a person
    exported = Counter(leave for leave, _ in lines if groups[leave] is Group.EXPORTED)
    assert exported == {each.id: each.days for each in leaves if each.group == Group.EXPORTED}
