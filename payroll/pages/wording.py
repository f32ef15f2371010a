"""What an integration and a run are set to and have done, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.text import get_text_list

from integration_hub.core import locale
from payroll.models import Integration, SyncRun
from payroll.schedule import DAYS, QUEUED_AT, ZONE, next_run
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
DIMENSION_NAMES = {
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
    """`1 person`, `1,200 people`."""
    return f"{locale.number(number)} {one if number == 1 else many}"


def people(number: int) -> str:
    """How many of them."""
    return plural(number, "person", "people")


def schedule_in_words(days: Sequence[str]) -> str:
    """When runs start by themselves."""
    if not days:
        return "Only by hand: no weekday is chosen."
    names = [_DAY_NAMES[day] for day in DAYS if day in days]
    when = "Every day" if len(names) == len(DAYS) else listed(names)
    return f"{when}: queued at {locale.clock(QUEUED_AT)} Oslo time and starts shortly after."


def next_run_in_words(integration: Integration) -> str:
    """Date, time and zone of the next scheduled run; empty where none is planned."""
    if integration.next_run_at is None:
        return ""
    return _morning(integration.next_run_at)


def _morning(planned: datetime) -> str:
    """`Wed 25 Nov 2026, 06:00 Oslo time`: runs are spread over the minutes after it."""
    day = timezone.localtime(planned, ZONE).date()
    return f"{locale.moment(datetime.combine(day, QUEUED_AT, ZONE))} Oslo time"


def first_run(days: Sequence[str], now: datetime) -> str:
    """When a schedule that is switched on at `now` runs first; empty without days."""
    planned = next_run(days, now, 0)
    return _morning(planned) if planned else ""


def planned_in_words(integration: Integration, now: datetime) -> str:
    """When the schedule runs next, as things stand."""
    if integration.next_run_at is not None:
        return f"The next run is {next_run_in_words(integration)}."
    paused = integration.state == Integration.State.PAUSED
    return planned_if(integration, integration.schedule_days, now, paused=paused)


def planned_if(
    integration: Integration, days: Sequence[str], now: datetime, *, paused: bool
) -> str:
    """When the schedule would run next with these days."""
    if not days:
        return "No run is planned. It runs when somebody presses Sync now."
    if paused:
        return "While the schedule is paused, no run is planned."
    when = "save this now, the next" if integration.may_sync else "activate it now, the first"
    return f"If you {when} run is {first_run(days, now)}."


def scope_in_words(scope: Scope, labels: Mapping[str, str] | None = None) -> list[str]:
    """Who takes part, one sentence per rule; `labels` are what the ids in it are called."""
    named = {
        dimension: sorted({(labels or {}).get(word, word) for word in words}, key=str.casefold)
        for dimension, words in scope.allowed.items()
    }
    chosen = [
        f"{DIMENSION_NAMES[dimension][len(scope.allowed[dimension]) > 1]} {listed(names, 'or')}"
        for dimension, names in named.items()
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
            return f"{target} now holds what HR says for {_whom(run)} who could be sent."
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


def _whom(run: SyncRun) -> str:
    return "everyone in this trial" if run.only else "everyone"


def _phase_in_words(run: SyncRun, settled: int, to_send: int) -> str:
    source, target = run.integration.source.label, run.integration.target.label
    if run.phase == SyncRun.Phase.SENDING:
        return f"Sending to {target}: {locale.number(settled)} of {people(to_send)}."
    return f"Reading everyone from {source} and {target}."
