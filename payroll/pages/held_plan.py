"""A plan that passed a limit: why, what to do about it, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from integration_hub.core import locale
from payroll import guard
from payroll.approval import decided, not_yet, over, to_send
from payroll.judgement import PLAN_AGE
from payroll.models import Integration, SyncRun
from payroll.records import ChangeKind

from .wording import listed, people

_VERBS = {ChangeKind.CREATE: "created", ChangeKind.UPDATE: "updated", ChangeKind.END: "ended"}


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """What the run's page says of it. `over`: why it can never be sent; `wait`: why not now.

    `state` is one of `held`, `preview` and `decided`. `waiting` are the people in words; `until`
    is when the plan is too old.
    """

    state: str
    title: str
    limits: Sequence[str]
    waiting: str = ""
    over: str = ""
    wait: str = ""
    decided: str = ""
    until: datetime | None = None


def held_plan(run: SyncRun, now: datetime) -> HeldPlan | None:
    """None where no limit was passed. At most six queries."""
    if not run.guard or run.planned_at is None:
        return None
    limits = limits_passed(run)
    if run.preview:
        return HeldPlan("preview", "A sync would wait for a person", limits)
    if run.status == SyncRun.Status.HELD:
        obstacle, until = over(run, now), run.planned_at + PLAN_AGE
        wait = "" if obstacle else not_yet(run)
        title = "This plan can no longer be applied" if obstacle else "This plan waits for a person"
        return HeldPlan("held", title, limits, _waiting(run), obstacle, wait, until=until)
    if run.approved_at or run.was_discarded:
        return HeldPlan("decided", "This plan was held", limits, decided=decided(run))
    return None


def limits_passed(run: SyncRun) -> list[str]:
    """Each limit that the plan passes, as a sentence with numbers. One query."""
    specs = run.integration.target_specs
    return [
        guard.sentence(trip, specs[trip.field].label if trip.field in specs else "", locale.number)
        for trip in guard.restored(run.guard)
    ]


def newest_held(integration: Integration) -> SyncRun | None:
    """The newest held plan that none has superseded. At most two queries."""
    plans = integration.runs.filter(preview=False, planned_at__isnull=False)
    newest = plans.order_by("-planned_at", "-queued_at")
    run = newest.first()
    if (
        run and not run.is_whole and run.status != SyncRun.Status.HELD
    ):  # it takes no whole plan's place
        run = newest.of_everyone().first()
    return run if run and run.status == SyncRun.Status.HELD else None


def _waiting(run: SyncRun) -> str:
    """`16 people would be created, 12 updated and 2 ended`."""
    counts = to_send(run)
    words = [(counts[kind.value], verb) for kind, verb in _VERBS.items() if counts[kind.value]]
    if not words:
        return "Nobody would be sent."
    (first, verb), *rest = words
    others = [f"{locale.number(number)} {verb}" for number, verb in rest]
    return f"{listed([f'{people(first)} would be {verb}', *others])}."
