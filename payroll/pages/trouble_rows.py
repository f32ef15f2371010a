"""People whom payroll refused: for their own page, and beside their row on a run's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from integration_hub.core import locale
from payroll.models import Change, Integration, SyncRun, Trouble
from payroll.records import Outcome

from .problem_words import problem_words
from .wording import plural


@dataclass(frozen=True, slots=True)
class TroubleCount:
    """How many people are refused, and how many of them are set aside."""

    people: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """One refused person. `name` is empty where the reader may not see people, `run` where their
    last refusal is no longer kept. `words` are what payroll said, and what to do.
    """

    pk: UUID
    number: str
    name: str
    run: UUID | None
    trouble: Trouble
    words: Sequence[str]

    @property
    def since(self) -> date:
        """The day of the first refusal, in Oslo."""
        return _day(self.trouble.first_at)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def trouble_count(integration: Integration) -> TroubleCount:
    """One query."""
    counts = integration.troubles.aggregate(
        people=Count("pk"), set_aside=Count("pk", filter=Q(quarantined_at__isnull=False))
    )
    return TroubleCount(**counts)


def listed_troubles(integration: Integration) -> QuerySet[Trouble]:
    """Everybody, those set aside first, then whom payroll refused last.

    `last_refusal` is the id of the newest change that payroll refused.
    """
    refused = Change.objects.filter(
        run__integration=OuterRef("integration"),
        source_id=OuterRef("source_id"),
        outcome=Outcome.REJECTED,
    )
    newest = refused.order_by("-run__queued_at").values("pk")[:1]
    return integration.troubles.annotate(last_refusal=Subquery(newest)).order_by(
        F("quarantined_at").desc(nulls_last=True), "-last_at", "pk"
    )


def trouble_rows(troubles: Iterable[Trouble], *, sees_people: bool) -> list[TroubleRow]:
    """The `listed_troubles` as the reader may see them. One query besides theirs."""
    shown = list(troubles)
    last = {trouble.pk: getattr(trouble, "last_refusal", None) for trouble in shown}
    changes = Change.objects.in_bulk([pk for pk in last.values() if pk])
    return [_row(trouble, changes.get(last[trouble.pk]), sees_people) for trouble in shown]


def _row(trouble: Trouble, change: Change | None, sees_people: bool) -> TroubleRow:
    if change is None:
        return TroubleRow(trouble.pk, "", "", None, trouble, [])
    refusals = [problem for problem in change.problems if problem.code == "rejected"]
    return TroubleRow(
        pk=trouble.pk,
        number=change.employee_number,
        name=change.name if sees_people else "",
        run=change.run_id,
        trouble=trouble,
        words=[problem_words(problem, sees_people=sees_people) for problem in refusals],
    )


def tried_before(changes: Iterable[Change], run: SyncRun) -> Mapping[str, str]:
    """By source id how often payroll refused whom, where it was more than once. One query."""
    asked = {change.source_id for change in changes if change.outcome != Outcome.APPLIED}
    again = run.integration.troubles.filter(source_id__in=asked, attempts__gt=1)
    return {
        each.source_id: f"Refused {plural(each.attempts, 'time', 'times')} since "
        f"{locale.day(_day(each.first_at))}."
        for each in again.filter(first_at__lte=run.queued_at)
    }
