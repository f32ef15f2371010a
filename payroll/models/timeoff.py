"""What was exported of time off, to which row in payroll, by whom; and what a person must do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce

from integration_hub.accounts.models import Organisation, User
from integration_hub.core.errors import Cancelled
from integration_hub.core.fields import SealedJSONField
from payroll.records import Outcome, Problem
from payroll.timeoff.records import Channel

from .integration import Integration
from .run import LEASE, RunTakenOver, SyncRun

CHANNELS = [
    (Channel.ABSENCES.value, "Absences"),
    (Channel.TIMESHEETS.value, "Timesheet lines"),
    (Channel.FILE.value, "File"),
]
OUTCOMES = [(outcome.value, outcome.name.title()) for outcome in Outcome]


class TimeOffExportQuerySet(models.QuerySet["TimeOffExport"]):
    """Which exports. Lists leave out `chosen`, which may be long."""

    def visible_to(self, user: User) -> TimeOffExportQuerySet:
        """Exports of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)

    def listed(self) -> TimeOffExportQuerySet:
        """For a page of many."""
        return self.defer("chosen").select_related("integration", "started_by")

    def active(self) -> TimeOffExportQuerySet:
        """Waiting for a worker, or being worked on."""
        return self.filter(status__in=TimeOffExport.ACTIVE)

    def lost(self, before: datetime, now: datetime) -> TimeOffExportQuerySet:
        """Queued before that moment and taken by nobody, though they might begin now."""
        waiting = self.filter(status=TimeOffExport.Status.QUEUED, queued_at__lt=before)
        return waiting.filter(Q(resume_at__isnull=True) | Q(resume_at__lte=now))

    def interrupt_stale(self, now: datetime) -> int:
        """Ends exports that nobody works on any more; how many there were."""
        running = self.filter(status=TimeOffExport.Status.RUNNING, heartbeat_at__lt=now - LEASE)
        return running.interrupt(now)

    def interrupt(self, now: datetime) -> int:
        """Ends exports in the middle, whoever holds them; how many there were."""
        return self.update(
            status=TimeOffExport.Status.INTERRUPTED,
            phase=TimeOffExport.Phase.DONE,
            finished_at=now,
            fence=models.F("fence") + 1,
            error="The program stopped in the middle of this export. What was sent is kept; what "
            "payroll has not confirmed is looked up there before anything is sent again.",
        )


class TimeOffExport(models.Model):
    """Leaves of one period that a person chose, and what was sent because of it.

    `chosen` holds the digest of each chosen leave as it was shown, by leave id; a leave that is
    no longer so is not sent. `filters` are those of the page, for showing only. `fence` grows
    whenever the export changes hands; only the holder of the newest may send.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        WITH_PROBLEMS = "with_problems", "Finished with problems"
        FAILED = "failed", "Failed"
        INTERRUPTED = "interrupted", "Interrupted"
        CANCELLED = "cancelled", "Cancelled"

    class Phase(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        READING = "reading", "Reading both systems"
        SENDING = "sending", "Sending time off"
        DONE = "done", "Done"

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="time_off_exports"
    )
    channel = models.CharField(max_length=10, choices=CHANNELS)
    period_start = models.DateField()
    period_end = models.DateField()
    filters = models.JSONField(default=dict, blank=True)
    chosen = models.JSONField(default=dict)
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
    finished_at = models.DateTimeField(null=True, blank=True)
    requests = models.JSONField(default=dict)  # {system kind: requests sent}
    seconds = models.FloatField(default=0)
    error = models.TextField(blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    told = models.BooleanField(default=False)  # whether its end was told, or is nothing to tell
    purged_at = models.DateTimeField(null=True, blank=True)  # personal values deleted

    objects = TimeOffExportQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at"]
        indexes = [models.Index(fields=["integration", "-queued_at"])]
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
        """When a person wanted it."""
        return self.queued_at

    def claim(self, now: datetime) -> bool:
        """Takes a queued export in hand; False when somebody else has, it is over, or must wait.

        It waits, still queued, while a sync or another export writes to the same target account,
        and until the moment that a vendor named.
        """
        may_begin = Q(resume_at__isnull=True) | Q(resume_at__lte=now)
        with transaction.atomic():
            # Locked, so that a sync of the same payroll cannot be claimed in the same moment.
            Organisation.objects.select_for_update(no_key=True).get(
                pk=self.integration.organisation_id
            )
            others = [
                SyncRun.objects.filter(status=SyncRun.Status.RUNNING, preview=False),
                TimeOffExport.objects.filter(status=self.Status.RUNNING),
            ]
            if any(each.filter(target_account=self.target_account).exists() for each in others):
                return False
            mine = TimeOffExport.objects.filter(may_begin, pk=self.pk, status=self.Status.QUEUED)
            taken = mine.update(
                status=self.Status.RUNNING,
                phase=self.Phase.READING,
                fence=models.F("fence") + 1,
                started_at=Coalesce("started_at", Value(now)),
                heartbeat_at=now,
                resume_at=None,
            )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def beat(self, now: datetime) -> None:
        """Says that somebody still works on it. Raises RunTakenOver when that is no longer us."""
        self.keep(heartbeat_at=now)

    def is_ours(self, now: datetime) -> bool:
        """As `beat`, for another thread: it touches nothing of this object."""
        return bool(self._mine().update(heartbeat_at=now))

    def pause(self, until: datetime, paused_for: str, **columns: Any) -> bool:
        """Lets go of it until a vendor may be asked again; False where a person wants no more.

        It is queued again, with its rows as they stand. Raises RunTakenOver.
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
        raise Cancelled("A person cancelled this export.")

    def cancel(self, user: User, now: datetime) -> bool:
        """Ends it where no worker has begun, else asks the worker; False when it is over."""
        mine = TimeOffExport.objects.filter(pk=self.pk)
        asked = {"cancel_asked_at": now, "cancel_asked_by": user}
        ended = {"status": self.Status.CANCELLED, "phase": self.Phase.DONE, "finished_at": now}
        if mine.filter(status=self.Status.QUEUED).update(**ended, **asked):
            return True
        running = mine.filter(status=self.Status.RUNNING, cancel_asked_at__isnull=True)
        return bool(running.update(**asked))

    def finish(self, status: Status, now: datetime, **columns: Any) -> None:
        """The end, with whatever else is to be kept."""
        self.keep(status=status, phase=self.Phase.DONE, finished_at=now, **columns)

    def give_up(self, error: str, now: datetime) -> None:
        """Ends a queued export that no worker was told of, unless one has it after all."""
        TimeOffExport.objects.filter(pk=self.pk, status=self.Status.QUEUED).update(
            status=self.Status.FAILED, phase=self.Phase.DONE, finished_at=now, error=error
        )
        self.refresh_from_db()

    def interrupt(self, now: datetime) -> None:
        """Ends it in the middle because the program is told to stop."""
        self._mine().interrupt(now)

    def keep(self, **columns: Any) -> None:
        """Writes columns while this process holds the export. Raises RunTakenOver."""
        if not self._mine().update(**columns):
            raise RunTakenOver(str(self.pk))
        for name, value in columns.items():
            setattr(self, name, value)

    def _mine(self) -> TimeOffExportQuerySet:
        return TimeOffExport.objects.filter(
            pk=self.pk, fence=self.fence, status=self.Status.RUNNING
        )

    def counts(self) -> Mapping[str, int]:
        """Rows by what became of them, in one query."""
        applied = Q(outcome=Outcome.APPLIED)
        kinds = TimeOffResult.Kind
        return self.results.aggregate(
            rows=Count("pk"),
            added=Count("pk", filter=applied & Q(kind=kinds.ADD)),
            changed=Count("pk", filter=applied & Q(kind=kinds.CHANGE)),
            removed=Count("pk", filter=applied & Q(kind=kinds.REMOVE)),
            by_hand=Count("pk", filter=Q(kind=kinds.BY_HAND)),
            skipped=Count("pk", filter=Q(outcome=Outcome.SKIPPED)),
            held=Count("pk", filter=Q(outcome=Outcome.HELD)),
            rejected=Count("pk", filter=Q(outcome=Outcome.REJECTED)),
            failed=Count("pk", filter=Q(outcome=Outcome.FAILED)),
            unknown=Count("pk", filter=Q(outcome=Outcome.UNKNOWN)),
            settled=Count("pk", filter=~Q(outcome="")),
        )


class TimeOffFile(models.Model):
    """A file that a person imports into payroll; its bytes never change.

    `number` counts the files of a target account. `body` holds them in base64: the rows as `csv`,
    what was not sent and why as `left_out`, both in one workbook as `xlsx`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.OneToOneField(TimeOffExport, on_delete=models.CASCADE, related_name="file")
    target_account = models.CharField(max_length=150)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    body = SealedJSONField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["target_account", "number"], name="one_time_off_file_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"File {self.number}"


class TimeOffResult(models.Model):
    """One row of an export, or one chosen leave of which nothing goes, and what became of it.

    `id` is what the other side gives back as `client_id`. `details` is sealed: who, which type,
    the row as it is sent, its days, and the problems. `sent_at` is the intent, stored before the
    request goes out. An empty outcome means not settled yet. `late`: a correction to a closed
    period.
    """

    class Kind(models.TextChoices):
        ADD = "add", "Add"
        CHANGE = "change", "Change"
        REMOVE = "remove", "Remove"
        BY_HAND = "by_hand", "By hand"
        NONE = "none", "Nothing"

    SENT = (Kind.ADD, Kind.CHANGE, Kind.REMOVE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.ForeignKey(TimeOffExport, on_delete=models.CASCADE, related_name="results")
    position = models.PositiveIntegerField()
    leave_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    target_row = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=10, blank=True, choices=OUTCOMES)
    late = models.BooleanField(default=False)
    details = SealedJSONField(default=dict)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["export", "outcome"])]
        constraints = [
            models.UniqueConstraint(
                fields=["export", "position"], name="one_time_off_result_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.leave_id}"

    @property
    def problems(self) -> list[Problem]:
        """What a person should know about this row."""
        return [Problem(**problem) for problem in self.details.get("problems", [])]

    def settle(self, outcome: Outcome, now: datetime, problem: Problem | None = None) -> None:
        """Says what became of it; the caller saves."""
        self.outcome = outcome.value
        self.settled_at = now
        if problem is not None:
            told = [*self.details.get("problems", []), asdict(problem)]
            self.details = {**self.details, "problems": told}


class TimeOffLineQuerySet(models.QuerySet["TimeOffLine"]):
    """Which lines."""

    def live(self) -> TimeOffLineQuerySet:
        """Those that stand for a day which is, or may be, in payroll."""
        return self.filter(state__in=TimeOffLine.LIVE)

    def open(self) -> TimeOffLineQuerySet:
        """Those of which payroll must be asked what became of them."""
        return self.filter(state__in=TimeOffLine.OPEN)


class TimeOffLine(models.Model):
    """The ledger: one day of one leave, as it is in payroll by our doing.

    `digest` is a keyed digest of what was sent of the day, to compare; `body` is the same in
    clear, sealed, with the row it is part of. `result` is the row that touched it last, and while
    a write is open the one that is to be looked up. The line outlives its integration: what is in
    payroll stays there, and must not go a second time.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", "About to be sent"
        SENT = "sent", "In payroll"
        UNKNOWN = "unknown", "Not confirmed"
        CHANGING = "changing", "About to be changed"
        REMOVING = "removing", "About to be removed"
        IN_FILE = "in_file", "In a file"
        REVERSED = "reversed", "Taken back"
        RELEASED = "released", "Never went"

    OPEN = (State.RESERVED, State.UNKNOWN, State.CHANGING, State.REMOVING)
    LIVE = (*OPEN, State.SENT, State.IN_FILE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.SET_NULL, null=True, related_name="time_off_lines"
    )
    target_account = models.CharField(max_length=150)
    leave_id = models.CharField(max_length=100)
    employee_id = models.CharField(max_length=100)
    day = models.DateField()
    channel = models.CharField(max_length=10, choices=CHANNELS)
    state = models.CharField(max_length=10, choices=State.choices)
    digest = models.CharField(max_length=100)
    target_row = models.CharField(max_length=100, blank=True)
    row = models.UUIDField()  # the same on all lines of one row in payroll or in a file
    body = SealedJSONField(default=dict)
    result = models.ForeignKey(
        TimeOffResult, on_delete=models.SET_NULL, null=True, related_name="lines"
    )
    file = models.ForeignKey(
        TimeOffFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="lines"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)  # a full read did not show it
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TimeOffLineQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["target_account", "day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["target_account", "leave_id", "day"],
                condition=Q(
                    state__in=["reserved", "unknown", "changing", "removing", "sent", "in_file"]
                ),
                name="one_live_line_per_leave_and_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.leave_id} {self.day}: {self.state}"


class TimeOffByHandQuerySet(models.QuerySet["TimeOffByHand"]):
    """Which manual actions."""

    def visible_to(self, user: User) -> TimeOffByHandQuerySet:
        """Those of the organisations the user belongs to: the one door for tenants."""
        return self.filter(integration__organisation__memberships__user=user)

    def waiting(self) -> TimeOffByHandQuerySet:
        """Neither done nor overtaken by a later change in HR."""
        return self.filter(done_at=None, dropped_at=None)


class TimeOffByHand(models.Model):
    """Something to change or remove in payroll by hand, because the way it was sent cannot.

    `row` is that of the lines concerned. `details` is sealed: who, the row as it is in payroll,
    and as it should be (`after`, none where it is to be removed). Until it is done, the ledger
    keeps what is in payroll.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="time_off_by_hand"
    )
    export = models.ForeignKey(TimeOffExport, on_delete=models.SET_NULL, null=True)
    leave_id = models.CharField(max_length=100)
    row = models.UUIDField()
    digest = models.CharField(max_length=100)  # of what it asks for, so that it is listed once
    late = models.BooleanField(default=False)
    details = SealedJSONField(default=dict)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = TimeOffByHandQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "row"],
                condition=Q(done_at=None, dropped_at=None),
                name="one_manual_action_per_row",
            )
        ]

    def __str__(self) -> str:
        return f"By hand: {self.leave_id}"
