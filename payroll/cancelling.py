"""Stops a run that a person no longer wants: what the button asks, and how the worker hears it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.core.errors import Cancelled

from . import troubles
from .models import SyncRun, TimeOffExport
from .turn_missed import settle_the_rest

LOOK_EVERY = 2.0  # seconds of waiting after which a run looks up


class Answer(Enum):
    """What became of a request to cancel."""

    AT_ONCE = "no worker had begun, so it is over"
    BETWEEN = "it waited to go on, so it is over; what was sent stays sent"
    ASKED = "the worker finishes what it has in hand and stops"
    AGAIN = "somebody had asked before"
    OVER = "the run was over already"


@transaction.atomic
def cancel(run: SyncRun, user: User, now: datetime) -> Answer:
    """Ends a queued run, asks a running one to stop, and leaves one that is over alone."""
    if run.cancel_queued(user, now):
        run.refresh_from_db()
        answer = _over(run, now)
    elif run.ask_cancel(user, now):
        answer = Answer.ASKED
    else:
        run.refresh_from_db()
        return Answer.AGAIN if run.is_active else Answer.OVER
    run.integration.note(AuditEntry.Action.RUN_CANCELLED, now, user, after={"run": str(run.pk)})
    return answer


def _over(run: SyncRun, now: datetime) -> Answer:
    """Settles a queued run that was cancelled: before it began, or between two stretches."""
    if run.planned_at is None or run.started_at is None:
        return Answer.AT_ONCE
    settle_unwanted(run, now)
    return Answer.BETWEEN


def settle_unwanted(run: SyncRun, now: datetime) -> None:
    """Says of everybody whom a cancelled run has not sent why not, and counts the refusals."""
    if run.planned_at:
        settle_the_rest(run, Cancelled(run.CANCELLED_WORDS), now)
        troubles.book(run, now)


@dataclass
class Watch:
    """Looks, at each request and while a run waits, whether the run is still wanted.

    `clock` gives the moment, `wait` is how to wait.
    """

    run: SyncRun | TimeOffExport
    clock: Callable[[], datetime]
    wait: Callable[[float], None]
    _finishing: bool = False

    def look(self) -> None:
        """Says that the run is alive. Raises Cancelled, LeaseLost."""
        if self._finishing:
            self.run.beat(self.clock())
        else:
            self.run.go_on(self.clock())

    def sleep(self, seconds: float) -> None:
        """Waits, looking up often enough that nobody who cancels waits for long. Raises as `look`.

        A vendor is waited for before a request, or after one that surely changed nothing.
        """
        while seconds > 0:
            part = min(seconds, LOOK_EVERY)
            self.wait(part)
            seconds -= part
            self.look()

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """While payroll is asked what became of a write: that must be known, wanted or not."""
        self._finishing = True
        try:
            yield
        finally:
            self._finishing = False
