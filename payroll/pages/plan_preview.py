"""What the newest preview of an integration would do, counted, for the review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payroll.judgement import outdated
from payroll.models import Integration, SyncRun

from .wording import people


@dataclass(frozen=True, slots=True)
class Count:
    """How many people a part of the plan has; `show` names their group on the run's page."""

    words: str
    people: int
    tone: str = ""
    show: str = ""


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """The newest preview: its counts once it is planned; `outdated` where settings or
    matches changed since.

    `others` are people it has no row for.
    """

    run: SyncRun
    counts: Sequence[Count] = ()
    others: str = ""
    outdated: bool = False


def plan_preview(integration: Integration) -> PlanPreview | None:
    """The newest preview; None where there was none. Four queries."""
    run = integration.runs.filter(preview=True).first()
    if run is None:
        return None
    if run.status != SyncRun.Status.SUCCEEDED:
        return PlanPreview(run)
    return PlanPreview(run, _counts(run), _left_out(run), outdated(run))


def _counts(run: SyncRun) -> list[Count]:
    counts = run.counts()
    held = [Count("Held", counts["held"], "warn", "held")] if counts["held"] else []
    if counts["to_approve"]:
        held.append(Count("To approve", counts["to_approve"], "quiet", "to_approve"))
    return [
        Count("Create", counts["created"], "good", "created"),
        Count("Update", counts["updated"], "good", "updated"),
        Count("End", counts["ended"], "good", "ended"),
        Count("Unchanged", run.unchanged),
        Count("Skipped", counts["skipped"], "quiet", "skipped"),
        *held,
        Count("Left out", sum(run.left_out.values())),
    ]


def _left_out(run: SyncRun) -> str:
    reasons = [f"{people(number)} {reason}" for reason, number in sorted(run.left_out.items())]
    return "; ".join(reasons)
