"""What the demo does in the Hub itself. Imported only when Django is set up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from integration_hub.accounts.models import Membership, Role, User
from payroll.models import Integration, SyncRun
from payroll.models.lease import LEASE
from payroll.report import report
from payroll.runs import start_run

from .processes import NotReady

DOCUMENT = Path(__file__).with_name("integration.json")
EMAIL = "hr@fjordkraft.example"
TAKEN_WITHIN = timedelta(seconds=60)


def migrate() -> None:
    """Bring the database up to date. Raises NotReady when it cannot be reached."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise NotReady(f"The database does not answer ({str(error).splitlines()[0]})") from error


def integration() -> Integration:
    """The demo's integration, made on the first start; later ones keep what was edited."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    named = {"organisation__name": document["organisation"], "label": document["label"]}
    if (found := Integration.objects.filter(**named).first()) is not None:
        return found
    printed = StringIO()
    call_command("apply_config", str(DOCUMENT), stdout=printed)
    return Integration.objects.get(pk=printed.getvalue().strip())


def admin(for_integration: Integration, password: str) -> User:
    """The HR admin, who can log in with `password`."""
    user = User.objects.filter(email=EMAIL).first()
    if user is None:
        user = User.objects.create_user(EMAIL, password, name="HR admin")
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(
        user=user, organisation=for_integration.organisation, defaults={"role": Role.OWNER}
    )
    return user


def forget_unfinished(of: Integration) -> None:
    """End runs that an earlier start left: the programs that worked on them are gone."""
    now = timezone.now()
    of.runs.filter(status=SyncRun.Status.QUEUED).update(
        status=SyncRun.Status.CANCELLED, phase=SyncRun.Phase.DONE, finished_at=now
    )
    silent = now - LEASE - timedelta(seconds=1)
    of.runs.filter(status=SyncRun.Status.RUNNING).update(heartbeat_at=silent)
    of.runs.interrupt_stale(now)


def start(of: Integration, user: User) -> SyncRun:
    """A run handed to the queue, or the one that the schedule has just begun."""
    run, _ = start_run(of, user, timezone.now(), preview=False)
    return run


def follow(run: SyncRun) -> Iterator[SyncRun]:
    """The run as it stands, each time it is asked for, until it is over.

    Raises NotReady when no worker takes it.
    """
    while True:
        run.refresh_from_db()
        yield run
        if not run.is_active:
            return
        waited = timezone.now() - run.queued_at
        if run.status == SyncRun.Status.QUEUED and waited > TAKEN_WITHIN:
            raise NotReady(f"No worker took the sync within {TAKEN_WITHIN.seconds} seconds")


def progress(run: SyncRun) -> str:
    """Where the run is, in a line."""
    if run.phase != SyncRun.Phase.SENDING:
        return f"Sync: {run.get_phase_display().lower()}"
    counts = run.counts()
    return f"Sync: sending changes, {counts['settled']} of {counts['to_send']} people"


def succeeded(run: SyncRun) -> bool:
    """Whether everybody who was to be sent went through."""
    return run.status == SyncRun.Status.SUCCEEDED


def summary(run: SyncRun) -> dict[str, Any]:
    """The finished run in numbers, and under `left_out` those who need nobody's attention."""
    return report(run) | {"left_out": run.left_out}
