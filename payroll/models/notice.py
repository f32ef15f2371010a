"""A mail about a change of state: stored with the change, sent later, to each address once."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F

from .integration import Integration
from .run import SyncRun
from .timeoff_export import TimeOffExport

TRIES = 8  # over two hours and more; then it stands on the page that it could not be sent
FIRST_WAIT = timedelta(minutes=1)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Which notices."""

    def to_send(self, now: datetime) -> NoticeQuerySet:
        """Those whose turn it is, oldest first."""
        waiting = self.filter(sent_at=None, tries__lt=TRIES, try_at__lte=now)
        return waiting.order_by("made_at", "recipient")


class Notice(models.Model):
    """One mail to one address.

    `about` tells two changes of one kind apart: the id of the run or the export, or
    the time that was missed. It
    names nobody but the person it is sent to, and holds no text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="notices")
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, null=True, blank=True)
    export = models.ForeignKey(TimeOffExport, on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=10)  # a notices.Kind
    about = models.CharField(max_length=50)
    due_at = models.DateTimeField(null=True, blank=True)  # of a missed run: when it was due
    recipient = models.EmailField()
    made_at = models.DateTimeField(db_index=True)
    try_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "recipient"]
        indexes = [
            models.Index(
                fields=["try_at"], condition=models.Q(sent_at=None), name="notices_not_yet_sent"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "kind", "about", "recipient"],
                name="one_notice_per_change_and_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.about}"

    @property
    def given_up(self) -> bool:
        """Whether it was tried often enough."""
        return self.sent_at is None and self.tries >= TRIES

    def claim(self, now: datetime) -> bool:
        """Takes it in hand; False when somebody else has. Its next turn comes if this one fails.

        Who dies between sending and `sent` sends it once more: an alarm told twice does less harm
        than one that is lost.
        """
        mine = Notice.objects.filter(pk=self.pk, sent_at=None, tries=self.tries, try_at__lte=now)
        return bool(mine.update(tries=F("tries") + 1, try_at=now + FIRST_WAIT * 2**self.tries))

    def sent(self, now: datetime) -> None:
        """It went out."""
        Notice.objects.filter(pk=self.pk).update(sent_at=now)
