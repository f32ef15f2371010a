"""Users who log in by e-mail, the organisations they work for, and their role in each."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from integration_hub.core.crypto import Digester, new_key
from integration_hub.core.fields import SealedJSONField

SHELL = "operator, from a shell"


def _new_digest_key() -> str:
    return base64.urlsafe_b64encode(new_key()).decode()


class Organisation(models.Model):
    """A customer. Its digest key is its own and never changes when encryption keys are rotated."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    addon_since = models.DateTimeField(
        "payroll add-on active since",
        null=True,
        blank=True,
        help_text="The add-on is bought separately. Empty: nothing can be created or run.",
    )
    digest_key = SealedJSONField(default=_new_digest_key, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def has_addon(self) -> bool:
        """Whether the payroll add-on is activated."""
        return self.addon_since is not None

    def switch_addon(self, *, on: bool, now: datetime) -> bool:
        """Activates the add-on or takes it away, keeping all data; whether it changed."""
        if on == self.has_addon:
            return False
        self.addon_since = now if on else None
        self.save(update_fields=["addon_since"])
        return True

    @property
    def digester(self) -> Digester:
        """Makes the keyed digests of this organisation's sensitive values."""
        return Digester(base64.urlsafe_b64decode(self.digest_key))


class UserManager(BaseUserManager["User"]):
    """Makes users from an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a member may do: owners hold tokens, admins configure and run, viewers read."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    """A user's role in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="one_role_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.organisation}"

    @property
    def may_run(self) -> bool:
        """Whether the member may start runs and change configuration."""
        return self.role in (Role.OWNER, Role.ADMIN)


def administered(user: User) -> models.QuerySet[Membership, uuid.UUID]:
    """The ids of the organisations where the user is owner or admin."""
    return Membership.objects.filter(user=user, role__in=(Role.OWNER, Role.ADMIN)).values_list(
        "organisation", flat=True
    )


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Which entries."""

    def visible_to(self, user: User) -> AuditEntryQuerySet:
        """Those of the organisations the user belongs to: the one door for tenants."""
        return self.filter(organisation__memberships__user=user)


class AuditEntry(models.Model):
    """Who did what, when, and how it stood before and after. Written once; holds no secret.

    `actor` keeps the name when the user is gone; without a user it was done from a shell or by
    staff.
    """

    class Action(models.TextChoices):
        CREATED = "integration.created", "Created the integration"
        CONFIGURED = "integration.configured", "Changed the configuration"
        TOKENS_SET = "integration.tokens", "Set access tokens"
        DELETED = "integration.deleted", "Deleted the integration"
        MATCH_CONFIRMED = "match.same", "Confirmed that two records are the same person"
        MATCH_REJECTED = "match.different", "Said that two records are different people"
        MATCH_UNDONE = "match.undone", "Took back a decision about two records"
        LINK_FORGOTTEN = "match.forgotten", "Forgot who in payroll a person is"
        SYNC_STARTED = "run.sync", "Started a sync"
        TRIAL_STARTED = "run.trial", "Started a sync of a few people"
        SINGLE_STARTED = "run.single", "Started a sync of one person"
        RESTORE_STARTED = "run.restore", "Started a restore of earlier values"
        UNPINNED = "pin.lifted", "Unpinned restored values"
        RUN_CANCELLED = "run.cancelled", "Cancelled a run"
        PLAN_APPROVED = "run.approved", "Approved a held plan"
        PLAN_DISCARDED = "run.discarded", "Discarded a held plan"
        CHANGES_APPROVED = "change.approved", "Approved changes that waited"
        CHANGES_DECLINED = "change.declined", "Declined changes that waited"
        CHANGES_UNDECIDED = "change.undecided", "Took back a decision about changes that wait"
        FREED = "person.freed", "Freed a person from quarantine"
        DOWNLOADED = "table.downloaded", "Downloaded a table"
        PREVIEW_STARTED = "run.preview", "Started a preview"
        TIME_OFF_EXPORTED = "timeoff.exported", "Started an export of time off"
        TIME_OFF_CANCELLED = "timeoff.cancelled", "Cancelled an export of time off"
        TIME_OFF_UNDONE = "timeoff.undone", "Undid a file of time off"
        TIME_OFF_BY_HAND = "timeoff.by_hand", "Said that time off was corrected by hand"
        TIME_OFF_RELEASED = "timeoff.released", "Let time off be sent again"
        ADDON_ON = "addon.on", "Activated the payroll add-on"
        ADDON_OFF = "addon.off", "Switched the payroll add-on off"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="audit_entries"
    )
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=30, choices=Action.choices)
    subject = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.get_action_display()}"

    @classmethod
    def write(
        cls,
        organisation: Organisation,
        action: Action,
        now: datetime,
        *,
        user: User | None = None,
        subject: str = "",
        before: Any = None,
        after: Any = None,
    ) -> AuditEntry:
        """Stores one entry."""
        return cls.objects.create(
            organisation=organisation,
            at=now,
            user=user,
            actor=user.email if user else SHELL,
            action=action,
            subject=subject,
            before=before,
            after=after,
        )
