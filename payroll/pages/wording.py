"""What an integration and a run are set to and have done, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.text import get_text_list

from integration_hub.core import locale
from payroll.again import will_try_again
from payroll.lateness import is_late
from payroll.models import Integration, SyncRun, TimeOffExport
from payroll.payroll_month import LAST_DAY, PayrollMonth
from payroll.retroactive import months_between
from payroll.schedule import DAYS, QUEUED_AT, next_run, shown
from payroll.scope import Scope

LISTED_MONTHS = 3  # named one by one, at most
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


def months_in_words(first: date, last: date) -> str:
    """`September and October 2026`, `August 2025 to October 2026 (15 months)`: both included."""
    number = months_between(first, last)
    if number > LISTED_MONTHS:
        return f"{locale.month(first)} to {locale.month(last)} ({locale.number(number)} months)"
    months, month = [], PayrollMonth.of(first)
    while month.first <= last:
        months.append(month.first)
        month = month.after
    bare = [locale.month_name(each) if each.year == last.year else "" for each in months[:-1]]
    words = [name or locale.month(each) for name, each in zip(bare, months, strict=False)]
    return listed([*words, locale.month(last)])


def cut_off_in_words(day: int) -> str:
    """Up to which day of the month payroll is open."""
    if day == LAST_DAY:
        return "Payroll is open until the last day of the month."
    return f"Payroll is open until day {day} of the month."


def schedule_in_words(days: Sequence[str]) -> str:
    """When runs start by themselves."""
    if not days:
        return "Only by hand: no weekday is chosen."
    names = [_DAY_NAMES[day] for day in DAYS if day in days]
    when = "Every day" if len(names) == len(DAYS) else listed(names)
    return f"{when}: queued at {locale.clock(QUEUED_AT)} Oslo time and starts shortly after."


def next_run_in_words(integration: Integration) -> str:
    """Date, time and zone of the next scheduled run; empty where none is planned.

    While the schedule only tries whether it works again, that try.
    """
    if integration.tried_at:
        return f"{locale.moment(integration.tried_at)} Oslo time, a probe"
    if integration.next_run_at is None:
        return ""
    return _morning(integration.next_run_at)


def _morning(planned: datetime) -> str:
    """`Wed 25 Nov 2026, 06:00 Oslo time`: runs are spread over the minutes after it."""
    return f"{locale.moment(shown(planned))} Oslo time"


def again_in_words(run: SyncRun) -> str:
    """`at 06:40`: when the schedule tries a failed run again; empty where it does not."""
    again = will_try_again(run)
    if again is None:
        return ""
    local = timezone.localtime(again)
    same_day = local.date() == timezone.localtime(run.queued_at).date()
    return f"at {locale.clock(local.time())}" if same_day else f"on {locale.moment(again)}"


def late_in_words(run: SyncRun) -> str:
    """`Late: due 06:00, started 08:12`, with the days where they differ; empty where it is not."""
    if run.due_at is None or run.started_at is None or not is_late(run.due_at, run.started_at):
        return ""
    due, began = (timezone.localtime(each) for each in (shown(run.due_at), run.started_at))
    if due.date() == began.date():
        return f"Late: due {locale.clock(due.time())}, started {locale.clock(began.time())}"
    return f"Late: due {locale.moment(due)}, started {locale.moment(began)}"


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
            return _queued_in_words(run, settled, to_send)
        case SyncRun.Status.RUNNING:
            return _phase_in_words(run, settled, to_send)
        case SyncRun.Status.SUCCEEDED:
            return _success_in_words(run)
        case SyncRun.Status.WITH_PROBLEMS:
            return _problems_in_words(run, troubled)
        case SyncRun.Status.HELD:
            return "Nothing was sent: more would change than usual, so a person must look first."
        case SyncRun.Status.CANCELLED if run.was_discarded:
            return f"The plan was discarded. Nothing was sent to {target}."
        case SyncRun.Status.CANCELLED:
            return _cancel_in_words(run)
        case _:
            return _stop_in_words(run, settled, to_send)


def _stop_in_words(run: SyncRun, settled: int, to_send: int) -> str:
    """How far a run got that failed or was interrupted."""
    interrupted = run.status == SyncRun.Status.INTERRUPTED
    if run.preview or not run.planned_at:
        nothing = f"nothing was sent to {run.integration.target.label}."
        return f"It {'was interrupted' if interrupted else 'could not be done'}, and {nothing}"
    if interrupted:
        return f"It was interrupted after {locale.number(settled)} of {people(to_send)}."
    return "It stopped before the end. What had been sent stays sent."


def _success_in_words(run: SyncRun) -> str:
    target = run.integration.target.label
    if run.preview:
        return f"This is what a sync would do. Nothing was sent to {target}."
    if run.trigger == SyncRun.Trigger.SINGLE:
        return f"Done: this person was compared, and what differed was sent to {target}."
    if run.trigger == SyncRun.Trigger.APPROVED:
        return f"Done: what was approved, and is still the same in HR, was sent to {target}."
    if run.trigger == SyncRun.Trigger.RESTORE:
        return f"Done: {target} holds the values of before again, wherever they could be restored."
    whom = "everyone in this trial" if run.only else "everyone"
    return f"{target} now holds what HR says for {whom} who could be sent."


def _problems_in_words(run: SyncRun, troubled: int) -> str:
    if run.trigger == SyncRun.Trigger.SINGLE:
        return "This person needs attention."
    verb = "needs" if troubled == 1 else "need"
    return f"{people(troubled)} {verb} attention. Everyone else went through."


def _cancel_in_words(run: SyncRun) -> str:
    """Who cancelled it and when; without a plan, or before a worker began, nothing was sent."""
    who = str(run.cancel_asked_by or "a person")
    when = f" on {locale.moment(run.cancel_asked_at)}" if run.cancel_asked_at else ""
    rest = "whoever is left can be restored later"
    if run.trigger != SyncRun.Trigger.RESTORE:
        rest = "the next sync goes on from there"
    sent = f"What had been sent stays sent; {rest}."
    if run.preview or not run.planned_at:
        sent = f"Nothing was sent to {run.integration.target.label}."
    return f"Cancelled by {who}{when}. {sent}"


def _queued_in_words(run: SyncRun, settled: int, to_send: int) -> str:
    """What it waits for, and how far it is."""
    sentence = wait_in_words(run)
    if run.resume_at is None:
        return sentence
    if run.preview or not run.planned_at:
        return f"{sentence} Then it starts again by itself; nothing was sent yet."
    done = f"{locale.number(settled)} of {people(to_send)} are through"
    return f"{sentence} {done}; then it goes on by itself."


def wait_in_words(run: SyncRun | TimeOffExport) -> str:
    """For what one that is queued waits: a worker, or a system until the moment that it named."""
    if run.resume_at is None:
        return "Waiting for its turn. This usually takes a few seconds."
    vendor = run.paused_for or "the other system"
    return f"Waits for {vendor} until {_clock(run.resume_at, run.queued_at)}, as {vendor} asked."


def _clock(moment: datetime, other: datetime) -> str:
    """`06:40`, with the day where that is not the day of `other`."""
    local = timezone.localtime(moment)
    same_day = local.date() == timezone.localtime(other).date()
    return locale.clock(local.time()) if same_day else locale.moment(moment)


def _phase_in_words(run: SyncRun, settled: int, to_send: int) -> str:
    if run.cancel_asked_at and run.phase == SyncRun.Phase.SENDING:
        return "Cancelling: the batch under way is finished first."
    if run.cancel_asked_at:
        return "Cancelling: it stops in a few seconds, and nothing is sent."
    source, target = run.integration.source.label, run.integration.target.label
    if run.phase == SyncRun.Phase.SENDING:
        return f"Sending to {target}: {locale.number(settled)} of {people(to_send)}."
    return f"Reading everyone from {source} and {target}."
