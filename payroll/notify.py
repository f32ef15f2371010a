"""Tells people by e-mail of every change of state: once per change and address.

What is to be told is stored first and sent afterwards, so a mail server that is down delays a
mail and stops nothing, and a worker that dies loses none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q

from integration_hub.accounts.models import Membership, Role, User

from . import queue
from .again import will_try_again
from .missed import Missed, missed_runs
from .models import Integration, Notice, SyncRun, TimeOffExport, Trouble
from .notices import STOPPED, Ended, Kind, Mood, mood_after, notice_after
from .pages.letters import letter, sample
from .timeoff.material import settings_of
from .verdicts import deciders
from .waiting import waiting_for

log = logging.getLogger(__name__)

TELL = "payroll.tasks.tell"
LOOK_BACK = timedelta(days=1)  # what ended longer ago is no news
AT_ONCE = 100  # mails in one go; the next minute sends the next
KEPT_FOR = timedelta(days=90)
NOT_SENT = (OSError, SMTPException)  # what a mail server can do to us


def tell_of_changes(now: datetime) -> list[Missed]:
    """Stores what is to be told of runs that ended and of runs that did not begin.

    Gives the schedules that are late now, told of before or not.
    """
    Notice.objects.filter(made_at__lt=now - KEPT_FOR).delete()
    for run in _just_ended(now):
        _tell_of_run(run, now)
    for export in _just_exported(now):
        _tell_of_export(export, now)
    late = missed_runs(now)
    for missed in late:
        _tell_of_missed(missed, now)
    return late


def hand_on(now: datetime) -> None:
    """Lets a worker send what waits. Raises OperationalError."""
    if Notice.objects.to_send(now).exists():
        queue.send(TELL)


def send_waiting(clock: Callable[[], datetime]) -> None:
    """Sends what waits, as much as goes in one go. What fails is tried again in minutes."""
    waiting = list(
        Notice.objects.to_send(clock()).select_related(
            "integration__organisation", "run", "export"
        )[:AT_ONCE]
    )
    if not waiting:
        return
    mails = get_connection()
    try:
        mails.open()
    except NOT_SENT as error:
        log.warning("mails wait: the mail server cannot be reached (%s)", type(error).__name__)
        for notice in waiting:
            notice.claim(clock())  # that was its try
        return
    try:
        for notice in waiting:
            if notice.claim(clock()) and _went_out(notice, mails):
                notice.sent(clock())
    finally:
        mails.close()


def send_test(integration: Integration) -> Sequence[str]:
    """A mail at once to everybody who would be told; to whom. Raises `NOT_SENT`."""
    addresses = recipients(integration, Kind.FAILING)
    mails = [sample(integration).mail_to(address) for address in addresses]
    get_connection().send_messages(mails)
    return addresses


def recipients(integration: Integration, kind: Kind, starter: User | None = None) -> Sequence[str]:
    """The addresses named; where none is, the owners and admins, of what stops payroll only.

    Of a held plan both, since only an owner or admin can let it go. Of changes that wait, where
    nobody is named, those who may approve them; of an export, its `starter`.
    """
    named = list(integration.recipients)
    if kind is Kind.HELD:
        known = {address.casefold() for address in named}
        return named + [each for each in _responsible(integration) if each.casefold() not in known]
    if named:
        return named
    if kind is Kind.EXPORTED:
        return [starter.email] if starter and starter.is_active else []
    if kind is Kind.APPROVAL:
        return sorted(user.email for user in deciders(integration))
    return _responsible(integration) if kind in STOPPED else []


def _responsible(integration: Integration) -> list[str]:
    """The addresses of owners and admins."""
    members = Membership.objects.filter(
        organisation=integration.organisation_id,
        role__in=[Role.OWNER, Role.ADMIN],
        user__is_active=True,
    )
    return list(members.order_by("user__email").values_list("user__email", flat=True))


# --- what is to be told --------------------------------------------------------------------------


def _just_ended(now: datetime) -> Sequence[SyncRun]:
    """Runs that nobody was told of; a held one once more when it has ended otherwise."""
    untold = Q(told="") | (Q(told=Mood.HELD) & ~Q(status=SyncRun.Status.HELD))
    ended = SyncRun.objects.exclude(status__in=SyncRun.ACTIVE).filter(untold)
    recent = ended.filter(finished_at__gte=now - LOOK_BACK).order_by("finished_at", "queued_at")
    return list(recent.select_related("integration__organisation"))


def _tell_of_run(run: SyncRun, now: datetime) -> None:
    integration = run.integration
    ended, before = _ended(run), _mood_before(run)
    with transaction.atomic():
        mine = SyncRun.objects.filter(pk=run.pk, told=run.told, status=run.status)
        if not mine.update(told=mood_after(ended)):
            return
        kind = notice_after(ended, before, every_run=integration.mail_every_run)
        if kind:
            _store(integration, kind, str(run.pk), now, run=run)
        if not run.preview and waiting_for(integration).filter(run=run).exists():
            _store(integration, Kind.APPROVAL, str(run.pk), now, run=run)


def _just_exported(now: datetime) -> Sequence[TimeOffExport]:
    """Exports of time off that nobody was told of."""
    ended = TimeOffExport.objects.exclude(status__in=TimeOffExport.ACTIVE).filter(told=False)
    recent = ended.filter(finished_at__gte=now - LOOK_BACK).order_by("finished_at")
    return list(recent.select_related("integration__organisation", "started_by"))


def _tell_of_export(export: TimeOffExport, now: datetime) -> None:
    """Where that is chosen; what the Hub looked up by itself is no news."""
    with transaction.atomic():
        mine = TimeOffExport.objects.filter(pk=export.pk, told=False)
        if mine.update(told=True) and export.chosen and settings_of(export.integration).mail:
            _store(export.integration, Kind.EXPORTED, str(export.pk), now, export=export)


def _ended(run: SyncRun) -> Ended:
    integration = run.integration
    stopped_here = run.status == SyncRun.Status.FAILED and run.error == integration.attention
    aside = Trouble.objects.filter(
        integration=integration, quarantined_at__range=(run.queued_at, run.finished_at)
    )
    return Ended(
        status=run.status,
        whole=run.is_whole,
        again=_is_tried_again(run),
        needs_person=stopped_here and bool(run.error),
        set_aside=aside.count() if run.is_whole else 0,
        quarantined=integration.state == Integration.State.QUARANTINED,
        was_missed=run.due_at is not None and run.due_at == integration.alarmed_for,
    )


def _is_tried_again(run: SyncRun) -> bool:
    later = Q(continues=run)
    if run.due_at is not None:
        later |= Q(due_at=run.due_at, queued_at__gt=run.queued_at)
    return will_try_again(run) is not None or run.integration.runs.filter(later).exists()


def _mood_before(run: SyncRun) -> Mood | None:
    """How the integration stood before this run, or while it was held; None if it never ran."""
    if run.told:
        return Mood(run.told)
    earlier = run.integration.runs.filter(queued_at__lt=run.queued_at)
    known = earlier.exclude(told__in=["", Mood.ASIDE]).values_list("told", flat=True).first()
    return Mood(known) if known else None


def _tell_of_missed(missed: Missed, now: datetime) -> None:
    integration, due = missed.integration, missed.due
    with transaction.atomic():
        untold = Integration.objects.filter(pk=integration.pk).exclude(alarmed_for=due)
        if untold.update(alarmed_for=due):
            _store(integration, Kind.MISSED, due.isoformat(), now, due_at=due)


def _store(
    integration: Integration,
    kind: Kind,
    about: str,
    now: datetime,
    *,
    run: SyncRun | None = None,
    export: TimeOffExport | None = None,
    due_at: datetime | None = None,
) -> None:
    Notice.objects.bulk_create(
        (
            Notice(
                integration=integration,
                run=run,
                export=export,
                kind=kind,
                about=about,
                due_at=due_at,
                recipient=address,
                made_at=now,
                try_at=now,
            )
            for address in recipients(integration, kind, export.started_by if export else None)
        ),
        ignore_conflicts=True,  # told already
    )


# --- sending -------------------------------------------------------------------------------------


def _went_out(notice: Notice, mails: BaseEmailBackend) -> bool:
    try:
        mails.send_messages([letter(notice).mail_to(notice.recipient)])
    except NOT_SENT as error:
        log.warning("mail %s could not be sent (%s)", notice.pk, type(error).__name__)
        return False
    return True
