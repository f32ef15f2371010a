"""Lists of integrations and runs with what belongs beside them, in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from integration_hub.accounts.models import User
from payroll.lost_answers import FAILED
from payroll.missed import Missed, missed_by
from payroll.models import Change, Integration, SyncRun
from payroll.records import Outcome

from .wording import late_in_words, next_run_in_words

TROUBLED = Q(outcome__in=[Outcome.HELD, Outcome.REJECTED]) | FAILED
"""People whom somebody must look at: the same who make a run finish with problems."""


@dataclass(frozen=True, slots=True)
class Overview:
    """An integration with its newest run of any kind and its newest good one."""

    integration: Integration
    latest: SyncRun | None
    last_good: SyncRun | None

    @property
    def next_run(self) -> str:
        """When the schedule runs it next, in words."""
        return next_run_in_words(self.integration)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list with its people: those sent (by a preview: to send), and `troubled` ones."""

    run: SyncRun
    sent: int
    troubled: int

    @property
    def late(self) -> str:
        """That it began late, in words; empty where it did not."""
        return late_in_words(self.run)


LABELS = {"name": "Integration", "state": "State"}


def overviews(user: User, sort: str = "name") -> list[Overview]:
    """Every integration the user may see. Three queries.

    `sort` is a key of `LABELS`, with "-" in front to turn it; by state, what needs somebody is
    first.
    """
    mine = Integration.objects.visible_to(user)
    latest, good = _newest(mine, SyncRun.objects.all()), _newest(mine, good_runs())
    found = [
        Overview(each, latest.get(each.pk), good.get(each.pk))
        for each in mine.select_related("organisation")
    ]
    found.sort(key=_name, reverse=sort == "-name")
    return sorted(found, key=_urgency, reverse=sort == "-state") if "state" in sort else found


def missed_in(listed: Iterable[Overview], now: datetime) -> list[Missed]:
    """The scheduled runs of these that have not started though an hour has passed. No query."""
    found = (missed_by(each.integration, each.latest, now) for each in listed)
    return [missed for missed in found if missed]


def _name(overview: Overview) -> tuple[str, str]:
    integration = overview.integration
    return integration.label.casefold(), integration.organisation.name.casefold()


def _urgency(overview: Overview) -> int:
    """By the chip that is shown: an add-on that is off hides the state."""
    return overview.integration.conduct.urgency


def good_runs() -> QuerySet[SyncRun]:
    """Runs that reached both systems and sent what could be sent, previews and trials aside."""
    return SyncRun.objects.good()


def _newest(integrations: QuerySet[Integration], runs: QuerySet[SyncRun]) -> Mapping[UUID, SyncRun]:
    """The newest of `runs` for each integration that has one, by the integration's id."""
    newest = runs.filter(integration=OuterRef("pk")).order_by("-queued_at").values("pk")[:1]
    ids = integrations.order_by().annotate(newest=Subquery(newest)).values("newest")
    return {run.integration_id: run for run in SyncRun.objects.filter(pk__in=ids)}


def run_lines(runs: Iterable[SyncRun]) -> list[RunLine]:
    """The runs with their counts. One query for all, which opens no change."""
    listed = list(runs)
    tallies = _tallies([run.pk for run in listed])
    return [RunLine(run, *tallies.get(run.pk, (0, 0))) for run in listed]


def _tallies(runs: Iterable[UUID]) -> Mapping[UUID, tuple[int, int]]:
    sent = Q(outcome=Outcome.APPLIED) | Q(run__preview=True, sendable=True)
    rows = (
        Change.objects.filter(run__in=runs, run__planned_at__isnull=False)
        .order_by()
        .values("run")
        .annotate(sent=Count("pk", filter=sent), troubled=Count("pk", filter=TROUBLED))
    )
    return {row["run"]: (row["sent"], row["troubled"]) for row in rows}
