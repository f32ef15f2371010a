"""People who do not go through: for their own page, and beside their row on a run's page."""

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

_TOLD = ("rejected", "not_sent", "create_unknown", "update_unknown")  # why it did not go through


@dataclass(frozen=True, slots=True)
class TroubleCount:
    """How many people are refused, how many of them are set aside, and how many fail otherwise."""

    people: int
    set_aside: int
    failing: int


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """One person. `name` is empty where the reader may not see people, `run` where the last try is
    no longer kept. `words` are what payroll said or what went wrong, and what to do.
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

    @property
    def failed(self) -> bool:
        """Whether it is no refusal."""
        return self.trouble.kind == Trouble.Kind.FAILED

    @property
    def days(self) -> int:
        """Whole days from the first try that did not go through to the last one."""
        return _days(self.trouble)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _days(trouble: Trouble) -> int:
    return (_day(trouble.last_at) - _day(trouble.first_at)).days


def trouble_count(integration: Integration) -> TroubleCount:
    """One query."""
    counts = integration.troubles.aggregate(
        people=Count("pk", filter=Q(kind=Trouble.Kind.REFUSED)),
        set_aside=Count("pk", filter=Q(quarantined_at__isnull=False)),
        failing=Count("pk", filter=Q(kind=Trouble.Kind.FAILED)),
    )
    return TroubleCount(**counts)


def listed_troubles(integration: Integration) -> QuerySet[Trouble]:
    """Everybody, those set aside first, then who was tried last.

    `last_refusal` is the id of the newest change that did not go through.
    """
    refused = Change.objects.filter(
        run__integration=OuterRef("integration"),
        source_id=OuterRef("source_id"),
        outcome__in=[Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN],
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
    refusals = [problem for problem in change.problems if problem.code in _TOLD]
    return TroubleRow(
        pk=trouble.pk,
        number=change.employee_number,
        name=change.name if sees_people else "",
        run=change.run_id,
        trouble=trouble,
        words=[problem_words(problem, sees_people=sees_people) for problem in refusals],
    )


def tried_before(changes: Iterable[Change], run: SyncRun) -> Mapping[str, str]:
    """By source id how often who did not go through, where it was more than once. One query."""
    asked = {change.source_id for change in changes if change.outcome != Outcome.APPLIED}
    again = run.integration.troubles.filter(source_id__in=asked, attempts__gt=1)
    return {each.source_id: _tries(each) for each in again.filter(first_at__lte=run.queued_at)}


def _tries(trouble: Trouble) -> str:
    """`Failed 3 times since 20 Nov 2026, for 3 days.`"""
    what = "Failed" if trouble.kind == Trouble.Kind.FAILED else "Refused"
    times = plural(trouble.attempts, "time", "times")
    days = f", for {plural(_days(trouble), 'day', 'days')}" if _days(trouble) else ""
    return f"{what} {times} since {locale.day(_day(trouble.first_at))}{days}."
