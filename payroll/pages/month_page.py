"""This payroll month as a page: the groups with their counts, and one page of the chosen one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Length

from integration_hub.core.sorting import Column, chosen_sort, columns
from payroll.models import Integration, SyncRun
from payroll.payroll_month import PayrollMonth

from .month_groups import (
    HELD,
    TO_APPROVE,
    UPCOMING,
    Deadline,
    Group,
    MonthOfIntegration,
    Section,
    first_month,
    upcoming_section,
    waiting_section,
)
from .month_rows import MonthRow, sent_rows, to_approve_rows, upcoming_rows
from .wording import plural

ROWS_PER_PAGE = 50
SOONEST = 10  # of what waits for its day, on a run's page


@dataclass(frozen=True, slots=True)
class MonthPage:
    """The month of an integration, its sections, the chosen group and its rows on this page.

    `planned` is the run whose plan says what waits for its day, `held_by` the newest sync.
    `columns` are the headings to sort by, `sort` is how the rows are sorted now.
    """

    integration: Integration
    month: PayrollMonth
    earlier: PayrollMonth | None
    later: PayrollMonth | None
    cut_off: date | None
    deadline: Deadline | None
    is_current: bool
    sections: Sequence[Section]
    chosen: Group
    number: str
    sort: str
    columns: Mapping[str, Column]
    page: Page[Any]
    rows: Sequence[MonthRow]
    planned: SyncRun | None
    held_by: SyncRun | None
    named: bool

    @property
    def title(self) -> str:
        """The chosen group under its heading: `Sent after the cut-off: Leavers`."""
        section = next(each for each in self.sections if self.chosen in each.groups)
        return f"{section.title}: {self.chosen.label}"

    @property
    def total(self) -> int:
        """How many rows there are at all."""
        groups = [group for section in self.sections for group in section.groups]
        return sum(group.rows for group in groups if not group.overlaps)

    @property
    def days_left(self) -> str:
        """How long there is until the next cut-off, in words; empty where there is none."""
        return days_left_in_words(self.deadline.days_left) if self.deadline else ""


def days_left_in_words(days: int) -> str:
    """`3 days left`, `today is the last day`."""
    return f"{plural(days, 'day', 'days')} left" if days else "today is the last day"


def month_page(
    found: MonthOfIntegration, asked: Mapping[str, str], *, sees_people: bool
) -> MonthPage:
    """`asked` may hold `show` (a group), `number` (part of one), `sort` and `page`.

    What makes no sense in it is taken for its default. Eight queries at most.
    """
    current = found.is_current
    held_by = found.newest_sync() if current else None
    planned = found.newest_plan() if current else None
    sources: dict[str, QuerySet[Any]] = {
        TO_APPROVE: found.to_approve(),
        HELD: found.held(held_by),
        UPCOMING: found.upcoming(planned),
    }
    sections = found.sent_sections()
    if current:
        sections.append(waiting_section(sources[TO_APPROVE].count(), sources[HELD].count()))
        sections.append(upcoming_section(sources[UPCOMING].count()))
    chosen = _chosen(sections, asked.get("show", ""))
    number = asked.get("number", "").replace("\x00", "").strip()  # no database takes a NUL
    rows = sources.get(chosen.key, found.sent().filter(chosen.where).select_related("run"))
    if chosen.key == HELD:
        rows = rows.select_related("run")
    labels = {"number": "Number", "when": when_label(chosen)}
    sort = chosen_sort(asked.get("sort"), labels)
    listed = in_order(narrowed(rows, number), chosen.key, sort)
    page = Paginator(listed, ROWS_PER_PAGE).get_page(asked.get("page"))
    return MonthPage(
        integration=found.integration,
        month=found.month,
        earlier=found.earlier,
        later=found.later,
        cut_off=found.cut_off,
        deadline=found.deadline,
        is_current=current,
        sections=sections,
        chosen=chosen,
        number=number,
        sort=sort,
        columns=columns(labels, sort),
        page=page,
        rows=list(rows_of(chosen.key, page, found.integration, sees_people=sees_people)),
        planned=planned,
        held_by=held_by,
        named=sees_people,
    )


def _chosen(sections: Sequence[Section], asked: str) -> Group:
    """The group asked for, else the first that has rows, else the first."""
    groups = [group for section in sections for group in section.groups]
    known = {group.key: group for group in groups}
    return known.get(asked) or next((group for group in groups if group.rows), groups[0])


def when_label(group: Group) -> str:
    """What the day or moment on a row is."""
    return {TO_APPROVE: "Since", HELD: "Found", UPCOMING: "Goes on"}.get(group.key, "Sent")


def narrowed(rows: QuerySet[Any], number: str) -> QuerySet[Any]:
    """Those whose employee number contains `number`."""
    return rows.filter(employee_number__icontains=number) if number else rows


def in_order(rows: QuerySet[Any], key: str, sort: str) -> QuerySet[Any]:
    """Sorted as `sort` says ("-" in front turns it); the newest first, or the next day first."""
    when = {TO_APPROVE: "since", HELD: "position", UPCOMING: "goes_on"}.get(key, "settled_at")
    by = {
        "number": (Length("employee_number"), F("employee_number")),  # 999 before 1000
        "when": (F(when),),
    }.get(sort.removeprefix("-"), (F(when),))
    newest_first = not sort and when == "settled_at"
    down = sort.startswith("-") or newest_first
    return rows.order_by(*(each.desc() if down else each.asc() for each in by), "pk")


def rows_of(
    key: str, rows: Iterable[Any], integration: Integration, *, sees_people: bool
) -> Iterator[MonthRow]:
    """The rows of a group as the reader may see them, one after the other."""
    if key == TO_APPROVE:
        return to_approve_rows(rows, integration, sees_people=sees_people)
    if key == UPCOMING:
        return upcoming_rows(rows, integration, sees_people=sees_people)
    return sent_rows(rows, integration, sees_people=sees_people)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What waits for its day by the plan of one run: how many, and the soonest of them."""

    total: int
    rows: Sequence[MonthRow]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


def ahead_of(run: SyncRun, *, sees_people: bool) -> Ahead:
    """Two queries, which open no more than is shown."""
    if not run.planned_at or run.only:
        return Ahead(0, [])
    soonest = run.upcoming.order_by("goes_on", "position")[:SOONEST]
    rows = upcoming_rows(soonest, run.integration, sees_people=sees_people)
    return Ahead(run.upcoming.count(), list(rows))


def asked_month(text: str | None, integration: Integration, now: datetime) -> PayrollMonth | None:
    """The month of an address, this one where none is named; None where nothing is kept of it."""
    current = PayrollMonth.at(now)
    month = PayrollMonth.read(text) if text else current
    inside = month is not None and first_month(integration, now) <= month <= current
    return month if inside else None
