"""A customer's connection of one source to one target: what was set, and how it stands."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from integration_hub.accounts.models import AuditEntry, Organisation, User
from payroll import registry, schedule
from payroll.mapping import specs_in_use
from payroll.ports import Source, Target
from payroll.records import FieldSpec
from payroll.scope import Scope
from payroll.standing import CONDUCT, BySchedule, Conduct, Probe, Standing, next_probe

_MOVED = ("state", "attention", "failing_runs", "quarantined_at")


class IntegrationQuerySet(models.QuerySet["Integration"]):
    """Which integrations."""

    def visible_to(self, user: User) -> IntegrationQuerySet:
        """Those of the organisations the user belongs to: the one door for tenants."""
        return self.filter(organisation__memberships__user=user)

    def due(self, now: datetime) -> IntegrationQuerySet:
        """Those whose scheduled time has come."""
        bought = self.filter(organisation__addon_since__isnull=False)
        return bought.filter(state=Integration.State.ACTIVE, next_run_at__lte=now)

    def probes_due(self, now: datetime) -> IntegrationQuerySet:
        """Those that the schedule is to try again now. One without days is not synced unasked."""
        states = Integration.State
        quarantined = models.Q(state=states.QUARANTINED) & ~models.Q(schedule_days=[])
        bought = self.filter(organisation__addon_since__isnull=False, probe_at__lte=now)
        return bought.filter(quarantined | models.Q(state=states.NEEDS_ATTENTION))


class Integration(models.Model):
    """One source kept true in one target for one organisation.

    `scope`, `schedule_days` are what the admin chose; `next_run_at` follows from the schedule;
    `config_version` grows with every change of configuration. `scope_labels` are what the ids in
    the scope were last called in HR: for showing only. `limits` are what the admin changed of the
    guard's; `time_off` is what they chose for its export; `recipients` are the e-mail addresses
    told of a change of state. `matched_at` is when a person last said who is who, took such a word
    back, or forgot a link. `waits_for` are the changes that a second person approves: not
    `waits_set_by`, who set that last (None: a shell). `cut_off_day` is the day of the month up to
    which payroll is open, from `payroll_month.CUT_OFF_DAYS`; None until somebody chooses one.
    `failing_runs` are those in a row with too many failures; of the present quarantine,
    `quarantined_at` is its beginning, `probe_at` when it is tried next, `probes` how often it was.
    What the schedule missed meanwhile stays due: `next_run_at` is then in the past.
    """

    class State(models.TextChoices):
        """What is done in each: `payroll.standing`."""

        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        NEEDS_ATTENTION = "needs_attention", "Needs attention"
        QUARANTINED = "quarantined", "Quarantined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="integrations"
    )
    label = models.CharField(max_length=100)
    source_kind = models.CharField(max_length=30, choices=registry.source_choices)
    source_environment = models.CharField(max_length=50)
    target_kind = models.CharField(max_length=30, choices=registry.target_choices)
    target_environment = models.CharField(max_length=50)
    scope = models.JSONField(default=dict, blank=True)
    scope_labels = models.JSONField(default=dict, blank=True)
    schedule_days = models.JSONField(default=list, blank=True)
    cut_off_day = models.PositiveSmallIntegerField(null=True, blank=True)
    limits = models.JSONField(default=dict, blank=True)
    time_off = models.JSONField(default=dict, blank=True)
    recipients = models.JSONField(default=list, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.JSONField(default=list, blank=True)  # of records.Subject
    waits_set_at = models.DateTimeField(null=True, blank=True)
    waits_set_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    mail_every_run = models.BooleanField(default=False)
    alarmed_for = models.DateTimeField(null=True, blank=True)  # the missed run mailed last
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    attention = models.TextField(blank=True)
    failing_runs = models.PositiveSmallIntegerField(default=0)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveSmallIntegerField(default=0)
    next_run_at = models.DateTimeField(null=True, blank=True, db_index=True)
    config_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        ordering = ["label"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "label"], name="one_integration_per_label"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def source(self) -> type[Source]:
        """The adapter people come from."""
        return registry.sources[self.source_kind]

    @property
    def target(self) -> type[Target]:
        """The adapter people are kept true in."""
        return registry.targets[self.target_kind]

    @property
    def parsed_scope(self) -> Scope:
        """The scope as the engine reads it."""
        return Scope.parse(self.scope)

    @property
    def target_specs(self) -> Mapping[str, FieldSpec]:
        """The target's fields by key, as this integration's rows use them. One query."""
        rows = [mapping.row for mapping in self.mappings.all()]
        sources = {spec.key: spec for spec in self.source.fields}
        return specs_in_use(rows, sources, self.target.fields)

    @property
    def is_active(self) -> bool:
        """Whether the schedule runs it, or will when it works again."""
        return self.state not in (self.State.DRAFT, self.State.PAUSED)

    @property
    def standing(self) -> Standing:
        """How it stands, the organisation's add-on considered."""
        bought = self.organisation.has_addon
        return Standing(self.state) if bought else Standing.ADDON_OFF

    @property
    def conduct(self) -> Conduct:
        """What is done as it stands, and the words for it."""
        return CONDUCT[self.standing]

    @property
    def is_on_schedule(self) -> bool:
        """Whether the schedule syncs it as things stand."""
        return self.conduct.by_schedule is BySchedule.SYNC

    @property
    def tried_at(self) -> datetime | None:
        """When the schedule only tries whether it works again; None where it does not."""
        if self.conduct.by_schedule is not BySchedule.PROBES:
            return None
        unasked = self.conduct.probe is Probe.SYNCS and not self.schedule_days
        return None if unasked else self.probe_at

    @property
    def may_sync(self) -> bool:
        """Whether a run may write; a draft may only be previewed."""
        return self.state != self.State.DRAFT

    @property
    def target_account(self) -> str:
        """What must not be synced to by two runs at once: the organisation's payroll."""
        return f"{self.organisation_id}:{self.target_kind}:{self.target_environment}"

    def set_waits(self, subjects: Iterable[str], now: datetime, user: User | None = None) -> None:
        """Which changes a second person approves, set by `user`; the caller saves.

        What waited and no longer has to is forgotten: the next run sends it.
        """
        chosen = sorted(set(subjects))
        if chosen == self.waits_for:
            return
        self.waits_for, self.waits_set_at, self.waits_set_by = chosen, now, user
        self.waiting_changes.exclude(subject__in=chosen).delete()

    def match_anew(self, now: datetime) -> None:
        """A person has changed who is who: what was planned before may be planned otherwise now."""
        self.matched_at = now
        self.save(update_fields=["matched_at"])

    def plan_next_run(self, now: datetime) -> None:
        """Sets `next_run_at` from the schedule and saves it."""
        self.next_run_at = self.next_run_after(now)
        self.save(update_fields=["next_run_at"])

    def next_run_after(self, now: datetime) -> datetime | None:
        """The next scheduled time, or None where the schedule is off."""
        if self.state in (self.State.DRAFT, self.State.PAUSED):
            return None
        return schedule.next_run(self.schedule_days, now, self.offset)

    @property
    def offset(self) -> int:
        """Seconds after 06:00 at which its runs are due: always the same ones."""
        return int(hashlib.sha256(self.id.bytes).hexdigest(), 16) % schedule.SPREAD_SECONDS

    def due_of(self, planned: datetime) -> datetime:
        """The scheduled time that a run planned for `planned` makes good."""
        return schedule.due_of(planned, self.schedule_days, self.offset)

    def needs_attention(self, reason: str, now: datetime) -> None:
        """A token or setting must be mended by a person. A draft or a pause stays what it is."""
        states = self.State
        self._mine().update(attention=reason)
        self._move(
            [states.ACTIVE, states.QUARANTINED],
            states.NEEDS_ATTENTION,
            probe_at=next_probe(Standing.NEEDS_ATTENTION, 0, now),
            probes=0,
        )

    def recover(self) -> None:
        """A run reached both systems again. What the schedule missed meanwhile is due at once."""
        if self.attention:
            self._mine().update(attention="")
            self._move([self.State.NEEDS_ATTENTION], self.State.ACTIVE, probe_at=None)

    def failed_again(self, now: datetime, limit: int) -> None:
        """One more run in a row had too many failures; with `limit` of them it is quarantined."""
        self._mine().update(failing_runs=models.F("failing_runs") + 1)
        self.refresh_from_db(fields=["failing_runs"])
        if self.state == self.State.QUARANTINED:
            self.probe_failed(now)
        elif self.failing_runs >= limit:
            self._move(
                [self.State.ACTIVE],
                self.State.QUARANTINED,
                quarantined_at=now,
                probe_at=next_probe(Standing.QUARANTINED, 0, now),
                probes=0,
            )

    def probe_failed(self, now: datetime) -> None:
        """One more try in quarantine, by whomever, did not go through: the next comes later."""
        quarantined = self._mine().filter(state=self.State.QUARANTINED)
        quarantined.update(
            probes=models.F("probes") + 1,
            probe_at=next_probe(Standing.QUARANTINED, self.probes + 1, now),
        )
        self.refresh_from_db(fields=["probe_at", "probes"])

    def went_well(self, now: datetime) -> None:
        """A sync of everyone went through; the schedule goes on from now."""
        if self.failing_runs or self.quarantined_at:
            self._mine().update(failing_runs=0, quarantined_at=None)
            following = schedule.next_run(self.schedule_days, now, self.offset)
            moved = {"probe_at": None, "probes": 0, "next_run_at": following}
            self._move([self.State.QUARANTINED], self.State.ACTIVE, **moved)

    def _move(self, old: Sequence[State], new: State, **columns: Any) -> None:
        """From one of `old` to `new`, unless a person has moved it elsewhere in the meantime."""
        self._mine().filter(state__in=old).update(state=new, **columns)
        self.refresh_from_db(fields=[*_MOVED, *columns])

    def _mine(self) -> IntegrationQuerySet:
        """The row as it is stored."""
        return Integration.objects.filter(pk=self.pk)

    def secrets(self, side: str) -> Mapping[str, str]:
        """The credentials of one side ("source" or "target"). Raises DecryptionError."""
        return {row.key: row.secret for row in self.credentials.all() if row.side == side}

    def set_secrets(
        self, side: str, secrets: Mapping[str, str], now: datetime, user: User | None = None
    ) -> bool:
        """Replaces the secrets that are given and differ; whether any did. Raises as `secrets`."""
        held = self.secrets(side)
        new = {key: secret for key, secret in secrets.items() if secret and held.get(key) != secret}
        self.credentials.filter(side=side, key__in=new).delete()
        for key, secret in new.items():
            self.credentials.create(side=side, key=key, secret=secret, set_at=now, set_by=user)
        return bool(new)

    def note(
        self,
        action: AuditEntry.Action,
        now: datetime,
        user: User | None,
        *,
        before: Any = None,
        after: Any = None,
    ) -> None:
        """Writes in the audit log what `user` did to it; None: from a shell."""
        AuditEntry.write(
            self.organisation,
            action,
            now,
            user=user,
            subject=self.label,
            before=before,
            after=after,
        )
