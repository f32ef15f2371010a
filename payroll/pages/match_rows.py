"""The first match as its page shows it: in groups, searched, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from integration_hub.core.sorting import Column, chosen_sort, columns
from payroll.decisions import ALREADY_SENT, decisions, key_of
from payroll.first_match import FirstMatch, Group, Row
from payroll.likeness import Trait, Verdict
from payroll.models import Integration, MatchDecision
from payroll.records import Identity

from .match_tabs import Tab, match_tabs

PEOPLE_PER_PAGE = 50
PAIRWISE = (Group.PROBABLE, Group.CONFLICT, Group.DUPLICATE, Group.APART)
"""Groups shown with both records side by side."""
_LINKED = (Group.LINKED, Group.CONFLICT)
"""Groups in which somebody may be linked already."""

_SORTS = {"number": "Number", "name": "Name"}
_CHIPS = {
    Verdict.SAME: ("Same", "good"),
    Verdict.NEARLY: ("Nearly the same", "warn"),
    Verdict.DIFFERENT: ("Different", "bad"),
    Verdict.UNKNOWN: ("Not compared", "quiet"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One trait of both records, with a chip that says how they compare."""

    trait: Trait
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page. `keeps` says why a decision stays; empty where it may be undone."""

    row: Row
    key: str
    hr: Identity
    there: Identity
    compared: Sequence[Compared]
    decided_at: datetime | None
    decided_by: str
    keeps: str

    @property
    def number(self) -> str:
        """The employee number to call the person by."""
        return self.hr.number or self.there.number

    @property
    def name(self) -> str:
        """The name to call the person by."""
        return self.hr.name or self.there.name

    @property
    def called(self) -> str:
        """Both, for who hears the page."""
        return f"{self.name}, {self.number}"


@dataclass(frozen=True, slots=True)
class MatchPage:
    """The groups, the one chosen, what was looked for, and the people on the page."""

    tabs: Sequence[Tab]
    chosen: Tab
    pairwise: bool
    asked: str
    sort: str
    columns: Mapping[str, Column]
    page: Page[Row]
    lines: Sequence[Line]
    open_there: int
    ended_there: int

    @property
    def may_choose(self) -> bool:
        """Whether several of the page can be confirmed at once."""
        choosable = [line for line in self.lines if not line.row.no_same]
        return self.chosen.key == Group.PROBABLE and len(choosable) > 1


def match_page(board: FirstMatch, integration: Integration, asked: Mapping[str, str]) -> MatchPage:
    """`asked` may hold `show` (a group), `find`, `sort` ("-" in front turns it) and `page`.

    What makes no sense in it is taken for its default. Two queries.
    """
    tabs = match_tabs(board, integration.source.label, integration.target.label)
    chosen = next((tab for tab in tabs if tab.key == asked.get("show")), tabs[0])
    rows = board.rows[Group(chosen.key)]
    words = asked.get("find", "").strip()[:100]
    sort = chosen_sort(asked.get("sort"), _SORTS)
    page = Paginator(_sorted(_found(rows, words), sort), PEOPLE_PER_PAGE).get_page(
        asked.get("page")
    )
    there = board.rows[Group.ONLY_PAYROLL]
    ended = sum(row.ended for row in there)
    return MatchPage(
        tabs=tabs,
        chosen=chosen,
        pairwise=chosen.key in PAIRWISE,
        asked=words,
        sort=sort,
        columns=columns(_SORTS, sort),
        page=page,
        lines=_lines(page, integration),
        open_there=len(there) - ended,
        ended_there=ended,
    )


def _sides(row: Row) -> tuple[Identity, Identity]:
    hr = row.employee.identity if row.employee else Identity()
    return hr, row.there.identity if row.there else Identity()


def _found(rows: Sequence[Row], words: str) -> list[Row]:
    """Those of whom every word is in a name or a number, in either system."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in _text(row) for word in wanted)]


def _text(row: Row) -> str:
    return " ".join(f"{side.number} {side.name}" for side in _sides(row)).casefold()


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """By number unless asked otherwise; without a wish, whoever needs a look comes first."""
    by: Mapping[str, Callable[[Row], tuple[object, ...]]] = {
        "": lambda row: (row.ended, row.ready, _number(row)),
        "number": lambda row: (_number(row),),
        "name": lambda row: (_name(row), _number(row)),
    }
    key = by[sort.removeprefix("-")]
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def _number(row: Row) -> tuple[bool, int, str]:
    """Numbers by their size, then what is no number, by its letters."""
    hr, there = _sides(row)
    number = hr.number or there.number
    is_number = number.isascii() and number.isdigit()
    return not is_number, len(number.lstrip("0")) if is_number else 0, number


def _name(row: Row) -> str:
    hr, there = _sides(row)
    return (hr.name or there.name).casefold()


def _lines(page: Page[Row], integration: Integration) -> list[Line]:
    decided = decisions(integration)
    targets = [row.there.id for row in page if row.there and row.group in _LINKED]
    links = integration.links.filter(target_id__in=targets)
    sent = {key_of((link.source_id, link.target_id)) for link in links if link.baseline}
    return [_line(row, decided, sent) for row in page]


def compared(traits: Sequence[Trait]) -> list[Compared]:
    """Both records side by side, for a screen."""
    return [Compared(trait, *_CHIPS[trait.verdict]) for trait in traits]


def _line(row: Row, decided: Mapping[str, MatchDecision], sent: set[str]) -> Line:
    key = key_of(row.pair)
    decision = decided.get(key) if row.group in (*_LINKED, Group.APART) else None
    hr, there = _sides(row)
    return Line(
        row=row,
        key=key,
        hr=hr,
        there=there,
        compared=compared(row.traits),
        decided_at=decision.at if decision else None,
        decided_by=str(decision.user or "somebody") if decision else "",
        keeps=ALREADY_SENT if decision and decision.same and key in sent else "",
    )
