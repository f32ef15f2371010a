"""The ledger held against what HR has now: what to add, change, remove, or have done by hand. Pure.

A correction goes by the channel that sent the line. Rows are corrected whole: one that is as it
should be stays untouched, whatever happens beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from payroll.records import Period

from .days import DaySlice
from .records import Channel, ChannelRights
from .rows import Row, rows_of


class MoveKind(StrEnum):
    """What is to be done to one row of payroll."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Booked:
    """One live line of the ledger. `row` is the same on all lines of one row in payroll.

    `employee` is the id in payroll of whoever it was sent for.
    """

    day: date
    row: str
    channel: Channel
    target_row: str
    digest: str
    employee: str
    open: bool = False  # whether payroll has yet to be asked what became of it


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do. `after` is what the row becomes, none where it goes away.

    Of a BY_HAND move all of `by_hand` is to be there instead of the row. `days` are those of the
    row as it is; `late`: it touches a closed period.
    """

    kind: MoveKind
    channel: Channel
    after: Row | None = None
    by_hand: tuple[Row, ...] = ()
    old_row: str = ""
    target_row: str = ""
    days: tuple[date, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What an export is about, and what each channel may do.

    `mark` gives the digest of a slice as a channel carries it for somebody in payroll.
    `closed_until` is the last day that payroll has closed; `reopened` are closed days of the leave
    that a correction has taken out. `misplaced` are rows that stand on somebody else by now.
    """

    period: Period
    channel: Channel
    rights: Mapping[Channel, ChannelRights]
    mark: Callable[[DaySlice, Channel, str], str]
    closed_until: date | None = None
    reopened: Set[date] = frozenset()
    misplaced: Set[str] = frozenset()

    def is_closed(self, day: date) -> bool:
        """Whether payroll has closed the day."""
        return self.closed_until is not None and day <= self.closed_until

    def concerns(self, days: Sequence[date]) -> bool:
        """Whether a row with these days is looked at: in the period, or closed and so late.

        A closed period is corrected in the next one, which is any that is not closed itself.
        """
        end = self.period.end
        open_period = end is None or not self.is_closed(end)
        return any(self.period.covers(day) or (open_period and self.is_closed(day)) for day in days)

    def may(self, channel: Channel) -> ChannelRights:
        """What can be done by that channel now."""
        return self.rights.get(channel, ChannelRights())


@dataclass
class Moves:
    """What is to be done about one leave, in the order of doing.

    `closed` are days that would be new in a closed period: they do not go.
    """

    moves: list[Move] = field(default_factory=list)
    closed: list[date] = field(default_factory=list)


def moves_of(slices: Sequence[DaySlice], booked: Sequence[Booked], frame: Frame) -> Moves:
    """What makes payroll hold exactly `slices` on the days that the frame concerns.

    `slices` must reach over every day of every booked row that it concerns.
    """
    found = Moves()
    wanted = {each.day: each for each in slices}
    for lines in _by_row(booked):
        if frame.concerns([line.day for line in lines]):
            found.moves += _corrected(lines, wanted, slices, frame)
    there = {line.day for line in booked}
    missing = wanted.keys() - there
    again = {day for day in missing & frame.reopened if frame.concerns([day])}
    fresh = {day for day in missing if frame.period.covers(day)} - again
    found.closed = sorted(day for day in fresh if frame.is_closed(day))
    going = again | (fresh - set(found.closed))
    found.moves += [
        Move(MoveKind.ADD, frame.channel, row, late=any(map(frame.is_closed, row.days)))
        for row in rows_of(frame.channel, slices, going, there)
    ]
    return found


def _by_row(booked: Sequence[Booked]) -> list[list[Booked]]:
    rows: dict[str, list[Booked]] = {}
    for line in sorted(booked, key=lambda line: line.day):
        rows.setdefault(line.row, []).append(line)
    return list(rows.values())


def _corrected(
    lines: Sequence[Booked],
    wanted: Mapping[date, DaySlice],
    slices: Sequence[DaySlice],
    frame: Frame,
) -> list[Move]:
    """What to do about one row; nothing where each of its days is as it should be."""
    channel = lines[0].channel
    # What a person put right by hand has another row there, whose id nobody knows.
    may = frame.may(channel) if lines[0].target_row else ChannelRights()
    same = all(
        line.day in wanted and frame.mark(wanted[line.day], channel, line.employee) == line.digest
        for line in lines
    )
    if same and lines[0].row not in frame.misplaced:
        return []
    days = tuple(line.day for line in lines)
    kept = {day for day in days if day in wanted}
    rows = rows_of(channel, slices, kept)
    late = any(frame.is_closed(day) for day in days)

    def move(kind: MoveKind, after: Row | None = None, by_hand: tuple[Row, ...] = ()) -> Move:
        if kind is MoveKind.ADD:
            return Move(kind, channel, after, late=late)
        old, there = lines[0].row, lines[0].target_row
        return Move(kind, channel, after, by_hand, old, there, days, late)

    again = [move(MoveKind.ADD, row) for row in rows]
    if rows and may.change and (may.add or len(rows) == 1):
        return [move(MoveKind.CHANGE, rows[0]), *again[1:]]
    if may.remove and (may.add or not rows):
        return [move(MoveKind.REMOVE), *again]
    return [move(MoveKind.BY_HAND, by_hand=tuple(rows))]
