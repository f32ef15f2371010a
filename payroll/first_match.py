"""Who of HR is who in payroll, before anything is sent: the plan's own answers, in groups. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from . import reasons
from .likeness import Trait, side_by_side
from .linking import LINKS_IN_DOUBT, LinkState
from .mapping import MappingRow
from .matching import Roster, conflict
from .plan import Plan, Rules
from .planner import Planner
from .records import ChangeKind, Employee, Identity, Problem, TargetEmployee


class Group(StrEnum):
    """What the next sync makes of a person, as far as who is who is concerned."""

    PROBABLE = "probable"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    NUMBER = "number"
    LINKED = "linked"
    ONLY_HR = "only_hr"
    ONLY_PAYROLL = "only_payroll"
    APART = "apart"


_GROUP_OF = {
    "probable_match": Group.PROBABLE,
    "conflict": Group.CONFLICT,
    "kept_apart": Group.CONFLICT,
    "linked_to_another": Group.CONFLICT,
    "id_of_another": Group.CONFLICT,
    "already_linked": Group.CONFLICT,
    "belongs_to_other_integration": Group.CONFLICT,
    "number_reused": Group.CONFLICT,
    "duplicate_number": Group.DUPLICATE,
    "number_twice_in_payroll": Group.DUPLICATE,
    "same_person_in_hr": Group.DUPLICATE,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person of one group; in PROBABLE and APART one pair.

    `words` say what is the matter, or why nobody is created. `ready`: would be created. `ended`:
    payroll has an end date for the person. `others` have the same number on the same side.
    `no_same` and `no_different` say why a person may not decide so; empty where they may.
    `doubted` is the id in HR of whom the link is that keeps the person waiting, if one does.
    """

    group: Group
    employee: Employee | None = None
    there: TargetEmployee | None = None
    pair: tuple[str, str] = ("", "")
    words: str = ""
    ready: bool = False
    ended: bool = False
    others: tuple[Identity, ...] = ()
    no_same: str = ""
    no_different: str = ""
    doubted: str = ""

    @property
    def traits(self) -> Sequence[Trait]:
        """Both records side by side."""
        hr = self.employee.identity if self.employee else None
        return side_by_side(hr, self.there.identity if self.there else None)


class FirstMatch:
    """Everyone of one reading, grouped as the plan for it would treat them.

    HR's side are the people in scope whom the plan concerns; payroll's side is everyone there.
    """

    def __init__(
        self,
        people: Sequence[Employee],
        there: Sequence[TargetEmployee],
        rules: Rules,
        links: Sequence[LinkState],
        today: date,
        now: datetime,
    ) -> None:
        everyone = replace(rules, only=frozenset(), rows=_telling(rules))
        self._rules = everyone
        self._people = {each.id: each for each in people}
        self._roster = Roster(there)
        self._states = {link.source_id: link for link in links}
        self._answers = _Answers(
            Planner(people, everyone, Roster(there), links, today, now).make(), self._states
        )
        self._owner = self._answers.owners
        self._in_hr: dict[str, list[Employee]] = defaultdict(list)
        for each in people:
            if each.identity.number:
                self._in_hr[each.identity.number].append(each)
        self.rows: dict[Group, list[Row]] = {group: [] for group in Group}
        self._group()

    @property
    def probable(self) -> Mapping[tuple[str, str], Row]:
        """The pairs that wait for a person, by their ids."""
        return {row.pair: row for row in self.rows[Group.PROBABLE]}

    def in_hr(self, source_id: str) -> Employee | None:
        """The person in HR; None where HR no longer has them."""
        return self._people.get(source_id)

    def there(self, target_id: str) -> TargetEmployee | None:
        """The person in payroll; None where payroll no longer has them."""
        return self._roster.by_id.get(target_id)

    def about(self, source_id: str) -> Row | None:
        """The person's row, the first of several; None for somebody in no group."""
        everyone = (row for rows in self.rows.values() for row in rows if row.group != Group.APART)
        return next(
            (row for row in everyone if row.employee and row.employee.id == source_id), None
        )

    def _group(self) -> None:
        for employee in self._people.values():
            if self._rules.scope.contains(employee):
                for row in self._rows_of(employee):
                    self.rows[row.group].append(row)
        self.rows[Group.APART] = [self._apart(pair) for pair in sorted(self._rules.distinct)]
        told = (Group.PROBABLE, Group.CONFLICT, Group.DUPLICATE, Group.NUMBER, Group.LINKED)
        shown = {row.there.id for group in told for row in self.rows[group] if row.there}
        self.rows[Group.ONLY_PAYROLL] = [
            self._only_there(found) for key, found in self._roster.by_id.items() if key not in shown
        ]

    def _rows_of(self, employee: Employee) -> Iterator[Row]:
        group, problem = self._answers.about(employee)
        if group is Group.PROBABLE:
            yield from self._pairs(employee)
        elif group is Group.ONLY_HR:
            ready = problem is None
            yield Row(group, employee, words=problem.message if problem else "", ready=ready)
        elif group is not None:
            found = self._found(employee)
            yield Row(
                group,
                employee,
                found,
                (employee.id, found.id if found else ""),
                self._words(problem, found),
                ended=self._ended(found),
                others=self._others(employee) if group is Group.DUPLICATE else (),
                doubted=self._doubted(employee, problem, found),
            )

    def _words(self, problem: Problem | None, found: TargetEmployee | None) -> str:
        """Of somebody linked whom the reading lacks: it may be older than the link."""
        if found is None and problem and problem.code == "gone_from_payroll":
            return "Not among the people who were read from payroll."
        return problem.message if problem else ""

    def _doubted(
        self, employee: Employee, problem: Problem | None, found: TargetEmployee | None
    ) -> str:
        if problem is None or problem.code not in LINKS_IN_DOUBT:
            return ""
        if problem.code != reasons.ID_OF_ANOTHER.code:
            return employee.id
        return self._owner.get(found.id, "") if found else ""

    def _pairs(self, employee: Employee) -> Iterator[Row]:
        apart = {target for source, target in self._rules.distinct if source == employee.id}
        found = {each.id: each for each, _ in self._roster.likely(employee.identity, apart)}
        for candidate in found.values():
            yield Row(
                Group.PROBABLE,
                employee,
                candidate,
                (employee.id, candidate.id),
                ended=self._ended(candidate),
                no_same=self._why_not_same(employee, candidate),
                no_different=_why_not_different(employee.identity, candidate.identity),
            )

    def _why_not_same(self, employee: Employee, candidate: TargetEmployee) -> str:
        state = self._states.get(employee.id)
        if state and state.create_sent_at:
            return (
                "Payroll did not answer when this person was created. Run a sync first: it finds "
                "out whether the person is there."
            )
        if candidate.id in self._rules.taken:
            return f"Already kept by the integration “{self._rules.taken[candidate.id]}”."
        if candidate.id in self._owner:
            return self._owned(candidate)
        return why_not_same(employee.identity, candidate.identity)

    def _owned(self, candidate: TargetEmployee) -> str:
        owner = self._people.get(self._owner[candidate.id])
        if owner is None or not owner.active:
            number = candidate.identity.number
            return (
                "Already linked to an earlier record of HR. If the person was hired again, give "
                f"the new record the number {number} in HR: the next sync then takes the link over."
            )
        return (
            f"Already linked to employee number {owner.identity.number} in HR, and one person in "
            "payroll has one link."
        )

    def _found(self, employee: Employee) -> TargetEmployee | None:
        """Who is meant in payroll: by link, else by number where only one has it."""
        linked = self._answers.target_of(employee)
        if linked:
            return self._roster.by_id.get(linked)
        same_number = self._roster.numbered(employee.identity.number)
        return same_number[0] if len(same_number) == 1 else None

    def _others(self, employee: Employee) -> tuple[Identity, ...]:
        number = employee.identity.number
        here = [each.identity for each in self._in_hr.get(number, ()) if each.id != employee.id]
        there = [each.identity for each in self._roster.numbered(number)]
        return (*here, *(there if len(there) > 1 else ()))

    def _apart(self, pair: tuple[str, str]) -> Row:
        employee, found = self._people.get(pair[0]), self._roster.by_id.get(pair[1])
        return Row(Group.APART, employee, found, pair, ended=self._ended(found))

    def _only_there(self, found: TargetEmployee) -> Row:
        return Row(
            Group.ONLY_PAYROLL,
            there=found,
            words=self._why_only_there(found),
            ended=self._ended(found),
        )

    def _why_only_there(self, found: TargetEmployee) -> str:
        number = found.identity.number
        if found.id in self._rules.taken:
            return f"Kept by the integration “{self._rules.taken[found.id]}”."
        if found.id in self._owner:
            return "Linked to somebody who has left the scope or is gone from HR."
        if number in self._in_hr:
            return "HR has this number too, on somebody whom the sync does not concern."
        if len(self._roster.numbered(number)) > 1:
            return f"Employee number {number} stands on more than one person in payroll."
        return ""

    def _ended(self, found: TargetEmployee | None) -> bool:
        return found is not None and bool(found.fields.get(self._rules.end_field))


def _telling(rules: Rules) -> Sequence[MappingRow]:
    """The rows that can keep a person back; what the others send makes nobody somebody else."""
    specs = rules.target_specs
    return [
        row
        for row in rules.rows
        if specs[row.target].required
        or specs[row.target].immutable
        or row.target == rules.end_field
    ]


class _Answers:
    """What a plan says of each person."""

    def __init__(self, plan: Plan, states: Mapping[str, LinkState]) -> None:
        self._created: set[str] = set()
        self._problems: dict[str, Problem] = {}
        for row in plan.changes:
            if row.kind is ChangeKind.CREATE:
                self._created.add(row.employee.id)
            elif row.kind is ChangeKind.NONE:
                self._problems.setdefault(row.employee.id, row.problems[0])
        self._new = {link.source_id: link.target_id for link in plan.links if link.target_id}
        released = set(plan.released)
        self._old = {
            key: link.target_id
            for key, link in states.items()
            if link.target_id and key not in released
        }

    @property
    def owners(self) -> Mapping[str, str]:
        """By id in payroll, who of HR is or will be linked to it."""
        return {target: source for source, target in (self._old | self._new).items()}

    def target_of(self, employee: Employee) -> str:
        """The id in payroll that the person is or will be linked to; empty where there is none."""
        return self._old.get(employee.id) or self._new.get(employee.id, "")

    def about(self, employee: Employee) -> tuple[Group | None, Problem | None]:
        """The group, None for somebody who left and whom payroll never knew; and what is said."""
        problem = self._problems.get(employee.id)
        if problem and problem.code in _GROUP_OF:
            return _GROUP_OF[problem.code], problem
        if employee.id in self._old:
            return Group.LINKED, problem
        if employee.id in self._new:
            return Group.NUMBER, problem
        if problem or employee.id in self._created:
            return Group.ONLY_HR, problem
        return None, None


def why_not_same(hr: Identity, payroll: Identity) -> str:
    """Why a person may not say that the two are one, and what to do; empty where they may."""
    difference = conflict(hr, payroll)
    if not difference:
        return ""
    return (
        f"{difference[0].upper()}{difference[1:]}. If it is the same person all the same, correct "
        "that in HR or payroll and read people again."
    )


def _why_not_different(hr: Identity, payroll: Identity) -> str:
    if not hr.national_id or hr.national_id != payroll.national_id:
        return ""
    return (
        "Both records have the same national id, and two people never share one. If they are two "
        "people, correct the national id in HR or payroll and read people again."
    )
