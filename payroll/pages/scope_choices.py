"""What the step Who lets a person tick, and whom it finds by name or number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from payroll.forms.scope import ScopeForm
from payroll.headcount import Crowd, without_place
from payroll.records import Employee
from payroll.scope import DIMENSIONS

from .wording import DIMENSION_NAMES

LONG = 8  # boxes: more are folded away and get a filter
FOUND = 10  # people shown of a search


@dataclass(frozen=True, slots=True)
class Choice:
    """One box. `people` None: nobody was counted; `lost`: HR does not show it any more."""

    id: str
    value: str
    label: str
    people: int | None
    ticked: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one dimension. `without` people belong to no place of it."""

    key: str
    one: str
    legend: str
    choices: Sequence[Choice]
    without: int

    @property
    def chosen(self) -> int:
        """How many boxes are ticked."""
        return sum(choice.ticked for choice in self.choices)

    @property
    def is_long(self) -> bool:
        """Whether a filter helps."""
        return len(self.choices) > LONG


def groups(form: ScopeForm, labels: Mapping[str, str]) -> list[Group]:
    """Every dimension; `labels` are what places were called that HR no longer shows."""
    return [
        Group(
            key,
            DIMENSION_NAMES[dimension][0],
            DIMENSION_NAMES[dimension][1].capitalize(),
            _choices(form, key, labels),
            without_place(form.crowd, dimension) if form.crowd else 0,
        )
        for key, dimension in DIMENSIONS.items()
    ]


def _choices(form: ScopeForm, key: str, labels: Mapping[str, str]) -> list[Choice]:
    """Those that HR shows, then those that are chosen and HR does not show."""
    ticked = list(dict.fromkeys(form[key].value() or ()))
    shown = [
        (option.place.id, option.place.label, option.people)
        for option in form.options[key]
        if option.people or option.place.id in ticked
    ]
    known = {value for value, _, _ in shown}
    rows = [
        Choice(f"id_{key}_{n}", value, label, people, value in ticked)
        for n, (value, label, people) in enumerate(shown)
    ]
    lost = form.crowd is not None
    rest = [value for value in ticked if value not in known]
    return rows + [
        Choice(f"id_{key}_{n}", value, labels.get(value, value), None, ticked=True, lost=lost)
        for n, value in enumerate(rest, start=len(rows))
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody a search found; `word` is what a scope calls them."""

    employee: Employee
    word: str
    where: str
    left: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, the first who were found, and how many there are in all."""

    asked: str
    found: Sequence[Found]
    total: int


def search(crowd: Crowd, asked: str) -> Search | None:
    """People whose name or number holds every word of `asked`; None where nothing was asked."""
    words = asked.casefold().split()
    if not words:
        return None
    hits = [each for each in crowd.people if _holds(each, words)]
    hits.sort(key=lambda each: (each.id in crowd.left, each.identity.name.casefold()))
    first = [_found(crowd, each) for each in hits[:FOUND]]
    return Search(asked, first, len(hits))


def _holds(employee: Employee, words: Iterable[str]) -> bool:
    text = f"{employee.identity.number} {employee.identity.name}".casefold()
    return all(word in text for word in words)


def _found(crowd: Crowd, employee: Employee) -> Found:
    places = (employee.placements.get(key) for key in ("company", "department"))
    where = ", ".join(place.label for place in places if place)
    return Found(employee, crowd.word_for(employee), where, employee.id in crowd.left)
