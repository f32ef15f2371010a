"""How far a run is, and what it measured, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from integration_hub.core import locale
from payroll.models import SyncRun
from payroll.request_counts import month_of, month_of_requests

from .overview import TROUBLED
from .progress import Progress
from .wording import listed, people, run_in_words

_PARTS = {"read": "read", "plan": "compare", "apply": "send"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One measured thing with its name."""

    label: str
    value: str


def progress(run: SyncRun) -> Progress:
    """One query, which opens no change."""
    counts = run.changes.aggregate(
        to_send=Count("pk", filter=Q(sendable=True)),
        settled=Count("pk", filter=Q(sendable=True) & ~Q(outcome="")),
        troubled=Count("pk", filter=TROUBLED),
    )
    settled, to_send = counts["settled"], counts["to_send"]
    sentence = run_in_words(run, settled, to_send, counts["troubled"])
    return Progress(run, sentence, settled, to_send)


def run_facts(run: SyncRun) -> list[Fact]:
    """What a run says of itself, without the people. Three queries."""
    facts = [Fact("Started", _began(run))]
    if run.planned_at:
        facts += _counts(run)
    if run.requests:
        facts += [Fact("Requests", _requests(run)), *_month(run)]
    if "total" in run.seconds:
        facts.append(Fact("Time", _time(run)))
    return [*facts, *_configuration(run)]


def _configuration(run: SyncRun) -> list[Fact]:
    """Which configuration the run used, and what changed since the run before."""
    before = run.integration.runs.filter(queued_at__lt=run.queued_at).first()
    numbers = {run.config_version, before.config_version if before else run.config_version}
    versions = {each.number: each for each in run.integration.versions.filter(number__in=numbers)}
    used = versions.get(run.config_version)
    if used is None:
        return []
    text = f"Version {used.number} of {locale.moment(used.at)}"
    earlier = versions.get(before.config_version) if before else None
    if earlier and earlier.number != used.number:
        changed = [key.replace("_", " ") for key in used.differs_in(earlier)] or ["access tokens"]
        text += f"; changed since the run before: {listed(changed)}"
    return [Fact("Configuration", text)]


def _began(run: SyncRun) -> str:
    when = locale.moment(run.queued_at, seconds=True)
    if run.trigger == SyncRun.Trigger.SCHEDULED:
        when = f"{when}, by the schedule"
    elif run.started_by:
        when = f"{when}, by {run.started_by}"
    return f"{when}, as a probe: it tries whether things work again" if run.probe else when


def _counts(run: SyncRun) -> list[Fact]:
    source, target = run.integration.source.label, run.integration.target.label
    facts = [
        Fact(
            "Read",
            f"{people(run.source_count)} in {source}, "
            f"{locale.number(run.target_count)} in {target}",
        ),
        Fact("In scope", people(run.in_scope)),
        Fact("Unchanged", people(run.unchanged)),
    ]
    left_out = [
        f"{locale.number(number)} {reason}" for reason, number in sorted(run.left_out.items())
    ]
    return facts + ([Fact("Left out", "; ".join(left_out))] if left_out else [])


def _requests(run: SyncRun) -> str:
    systems = (run.integration.source, run.integration.target)
    return listed(
        [f"{locale.number(run.requests.get(each.kind, 0))} to {each.label}" for each in systems]
    )


def _month(run: SyncRun) -> list[Fact]:
    """The whole month that the run was in, up to now; nothing where it was before we counted."""
    month = month_of(run.finished_at or run.queued_at)
    each_of = month_of_requests(run.integration, month)
    if not any(each.requests for each in each_of):
        return []
    text = listed([f"{locale.number(each.requests)} to {each.label}" for each in each_of])
    for each in each_of:
        if each.allowance:
            included = f"about {locale.number(each.allowance.requests)} a month to {each.label}"
            text += f"; {each.allowance.source} includes {included}"
    return [Fact(f"Requests in {locale.month(month)}", text)]


def _time(run: SyncRun) -> str:
    parts = [
        f"{word} {_seconds(run.seconds[key])}" for key, word in _PARTS.items() if key in run.seconds
    ]
    total = _seconds(run.seconds["total"])
    return f"{total} ({', '.join(parts)})" if parts else total


def _seconds(seconds: float) -> str:
    """`0.4 s`, `3 min 12 s`, with spaces that do not break."""
    if seconds < 60:
        return f"{locale.number(round(seconds, 1))}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s".replace(" ", "\N{NO-BREAK SPACE}")
