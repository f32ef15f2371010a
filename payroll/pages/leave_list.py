"""The leaves of a period as the page lists them: grouped, narrowed, sorted, paged, masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Page, Paginator

from integration_hub.core.sorting import Column, chosen_sort, columns
from payroll.forms.time_off import STATUS_WORDS, LeaveFilter
from payroll.models import Integration
from payroll.timeoff.judged import Group
from payroll.timeoff.reasons import gone_from_payroll
from payroll.timeoff.records import LeaveStatus
from payroll.timeoff.shown import ShownLeave

from .exported import Exported, exported_of
from .readiness_rows import Tab, natural

LEAVES_PER_PAGE = 100
EVERYTHING = "all"
GROUP_WORDS: Mapping[Group, tuple[str, str, str]] = {
    Group.READY: ("Ready", "good", "✓"),
    Group.CHANGED: ("Changed since export", "warn", "!"),
    Group.WITHDRAWN: ("Withdrawn since export", "warn", "!"),
    Group.EXPORTED: ("Already exported", "quiet", "✓"),
    Group.CONFLICT: ("Conflict", "bad", "✕"),
    Group.NO_CODE: ("No code", "bad", "✕"),
    Group.NOT_LINKED: ("Employee not linked", "bad", "✕"),
    Group.NOT_APPROVED: ("Not approved", "quiet", "…"),
    Group.NO_END: ("No end date", "quiet", "…"),
    Group.CLOSED: ("Period closed", "quiet", "…"),
}
_SORTS: Mapping[str, Callable[[ShownLeave], object]] = {
    "number": lambda each: (natural(each.number), each.start),
    "name": lambda each: (each.name.casefold(), each.start),
    "type": lambda each: (each.type.casefold(), each.start),
    "start": lambda each: (each.start, natural(each.number)),
}
_COLUMNS = {"number": "Number", "name": "Name", "type": "Type", "start": "Days"}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many leaves, and how much absence in the period."""

    leaves: int
    people: int
    days: int
    hours: Decimal

    @classmethod
    def of(cls, leaves: Sequence[ShownLeave]) -> Totals:
        """Added up."""
        return cls(
            len(leaves),
            len({each.employee_id for each in leaves}),
            sum(each.days for each in leaves),
            sum((Decimal(each.hours) for each in leaves), Decimal(0)),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One leave. Without `name` the reader may not see it; `reason` says why it does not go."""

    id: str
    number: str
    name: str
    type: str
    code: str
    status: str
    start: date | None
    end: date | None
    days: int
    hours: Decimal
    percents: Sequence[str]
    label: str
    tone: str
    sign: str
    sendable: bool
    late: bool
    reasons: Sequence[str]
    exported: Exported | None = None
    removed: bool = False  # whether somebody removed in payroll what was sent


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for: a group, words, an order, and the leaves that are so."""

    tabs: Sequence[Tab]
    tab: Tab
    words: str
    sort: str
    leaves: Sequence[ShownLeave]

    @property
    def sendable(self) -> list[ShownLeave]:
        """Those of them that can be exported."""
        return [each for each in self.leaves if each.sendable]


@dataclass(frozen=True, slots=True)
class LeaveList:
    """The groups with their counts, the headings, and the leaves of one page."""

    chosen: Chosen
    columns: Sequence[Column]
    page: Page[ShownLeave]
    rows: Sequence[Row]
    matching: Totals
    sendable: int
    named: bool


def chosen_leaves(
    leaves: Iterable[ShownLeave],
    filters: LeaveFilter,
    asked: Mapping[str, str],
    *,
    sees_people: bool,
) -> Chosen:
    """`asked` may hold `show` (a group), `find` and `sort` ("-" in front turns it).

    The tabs count what the filters leave. Who may not see people neither finds nor sorts by name.
    """
    words = asked.get("find", "").strip()[:100]
    found = [
        each for each in filters.narrow(leaves) if _holds(each, words, sees_people=sees_people)
    ]
    tabs = _tabs(found)
    tab = next((tab for tab in tabs if tab.key == asked.get("show")), tabs[0])
    shown = [each for each in found if tab.key in (EVERYTHING, each.group)]
    sort = chosen_sort(asked.get("sort"), _headings(sees_people=sees_people))
    if sort:
        key = _SORTS[sort.lstrip("-")]
        shown.sort(key=key, reverse=sort.startswith("-"))  # type: ignore[arg-type]
    return Chosen(tabs, tab, words, sort, shown)


def leave_list(
    chosen: Chosen, asked: Mapping[str, str], integration: Integration, *, sees_people: bool
) -> LeaveList:
    """One page of what was asked for. One query."""
    page = Paginator(chosen.leaves, LEAVES_PER_PAGE).get_page(asked.get("page"))
    exported = exported_of(integration, [leave.id for leave in page])
    headings = columns(_headings(sees_people=sees_people), chosen.sort)
    return LeaveList(
        chosen,
        list(headings.values()),
        page,
        [leave_row(each, exported.get(each.id), sees_people=sees_people) for each in page],
        Totals.of(chosen.leaves),
        len(chosen.sendable),
        sees_people,
    )


def leave_row(leave: ShownLeave, exported: Exported | None = None, *, sees_people: bool) -> Row:
    """One leave as the reader may see it."""
    label, tone, sign = GROUP_WORDS[Group(leave.group)]
    told = [leave.reason, *leave.others]
    return Row(
        id=leave.id,
        number=leave.number,
        name=leave.name if sees_people else "",
        type=leave.type,
        code=leave.code,
        status=STATUS_WORDS[LeaveStatus(leave.status)],
        start=date.fromisoformat(leave.start) if leave.start else None,
        end=date.fromisoformat(leave.end) if leave.end else None,
        days=leave.days,
        hours=Decimal(leave.hours),
        percents=[percent for percent in leave.percents if percent != "100"],
        label=label,
        tone=tone,
        sign=sign,
        sendable=leave.sendable,
        late=leave.late,
        reasons=list(dict.fromkeys(problem[1] for problem in told if problem)),
        exported=exported,
        removed=was_removed(leave),
    )


def was_removed(leave: ShownLeave) -> bool:
    """Whether somebody removed in payroll what was sent of it."""
    return leave.reason[:1] == [gone_from_payroll(date.min).code]


def _tabs(leaves: Sequence[ShownLeave]) -> list[Tab]:
    """Every group, what can be exported first, and all together last."""
    counts = Counter(each.group for each in leaves)
    tabs = [
        Tab(group.value, label, tone, counts[group.value])
        for group, (label, tone, _) in GROUP_WORDS.items()
    ]
    return [*tabs, Tab(EVERYTHING, "All", "", len(leaves))]


def _headings(*, sees_people: bool) -> Mapping[str, str]:
    return {key: label for key, label in _COLUMNS.items() if sees_people or key != "name"}


def _holds(leave: ShownLeave, words: str, *, sees_people: bool) -> bool:
    text = f"{leave.number} {leave.name}" if sees_people else leave.number
    return all(word in text.casefold() for word in words.casefold().split())
