"""One comparison of source and target: its state, its legal moves and its figures."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce

from integration_hub.accounts.models import Organisation, User
from integration_hub.core.errors import Cancelled
from payroll.records import ChangeKind, Outcome

from .integration import Integration

LEASE = timedelta(minutes=3)  # a run silent for longer is taken for dead; above any HTTP time-out

CANCELLED = "A person cancelled this run."


class RunTakenOver(Exception):
    """Another process decided that this run is over; nothing more may be sent by this one.

    Not a HubError: nothing that handles a vendor's trouble may swallow it.
    """


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    """Which runs."""

    def visible_to(self, user: User) -> SyncRunQuerySet:
        """Runs of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)

    def active(self) -> SyncRunQuerySet:
        """Waiting for a worker, or being worked on."""
        return self.filter(status__in=SyncRun.ACTIVE)

    def of_everyone(self) -> SyncRunQuerySet:
        """Concerning everybody in scope: no trial, no single person, no restore."""
        return self.filter(only=[]).exclude(trigger__in=SyncRun.OF_FEW)

    def good(self) -> SyncRunQuerySet:
        """Reached both systems and sent what could be sent to everyone; no preview."""
        good = [SyncRun.Status.SUCCEEDED, SyncRun.Status.WITH_PROBLEMS]
        return self.of_everyone().filter(status__in=good, preview=False)

    def lost(self, before: datetime, now: datetime) -> SyncRunQuerySet:
        """Queued before that moment and taken by nobody, though they might begin now."""
        waiting = self.filter(status=SyncRun.Status.QUEUED, queued_at__lt=before)
        return waiting.filter(Q(resume_at__isnull=True) | Q(resume_at__lte=now))

    def stale(self, now: datetime) -> SyncRunQuerySet:
        """Being worked on by nobody: the heartbeat stopped."""
        return self.filter(status=SyncRun.Status.RUNNING, heartbeat_at__lt=now - LEASE)

    def interrupt_stale(self, now: datetime) -> int:
        """Ends stale runs, so that the next one may begin; how many there were."""
        return self.stale(now).interrupt(now)

    def interrupt(self, now: datetime) -> int:
        """Ends runs in the middle, whoever holds them; how many there were."""
        return self.update(
            status=SyncRun.Status.INTERRUPTED,
            finished_at=now,
            fence=models.F("fence") + 1,
            error="The program stopped in the middle of this run. What was sent is kept; the next "
            "run reads both systems and goes on from there.",
        )


class SyncRun(models.Model):
    """One comparison of source and target, and what was sent because of it.

    `fence` grows whenever the run changes hands; only the holder of the newest may send.
    `planned_at` is set when the plan is complete: before it no change may be shown or applied.
    `continues` is the run that was interrupted and that this one makes good. `restores` is the run
    whose changes this one takes back; `pinned` counts the values that its plan left alone;
    `withheld` says what is mapped and payroll does not take, each as a sentence.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        WITH_PROBLEMS = "with_problems", "Finished with problems"
        HELD = "held", "Held"
        FAILED = "failed", "Failed"
        INTERRUPTED = "interrupted", "Interrupted"
        CANCELLED = "cancelled", "Cancelled"

    class Trigger(models.TextChoices):
        MANUAL = "manual", "Started by hand"
        SCHEDULED = "scheduled", "Scheduled"
        SINGLE = "single", "One person by hand"
        APPROVED = "approved", "After an approval"
        RESTORE = "restore", "Restores earlier values"

    OF_FEW = (Trigger.SINGLE, Trigger.RESTORE)  # even where the list of people is empty

    class Phase(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        READING = "reading", "Reading both systems"
        SENDING = "sending", "Sending changes"
        DONE = "done", "Done"

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="runs")
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.MANUAL)
    preview = models.BooleanField(default=False)
    only = models.JSONField(default=list)  # source ids of a trial; empty means everyone in scope
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    status = models.CharField(max_length=15, choices=Status.choices, default=Status.QUEUED)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.WAITING)
    target_account = models.CharField(max_length=150)
    config_version = models.PositiveIntegerField(default=1)
    fence = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)  # queued, but not before: see `pause`
    paused_for = models.CharField(max_length=50, blank=True)  # what the vendor is called
    planned_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    source_count = models.PositiveIntegerField(default=0)
    target_count = models.PositiveIntegerField(default=0)
    in_scope = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)  # {reason: people} that need nobody's attention
    requests = models.JSONField(default=dict)  # {system kind: requests sent}
    seconds = models.JSONField(default=dict)  # {"read", "plan", "apply", "total"}
    error = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # when the schedule wanted it
    guard = models.JSONField(default=list)  # limits its plan passes: payroll.guard.stored
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    purged_at = models.DateTimeField(null=True, blank=True)  # personal values deleted
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

    class Meta:
        ordering = ["-queued_at"]
        indexes = [models.Index(fields=["integration", "-queued_at"])]
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
    def is_active(self) -> bool:
        """Whether it still waits or works."""
        return self.status in self.ACTIVE

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
    def is_paused(self) -> bool:
        """Whether it only waits until a vendor may be asked again."""
        return self.status == self.Status.QUEUED and self.resume_at is not None

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

    def claim(self, now: datetime) -> bool:
        """Takes a queued run in hand; False when somebody else has, it is over, or must wait.

        It waits, still queued, while another integration syncs to the same target account or time
        off is exported there, and until the moment that a vendor named.
        """
        may_begin = Q(resume_at__isnull=True) | Q(resume_at__lte=now)
        queued = SyncRun.objects.filter(may_begin, pk=self.pk, status=self.Status.QUEUED)
        try:
            with transaction.atomic():
                if not self.preview and self._is_exported_to():
                    return False
                taken = queued.update(
                    status=self.Status.RUNNING,
                    phase=self.Phase.READING,
                    fence=models.F("fence") + 1,
                    started_at=Coalesce("started_at", Value(now)),
                    heartbeat_at=now,
                    resume_at=None,
                    cancel_asked_at=None,  # it was of an earlier stretch, which got to its end
                    cancel_asked_by=None,
                )
        except IntegrityError:
            return False
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def _is_exported_to(self) -> bool:
        """Whether time off is being sent to the target account; none begins until we commit."""
        organisations = Organisation.objects.select_for_update(no_key=True)
        organisations.get(pk=self.integration.organisation_id)
        busy = Integration.objects.filter(
            time_off_exports__status="running",
            time_off_exports__target_account=self.target_account,
        )
        return busy.exists()

    def beat(self, now: datetime) -> None:
        """Says that somebody still works on it. Raises RunTakenOver when that is no longer us."""
        self.keep(heartbeat_at=now)

    def is_ours(self, now: datetime) -> bool:
        """As `beat`, for another thread: it touches nothing of this object."""
        return bool(self._mine().update(heartbeat_at=now))

    def pause(self, until: datetime, paused_for: str, **columns: Any) -> bool:
        """Lets go of it until a vendor may be asked again; False where a person wants no more.

        It is queued again, with its plan and its intents. Raises RunTakenOver.
        """
        let_go = self._mine().filter(cancel_asked_at__isnull=True)
        if let_go.update(
            status=self.Status.QUEUED,
            phase=self.Phase.WAITING,
            resume_at=until,
            paused_for=paused_for,
            **columns,
        ):
            self.refresh_from_db()
            return True
        self.keep(**columns)
        return False

    def go_on(self, now: datetime) -> None:
        """As `beat`, where the work may stop. Raises Cancelled when a person asked for that."""
        if self._mine().filter(cancel_asked_at__isnull=True).update(heartbeat_at=now):
            self.heartbeat_at = now
            return
        self.beat(now)
        raise Cancelled(CANCELLED)

    def cancel_queued(self, user: User, now: datetime) -> bool:
        """Ends it before a worker has begun; False when it is not queued."""
        waiting = SyncRun.objects.filter(pk=self.pk, status=self.Status.QUEUED)
        return bool(
            waiting.update(
                status=self.Status.CANCELLED,
                phase=self.Phase.DONE,
                finished_at=now,
                cancel_asked_at=now,
                cancel_asked_by=user,
            )
        )

    def ask_cancel(self, user: User, now: datetime) -> bool:
        """Asks the worker to stop; False when it is not running or was asked before."""
        running = SyncRun.objects.filter(pk=self.pk, status=self.Status.RUNNING)
        unasked = running.filter(cancel_asked_at__isnull=True)
        return bool(unasked.update(cancel_asked_at=now, cancel_asked_by=user))

    def enter(self, phase: Phase, now: datetime) -> None:
        """Goes on to the next phase."""
        self.keep(phase=phase, heartbeat_at=now)

    def finish(self, status: Status, now: datetime, **columns: Any) -> None:
        """The end, with whatever else is to be kept."""
        self.keep(status=status, phase=self.Phase.DONE, finished_at=now, **columns)

    def give_up(self, error: str, now: datetime) -> None:
        """Ends a queued run that no worker was told of, unless one has it after all."""
        SyncRun.objects.filter(pk=self.pk, status=self.Status.QUEUED).update(
            status=self.Status.FAILED, phase=self.Phase.DONE, finished_at=now, error=error
        )
        self.refresh_from_db()

    def interrupt(self, now: datetime) -> None:
        """Ends it in the middle because the program is told to stop."""
        self._mine().interrupt(now)

    def keep(self, **columns: Any) -> None:
        """Writes columns while this process holds the run. Raises RunTakenOver when it does not."""
        if not self._mine().update(**columns):
            raise RunTakenOver(str(self.pk))
        for name, value in columns.items():
            setattr(self, name, value)

    def _mine(self) -> SyncRunQuerySet:
        """The row, while this process holds it."""
        return SyncRun.objects.filter(pk=self.pk, fence=self.fence, status=self.Status.RUNNING)

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
