"""Is this person already in payroll? By number, and only where the identities agree. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import reasons
from .records import Identity, Problem, TargetEmployee
from .values import clean_text

_NATIONAL_ID = "national id"


def _name(text: str) -> str:
    return clean_text(text).casefold()


def conflict(hr: Identity, payroll: Identity) -> str:
    """Why two people with the same number are not the same person, in words; empty if they are."""
    if hr.birth_date and payroll.birth_date and hr.birth_date != payroll.birth_date:
        return "the birth dates differ"
    if hr.national_id and payroll.national_id and hr.national_id != payroll.national_id:
        return "the national ids differ"
    first = _name(hr.first_name) != _name(payroll.first_name)
    last = _name(hr.last_name) != _name(payroll.last_name)
    if first and last and payroll.name:
        return "the names differ"
    return "" if payroll.name or _agree(hr, payroll) else "nothing there says who it is"


def strangers(hr: Identity, payroll: Identity) -> bool:
    """Whether first name, last name and birth date are known on both sides and all differ."""
    pairs = [
        (_name(hr.first_name), _name(payroll.first_name)),
        (_name(hr.last_name), _name(payroll.last_name)),
        (hr.birth_date, payroll.birth_date),
    ]
    return all(one and other and one != other for one, other in pairs)


def _agree(hr: Identity, payroll: Identity) -> bool:
    """Whether anything but a name shows that it is the same person; differences came before."""
    return bool(
        (hr.birth_date and payroll.birth_date)
        or (hr.national_id and payroll.national_id)
        or hr.emails & payroll.emails
    )


@dataclass(frozen=True, slots=True)
class Match:
    """The person in payroll, or why it must not be guessed; neither means not found."""

    employee: TargetEmployee | None = None
    problem: Problem | None = None


class Roster:
    """Everyone in payroll, findable by everything that identifies a person."""

    def __init__(self, employees: Iterable[TargetEmployee]) -> None:
        self.by_id: dict[str, TargetEmployee] = {}
        self._by_number: dict[str, list[TargetEmployee]] = defaultdict(list)
        self._by_trait: dict[Hashable, list[TargetEmployee]] = defaultdict(list)
        for employee in employees:
            self.by_id[employee.id] = employee
            self._by_number[employee.identity.number].append(employee)
            for trait in _traits(employee.identity):
                self._by_trait[trait].append(employee)

    def expect(self, identity: Identity) -> None:
        """Somebody about to be created: whoever is like them is a probable match from now on."""
        newcomer = TargetEmployee("", identity, {})
        for trait in _traits(identity):
            self._by_trait[trait].append(newcomer)

    def numbered(self, number: str) -> Sequence[TargetEmployee]:
        """Everyone with that employee number."""
        return self._by_number.get(number, []) if number else []

    def match(self, identity: Identity, apart: Collection[str] = ()) -> Match:
        """By number where the identities agree; a probable match is a problem, never an answer.

        `apart`: ids here of whom a person said that they are somebody else.
        """
        same_number = self.numbered(identity.number)
        if len(same_number) > 1:
            return Match(problem=reasons.number_twice_in_payroll(identity.number))
        if same_number:
            return _numbered(identity, same_number[0], apart)
        return self._probable(identity, apart)

    def likely(
        self, identity: Identity, apart: Collection[str] = ()
    ) -> Iterator[tuple[TargetEmployee, str]]:
        """Everyone who may be the person, the surest first, each time with what is the same.

        The same national id is told even of somebody in `apart`: two people never share one.
        """
        for trait in _traits(identity):
            for candidate in self._by_trait.get(trait, []):
                if candidate.id not in apart or trait[0] == _NATIONAL_ID:
                    yield candidate, trait[0]

    def doubts(self, identity: Identity) -> Sequence[tuple[str, Problem]]:
        """What keeps somebody without a link from being matched and created, each with whom it is.

        Empty for whoever is found by number, and for whoever is like nobody.
        """
        if same_number := self.numbered(identity.number):
            problem = self.match(identity).problem
            return [(same_number[0].id, problem)] if problem else []
        return [
            (candidate.id, reasons.probable_match(candidate.identity.number, trait))
            for candidate, trait in self.likely(identity)
        ]

    def _probable(self, identity: Identity, apart: Collection[str]) -> Match:
        for candidate, trait in self.likely(identity, apart):
            told = reasons.probable_match if candidate.id else reasons.same_person_in_hr
            return Match(problem=told(candidate.identity.number, trait))
        return Match()


def _numbered(identity: Identity, found: TargetEmployee, apart: Collection[str]) -> Match:
    difference = conflict(identity, found.identity)
    if difference:
        return Match(problem=reasons.conflict(identity.number, difference))
    if found.id in apart:
        return Match(problem=reasons.kept_apart(identity.number))
    return Match(employee=found)


def _traits(identity: Identity) -> list[tuple[str, Hashable]]:
    """What makes a probable match: named, so that a person can be told."""
    traits: list[tuple[str, Hashable]] = []
    if identity.national_id:
        traits.append((_NATIONAL_ID, identity.national_id))
    traits += [("e-mail address", email) for email in sorted(identity.emails)]
    number = identity.number.casefold().lstrip("0")
    if number:
        traits.append(("employee number but for case or leading zeros", number))
    if identity.birth_date and identity.name:
        traits.append(("name and birth date", (_name(identity.name), identity.birth_date)))
    return traits
