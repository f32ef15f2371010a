"""The rows of an export with what became of them: in groups and pages, masked for viewers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from payroll.models import TimeOffExport, TimeOffResult
from payroll.records import Outcome

from .move_words import KIND_WORDS, move_words

ROWS_PER_PAGE = 50
EVERYTHING = "all"
Kind = TimeOffResult.Kind
_APPLIED = Q(outcome=Outcome.APPLIED)
_BY_HAND = Q(kind=Kind.BY_HAND)
_TABS: Sequence[tuple[str, str, str, Q]] = (
    (EVERYTHING, "All", "", Q()),
    ("added", "New", "good", _APPLIED & Q(kind=Kind.ADD)),
    ("changed", "Changed", "good", _APPLIED & Q(kind=Kind.CHANGE)),
    ("removed", "Removed", "good", _APPLIED & Q(kind=Kind.REMOVE)),
    ("by_hand", "To do by hand", "warn", _BY_HAND),
    ("rejected", "Refused by payroll", "bad", Q(outcome=Outcome.REJECTED)),
    ("failed", "Failed", "bad", Q(outcome=Outcome.FAILED)),
    ("unknown", "Not confirmed", "bad", Q(outcome=Outcome.UNKNOWN)),
    ("held", "Held back", "warn", Q(outcome=Outcome.HELD) & ~_BY_HAND),
    ("skipped", "Not sent", "quiet", Q(outcome=Outcome.SKIPPED)),
    ("waiting", "Waiting", "quiet", Q(outcome="")),
)
_OUTCOMES = {
    Outcome.APPLIED: ("Done", "good"),
    Outcome.SKIPPED: ("Not sent", "quiet"),
    Outcome.HELD: ("Held back", "warn"),
    Outcome.REJECTED: ("Refused by payroll", "bad"),
    Outcome.FAILED: ("Failed", "bad"),
    Outcome.UNKNOWN: ("Not confirmed", "bad"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One group of rows; `where` selects them."""

    key: str
    label: str
    tone: str
    where: Q
    rows: int


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row. Without `name` the reader may not see it. `kind` is empty where nothing goes."""

    number: str
    name: str
    type: str
    code: str
    kind: str
    kind_tone: str
    words: str
    outcome: str
    tone: str
    late: bool
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Results:
    """The groups, the chosen one, and its rows of one page. `failed`: how many did not go."""

    tabs: Sequence[Tab]
    chosen: Tab
    page: Page[TimeOffResult]
    rows: Sequence[ResultRow]
    named: bool


def tabs_of(export: TimeOffExport) -> Mapping[str, Tab]:
    """Every group by key. One query, which opens no row."""
    counts = export.results.aggregate(
        **{key: Count("pk", filter=where) for key, _, _, where in _TABS}
    )
    return {key: Tab(key, label, tone, where, counts[key]) for key, label, tone, where in _TABS}


def chosen_results(
    export: TimeOffExport, asked: Mapping[str, str]
) -> tuple[Mapping[str, Tab], Tab]:
    """Every group, and the one that `show` names, else all."""
    tabs = tabs_of(export)
    return tabs, tabs.get(asked.get("show", ""), tabs[EVERYTHING])


def results(export: TimeOffExport, asked: Mapping[str, str], *, sees_people: bool) -> Results:
    """One page of what was asked for. Three queries."""
    tabs, chosen = chosen_results(export, asked)
    found = export.results.filter(chosen.where).order_by("position")
    page = Paginator(found, ROWS_PER_PAGE).get_page(asked.get("page"))
    shown = [tab for tab in tabs.values() if tab.rows or tab in (chosen, tabs[EVERYTHING])]
    return Results(shown, chosen, page, result_rows(page, sees_people=sees_people), sees_people)


def result_rows(found: Iterable[TimeOffResult], *, sees_people: bool) -> list[ResultRow]:
    """Each as the reader may see it."""
    return [result_row(each, sees_people=sees_people) for each in found]


def result_row(result: TimeOffResult, *, sees_people: bool) -> ResultRow:
    """One row of an export, in words."""
    told = result.details
    kind, kind_tone = KIND_WORDS.get(result.kind, ("", ""))
    outcome, tone = _outcome(result)
    problems = result.problems
    if result.outcome == Outcome.APPLIED:
        problems = [each for each in problems if each.code != "late"]
    return ResultRow(
        number=told.get("number", ""),
        name=told.get("name", "") if sees_people else "",
        type=told.get("type", ""),
        code=told.get("code", ""),
        kind=kind,
        kind_tone=kind_tone,
        words=move_words(result.kind, told.get("before", []), told.get("after", [])),
        outcome=outcome,
        tone=tone,
        late=result.late,
        reasons=list(dict.fromkeys(each.message for each in problems)),
    )


def _outcome(result: TimeOffResult) -> tuple[str, str]:
    if result.kind == Kind.BY_HAND:
        return "To do by hand", "warn"
    return _OUTCOMES[Outcome(result.outcome)] if result.outcome else ("Waiting", "quiet")
