"""The groups that the people of a run are shown in, with how many are in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from payroll.lost_answers import FAILED, LOST
from payroll.models import SyncRun
from payroll.models.change import ChangeQuerySet
from payroll.records import ChangeKind, Outcome

EVERYONE = "all"
_ALWAYS_SHOWN = {EVERYONE, "created", "updated", "ended"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One group; `where` selects its changes. `tone` is how it is coloured beside its words."""

    key: str
    label: str
    where: Q
    tone: str = ""
    people: int = 0


def visible_changes(run: SyncRun) -> ChangeQuerySet:
    """The run's changes, once its plan is complete; none before."""
    return run.changes.all() if run.planned_at else run.changes.none()


def counted_tabs(run: SyncRun) -> dict[str, Tab]:
    """Every group by key, counted in one query."""
    tabs = _tabs(run)
    counts = visible_changes(run).aggregate(
        **{tab.key: Count("pk", filter=tab.where) for tab in tabs}
    )
    return {tab.key: Tab(tab.key, tab.label, tab.where, tab.tone, counts[tab.key]) for tab in tabs}


def shown_tabs(tabs: Mapping[str, Tab], chosen: str) -> Sequence[Tab]:
    """Those worth showing: the kinds of change, the chosen one, and whatever has people in it."""
    return [
        tab for tab in tabs.values() if tab.people or tab.key in _ALWAYS_SHOWN or tab.key == chosen
    ]


def search(changes: ChangeQuerySet, number: str) -> ChangeQuerySet:
    """Those whose employee number contains `number`."""
    return changes.filter(employee_number__icontains=number) if number else changes


def _tabs(run: SyncRun) -> Sequence[Tab]:
    """Same groups as in a run's report; those of a plan are about what would happen."""
    went = Q(outcome__in=["", Outcome.APPLIED]) if run.only_plans else Q(outcome=Outcome.APPLIED)
    created, updated, ended = (
        ("To create", "To update", "To end") if run.only_plans else ("Created", "Updated", "Ended")
    )
    waiting = Q(sendable=True, outcome="") & ~LOST if not run.only_plans else Q(pk__in=[])
    return (
        Tab(EVERYONE, "All", Q(pk__isnull=False)),
        Tab("created", created, went & Q(kind=ChangeKind.CREATE), "good"),
        Tab("updated", updated, went & Q(kind=ChangeKind.UPDATE), "good"),
        Tab("ended", ended, went & Q(kind=ChangeKind.END), "good"),
        Tab("waiting", "Waiting" if run.is_active else "Not sent", waiting, "quiet"),
        Tab("held", "Held", Q(outcome=Outcome.HELD), "warn"),
        Tab("to_approve", "Waiting for approval", Q(outcome=Outcome.TO_APPROVE), "quiet"),
        Tab("rejected", "Rejected", Q(outcome=Outcome.REJECTED), "bad"),
        Tab("failed", "Failed", FAILED, "bad"),
        Tab("skipped", "Skipped", Q(outcome=Outcome.SKIPPED, flagged=False), "quiet"),
        Tab("flagged", "Value left out", Q(flagged=True), "warn"),
    )
