"""What an integration and a run are set to and have done, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list

from payroll.models import Integration, SyncRun
from payroll.schedule import DAYS, QUEUED_AT, ZONE
from payroll.scope import Scope

_DAY_NAMES = dict(
    zip(
        DAYS,
        (
            "Mondays",
            "Tuesdays",
            "Wednesdays",
            "Thursdays",
            "Fridays",
            "Saturdays",
            "Sundays",
        ),
        strict=True,
    )
)
_DIMENSION_NAMES = {
    "company": ("company", "companies"),
    "department": ("department", "departments"),
    "office": ("office", "offices"),
    "cost_center": ("cost centre", "cost centres"),
    "employment_type": ("employment type", "employment types"),
}


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return str(get_text_list(list(words), last))


def plural(number: int, one: str, many: str) -> str:
    """`1 person`, `12 people`."""
    return f"{number} {one if number == 1 else many}"


def people(number: int) -> str:
    """How many of them."""
    return plural(number, "person", "people")


def schedule_in_words(days: Sequence[str]) -> str:
    """When runs start by themselves."""
    if not days:
        return "Only by hand: no weekday is chosen."
    names = [_DAY_NAMES[day] for day in DAYS if day in days]
    when = "Every day" if len(names) == len(DAYS) else listed(names)
    return f"{when}: queued at {QUEUED_AT:%H:%M} Oslo time and starts shortly after."


def next_run_in_words(integration: Integration) -> str:
    """Date, time and zone of the next scheduled run; empty where none is planned."""
    if integration.next_run_at is None:
        return ""
    day = timezone.localtime(integration.next_run_at, ZONE).date()
    return f"{date_format(day, 'D j M Y')}, {QUEUED_AT:%H:%M} Oslo time"


def scope_in_words(scope: Scope) -> list[str]:
    """Who takes part, one sentence per rule."""
    chosen = [
        f"{_DIMENSION_NAMES[dimension][len(values) > 1]} {listed(sorted(values), 'or')}"
        for dimension, values in scope.allowed.items()
        if values
    ]
    rules = [f"Everyone in {listed(chosen)}." if chosen else "Everyone in HR."]
    if scope.permanent_full_time_only:
        rules.append("Only permanent employees at 100 %.")
    if scope.include:
        rules.append(f"Always: {listed(sorted(scope.include))}.")
    if scope.exclude:
        rules.append(f"Never: {listed(sorted(scope.exclude))}.")
    rules.append(f"New people from {plural(scope.future_days, 'day', 'days')} before they start.")
    rules.append(
        f"Leavers for {plural(scope.leaver_days, 'day', 'days')} after their last day; "
        "their end date always."
    )
    return rules


def run_in_words(run: SyncRun, settled: int, to_send: int, troubled: int) -> str:
    """How a run stands: `settled` of `to_send` people are through, `troubled` need attention."""
    target = run.integration.target.label
    match run.status:
        case SyncRun.Status.QUEUED:
            return "Waiting for its turn. This usually takes a few seconds."
        case SyncRun.Status.RUNNING:
            return _phase_in_words(run, settled, to_send)
        case SyncRun.Status.SUCCEEDED if run.preview:
            return f"This is what a sync would do. Nothing was sent to {target}."
        case SyncRun.Status.SUCCEEDED:
            return f"{target} now holds what HR says for everyone who could be sent."
        case SyncRun.Status.WITH_PROBLEMS:
            verb = "needs" if troubled == 1 else "need"
            return f"{people(troubled)} {verb} attention. Everyone else went through."
        case SyncRun.Status.HELD:
            return "Held: a person must look at the plan before anything is sent."
        case SyncRun.Status.CANCELLED:
            return "Cancelled by a person. What had been sent stays sent."
        case SyncRun.Status.FAILED if run.preview or not run.planned_at:
            return f"It could not be done, and nothing was sent to {target}."
        case SyncRun.Status.FAILED:
            return "It stopped before the end. What had been sent stays sent."
        case _:
            return "It was interrupted before the end."


def _phase_in_words(run: SyncRun, settled: int, to_send: int) -> str:
    source, target = run.integration.source.label, run.integration.target.label
    if run.phase == SyncRun.Phase.SENDING:
        return f"Sending to {target}: {settled} of {people(to_send)}."
    return f"Reading everyone from {source} and {target}."
