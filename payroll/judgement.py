"""Judges a plan before it is sent: the integration's limits, and what a person has seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from . import guard
from .linking import LinkState
from .models import ConfigVersion, SyncRun
from .plan import Plan

PLAN_AGE = timedelta(hours=24)  # what was planned longer ago is no longer what HR says
_CHANGES_NO_PLAN = {
    "active",
    "label",
    "schedule",
    "limits",
    "notices",
}  # settings about the run itself
_ALWAYS_JUDGED = {guard.Kind.END}  # even in a first run whose counts somebody has seen


def judge(run: SyncRun, plan: Plan, links: Sequence[LinkState], now: datetime) -> list[guard.Trip]:
    """Why the plan waits for a person; of a preview, why a sync now would. At most five queries.

    `links` are those from before the plan.
    """
    counts, base = guard.count(plan), guard.Base(plan.in_scope, _linked(plan, links))
    found = guard.trips(counts, base, guard.limits_of(run.integration.limits))
    if run.only or not _is_first(run):
        return found
    if run.trigger == SyncRun.Trigger.SCHEDULED:
        return [guard.unseen(counts, base), *found] if counts.total else found
    if _seen(run, now):
        return [trip for trip in found if trip.kind in _ALWAYS_JUDGED]
    return found


def _linked(plan: Plan, links: Sequence[LinkState]) -> int:
    """How many people are linked once the plan's links are stored."""
    known = {link.source_id for link in [*links, *plan.links] if link.target_id}
    return len(known - set(plan.released))


def _is_first(run: SyncRun) -> bool:
    """Whether no sync of everyone has succeeded yet."""
    return not run.integration.runs.good().exclude(pk=run.pk).exists()


def _seen(run: SyncRun, now: datetime) -> bool:
    """Whether a person knows what this first run does.

    Whoever starts it from a shell does, and so does whoever looks at a preview.
    """
    if run.preview or run.started_by_id is None:
        return True
    preview = run.integration.runs.filter(
        preview=True, only=[], status=SyncRun.Status.SUCCEEDED, planned_at__gte=now - PLAN_AGE
    ).first()
    return preview is not None and not outdated(preview)


def outdated(run: SyncRun) -> bool:
    """Whether something was set since that may change the plan: settings, tokens, who is who."""
    matched_at = run.integration.matched_at
    if matched_at and matched_at > run.queued_at:
        return True
    since = ConfigVersion.objects.filter(
        integration=run.integration_id, number__gte=run.config_version
    )
    return any(_matters(new.differs_in(old)) for old, new in pairwise(since))


def _matters(changed: Sequence[str]) -> bool:
    """Whether a change can change the plan; one without a setting was of tokens."""
    return not changed or not set(changed) <= _CHANGES_NO_PLAN
