"""One comparison of source and target: its state, its legal moves and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import Count, Q

from integration_hub.accounts.models import User
from payroll.records import ChangeKind, Outcome

from .integration import Integration
from .job import Job, JobQuerySet


class SyncRunQuerySet(JobQuerySet["SyncRun"]):
    """Which runs."""

    def of_everyone(self) -> SyncRunQuerySet:
        """Concerning everybody in scope: no trial, no single person, no restore."""
        return self.filter(only=[]).exclude(trigger__in=SyncRun.OF_FEW)

    def good(self) -> SyncRunQuerySet:
        """Reached both systems and sent what could be sent to everyone; no preview."""
        good = [SyncRun.Status.SUCCEEDED, SyncRun.Status.WITH_PROBLEMS]
        return self.of_everyone().filter(status__in=good, preview=False)


class SyncRun(Job):
    """One comparison of source and target, and what was sent because of it.

    `planned_at` is set when the plan is complete: before it no change may be shown or applied.
    `continues` is the run that was interrupted and that this one makes good. `restores` is the run
    whose changes this one takes back; `pinned` counts the values that its plan left alone;
    `withheld` says what is mapped and payroll does not take, each as a sentence.
    """

    class Trigger(models.TextChoices):
        MANUAL = "manual", "Started by hand"
        SCHEDULED = "scheduled", "Scheduled"
        SINGLE = "single", "One person by hand"
        APPROVED = "approved", "After an approval"
        RESTORE = "restore", "Restores earlier values"

    OF_FEW = (Trigger.SINGLE, Trigger.RESTORE)  # even where the list of people is empty

    CANCELLED_WORDS = "A person cancelled this run."
    INTERRUPTED_WORDS = (
        "The program stopped in the middle of this run. What was sent is kept; the next run reads "
        "both systems and goes on from there."
    )

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="runs")
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.MANUAL)
    preview = models.BooleanField(default=False)
    only = models.JSONField(default=list)  # source ids of a trial; empty means everyone in scope
    planned_at = models.DateTimeField(null=True, blank=True)
    source_count = models.PositiveIntegerField(default=0)
    target_count = models.PositiveIntegerField(default=0)
    in_scope = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)  # {reason: people} that need nobody's attention
    seconds = models.JSONField(default=dict)  # {"read", "plan", "apply", "total"}
    due_at = models.DateTimeField(null=True, blank=True)  # when the schedule wanted it
    guard = models.JSONField(default=list)  # limits its plan passes: payroll.guard.stored
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    continues = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="continued_by"
    )
    restores = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="restored_by"
    )
    pinned = models.JSONField(default=dict)  # {target field: people}
    withheld = models.JSONField(default=list)  # what is mapped and cannot be sent, as sentences
    probe = models.BooleanField(default=False)  # tries whether it works again, by itself
    told = models.CharField(max_length=10, blank=True)  # the mood that mails were made of

    objects = SyncRunQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["integration"],
                condition=Q(status__in=["queued", "running"]),
                name="one_active_run_per_integration",
            ),
            # Two integrations that keep the same payroll would each create the same new people.
            models.UniqueConstraint(
                fields=["target_account"],
                condition=Q(status="running", preview=False),
                name="one_running_sync_per_target_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.integration} {self.queued_at:%Y-%m-%d %H:%M}"

    @property
    def is_whole(self) -> bool:
        """Whether it is a sync of everyone: no preview, no trial, no single person, no restore."""
        return not self.preview and not self.only and self.trigger not in self.OF_FEW

    @property
    def noun(self) -> str:
        """What it is called, as the first word of a heading."""
        if self.preview:
            return "Preview"
        return "Restore" if self.trigger == self.Trigger.RESTORE else "Sync"

    @property
    def is_untaken(self) -> bool:
        """Whether no worker has begun with it."""
        return self.status == self.Status.QUEUED and self.started_at is None

    @property
    def asked_at(self) -> datetime:
        """When a person, or the schedule, last wanted it."""
        return self.approved_at or self.queued_at

    @property
    def only_plans(self) -> bool:
        """Whether its rows are what would be sent: a preview, or a plan that waits for a person."""
        return self.preview or self.status == self.Status.HELD

    @property
    def was_discarded(self) -> bool:
        """Whether it ended because a person discarded its plan: nothing was sent."""
        cancelled = self.status == self.Status.CANCELLED
        return cancelled and bool(self.guard) and self.approved_at is None

    @property
    def days_kept(self) -> int:
        """Whole days from its end to the deletion of names and values; 0 where they are there."""
        ended, purged = self.finished_at, self.purged_at
        return (purged - ended).days if ended and purged else 0

    def spend(self, seconds: float, part: str = "total") -> None:
        """As `Job.spend`; `part` is what they were spent on."""
        self.seconds[part] = round(self.seconds.get(part, 0) + seconds, 3)

    def must_wait(self) -> bool:
        """Whether time off goes to the same target account; a constraint holds other syncs."""
        if self.preview:
            return False
        self.lock_payroll()
        busy = Integration.objects.filter(
            time_off_exports__status="running",
            time_off_exports__target_account=self.target_account,
        )
        return busy.exists()

    def counts(self) -> Mapping[str, int]:
        """People by what became of them, in one query; for a preview, what would become of them."""
        done = Q() if self.preview else Q(outcome=Outcome.APPLIED)
        open_kinds = ["", Outcome.APPLIED]
        return self.changes.aggregate(
            created=Count("pk", filter=done & Q(kind=ChangeKind.CREATE, outcome__in=open_kinds)),
            updated=Count("pk", filter=done & Q(kind=ChangeKind.UPDATE, outcome__in=open_kinds)),
            ended=Count("pk", filter=done & Q(kind=ChangeKind.END, outcome__in=open_kinds)),
            skipped=Count("pk", filter=Q(outcome=Outcome.SKIPPED, flagged=False)),
            flagged=Count("pk", filter=Q(flagged=True)),
            held=Count("pk", filter=Q(outcome=Outcome.HELD)),
            to_approve=Count("pk", filter=Q(outcome=Outcome.TO_APPROVE)),
            rejected=Count("pk", filter=Q(outcome=Outcome.REJECTED)),
            failed=Count("pk", filter=Q(outcome__in=[Outcome.FAILED, Outcome.UNKNOWN])),
            to_send=Count("pk", filter=Q(sendable=True)),
            settled=Count("pk", filter=Q(sendable=True) & ~Q(outcome="")),
        )
