"""What a channel carries of a leave, and as one text: equal texts ask for the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from payroll.values import decimal_text

from .corrections import Move
from .days import DaySlice
from .judged import Judged
from .records import Channel
from .rows import Row


def content_of(each: DaySlice, channel: Channel, code: str, target_id: str) -> dict[str, str]:
    """What a channel carries of a slice: what it does not carry changes nothing in payroll."""
    times = each.time_from and each.time_to and (channel is Channel.TIMESHEETS or not each.graded)
    amount = (
        {"hours": decimal_text(each.hours)}
        if channel is Channel.TIMESHEETS
        else {"percent": decimal_text(each.percent)}
    )
    return {
        "employee": target_id,
        "code": code,
        **amount,
        "from": clock_text(each.time_from) if times else "",
        "to": clock_text(each.time_to) if times else "",
    }


def clock_text(at: time | None) -> str:
    """`08:30`; empty where there is none."""
    return at.strftime("%H:%M") if at else ""


def text_of(content: Mapping[str, str]) -> str:
    """The content as one text, to be digested."""
    return "\n".join(f"{key}={content[key]}" for key in sorted(content))


def row_text(row: Row) -> str:
    """A row as one text: what is in it, to the day."""
    days = [
        f"{each.day} {each.percent} {each.hours} {each.time_from} {each.time_to} {each.graded}"
        for each in row.slices
    ]
    return "; ".join(days)


def by_hand_text(verdict: Judged, move: Move) -> str:
    """What a person is asked to do, as one text."""
    rows = [row_text(row) for row in move.by_hand]
    return "\n".join([move.old_row, verdict.code, verdict.person.target_id, *rows])


def verdict_text(verdict: Judged, note: str) -> str:
    """What is done if the leave is chosen, as one text."""
    parts = [verdict.leave_id, verdict.group, verdict.code, verdict.person.target_id]
    for move in verdict.moves:
        parts += [move.kind, move.channel, move.old_row, move.target_row, str(move.late)]
        parts += [row_text(row) for row in (move.after, *move.by_hand) if row]
    return "\n".join([*parts, note])
