"""The readiness list as its page shows it: grouped, searched, sorted, a page at a time, masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from integration_hub.core.sorting import Column, chosen_sort, columns
from payroll.readiness import Standing, State

from .employment_words import beside_words
from .problem_words import problem_words

PEOPLE_PER_PAGE = 50
EVERYONE = "all"
_TABS = (
    (EVERYONE, "In scope", ""),
    (State.READY, "Ready", "good"),
    (State.PARTLY, "Ready, with something left out", "warn"),
    (State.NOT_READY, "Not ready", "bad"),
    (State.LATER, "Later", "quiet"),
)
_URGENCY = {State.NOT_READY: 0, State.PARTLY: 1, State.LATER: 2, State.READY: 3}
_CHIPS = {
    State.READY: ("Ready", "good", "✓"),
    State.PARTLY: ("Ready, with something left out", "warn", "!"),
    State.NOT_READY: ("Not ready", "bad", "✕"),
    State.LATER: ("Later", "quiet", "…"),
}
_SORTS: Mapping[str, Callable[[Standing], object]] = {
    "number": lambda each: natural(each.employee.identity.number),
    "name": lambda each: each.employee.identity.name.casefold(),
    "state": lambda each: (
        _URGENCY[each.state],
        natural(each.employee.identity.number),
    ),
}
_COLUMNS = {"number": "Number", "name": "Name", "state": "State"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One group and how many are in it."""

    key: str
    label: str
    tone: str
    people: int


@dataclass(frozen=True, slots=True)
class Row:
    """One person. Without `name` the reader may not see it. `beside`: of several employments."""

    number: str
    name: str
    label: str
    tone: str
    sign: str
    left: bool
    missing: Sequence[str]
    without: Sequence[str]
    words: Sequence[str]
    beside: str


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """The groups, the one chosen, what was looked for, the headings, the people on the page."""

    tabs: Sequence[Tab]
    chosen: Tab
    asked: str
    sort: str
    columns: Sequence[Column]
    page: Page[Standing]
    rows: Sequence[Row]
    named: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for of the people in scope: the group, the words, the order, who it is."""

    tab: Tab
    words: str
    sort: str
    standings: Sequence[Standing]


def chosen_people(
    standings: Sequence[Standing], asked: Mapping[str, str], *, sees_people: bool
) -> Chosen:
    """`asked` may hold `show` (a group), `find` and `sort` ("-" in front turns it).

    What makes no sense in it is taken for its default. Who may not see people neither finds nor
    sorts by name.
    """
    tabs = _tabs(standings)
    tab = next((tab for tab in tabs if tab.key == asked.get("show")), tabs[0])
    words = asked.get("find", "").strip()[:100]
    sort = chosen_sort(asked.get("sort"), _headings(sees_people=sees_people), "state")
    shown = [each for each in standings if tab.key in (EVERYONE, each.state)]
    shown = [each for each in shown if _holds(each, words, sees_people=sees_people)]
    shown.sort(key=_SORTS[sort.lstrip("-")], reverse=sort.startswith("-"))  # type: ignore[arg-type]
    return Chosen(tab, words, sort, shown)


def readiness_page(
    standings: Sequence[Standing], asked: Mapping[str, str], *, sees_people: bool
) -> ReadinessPage:
    """`asked` as for `chosen_people`, and `page`."""
    chosen = chosen_people(standings, asked, sees_people=sees_people)
    page = Paginator(chosen.standings, PEOPLE_PER_PAGE).get_page(asked.get("page"))
    rows = [person_row(each, sees_people=sees_people) for each in page]
    headings = columns(_headings(sees_people=sees_people), chosen.sort)
    return ReadinessPage(
        _tabs(standings),
        chosen.tab,
        chosen.words,
        chosen.sort,
        list(headings.values()),
        page,
        rows,
        sees_people,
    )


def _tabs(standings: Sequence[Standing]) -> list[Tab]:
    counts = Counter[str](each.state for each in standings)
    counts[EVERYONE] = len(standings)
    return [Tab(key, label, tone, counts[key]) for key, label, tone in _TABS]


def _headings(*, sees_people: bool) -> Mapping[str, str]:
    return {key: label for key, label in _COLUMNS.items() if sees_people or key != "name"}


def _holds(standing: Standing, words: str, *, sees_people: bool) -> bool:
    identity = standing.employee.identity
    text = f"{identity.number} {identity.name}" if sees_people else identity.number
    return all(word in text.casefold() for word in words.casefold().split())


def natural(number: str) -> tuple[bool, int, str]:
    """Numbers by their size, then what is no number, by its letters."""
    is_number = number.isascii() and number.isdigit()
    return not is_number, len(number.lstrip("0")) if is_number else 0, number


def person_row(standing: Standing, *, sees_people: bool) -> Row:
    """One person as the reader may see them."""
    identity = standing.employee.identity
    label, tone, sign = _CHIPS[standing.state]
    told = (problem_words(each, sees_people=sees_people) for each in standing.problems)
    return Row(
        number=identity.number,
        name=identity.name if sees_people else "",
        label=label,
        tone=tone,
        sign=sign,
        left=standing.left,
        missing=standing.missing,
        without=standing.without,
        words=list(dict.fromkeys(told)),
        beside=beside_words(standing.employee, sees_people=sees_people),
    )
