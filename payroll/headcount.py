"""How many people a scope takes in, who comes and goes when it changes, what it can name. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from .records import Employee, PickLists, Place, Problem
from .scope import Scope, has_left, starts_later


@dataclass(frozen=True)
class Crowd:
    """Everyone of one reading, and who of them payroll knows.

    `linked` and `in_payroll` hold source ids; who is linked, or there under the same number, is in
    payroll. `in_doubt` holds those who wait because they may be somebody in payroll. `today` is
    the day that decides who has left and who starts later.
    """

    people: Sequence[Employee]
    today: date
    linked: frozenset[str] = frozenset()
    in_payroll: frozenset[str] = frozenset()
    pick_lists: PickLists = field(default_factory=dict)
    in_doubt: Mapping[str, Problem] = field(default_factory=dict)

    @cached_property
    def left(self) -> frozenset[str]:
        """Those whose last day is behind us."""
        return frozenset(each.id for each in self.people if has_left(each, self.today))

    @cached_property
    def numbered(self) -> Mapping[str, Sequence[Employee]]:
        """Everyone by employee number."""
        found: dict[str, list[Employee]] = defaultdict(list)
        for each in self.people:
            if each.identity.number:
                found[each.identity.number].append(each)
        return found

    @cached_property
    def by_id(self) -> Mapping[str, Employee]:
        """Everyone by id."""
        return {each.id: each for each in self.people}

    def called(self, word: str) -> Sequence[Employee]:
        """Whom an entry of `include` or `exclude` means: by number, or by id."""
        found = list(self.numbered.get(word, ()))
        same_id = self.by_id.get(word)
        return [*found, same_id] if same_id and same_id not in found else found

    def word_for(self, employee: Employee) -> str:
        """What a scope calls this person and nobody else: the number, else the id."""
        number = employee.identity.number
        return number if number and len(self.numbered[number]) == 1 else employee.id

    def members(self, scope: Scope) -> Sequence[Employee]:
        """Whom the scope concerns: of those who have left, only whom payroll knows."""
        return [
            each
            for each in self.people
            if (each.id not in self.left or each.id in self.in_payroll) and scope.contains(each)
        ]


@dataclass(frozen=True, slots=True)
class Headcount:
    """`now` people are in scope today, of `everyone` in HR who has not left.

    `later` start too far ahead; `leavers` have left and are still sent.
    """

    everyone: int
    now: int
    later: int
    leavers: int

    @property
    def nobody(self) -> bool:
        """Whether the scope takes in no one who works here or will."""
        return not self.now and not self.later


def headcount(crowd: Crowd, scope: Scope) -> Headcount:
    """The people of the scope, counted."""
    members = crowd.members(scope)
    later = sum(waits(each, scope, crowd) for each in members)
    gone = [each for each in members if each.id in crowd.left]
    return Headcount(
        everyone=len(crowd.people) - len(crowd.left),
        now=len(members) - len(gone) - later,
        later=later,
        leavers=sum(recently_left(each, scope, crowd.today) for each in gone),
    )


def waits(employee: Employee, scope: Scope, crowd: Crowd) -> bool:
    """Whether the first day is too far ahead for the person to be sent today."""
    if employee.id in crowd.left or employee.id in crowd.in_payroll:
        return False
    return starts_later(employee, scope, crowd.today) is not None


def recently_left(employee: Employee, scope: Scope, today: date) -> bool:
    """Whether more than the end date is still sent about somebody who has left."""
    end = employee.fields.get("end_date")
    return isinstance(end, date) and today - end <= timedelta(days=scope.leaver_days)


@dataclass(frozen=True, slots=True)
class Move:
    """Who would no longer be sent and who would come in; linked people first, then by number."""

    out: Sequence[Employee]
    into: Sequence[Employee]


def move(crowd: Crowd, before: Scope, after: Scope) -> Move:
    """What a change of scope does. Days alone move nobody: they say when, not who."""
    old = {each.id: each for each in crowd.members(before)}
    new = {each.id: each for each in crowd.members(after)}

    def ordered(people: Iterable[Employee]) -> list[Employee]:
        return sorted(people, key=lambda each: (each.id not in crowd.linked, each.identity.number))

    return Move(
        out=ordered(each for key, each in old.items() if key not in new),
        into=ordered(each for key, each in new.items() if key not in old),
    )


def shared(crowd: Crowd, one: Scope, other: Scope) -> Sequence[Employee]:
    """Who is in both scopes and has not left."""
    return [
        each for each in crowd.members(one) if each.id not in crowd.left and other.contains(each)
    ]


@dataclass(frozen=True, slots=True)
class Option:
    """One place that a scope may name, and how many people who have not left belong to it."""

    place: Place
    people: int


def options(crowd: Crowd, dimension: str) -> Sequence[Option]:
    """Every place of the dimension in HR, by what it is called."""
    places: dict[str, Place] = {}
    counts: Counter[str] = Counter()
    for each in crowd.people:
        place = each.placements.get(dimension)
        if place:
            places[place.id] = place
            counts[place.id] += each.id not in crowd.left
    found = [Option(place, counts[key]) for key, place in places.items()]
    return sorted(found, key=lambda option: (option.place.label.casefold(), option.place.id))


def without_place(crowd: Crowd, dimension: str) -> int:
    """How many people who have not left belong to no place of the dimension."""
    return sum(
        dimension not in each.placements and each.id not in crowd.left for each in crowd.people
    )


def ticked(words: Iterable[str], found: Collection[Option]) -> list[str]:
    """The ids that say the same as `words`, which may be ids, codes or names.

    A word that names nothing in HR now is kept as it is.
    """
    chosen = set(words)
    ids = [option.place.id for option in found if option.place.words & chosen]
    known = {word for option in found for word in option.place.words}
    return ids + sorted(chosen - known)


def mark(parts: Iterable[str]) -> str:
    """A short text that is another one for another list: what a confirmation was given for."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
