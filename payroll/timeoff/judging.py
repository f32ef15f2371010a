"""Puts each leave in one group, with its reason and what would be done about it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from payroll.records import Problem

from . import reasons
from .conflicts import Conflicts
from .content import by_hand_text, content_of, text_of, verdict_text
from .corrections import Frame, Move, MoveKind, moves_of
from .days import DaySlice, Sliced, slices_of
from .judged import APPROVED, Group, Judged, Line, Material, Person
from .records import Channel, LeaveStatus


def judge(material: Material, asked: Collection[str] = ()) -> list[Judged]:
    """Every leave that touches the period, and every exported one that has to be corrected.

    Of those `asked` for by id, each that is known, whatever its days.
    """
    return _Judge(material, asked).all()


def sliced(material: Material) -> dict[str, Sliced]:
    """Every approved leave over all the days that were read, by id."""
    return {
        leave.id: slices_of(leave, material.weeks.get(leave.employee_id, ()), material.read)
        for leave in material.leaves
        if leave.status in APPROVED
    }


class _Judge:
    """One judging, with what is looked up often."""

    def __init__(self, material: Material, asked: Collection[str]) -> None:
        self.material = material
        self.asked = asked
        self.leaves = {leave.id: leave for leave in material.leaves}
        self.lines: dict[str, list[Line]] = defaultdict(list)
        for line in material.lines:
            self.lines[line.leave_id].append(line)
        self.known = {entry.code for entry in material.codes}
        found = sliced(material)
        self.slices = {key: each.slices for key, each in found.items()}
        self.problems = {key: each.problem for key, each in found.items() if each.problem}
        self.conflicts = Conflicts(material, self.slices)

    def all(self) -> list[Judged]:
        """In a stable order: by person, first day and id."""
        ids = dict.fromkeys([*self.leaves, *self.lines])
        judged = [self._judged(leave_id) for leave_id in ids]
        shown = [each for each in judged if each is not None]
        return sorted(shown, key=_order)

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
        if leave_id not in self.asked and not self._is_shown(verdict, lines):
            return None
        return replace(verdict, digest=self._digest(verdict))

    def _in_period(self, slices: Sequence[DaySlice]) -> tuple[DaySlice, ...]:
        return tuple(each for each in slices if self.material.period.covers(each.day))

    def _is_shown(self, verdict: Judged, lines: Sequence[Line]) -> bool:
        leave, period = verdict.leave, self.material.period
        touches = leave is not None and leave.touches(period)
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
        leave, code = blank.leave, blank.code
        approved = leave is not None and leave.status in APPROVED
        slices = self.slices.get(blank.leave_id, ()) if approved else ()
        frame = Frame(
            period=self.material.period,
            channel=self.material.channel,
            rights=self.material.rights,
            mark=lambda each, channel, employee: self.material.mark(
                text_of(content_of(each, channel, code, employee))
            ),
            closed_until=self.material.settings.closed_until,
            reopened=self.material.reopened.get(blank.leave_id, frozenset()),
            misplaced={line.booked.row for line in lines if self.conflicts.is_misplaced(line)},
        )
        found = moves_of(slices, [line.booked for line in lines], frame)
        moves, closed = tuple(found.moves), tuple(found.closed)
        misplaced = any(move.old_row in frame.misplaced for move in moves)
        others = _others(moves, closed, misplaced=misplaced and not approved)
        verdict = replace(blank, moves=moves, closed=closed, others=others)
        asked = [move for move in moves if move.kind is MoveKind.BY_HAND]
        by_hand = tuple((move.old_row, self.by_hand_digest(verdict, move)) for move in asked)
        verdict = replace(verdict, by_hand=by_hand, compared=True)
        if not moves:
            return self._at_rest(verdict, lines)
        conflict = self._conflict(verdict, lines, misplaced=misplaced and approved)
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
        drift = self.conflicts.drift(lines)
        if drift:
            return replace(verdict, reason=drift)
        if verdict.closed:
            reason = reasons.period_closed(verdict.closed)
            return replace(verdict, group=Group.CLOSED, reason=reason)
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

    def _conflict(
        self, verdict: Judged, lines: Sequence[Line], *, misplaced: bool
    ) -> Problem | None:
        """What must be mended before anything of the leave goes."""
        doubt = self.material.in_doubt.get(verdict.person.id)
        if doubt:
            return doubt
        drift = self.conflicts.drift(lines)
        if misplaced:
            return drift or reasons.STANDS_ON_ANOTHER
        added = [(m.channel, m.after) for m in verdict.moves if m.kind is MoveKind.ADD and m.after]
        overlap = self.conflicts.overlap(verdict.leave_id) if added else None
        clashes = (self.conflicts.clash(verdict, *each) for each in added)
        return overlap or drift or next(filter(None, clashes), None)

    def _digest(self, verdict: Judged) -> str:
        note = verdict.leave.note if verdict.leave and self.material.settings.notes else ""
        return self.material.mark(verdict_text(verdict, note))


def _others(
    moves: Iterable[Move], closed: Sequence[date], *, misplaced: bool
) -> tuple[Problem, ...]:
    """What else a person should know beside the reason."""
    notes = []
    if any(move.late for move in moves):
        notes.append(reasons.LATE)
    if any(move.kind is MoveKind.BY_HAND for move in moves):
        notes.append(reasons.BY_HAND)
    if closed:
        notes.append(reasons.period_closed(closed))
    if misplaced:
        notes.append(reasons.TAKEN_BACK_THERE)
    return tuple(notes)


def _order(each: Judged) -> tuple[str, str, date, str]:
    start = each.leave.start if each.leave else date.min
    return each.person.name.casefold(), each.person.id, start, each.leave_id
