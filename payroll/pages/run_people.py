"""One page of a run's people, as the reader asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from integration_hub.core.sorting import Column, chosen_sort, columns
from payroll.models import Change, SyncRun

from .change_rows import PersonRow, person_rows
from .change_sorts import LABELS, in_order
from .change_tabs import EVERYONE, Tab, counted_tabs, search, shown_tabs, visible_changes

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


def run_people(run: SyncRun, asked: Mapping[str, str], *, sees_people: bool) -> RunPeople:
    """`asked` may hold `show` (a group), `number` (part of an employee number), `sort` and `page`.

    What makes no sense in it is taken for its default. Three queries.
    """
    tabs = counted_tabs(run)
    chosen = tabs.get(asked.get("show", EVERYONE), tabs[EVERYONE])
    number = asked.get("number", "").replace("\x00", "").strip()  # no database takes a NUL
    changes = search(visible_changes(run).filter(chosen.where), number)
    sort = chosen_sort(asked.get("sort"), LABELS)
    page = Paginator(in_order(changes, sort), PEOPLE_PER_PAGE).get_page(asked.get("page"))
    rows = person_rows(page, run, run.integration.target, sees_people=sees_people)
    return RunPeople(
        shown_tabs(tabs, chosen.key),
        chosen,
        number,
        sort,
        columns(LABELS, sort),
        page,
        rows,
        sees_people,
    )
