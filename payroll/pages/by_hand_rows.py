"""What a person has to do in payroll by hand: what stands there, and what should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from integration_hub.accounts.models import User
from payroll.models import Integration, TimeOffByHand, TimeOffLine
from payroll.models.timeoff_by_hand import TimeOffByHandQuerySet

from .move_words import days_words, row_words

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ByHandRow:
    """One action. `there` is the row in payroll before it, `then` what should stand in its place.

    `may_tick`: whether the reader may say that it is done.
    """

    action: TimeOffByHand
    number: str
    name: str
    named: bool
    there: str
    then: Sequence[str]
    may_tick: bool

    @property
    def type(self) -> str:
        """The type of leave; empty where HR has it no more."""
        return str(self.action.details.get("type", ""))

    @property
    def without(self) -> str:
        """What is said where no row should stand there, or its content was deleted with age."""
        return "Nothing: remove it" if "after" in self.action.details else "No longer kept"


@dataclass(frozen=True, slots=True)
class ByHandPage:
    """Those that wait, or those that are done, of one integration or of all."""

    done: bool
    integration: Integration | None
    waiting: int
    finished: int
    page: Page[TimeOffByHand]
    rows: Sequence[ByHandRow]

    @property
    def may_tick(self) -> bool:
        """Whether there is anything that the reader may tick off."""
        return any(row.may_tick for row in self.rows)


def by_hand_page(
    mine: TimeOffByHandQuerySet,
    integration: Integration | None,
    asked: Mapping[str, str],
    responsible: Iterable[UUID],
) -> ByHandPage:
    """`asked` may hold `show` (done) and `page`; `responsible`: organisations the reader runs.

    Four queries.
    """
    found = mine.filter(integration=integration) if integration else mine
    waiting, finished = found.waiting(), found.exclude(done_at=None)
    done = shows_done(asked)
    listed = listed_by_hand(mine, integration, done=done)
    page = Paginator(listed, ROWS_PER_PAGE).get_page(asked.get("page"))
    rows = by_hand_rows(page, responsible)
    return ByHandPage(done, integration, waiting.count(), finished.count(), page, rows)


def shows_done(asked: Mapping[str, str]) -> bool:
    """Whether those that are done are asked for, not those that wait."""
    return asked.get("show") == "done"


def listed_by_hand(
    mine: TimeOffByHandQuerySet, integration: Integration | None, *, done: bool
) -> TimeOffByHandQuerySet:
    """Those that wait, the oldest first, or those that are done, the newest first."""
    found = mine.filter(integration=integration) if integration else mine
    chosen = found.exclude(done_at=None) if done else found.waiting()
    ordered = chosen.order_by("-done_at" if done else "made_at")
    return ordered.select_related("integration__organisation", "export", "done_by")


def by_hand_rows(
    actions: Iterable[TimeOffByHand], responsible: Iterable[UUID]
) -> Sequence[ByHandRow]:
    """Each as whoever runs the `responsible` organisations may see it. One query."""
    listed, runs = list(actions), set(responsible)
    there = _there(listed)
    return [_row(action, there.get(action.row, []), runs) for action in listed]


def in_the_menu(request: HttpRequest) -> Mapping[str, object]:
    """How many wait in all that the user may see, asked for once where a page has a menu."""
    user = request.user
    if not isinstance(user, User):
        return {}
    waiting = TimeOffByHand.objects.visible_to(user).waiting()
    return {"to_correct": SimpleLazyObject(waiting.count)}


def _there(actions: Iterable[TimeOffByHand]) -> Mapping[UUID, Sequence[TimeOffLine]]:
    """The live lines of each row in payroll."""
    found: dict[UUID, list[TimeOffLine]] = defaultdict(list)
    rows = [action.row for action in actions]
    for line in TimeOffLine.objects.live().filter(row__in=rows).order_by("day"):
        found[line.row].append(line)
    return found


def _row(action: TimeOffByHand, lines: Sequence[TimeOffLine], responsible: set[UUID]) -> ByHandRow:
    told = action.details
    runs = action.integration.organisation_id in responsible
    return ByHandRow(
        action=action,
        number=told.get("number", ""),
        name=told.get("name", "") if runs else "",
        named=runs,
        there=(not action.done_at and _stands(lines)) or days_words(told.get("before", [])),
        then=[f"Code {told.get('code', '')}: {row_words(row)}" for row in told.get("after", [])],
        may_tick=runs and action.done_at is None,
    )


def _stands(lines: Sequence[TimeOffLine]) -> str:
    """The row as the ledger has it."""
    if not lines:
        return ""
    content = lines[0].body
    row = {key: content.get(key) for key in ("start", "end", "percent", "from", "to")}
    return f"Code {content.get('code', '')}: {row_words(row)}"
