"""One export of time off: what a person chose, and how far its sending got."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from integration_hub.accounts.models import User
from payroll.timeoff.records import Channel

from .integration import Integration
from .job import Job, JobQuerySet
from .run import SyncRun

CHANNELS = [
    (Channel.ABSENCES.value, "Absences"),
    (Channel.TIMESHEETS.value, "Timesheet lines"),
    (Channel.FILE.value, "File"),
]


class TimeOffExportQuerySet(JobQuerySet["TimeOffExport"]):
    """Which exports. Lists leave out `chosen`, which may be long."""

    def listed(self) -> TimeOffExportQuerySet:
        """For a page of many."""
        return self.defer("chosen").select_related("integration", "started_by")

    def interrupt(self, now: datetime, **columns: Any) -> int:
        """Ends exports in the middle, whoever holds them; how many there were."""
        return super().interrupt(now, phase=TimeOffExport.Phase.DONE, **columns)


class TimeOffExport(Job):
    """Leaves of one period that a person chose, and what was sent because of it.

    `chosen` holds the digest of each chosen leave as it was shown, by leave id; a leave that is
    no longer so is not sent. `filters` are those of the page, for showing only. `taken_up` counts
    how often it went on after the program had stopped in the middle of it.
    """

    STATUSES = [  # nothing is held: a person has chosen every leave
        (each.value, str(each.label)) for each in Job.Status if each is not Job.Status.HELD
    ]
    PHASES = {**dict(Job.Phase.choices), Job.Phase.SENDING.value: "Sending time off"}
    CANCELLED_WORDS = "A person cancelled this export."
    INTERRUPTED_WORDS = (
        "The program stopped in the middle of this export. What was sent is kept; what payroll "
        "has not confirmed is looked up there before anything is sent again."
    )

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="time_off_exports"
    )
    channel = models.CharField(max_length=10, choices=CHANNELS)
    period_start = models.DateField()
    period_end = models.DateField()
    filters = models.JSONField(default=dict, blank=True)
    chosen = models.JSONField(default=dict)
    status = models.CharField(max_length=15, choices=STATUSES, default=Job.Status.QUEUED)
    phase = models.CharField(max_length=10, choices=PHASES, default=Job.Phase.WAITING)
    seconds = models.FloatField(default=0)
    taken_up = models.PositiveSmallIntegerField(default=0)
    told = models.BooleanField(default=False)  # whether its end was told, or is nothing to tell

    objects = TimeOffExportQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["integration"],
                condition=Q(status__in=["queued", "running"]),
                name="one_active_export_per_integration",
            ),
            models.UniqueConstraint(
                fields=["target_account"],
                condition=Q(status="running"),
                name="one_running_export_per_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.integration} time off {self.period_start} to {self.period_end}"

    def spend(self, seconds: float) -> None:
        """As `Job.spend`."""
        self.seconds = round(self.seconds + seconds, 3)

    def must_wait(self) -> bool:
        """Whether a sync or another export writes to the same target account."""
        self.lock_payroll()
        account, running = self.target_account, self.Status.RUNNING
        syncs = SyncRun.objects.filter(target_account=account, status=running, preview=False)
        exports = TimeOffExport.objects.filter(target_account=account, status=running)
        return syncs.exists() or exports.exists()

    def take_up(self) -> bool:
        """Queues an interrupted one again, with its rows; False where another is in progress."""
        mine = TimeOffExport.objects.filter(pk=self.pk, status=self.Status.INTERRUPTED)
        try:
            with transaction.atomic():
                return bool(
                    mine.update(
                        status=self.Status.QUEUED,
                        phase=self.Phase.WAITING,
                        finished_at=None,
                        error="",
                        taken_up=models.F("taken_up") + 1,
                    )
                )
        except IntegrityError:
            return False

    def cancel(self, user: User, now: datetime) -> bool:
        """Ends it where no worker has begun, else asks the worker; False when it is over."""
        return self.cancel_queued(user, now) or self.ask_cancel(user, now)

    def counts(self) -> Mapping[str, int]:
        """Rows by what became of them, in one query."""
        return self.results.counts()
