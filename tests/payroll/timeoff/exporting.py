"""Reads, chooses and exports as a page does, in this process instead of a worker's."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.utils import timezone

from payroll.models import Integration, TimeOffExport, TimeOffLine, TimeOffReading
from payroll.records import Period
from payroll.timeoff import readings, starting
from payroll.timeoff.export import export_time_off
from payroll.timeoff.records import Channel
from payroll.timeoff.shown import ShownLeave

from .fake import NOVEMBER, NOW


def read(
    mine: Integration,
    channel: Channel = Channel.ABSENCES,
    period: Period = NOVEMBER,
    now: datetime = NOW,
) -> TimeOffReading:
    """A reading that is done."""
    reading, _ = readings.open_reading(mine, period, channel, None, now)
    readings.take_reading(reading, lambda: now, lambda _: None)
    reading.refresh_from_db()
    assert reading.error == ""
    return reading


def read_now(mine: Integration, channel: Channel = Channel.ABSENCES) -> TimeOffReading:
    """As `read`, a moment ago by the clock that pages go by."""
    return read(mine, channel, now=timezone.now())


def shown(
    mine: Integration,
    channel: Channel = Channel.ABSENCES,
    period: Period = NOVEMBER,
    now: datetime = NOW,
) -> dict[str, ShownLeave]:
    """What the page shows, by leave."""
    return {each.id: each for each in readings.leaves_shown(read(mine, channel, period, now))}


def export(
    mine: Integration,
    channel: Channel = Channel.ABSENCES,
    period: Period = NOVEMBER,
    *,
    only: Collection[str] | None = None,
    now: datetime = NOW,
    between: Callable[[], None] = lambda: None,
) -> TimeOffExport:
    """Everything that can go, or `only` these, as shown; `between` happens after the choice."""
    chosen = {
        each.id: each.digest
        for each in shown(mine, channel, period, now).values()
        if (each.sendable if only is None else each.id in only)
    }
    assert chosen, "nothing to choose"
    made, new = starting.open_export(mine, period, channel, chosen, now)
    assert new
    between()
    export_time_off(made, lambda: now, lambda _: None)
    made.refresh_from_db()
    return made


def outcomes(made: TimeOffExport) -> list[tuple[str, str, str]]:
    """Kind, outcome and the newest problem of each row."""
    return [
        (each.kind, each.outcome, each.problems[-1].code if each.problems else "")
        for each in made.results.all()
    ]


def ledger_days(mine: Integration) -> dict[tuple[str, date], str]:
    """State of each live day."""
    lines = TimeOffLine.objects.live().filter(target_account=mine.target_account)
    return {(line.leave_id, line.day): line.state for line in lines}
