"""Work in the background that a worker takes from the queue: what syncs and exports have alike."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from integration_hub.accounts.models import Organisation, User
from integration_hub.core.errors import Cancelled

from .integration import Integration
from .lease import LEASE, Leased

_Job = TypeVar("_Job", bound="Job")


class JobQuerySet(models.QuerySet[_Job]):
    """Which jobs."""

    def visible_to(self, user: User) -> Self:
        """Jobs of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)

    def active(self) -> Self:
        """Waiting for a worker, or being worked on."""
        return self.filter(status__in=Job.ACTIVE)

    def may_begin(self, now: datetime) -> Self:
        """Need not wait for a moment that a vendor named."""
        return self.filter(Q(resume_at__isnull=True) | Q(resume_at__lte=now))

    def lost(self, before: datetime, now: datetime) -> Self:
        """Queued before that moment and taken by nobody, though they might begin now."""
        return self.may_begin(now).filter(status=Job.Status.QUEUED, queued_at__lt=before)

    def stale(self, now: datetime) -> Self:
        """Being worked on by nobody: the heartbeat stopped."""
        return self.filter(status=Job.Status.RUNNING, heartbeat_at__lt=now - LEASE)

    def interrupt_stale(self, now: datetime) -> int:
        """Ends stale jobs, so that the next one may begin; how many there were."""
        return self.stale(now).interrupt(now)

    def interrupt(self, now: datetime, **columns: Any) -> int:
        """Ends jobs in the middle, whoever holds them; how many there were."""
        return self.update(
            status=Job.Status.INTERRUPTED,
            finished_at=now,
            fence=models.F("fence") + 1,
            error=self.model.INTERRUPTED_WORDS,
            **columns,
        )


class Job(Leased):
    """Work for one integration that one worker at a time does, under a lease.

    The words are for a person: what is said of one that was cancelled, or stopped in the middle.
    Of each integration one is active at the most.
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

    class Phase(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        READING = "reading", "Reading both systems"
        SENDING = "sending", "Sending changes"
        DONE = "done", "Done"

    ACTIVE = (Status.QUEUED, Status.RUNNING)
    held_while = Status.RUNNING
    CANCELLED_WORDS: ClassVar[str]
    INTERRUPTED_WORDS: ClassVar[str]
    integration: models.ForeignKey[Integration, Integration]
    seconds: Any  # spent on it so far

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    status = models.CharField(max_length=15, choices=Status.choices, default=Status.QUEUED)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.WAITING)
    target_account = models.CharField(max_length=150)
    config_version = models.PositiveIntegerField(default=1)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)  # queued, but not before: see `pause`
    paused_for = models.CharField(max_length=50, blank=True)  # what the vendor is called
    finished_at = models.DateTimeField(null=True, blank=True)
    requests = models.JSONField(default=dict)  # {system kind: requests sent}
    error = models.TextField(blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    purged_at = models.DateTimeField(null=True, blank=True)  # personal values deleted

    class Meta:
        abstract = True
        ordering = ["-queued_at"]
        indexes = [models.Index(fields=["integration", "-queued_at"])]

    @property
    def is_active(self) -> bool:
        """Whether it still waits or works."""
        return self.status in self.ACTIVE

    @property
    def is_paused(self) -> bool:
        """Whether it only waits until a vendor may be asked again."""
        return self.status == self.Status.QUEUED and self.resume_at is not None

    @property
    def asked_at(self) -> datetime:
        """When a person, or the schedule, last wanted it."""
        return self.queued_at

    def spend(self, seconds: float) -> None:
        """Adds to the seconds spent on it; they are stored with its end or its wait."""
        raise NotImplementedError

    def must_wait(self) -> bool:
        """Whether another job writes to the same payroll; none begins until we commit."""
        raise NotImplementedError

    def lock_payroll(self) -> None:
        """Until we commit no other job of the organisation is claimed."""
        organisations = Organisation.objects.select_for_update(no_key=True)
        organisations.get(pk=self.integration.organisation_id)

    def claim(self, now: datetime) -> bool:
        """Takes a queued job in hand; False when somebody else has, it is over, or must wait.

        It waits, still queued, while another job writes to the same target account, and until the
        moment that a vendor named.
        """
        queued = self._waiting().may_begin(now)
        try:
            with transaction.atomic():
                taken = not self.must_wait() and queued.update(
                    status=self.Status.RUNNING,
                    phase=self.Phase.READING,
                    fence=models.F("fence") + 1,
                    started_at=Coalesce("started_at", Value(now)),
                    heartbeat_at=now,
                    resume_at=None,
                    cancel_asked_at=None,  # it was of an earlier stretch, which got to its end
                    cancel_asked_by=None,
                )
        except IntegrityError:  # another one of the same payroll was faster
            return False
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def beat(self, now: datetime) -> None:
        """Says that somebody still works on it. Raises LeaseLost when that is no longer us."""
        self.keep(heartbeat_at=now)

    def is_ours(self, now: datetime) -> bool:
        """As `beat`, for another thread: it touches nothing of this object."""
        return bool(self._mine().update(heartbeat_at=now))

    def pause(self, until: datetime, paused_for: str, **columns: Any) -> bool:
        """Lets go of it until a vendor may be asked again; False where a person wants no more.

        It is queued again, with what it planned and its intents. Raises LeaseLost.
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
        raise Cancelled(self.CANCELLED_WORDS)

    def enter(self, phase: Phase, now: datetime) -> None:
        """Goes on to the next phase."""
        self.keep(phase=phase, heartbeat_at=now)

    def finish(self, status: Status, now: datetime, **columns: Any) -> None:
        """The end, with whatever else is to be kept."""
        self.keep(status=status, phase=self.Phase.DONE, finished_at=now, **columns)

    def give_up(self, error: str, now: datetime) -> None:
        """Ends a queued job that no worker was told of, unless one has it after all."""
        self._waiting().update(
            status=self.Status.FAILED, phase=self.Phase.DONE, finished_at=now, error=error
        )
        self.refresh_from_db()

    def cancel_queued(self, user: User, now: datetime) -> bool:
        """Ends it before a worker has begun; False when it is not queued."""
        return bool(
            self._waiting().update(
                status=self.Status.CANCELLED,
                phase=self.Phase.DONE,
                finished_at=now,
                cancel_asked_at=now,
                cancel_asked_by=user,
            )
        )

    def ask_cancel(self, user: User, now: datetime) -> bool:
        """Asks the worker to stop; False when it is not running or was asked before."""
        running = self._row().filter(status=self.Status.RUNNING)
        unasked = running.filter(cancel_asked_at__isnull=True)
        return bool(unasked.update(cancel_asked_at=now, cancel_asked_by=user))

    def interrupt(self, now: datetime) -> None:
        """Ends it in the middle because the program is told to stop."""
        self._mine().interrupt(now)

    def keep(self, **columns: Any) -> None:
        """As `Leased.keep`; this object has them too. Raises LeaseLost."""
        super().keep(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

    def _waiting(self) -> Any:
        """The row, while no worker has it."""
        return self._row().filter(status=self.Status.QUEUED)
