"""One page of a run's people, as the reader asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from integration_hub.core.sorting import Column, chosen_sort, columns
from payroll.models import Change, SyncRun
from payroll.models.change import ChangeQuerySet

from .change_rows import PersonRow, person_rows
from .change_sorts import LABELS, in_order
from .change_tabs import EVERYONE, Tab, counted_tabs, search, shown_tabs, visible_changes
from .trouble_rows import tried_before

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RunPeople:
    """The groups, the one chosen, the employee number looked for, and the people on the page.

    `columns` are the headings to sort by, `sort` is how they are sorted now.
    """

    tabs: Sequence[Tab]
    chosen: Tab
    number: str
    sort: str
    columns: Mapping[str, Column]
    page: Page[Change]
    rows: Sequence[PersonRow]
    named: bool

    @property
    def to_approve(self) -> int:
        """How many changes had to wait for a second person."""
        return sum(tab.people for tab in self.tabs if tab.key == "to_approve")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for of a run's people: all groups, the one chosen, and its changes."""

    tabs: Mapping[str, Tab]
    tab: Tab
    number: str
    sort: str
    changes: ChangeQuerySet


def chosen_people(run: SyncRun, asked: Mapping[str, str]) -> Chosen:
    """`asked` may hold `show` (a group), `number` (part of an employee number) and `sort`.

    What makes no sense in it is taken for its default. One query.
    """
    tabs = counted_tabs(run)
    tab = tabs.get(asked.get("show", EVERYONE), tabs[EVERYONE])
    number = asked.get("number", "").replace("\x00", "").strip()  # no database takes a NUL
    changes = search(visible_changes(run).filter(tab.where), number)
    sort = chosen_sort(asked.get("sort"), LABELS)
    return Chosen(tabs, tab, number, sort, in_order(changes, sort))


def run_people(run: SyncRun, asked: Mapping[str, str], *, sees_people: bool) -> RunPeople:
    """`asked` as for `chosen_people`, and `page`. Four queries."""
    chosen = chosen_people(run, asked)
    page = Paginator(chosen.changes, PEOPLE_PER_PAGE).get_page(asked.get("page"))
    target, tried = run.integration.target, tried_before(page, run)
    rows = person_rows(page, run, target, sees_people=sees_people, tried=tried)
    return RunPeople(
        shown_tabs(chosen.tabs, chosen.tab.key),
        chosen.tab,
        chosen.number,
        chosen.sort,
        columns(LABELS, chosen.sort),
        page,
        rows,
        sees_people,
    )
