"""Starts, cancels and sweeps exports: what the buttons and the clock do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.core.errors import Cancelled, ConfigurationError
from payroll import queue
from payroll.continuing import MOST_IN_A_ROW, RECENT
from payroll.jobs import LOST_AFTER, hand_over, place
from payroll.models import Integration, TimeOffExport, TimeOffLine, TimeOffResult
from payroll.records import Outcome, Period

from . import ledger, reasons
from .readings import check
from .records import Channel
from .turn_missed import settle_the_rest

EXPORT_TIME_OFF = "payroll.tasks.export_time_off"  # by name: the task calls the engine
DRAFT = "The integration is a draft. Activate it, then export time off."


def open_export(
    integration: Integration,
    period: Period,
    channel: Channel,
    chosen: Mapping[str, str],
    now: datetime,
    *,
    user: User | None = None,
    filters: Mapping[str, Any] | None = None,
) -> tuple[TimeOffExport, bool]:
    """A new queued export and True, or the one that is in progress and False.

    `chosen`: the digest of each leave as it was shown, by id. Raises ConfigurationError.
    """
    check(integration, period, channel)
    if not integration.may_sync:
        raise ConfigurationError(DRAFT)
    if not chosen:
        raise ConfigurationError("Nothing was chosen.")
    account = TimeOffExport.objects.filter(target_account=integration.target_account)
    account.interrupt_stale(now)
    export = TimeOffExport(
        integration=integration,
        channel=channel.value,
        period_start=period.start,
        period_end=period.end or period.start,
        filters=dict(filters or {}),
        chosen=dict(chosen),
        started_by=user,
        target_account=integration.target_account,
        config_version=integration.config_version,
        queued_at=now,
    )
    return place(export)


def start_export(
    integration: Integration,
    period: Period,
    channel: Channel,
    chosen: Mapping[str, str],
    user: User,
    now: datetime,
    *,
    filters: Mapping[str, Any] | None = None,
) -> tuple[TimeOffExport, bool]:
    """An export handed to the queue and True, or the one in progress and False.

    Where the queue cannot be reached it comes back failed. Raises as `open_export`.
    """
    export, new = open_export(integration, period, channel, chosen, now, user=user, filters=filters)
    if new:
        audit_start(export, now)
        hand_over(export, enqueue, now)
    return export, new


def enqueue(export: TimeOffExport) -> None:
    """Hands the export to a worker once the row is committed. Raises OperationalError."""
    queue.send(EXPORT_TIME_OFF, export_id=str(export.pk))


def audit_start(export: TimeOffExport, now: datetime) -> None:
    """Notes who exported what period, and how many leaves; not whose."""
    export.integration.note(
        AuditEntry.Action.TIME_OFF_EXPORTED,
        now,
        export.started_by,
        after={
            "export": str(export.pk),
            "from": str(export.period_start),
            "to": str(export.period_end),
            "way": export.channel,
            "leaves": len(export.chosen),
        },
    )


def cancel_export(export: TimeOffExport, user: User, now: datetime) -> bool:
    """Ends an export that waits, or asks a running one to stop; False when it is over."""
    with transaction.atomic():
        if not export.cancel(user, now):
            return False
        export.refresh_from_db()
        if not export.is_active:
            settle_the_rest(export, Cancelled("It was cancelled."), now)
        export.integration.note(
            AuditEntry.Action.TIME_OFF_CANCELLED, now, user, after={"export": str(export.pk)}
        )
    return True


def sweep(now: datetime) -> None:
    """Takes up what nobody works on, sends lost messages again, lets go on what has waited.

    What an interrupted one left open is looked up by the next export to the same payroll.
    """
    TimeOffExport.objects.interrupt_stale(now)
    _take_up_interrupted(now)
    for export in TimeOffExport.objects.lost(now - LOST_AFTER, now):
        enqueue(export)
    _say_of_the_interrupted(now)
    look_up_open(now)


def _take_up_interrupted(now: datetime) -> None:
    """Lets exports go on in whose middle the program stopped, unless a person has decided since.

    As after a wait, both systems are read again, what is in doubt is looked up, and only rows that
    would go now just the same are sent.
    """
    interrupted = TimeOffExport.objects.filter(
        status=TimeOffExport.Status.INTERRUPTED,
        cancel_asked_at=None,
        finished_at__gte=now - RECENT,
        taken_up__lt=MOST_IN_A_ROW,
        integration__organisation__addon_since__isnull=False,
    ).exclude(integration__state=Integration.State.DRAFT)
    for export in interrupted.defer("chosen"):
        later = TimeOffExport.objects.filter(
            integration=export.integration_id, queued_at__gt=export.queued_at
        )
        if not later.exists():
            export.take_up()


def _say_of_the_interrupted(now: datetime) -> None:
    """Rows whose turn never came because the program stopped; what was sent stays in doubt."""
    statuses = TimeOffExport.Status
    left = TimeOffResult.objects.filter(
        export__status=statuses.INTERRUPTED, outcome="", sent_at=None
    )
    ledger.settle(list(left), Outcome.FAILED, now, reasons.INTERRUPTED)


def look_up_open(now: datetime) -> None:
    """Starts an export of nothing for each payroll with open rows: it reads what became of them.

    Not again before an answer that was lost can be told from one that never arrives.
    """
    retry = now - timedelta(seconds=settings.UNKNOWN_RETRY_AFTER)
    due = Q(time_off_lines__missing_since=None) | Q(time_off_lines__missing_since__lte=retry)
    doubtful = Integration.objects.filter(
        due,
        time_off_lines__state__in=TimeOffLine.OPEN,
        organisation__addon_since__isnull=False,
    )
    for integration in doubtful.exclude(state=Integration.State.DRAFT).distinct():
        account = TimeOffExport.objects.filter(target_account=integration.target_account)
        if account.active().exists() or account.filter(chosen={}, queued_at__gt=retry).exists():
            continue
        enqueue(_lookup(integration, now))


def _lookup(integration: Integration, now: datetime) -> TimeOffExport:
    """An export without a choice, over the days that are open."""
    open_lines = TimeOffLine.objects.open().filter(target_account=integration.target_account)
    newest = open_lines.order_by("-day").first()
    day = newest.day if newest else now.date()
    return TimeOffExport.objects.create(
        integration=integration,
        channel=newest.channel if newest else Channel.FILE.value,
        period_start=day,
        period_end=day,
        target_account=integration.target_account,
        config_version=integration.config_version,
        queued_at=now,
    )
