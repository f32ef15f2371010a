"""A held plan and the person who decides: apply it, or discard it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from kombu.exceptions import OperationalError

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.core import locale

from .judgement import PLAN_AGE
from .models import Integration, SyncRun
from .records import ChangeKind
from .runs import NO_ADDON, enqueue

log = logging.getLogger(__name__)

NOT_ACTIVE = "The integration is a draft, so nothing can be sent. Activate it, then sync anew."
SUPERSEDED = "A newer plan of this integration has taken its place, so this one is never sent."
OTHER_SETTINGS = (
    "The settings of the integration have changed since this plan was made, so it is never sent."
)
TOO_OLD = "This plan is older than 24 hours, and HR may have changed since, so it is never sent."
IN_PROGRESS = (
    "A run of this integration is in progress. Nothing was decided; look again when it is over."
)
QUEUE_DOWN = (
    "The queue that hands out work could not be reached, so nothing was sent and the plan still "
    "waits. Try again in a minute; if it happens again, tell whoever operates the Integration Hub."
)


class NotNow(Exception):
    """The plan cannot be decided on at this moment, or no more; the text says why."""


def approve(run: SyncRun, user: User, now: datetime) -> None:
    """Hands a held plan to the queue, to be checked once more and then sent. Raises NotNow."""
    statuses = SyncRun.Status
    with transaction.atomic():
        held = _held(run)
        obstacle = over(held, now) or not_yet(held)
        if obstacle:
            raise NotNow(obstacle)
        _move(
            held,
            status=statuses.QUEUED,
            phase=SyncRun.Phase.WAITING,
            finished_at=None,
            cancel_asked_at=None,  # somebody may have asked when it was too late to stop
            cancel_asked_by=None,
            approved_at=now,
            approved_by=user,
        )
        _note(held, AuditEntry.Action.PLAN_APPROVED, user, now)
    try:
        enqueue(held)
    except OperationalError as error:
        log.error("approved run %s could not be queued: %s", run.pk, error)
        _take_back(held)
        raise NotNow(QUEUE_DOWN) from None


def discard(run: SyncRun, user: User, now: datetime) -> None:
    """Ends a held plan; nothing of it is ever sent. Raises NotNow."""
    with transaction.atomic():
        held = _held(run)
        _move(
            held,
            status=SyncRun.Status.CANCELLED,
            finished_at=now,
            cancel_asked_at=now,
            cancel_asked_by=user,
        )
        _note(held, AuditEntry.Action.PLAN_DISCARDED, user, now)


def over(run: SyncRun, now: datetime) -> str:
    """Why a held plan can never be sent any more; empty while it may be. Two queries."""
    integration = run.integration
    newer = integration.runs.filter(preview=False, planned_at__gt=run.planned_at)
    if run.is_whole:  # one of a few people says nothing of the others
        newer = newer.of_everyone()
    if newer.exclude(pk=run.pk).exists():
        return SUPERSEDED
    if integration.config_version != run.config_version:
        return OTHER_SETTINGS
    if run.planned_at is None or run.planned_at < now - PLAN_AGE:
        return TOO_OLD
    return ""


def not_yet(run: SyncRun) -> str:
    """Why a plan that is still good cannot be sent at this moment; empty where it can."""
    integration = run.integration
    if not integration.organisation.has_addon:
        return NO_ADDON
    if not integration.may_sync:
        return NOT_ACTIVE
    return IN_PROGRESS if integration.runs.active().exists() else ""


def to_send(run: SyncRun) -> Mapping[str, int]:
    """People whom the plan would create, update and end. One query."""
    return run.changes.pending().aggregate(
        **{
            kind.value: Count("pk", filter=Q(kind=kind))
            for kind in (ChangeKind.CREATE, ChangeKind.UPDATE, ChangeKind.END)
        }
    )


def _held(run: SyncRun) -> SyncRun:
    """The run as it is stored, its integration locked against a change of settings meanwhile."""
    integration = Integration.objects.select_for_update(no_key=True).get(pk=run.integration_id)
    held = SyncRun.objects.select_related("approved_by", "cancel_asked_by").get(pk=run.pk)
    held.integration = integration
    if held.status != SyncRun.Status.HELD:
        raise NotNow(decided(held))
    return held


def decided(run: SyncRun) -> str:
    """What became of a plan that is held no longer."""
    if run.approved_at:
        by, when = run.approved_by or "somebody", locale.moment(run.approved_at)
        return f"This plan was approved by {by} on {when}. Nothing was done twice."
    if run.was_discarded and run.cancel_asked_at:
        by, when = run.cancel_asked_by or "somebody", locale.moment(run.cancel_asked_at)
        return f"This plan was discarded by {by} on {when}. Nothing of it is sent."
    return "This run is not held, so there is nothing to decide."


def _move(held: SyncRun, **columns: object) -> None:
    """Out of HELD, once by one process. Raises NotNow."""
    mine = SyncRun.objects.filter(pk=held.pk, status=SyncRun.Status.HELD)
    try:
        with transaction.atomic():
            moved = mine.update(**columns)
    except IntegrityError:  # another run has become active in this moment
        raise NotNow(IN_PROGRESS) from None
    held.refresh_from_db()
    if not moved:
        raise NotNow(decided(held))


def _take_back(held: SyncRun) -> None:
    """Held again, unless a worker has it after all."""
    SyncRun.objects.filter(pk=held.pk, status=SyncRun.Status.QUEUED).update(
        status=SyncRun.Status.HELD,
        phase=SyncRun.Phase.DONE,
        finished_at=held.planned_at,
        approved_at=None,
        approved_by=None,
    )


def _note(run: SyncRun, action: AuditEntry.Action, user: User, now: datetime) -> None:
    run.integration.note(action, now, user, after=dict(to_send(run)))
