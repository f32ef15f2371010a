"""Puts each leave in one group, with its reason and what would be done about it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from payroll.records import Period, PickListEntry, Place, Problem
from payroll.values import decimal_text

from . import reasons
from .corrections import Booked, Frame, Move, MoveKind, moves_of
from .days import WHOLE, DaySlice, slices_of
from .records import (
    Channel,
    ChannelRights,
    LeaveStatus,
    LeaveType,
    TimeOff,
    TimeOffThere,
    WorkWeek,
)
from .rows import Row
from .settings import TimeOffSettings


class Group(StrEnum):
    """Where a leave stands, for a person who chooses what to export."""

    READY = "ready"
    EXPORTED = "exported"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"
    NO_CODE = "no_code"
    NOT_LINKED = "not_linked"
    NOT_APPROVED = "not_approved"
    NO_END = "no_end"
    CLOSED = "closed"


SENDABLE = (Group.READY, Group.CHANGED, Group.WITHDRAWN)
APPROVED = (LeaveStatus.APPROVED, LeaveStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Person:
    """Whose leave it is. `places` are those of HR by dimension; `target_id` empty: not linked."""

    id: str
    number: str = ""
    name: str = ""
    title: str = ""
    target_id: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def company(self) -> str:
        """The company's id, by which codes are chosen."""
        place = self.places.get("company")
        return place.id if place else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A live line of the ledger.

    `content` is what was sent of the day: code, percent, hours, times, and the dates of its row.
    """

    booked: Booked
    leave_id: str
    employee_id: str
    mine: bool  # whether this integration sent it
    content: Mapping[str, str]


@dataclass(frozen=True)
class Material:
    """Everything that judging needs, as read and as stored.

    `leaves` are all that touch the read days, and those found by id; `gone` are ids of exported
    leaves that HR has no more. `there` are payroll's rows by channel, where they were read.
    `codes` are those that payroll accepts, none where its list cannot be read.
    `read`: the days that were read; `mark` is a keyed digest of a text.
    """

    leaves: Sequence[TimeOff]
    gone: frozenset[str]
    types: Mapping[str, LeaveType]
    weeks: Mapping[str, Sequence[WorkWeek]]
    people: Mapping[str, Person]
    there: Mapping[Channel, Sequence[TimeOffThere]]
    codes: Sequence[PickListEntry]
    lines: Sequence[Line]
    settings: TimeOffSettings
    rights: Mapping[Channel, ChannelRights]
    channel: Channel
    period: Period
    read: Period
    mark: Callable[[str], str]
    by_hand: Mapping[str, str] = field(default_factory=dict)  # digest of what is listed, by row


@dataclass(frozen=True, slots=True)
class Judged:
    """One leave in its group. `leave` is None where HR has it no more.

    `slices` are its days in the period; `moves` what is done if it is chosen; `digest` changes
    whenever any of that does. `closed` are days that do not go because payroll closed them.
    """

    leave_id: str
    leave: TimeOff | None
    person: Person
    kind: LeaveType | None
    code: str
    group: Group
    reason: Problem | None
    slices: tuple[DaySlice, ...] = ()
    moves: tuple[Move, ...] = ()
    closed: tuple[date, ...] = ()
    digest: str = ""
    others: tuple[Problem, ...] = ()
    by_hand: tuple[tuple[str, str], ...] = ()  # of each row to correct by hand, what it asks for
    compared: bool = False  # whether the ledger was held against HR, and nothing contradicts it

    @property
    def sendable(self) -> bool:
        """Whether choosing it does anything."""
        return self.group in SENDABLE and bool(self.moves)


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
        "from": _clock(each.time_from) if times else "",
        "to": _clock(each.time_to) if times else "",
    }


def _clock(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""


def text_of(content: Mapping[str, str]) -> str:
    """The content as one text, to be digested."""
    return "\n".join(f"{key}={content[key]}" for key in sorted(content))


def judge(material: Material) -> list[Judged]:
    """Every leave that touches the period, and every exported one that has to be corrected."""
    return _Judge(material).all()


class _Judge:
    """One judging, with what is looked up often."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.leaves = {leave.id: leave for leave in material.leaves}
        self.lines: dict[str, list[Line]] = defaultdict(list)
        for line in material.lines:
            self.lines[line.leave_id].append(line)
        self.known = {entry.code for entry in material.codes}
        self.slices: dict[str, tuple[DaySlice, ...]] = {}
        self.problems: dict[str, Problem] = {}
        self._slice_all()
        self.overlaps = self._overlaps()
        self.strangers = self._strangers()

    def all(self) -> list[Judged]:
        """In a stable order: by person, first day and id."""
        ids = dict.fromkeys([*self.leaves, *self.lines])
        judged = [self._judged(leave_id) for leave_id in ids]
        shown = [each for each in judged if each is not None]
        return sorted(shown, key=_order)

    # --- before anything is judged ---------------------------------------------------------------

    def _slice_all(self) -> None:
        """Every approved leave over all the days that were read."""
        for leave in self.material.leaves:
            if leave.status not in APPROVED:
                continue
            weeks = self.material.weeks.get(leave.employee_id, ())
            sliced = slices_of(leave, weeks, self.material.read)
            self.slices[leave.id] = sliced.slices
            if sliced.problem:
                self.problems[leave.id] = sliced.problem

    def _overlaps(self) -> Mapping[str, date]:
        """By leave id, the first day on which another approved leave covers the same time."""
        days: dict[tuple[str, date], list[tuple[str, DaySlice]]] = defaultdict(list)
        for leave_id, slices in self.slices.items():
            for each in slices:
                days[self.leaves[leave_id].employee_id, each.day].append((leave_id, each))
        found: dict[str, date] = {}
        for (_, day), here in sorted(days.items(), key=lambda item: item[0][1]):
            for one, other in _pairs(here):
                if _same_time(one[1], other[1]):
                    found.setdefault(one[0], day)
                    found.setdefault(other[0], day)
        return found

    def _strangers(self) -> Mapping[tuple[Channel, str], Sequence[TimeOffThere]]:
        """Payroll's rows that were not sent from here, by channel and person."""
        ours = {line.booked.target_row for line in self.material.lines}
        found: dict[tuple[Channel, str], list[TimeOffThere]] = defaultdict(list)
        for channel, rows in self.material.there.items():
            for row in rows:
                if row.target_id not in ours:
                    found[channel, row.employee].append(row)
        return found

    # --- one leave -------------------------------------------------------------------------------

    def _judged(self, leave_id: str) -> Judged | None:
        """None for a leave of which nothing lies in the period and nothing is to be corrected."""
        leave, lines = self.leaves.get(leave_id), self.lines.get(leave_id, [])
        employee = leave.employee_id if leave else lines[0].employee_id
        person = self.material.people.get(employee) or Person(employee)
        kind = self.material.types.get(leave.type_id) if leave else None
        code = self.material.settings.code_of(kind, person.company) if kind else ""
        blank = Judged(leave_id, leave, person, kind, code, Group.CONFLICT, None)
        slices = self._in_period(self.slices.get(leave_id, ()))
        held = self._held(blank, lines)
        if held is not None:
            verdict = replace(held, slices=slices)
        else:
            verdict = self._by_moves(replace(blank, slices=slices), lines)
        if not self._is_shown(verdict, lines):
            return None
        return replace(verdict, digest=self._digest(verdict))

    def _in_period(self, slices: Sequence[DaySlice]) -> tuple[DaySlice, ...]:
        return tuple(each for each in slices if self.material.period.covers(each.day))

    def _is_shown(self, verdict: Judged, lines: Sequence[Line]) -> bool:
        leave, period = verdict.leave, self.material.period
        touches = leave is not None and _touches(leave, period)
        booked = any(period.covers(line.booked.day) for line in lines)
        return touches or booked or bool(verdict.moves)

    def _held(self, blank: Judged, lines: Sequence[Line]) -> Judged | None:
        """The group of a leave of which nothing can go now, whatever its days are."""
        leave = blank.leave
        if leave is None and blank.leave_id not in self.material.gone:
            return replace(blank, reason=reasons.NOT_READ)
        if any(line.booked.open for line in lines):
            return replace(blank, reason=reasons.UNCONFIRMED)
        if any(not line.mine for line in lines):
            return replace(blank, reason=reasons.TAKEN)
        if leave is None or leave.status not in APPROVED:
            return None if lines else self._unapproved(blank)
        if leave.end is None:
            return replace(blank, group=Group.NO_END, reason=reasons.NO_END)
        problem = next(iter(leave.doubts), None) or self.problems.get(leave.id)
        if problem:
            return replace(blank, reason=problem)
        return self._without_code(blank) or self._without_person(blank)

    def _unapproved(self, blank: Judged) -> Judged:
        words = {
            LeaveStatus.PENDING: reasons.PENDING,
            LeaveStatus.DENIED: reasons.DENIED,
            LeaveStatus.CANCELLED: reasons.CANCELLED,
            LeaveStatus.DELETED: reasons.DELETED,
        }
        status = blank.leave.status if blank.leave else LeaveStatus.DELETED
        reason = words.get(status, reasons.STATUS_UNKNOWN)
        return replace(blank, group=Group.NOT_APPROVED, reason=reason)

    def _without_code(self, blank: Judged) -> Judged | None:
        kind, settings = blank.kind, self.material.settings
        if kind is None:
            name = blank.leave.type_id if blank.leave else ""
            return replace(blank, group=Group.NO_CODE, reason=reasons.no_code(name))
        if settings.is_never(kind):
            return replace(blank, group=Group.NO_CODE, reason=reasons.never_sent(kind.name))
        if not blank.code:
            return replace(blank, group=Group.NO_CODE, reason=reasons.no_code(kind.name))
        if self.known and blank.code not in self.known:
            unknown = reasons.code_unknown(kind.name, blank.code)
            return replace(blank, group=Group.NO_CODE, reason=unknown)
        return None

    def _without_person(self, blank: Judged) -> Judged | None:
        person = blank.person
        if person.id not in self.material.people:
            return replace(blank, group=Group.NOT_LINKED, reason=reasons.UNKNOWN_EMPLOYEE)
        if not person.target_id:
            return replace(blank, group=Group.NOT_LINKED, reason=reasons.NOT_LINKED)
        if self.material.channel is Channel.FILE and not person.number:
            return replace(blank, group=Group.NOT_LINKED, reason=reasons.NO_NUMBER)
        return None

    def _by_moves(self, blank: Judged, lines: Sequence[Line]) -> Judged:
        """The group that follows from what payroll has and should have."""
        leave, code, target_id = blank.leave, blank.code, blank.person.target_id
        approved = leave is not None and leave.status in APPROVED
        slices = self.slices.get(blank.leave_id, ()) if approved else ()
        frame = Frame(
            period=self.material.period,
            channel=self.material.channel,
            rights=self.material.rights,
            mark=lambda each, channel: self.material.mark(
                text_of(content_of(each, channel, code, target_id))
            ),
            closed_until=self.material.settings.closed_until,
        )
        found = moves_of(slices, [line.booked for line in lines], frame)
        moves, closed = tuple(found.moves), tuple(found.closed)
        verdict = replace(blank, moves=moves, closed=closed, others=_others(moves, closed))
        asked = [move for move in moves if move.kind is MoveKind.BY_HAND]
        by_hand = tuple((move.old_row, self.by_hand_digest(verdict, move)) for move in asked)
        verdict = replace(verdict, by_hand=by_hand, compared=True)
        if not moves:
            return self._at_rest(verdict, lines)
        conflict = self._conflict(verdict, lines)
        if conflict:
            return replace(verdict, group=Group.CONFLICT, reason=conflict, moves=(), compared=False)
        corrects = any(move.old_row for move in moves)
        if not approved:
            return self._listed(replace(verdict, group=Group.WITHDRAWN, reason=reasons.WITHDRAWN))
        if corrects:
            return self._listed(replace(verdict, group=Group.CHANGED, reason=reasons.CHANGED))
        return replace(verdict, group=Group.READY)

    def _at_rest(self, verdict: Judged, lines: Sequence[Line]) -> Judged:
        """Nothing is to be done: everything is there, or closed, or no working day."""
        drift = self._drift(lines)
        if drift:
            return replace(verdict, reason=drift)
        if verdict.closed:
            return replace(verdict, group=Group.CLOSED, reason=reasons.CLOSED)
        if any(self.material.period.covers(line.booked.day) for line in lines):
            return replace(verdict, group=Group.EXPORTED, reason=reasons.EXPORTED)
        if verdict.leave is None or verdict.leave.status not in APPROVED:
            return self._unapproved(verdict)
        return replace(verdict, reason=reasons.NO_WORKING_DAY)

    def _listed(self, verdict: Judged) -> Judged:
        """What is already listed to be done by hand is not listed twice."""
        listed, asked = self.material.by_hand, dict(verdict.by_hand)
        left = tuple(
            move
            for move in verdict.moves
            if move.old_row not in asked or listed.get(move.old_row) != asked[move.old_row]
        )
        if left:
            return replace(verdict, moves=left)
        return replace(verdict, moves=(), reason=reasons.BY_HAND)

    def by_hand_digest(self, verdict: Judged, move: Move) -> str:
        """Of what a person is asked to do."""
        return self.material.mark(by_hand_text(verdict, move))

    # --- conflicts -------------------------------------------------------------------------------

    def _conflict(self, verdict: Judged, lines: Sequence[Line]) -> Problem | None:
        adds = [move for move in verdict.moves if move.kind is MoveKind.ADD]
        day = self.overlaps.get(verdict.leave_id)
        if day and adds:
            return reasons.overlaps(day)
        drift = self._drift(lines)
        if drift:
            return drift
        for move in adds:
            clash = self._clash(verdict, move)
            if clash:
                return clash
        return None

    def _clash(self, verdict: Judged, move: Move) -> Problem | None:
        """Somebody entered it in payroll by hand."""
        if move.after is None:
            return None
        row = move.after
        for there in self.strangers.get((move.channel, verdict.person.target_id), ()):
            if there.code == verdict.code and there.start <= row.end and row.start <= there.end:
                return reasons.in_payroll(max(there.start, row.start), there.code)
        return None

    def _drift(self, lines: Sequence[Line]) -> Problem | None:
        """What was sent is gone from payroll, or was edited there. Files cannot be read back."""
        for line in lines:
            booked = line.booked
            rows = self._there.get(booked.channel)
            known = rows is not None and booked.target_row
            if not known or not self.material.read.covers(booked.day):
                continue
            row = rows.get(booked.target_row) if rows else None
            if row is None:
                return reasons.gone_from_payroll(booked.day)
            if _edited(row, line.content):
                return reasons.edited_in_payroll(booked.day)
        return None

    @cached_property
    def _there(self) -> Mapping[Channel, Mapping[str, TimeOffThere]]:
        return {
            channel: {row.target_id: row for row in rows}
            for channel, rows in self.material.there.items()
        }

    def _digest(self, verdict: Judged) -> str:
        parts = [verdict.leave_id, verdict.group, verdict.code, verdict.person.target_id]
        for move in verdict.moves:
            parts += [move.kind, move.channel, move.old_row, move.target_row, str(move.late)]
            parts += [row_text(row) for row in (move.after, *move.by_hand) if row]
        note = verdict.leave.note if verdict.leave and self.material.settings.notes else ""
        return self.material.mark("\n".join([*parts, note]))


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


def _others(moves: Iterable[Move], closed: Sequence[date]) -> tuple[Problem, ...]:
    """What else a person should know beside the reason."""
    notes = []
    if any(move.late for move in moves):
        notes.append(reasons.LATE)
    if any(move.kind is MoveKind.BY_HAND for move in moves):
        notes.append(reasons.BY_HAND)
    if closed:
        notes.append(reasons.CLOSED)
    return tuple(notes)


def _order(each: Judged) -> tuple[str, str, date, str]:
    start = each.leave.start if each.leave else date.min
    return each.person.name.casefold(), each.person.id, start, each.leave_id


def _touches(leave: TimeOff, period: Period) -> bool:
    before_end = period.end is None or leave.start <= period.end
    return before_end and (leave.end is None or leave.end >= period.start)


def _pairs(
    here: Sequence[tuple[str, DaySlice]],
) -> Iterable[tuple[tuple[str, DaySlice], tuple[str, DaySlice]]]:
    return ((one, other) for n, one in enumerate(here) for other in here[n + 1 :])


def _same_time(one: DaySlice, other: DaySlice) -> bool:
    """Whether both cannot be true: more than the day, or the same hours of it."""
    if one.percent + other.percent > WHOLE:
        return True
    if one.graded or other.graded or None in (one.time_from, other.time_from):
        return False  # two grades share the day, and nobody says which hours
    first, second = _minutes(one), _minutes(other)
    return first[0] < second[1] and second[0] < first[1]


def _minutes(each: DaySlice) -> tuple[int, int]:
    begin, end = each.time_from or time(), each.time_to or time()
    first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
    return first, last if last > first else last + 24 * 60


def _edited(row: TimeOffThere, content: Mapping[str, str]) -> bool:
    """Whether payroll's row says something else than was sent; what it does not say is no edit."""
    pairs: list[tuple[object, object]] = [(row.code, content.get("code", row.code))]
    for there, key in ((row.percent, "percent"), (row.hours, "hours")):
        if there is not None and key in content:
            pairs.append((there, Decimal(content[key])))
    for at, key in ((row.time_from, "from"), (row.time_to, "to")):
        if at is not None and content.get(key):
            pairs.append((_clock(at), content[key]))
    dates = {"start": row.start.isoformat(), "end": row.end.isoformat()}
    pairs += [(dates[key], content[key]) for key in dates if key in content]
    return any(there != sent for there, sent in pairs)
