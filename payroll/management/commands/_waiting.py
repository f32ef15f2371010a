"""Works in the shell's own process, and sits out what a vendor asks to wait."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper
from django.utils import timezone

from payroll.cancelling import LOOK_EVERY
from payroll.models import SyncRun, TimeOffExport


def done_here(
    run: SyncRun | TimeOffExport, work: Callable[[], None], stderr: OutputWrapper
) -> None:
    """Works to the end; where a vendor asks for a long wait, waits here unless a worker goes on.

    Somebody who waits at a shell is told so.
    """
    work()
    run.refresh_from_db()
    while run.is_paused or run.status == run.Status.RUNNING:
        if run.is_paused and run.resume_at:
            until = timezone.localtime(run.resume_at)
            stderr.write(f"Waits for {run.paused_for} until {until:%H:%M}.")
            left = (run.resume_at - timezone.now()).total_seconds()
            time.sleep(max(LOOK_EVERY, left))
            work()
        else:
            time.sleep(LOOK_EVERY)
        run.refresh_from_db()
