"""After any sequence of edits and overlapping exports, payroll, ledger and manual actions agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration_hub.celery import app
from integration_hub.core.errors import TransientError
from payroll.models import EmployeeLink, Integration, TimeOffByHand, TimeOffExport, TimeOffLine
from payroll.records import Period
from payroll.timeoff import by_hand, starting
from payroll.timeoff.days import slices_of
from payroll.timeoff.export import export_time_off
from payroll.timeoff.judged import APPROVED
from payroll.timeoff.records import Channel, ChannelRights, LeaveStatus, TimeOff, TimeOffThere

from .exporting import shown
from .fake import ALL, HOLIDAY, NOW, SICK, WEEK, Offices, integration, leave, offices

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 26), date(2026, 12, 11)
WHOLE = Period(FIRST, LAST)
PEOPLE = ("P1", "P2", "P3")
CODES = {SICK.id: "100", HOLIDAY.id: "200"}
Days = dict[tuple[str, date], tuple[str, Decimal]]

days = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
spans = st.tuples(days, days).map(lambda both: (min(both), max(both)))


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, Any]:
    """A leave as it is in HR from now on, one for each person; None deletes it."""
    person = draw(st.sampled_from(PEOPLE))
    if draw(st.integers(0, 5)) == 0:
        return "edit", (person, None)
    start, end = draw(spans)
    changed = leave(
        f"L-{person}",
        start,
        end,
        employee_id=person,
        type_id=draw(st.sampled_from([SICK.id, HOLIDAY.id])),
        grade=draw(st.sampled_from([None, Decimal(50), Decimal("37.5")])),
        status=draw(st.sampled_from([*APPROVED, LeaveStatus.APPROVED, LeaveStatus.DENIED])),
    )
    return "edit", (person, changed)


exports = st.tuples(
    st.just("export"),
    st.tuples(
        spans,
        st.lists(st.sampled_from([None, True, False]), max_size=2),
        st.none() | st.integers(0, 2),
        st.none() | edits(),
    ),
)
steps = st.lists(st.one_of(edits(), exports), min_size=2, max_size=8)


def in_payroll(both: Offices, channel: Channel) -> Days:
    """Payroll's rows by person and working day."""
    found: Days = {}
    for row in both.there(channel):
        day = row.start
        while day <= row.end:
            if day.weekday() < 5:
                assert (row.employee, day) not in found, "a day is there twice"
                found[row.employee, day] = (row.code, _amount(row))
            day += timedelta(days=1)
    return found


def _amount(row: TimeOffThere) -> Decimal:
    amount = row.percent if row.hours is None else row.hours
    assert amount is not None
    return amount


def in_ledger(mine: Integration) -> Days:
    """What the ledger says that payroll has."""
    return {
        (line.body["employee"], line.day): (
            line.body["code"],
            Decimal(line.body.get("percent") or line.body["hours"]),
        )
        for line in TimeOffLine.objects.live().filter(target_account=mine.target_account)
    }


def approved(both: Offices, channel: Channel) -> Days:
    """What payroll should have of everything that was ever exported."""
    return {
        (f"E{each.employee_id[1:]}", one.day): (
            CODES[each.type_id],
            one.hours if channel is Channel.TIMESHEETS else one.percent,
        )
        for each in both.leaves.values()
        if each.status in APPROVED
        for one in slices_of(each, [WEEK], WHOLE).slices
    }


def send(mine: Integration, channel: Channel, period: Period, now: datetime) -> None:
    """Everything that can go."""
    chosen = {
        each.id: each.digest for each in shown(mine, channel, period, now).values() if each.sendable
    }
    if chosen:
        made, _ = starting.open_export(mine, period, channel, chosen, now)
        export_time_off(made, lambda: now, lambda _: None)


def wait(both: Offices, batches: int | None) -> None:
    """After so many batches payroll asks to wait, once."""
    if batches is None:
        return
    before = len(both.writes)

    def ask() -> None:
        if len(both.writes) - before >= batches:
            both.before_write = lambda: None
            raise TransientError("Payroll asks the Hub to slow down.", wait=1200)

    both.before_write = ask


def go_on(now: datetime) -> datetime:
    """What waits is taken up; half an hour is over by then."""
    now += timedelta(minutes=30)
    for waiting in TimeOffExport.objects.active():
        export_time_off(waiting, lambda: now, lambda _: None)
    assert not TimeOffExport.objects.active().exists()
    return now


def settle(now: datetime) -> datetime:
    """Two looks at payroll, far enough apart that nothing is in doubt afterwards."""
    for _ in range(2):
        now += timedelta(minutes=11)
        starting.look_up_open(now)
        for waiting in TimeOffExport.objects.active():
            export_time_off(waiting, lambda at=now: at, lambda _: None)  # type: ignore[misc]
    return now


def clerk(both: Offices, channel: Channel, now: datetime) -> None:
    """Does by hand in payroll exactly what is listed, and says so."""
    rows = both.rows.setdefault(channel, {})
    for action in TimeOffByHand.objects.waiting():
        lines = TimeOffLine.objects.live().filter(row=action.row)
        old = {(line.body["employee"], line.day) for line in lines}
        for key, row in list(rows.items()):
            if (row.employee, row.start) in old:
                del rows[key]
        for number, (day, (_, content)) in enumerate(action.details["lines"].items()):
            on = date.fromisoformat(day)
            hours = content.get("hours")
            percent = content.get("percent")
            rows[f"H{action.pk}{number}"] = TimeOffThere(
                target_id=f"H{action.pk}{number}",
                employee=content["employee"],
                code=content["code"],
                start=on,
                end=on,
                percent=Decimal(percent) if percent else None,
                hours=Decimal(hours) if hours else None,
            )
        by_hand.done_by_hand(action, None, now)


def edit(both: Offices, person: str, changed: TimeOff | None) -> None:
    """HR has the leave of a person so from now on."""
    both.leaves.pop(f"L-{person}", None)
    if changed:
        both.put(changed)


def play(both: Offices, channel: Channel, sequence: list[tuple[str, Any]]) -> None:
    mine = integration()
    EmployeeLink.objects.create(integration=mine, source_id="P3", target_id="E3")
    now = NOW
    for kind, what in sequence:
        now += timedelta(hours=1)
        if kind == "edit":
            edit(both, *what)
            continue
        (start, end), both.loses = what[0], list(what[1])
        wait(both, what[2])
        send(mine, channel, Period(start, end), now)
        both.before_write = lambda: None
        if what[3]:  # while it waits, if it does
            edit(both, *what[3][1])
        now = go_on(now)
        both.loses = []
        both.commit_late()
        now = settle(now)
        assert in_payroll(both, channel) == in_ledger(mine)
    for _ in range(3):  # corrections make room for what is new
        now += timedelta(hours=1)
        send(mine, channel, WHOLE, now)
        clerk(both, channel, now)
    assert in_payroll(both, channel) == in_ledger(mine) == approved(both, channel)
    states = TimeOffLine.objects.live().values_list("state", flat=True)
    assert set(states) <= {"sent"}


@pytest.mark.parametrize(
    "rights",
    [ALL, ChannelRights(add=True, remove=True), ChannelRights(add=True, change=True)],
    ids=["all", "no change", "no removal"],
)
@pytest.mark.parametrize("channel", [Channel.ABSENCES, Channel.TIMESHEETS])
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(sequence=steps)
def test_payroll_has_exactly_the_approved_days(
    monkeypatch: pytest.MonkeyPatch,
    channel: Channel,
    rights: ChannelRights,
    sequence: list[tuple[str, Any]],
) -> None:
    """What the way cannot do itself, the clerk does from the list."""
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    with offices() as both, transaction.atomic():
        both.rights[channel] = rights
        play(both, channel, sequence)
        transaction.set_rollback(True)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(sequence=steps)
def test_where_rows_can_only_be_added_the_list_makes_up_for_it(
    monkeypatch: pytest.MonkeyPatch, sequence: list[tuple[str, Any]]
) -> None:
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    with offices() as both, transaction.atomic():
        both.rights[Channel.ABSENCES] = replace(ALL, change=False, remove=False)
        play(both, Channel.ABSENCES, sequence)
        transaction.set_rollback(True)
