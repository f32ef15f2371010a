"""A finished run in numbers and problems, for scripts and terminals."""

from __future__ import annotations

from typing import Any

from . import guard
from .lost_answers import FAILED, LOST, is_lost, problems_of
from .models import Change, SyncRun
from .records import Outcome, Problem


def report(run: SyncRun) -> dict[str, Any]:
    """The run as JSON: counts of people, requests per system, seconds, and every problem.

    A value that was left out of a person who went through is a problem with outcome `skipped`. Who
    was sent and never confirmed has failed, with outcome `unknown`. Of a held run everybody whom
    it would send counts as held, and each limit that it passes is a problem.
    """
    counts = run.counts()
    return {
        "run": str(run.pk),
        "status": run.status,
        "created": counts["created"],
        "updated": counts["updated"],
        "ended": counts["ended"],
        "unchanged": run.unchanged,
        "skipped": counts["skipped"],
        "rejected": counts["rejected"],
        "failed": run.changes.filter(FAILED).count(),
        "held": counts["held"] + (run.changes.pending().count() if _is_held(run) else 0),
        "requests": run.requests,
        "seconds": {part: run.seconds.get(part, 0) for part in ("read", "plan", "apply", "total")},
        "problems": problems(run),
    }


def problems(run: SyncRun) -> list[dict[str, str]]:
    """What stands on the rows that a person should read, and what stopped the run."""
    rows = [
        {
            "employee_number": change.employee_number,
            "outcome": _outcome(change, run, problem),
            "code": problem.code,
            "message": problem.message,
        }
        for change in run.changes.with_problems() | run.changes.filter(LOST)
        for problem in problems_of(change, run)
    ]
    if _is_held(run):
        rows = [_limit_passed(run, trip) for trip in guard.restored(run.guard)] + rows
    if run.error:
        rows.insert(
            0, {"employee_number": "", "outcome": "failed", "code": "run", "message": run.error}
        )
    return rows


def _is_held(run: SyncRun) -> bool:
    return run.status == SyncRun.Status.HELD


def _limit_passed(run: SyncRun, trip: guard.Trip) -> dict[str, str]:
    label = run.integration.target_specs[trip.field].label if trip.field else ""
    return {
        "employee_number": "",
        "outcome": Outcome.HELD.value,
        "code": f"limit_{trip.kind}",
        "message": guard.sentence(trip, label),
    }


def _outcome(change: Change, run: SyncRun, problem: Problem) -> str:
    """A flagged value is skipped, whatever became of the person."""
    if change.flagged and not problem.blocking:
        return Outcome.SKIPPED.value
    return Outcome.UNKNOWN.value if is_lost(change, run) else change.outcome
