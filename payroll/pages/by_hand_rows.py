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
    done = asked.get("show") == "done"
    listed = finished.order_by("-done_at") if done else waiting.order_by("made_at")
    listed = listed.select_related("integration__organisation", "export", "done_by")
    page = Paginator(listed, ROWS_PER_PAGE).get_page(asked.get("page"))
    there, runs = _there(page), set(responsible)
    rows = [_row(action, there.get(action.row, []), runs) for action in page]
    return ByHandPage(done, integration, waiting.count(), finished.count(), page, rows)


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
