"""One payroll month in groups: what was sent, what waits for a person, what waits for its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from payroll.models import Change, Integration, SyncRun, UpcomingChange, WaitingChange
from payroll.models.change import ChangeQuerySet
from payroll.payroll_month import PayrollMonth, end_of
from payroll.records import ChangeKind, Outcome
from payroll.retention import kept_since
from payroll.schedule import ZONE
from payroll.waiting import waiting_for

_KINDS = {
    "starters": ("Starters", Q(kind=ChangeKind.CREATE), "good"),
    "changes": ("Changes", Q(kind=ChangeKind.UPDATE), "good"),
    "leavers": ("Leavers", Q(kind=ChangeKind.END), "good"),
    "retroactive": ("Retroactive", Q(retroactive=True), "warn"),
}
_RESTORES = Q(trigger=SyncRun.Trigger.RESTORE)  # they read what was, not what lies ahead
TO_APPROVE, HELD, UPCOMING = "to_approve", "held", "upcoming"


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the month's rows. `overlaps`: they are counted in other groups of the section too."""

    key: str
    label: str
    where: Q
    tone: str
    rows: int = 0
    overlaps: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Groups under one heading; `title` is also what a download calls each of their rows."""

    title: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next day up to which payroll is open, and how many days are left: 0 is today."""

    day: date
    days_left: int


@dataclass(frozen=True)
class MonthOfIntegration:
    """One month of an integration, as it is now; nothing is read before it is asked for."""

    integration: Integration
    month: PayrollMonth
    now: datetime

    @property
    def is_current(self) -> bool:
        """Whether it is this month, so that what waits belongs to it."""
        return self.month == PayrollMonth.at(self.now)

    @property
    def cut_off(self) -> date | None:
        """The cut-off day in this month, where one is chosen."""
        day = self.integration.cut_off_day
        return self.month.cut_off(day) if day else None

    @property
    def deadline(self) -> Deadline | None:
        """The next cut-off from today on, where a day is chosen."""
        chosen, today = self.integration.cut_off_day, self.now.astimezone(ZONE).date()
        if not chosen:
            return None
        day = PayrollMonth.of(today).cut_off(chosen)
        if day < today:
            day = PayrollMonth.of(today).after.cut_off(chosen)
        return Deadline(day, (day - today).days)

    @property
    def earlier(self) -> PayrollMonth | None:
        """The month before, where there may be anything of it."""
        return self.month.before if self.month > first_month(self.integration, self.now) else None

    @property
    def later(self) -> PayrollMonth | None:
        """The month after, unless it has not begun."""
        return None if self.is_current else self.month.after

    # --- the rows --------------------------------------------------------------------------------

    def sent(self) -> ChangeQuerySet:
        """What payroll got in the month."""
        return Change.objects.filter(
            run__integration=self.integration,
            run__preview=False,
            outcome=Outcome.APPLIED,
            settled_at__gte=self.month.begins,
            settled_at__lt=self.month.ends,
        ).exclude(kind=ChangeKind.NONE)

    def held(self, run: SyncRun | None) -> ChangeQuerySet:
        """What the newest sync of everyone holds: rows of it, or its whole plan."""
        if run is None:
            return Change.objects.none()
        held = Q(outcome=Outcome.HELD)
        if run.status == SyncRun.Status.HELD:
            held |= Q(sendable=True, outcome="")
        return run.changes.filter(held)

    def to_approve(self) -> QuerySet[WaitingChange]:
        """What waits for a second person."""
        return waiting_for(self.integration)

    def upcoming(self, run: SyncRun | None) -> QuerySet[UpcomingChange]:
        """What waits for its day."""
        return run.upcoming.all() if run else UpcomingChange.objects.none()

    def newest_sync(self) -> SyncRun | None:
        """The newest sync of everyone that has a plan, or a restore that is held. One query."""
        speaks = ~_RESTORES | Q(status=SyncRun.Status.HELD)
        return _planned(self.integration).filter(speaks, preview=False).first()

    def newest_plan(self) -> SyncRun | None:
        """The newest plan of everyone, of a sync or a preview. One query."""
        return _planned(self.integration).filter(~_RESTORES, purged_at=None).first()

    # --- the groups ------------------------------------------------------------------------------

    def sent_sections(self) -> list[Section]:
        """What was sent, counted in one query: before and after the cut-off where there is one."""
        cut_off = self.cut_off
        if cut_off is None:
            sections = [_sent_section("sent", "Sent this month", Q())]
        else:
            end = end_of(cut_off)
            sections = [
                _sent_section("before", "Sent before the cut-off", Q(settled_at__lt=end)),
                _sent_section("after", "Sent after the cut-off", Q(settled_at__gte=end)),
            ]
        groups = [group for section in sections for group in section.groups]
        counts = self.sent().aggregate(
            **{each.key: Count("pk", filter=each.where) for each in groups}
        )
        return [
            replace(section, groups=[replace(g, rows=counts[g.key]) for g in section.groups])
            for section in sections
        ]


def waiting_section(to_approve: int, held: int) -> Section:
    """What waits for a person, already counted."""
    return Section(
        "Waits for a person",
        [
            Group(TO_APPROVE, "For approval", Q(), "warn", to_approve),
            Group(HELD, "Held", Q(), "warn", held),
        ],
    )


def upcoming_section(rows: int) -> Section:
    """What waits for its day, already counted."""
    return Section("Waits for its day", [Group(UPCOMING, "Future-dated", Q(), "quiet", rows)])


def first_month(integration: Integration, now: datetime) -> PayrollMonth:
    """The earliest month of which names and values are still kept."""
    return PayrollMonth.at(max(kept_since(now), min(integration.created_at, now)))


def _sent_section(prefix: str, title: str, when: Q) -> Section:
    return Section(
        title,
        [
            Group(f"{prefix}_{key}", label, when & where, tone, overlaps=key == "retroactive")
            for key, (label, where, tone) in _KINDS.items()
        ],
    )


def _planned(integration: Integration) -> QuerySet[SyncRun]:
    planned = integration.runs.of_everyone().filter(planned_at__isnull=False)
    return planned.order_by("-planned_at", "-queued_at")
