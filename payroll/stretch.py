"""One stretch of work on a job: from when a worker has it in hand until it is over, or waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import Error, InterfaceError, OperationalError, connection

from integration_hub.core.errors import (
    Cancelled,
    ConfigurationError,
    HubError,
    OurFault,
    TransientError,
)

from . import pausing
from .heartbeat import beating
from .models.job import Job
from .models.lease import LeaseLost

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class End:
    """How a stretch ended: `stopped` is what ended it early, if anything did.

    `goes_on_at`: when the job would have gone on, had only a vendor to be waited for.
    """

    status: Job.Status
    stopped: HubError | None = None
    goes_on_at: datetime | None = None

    @property
    def error(self) -> str:
        """What a person is told of a failure."""
        return self.stopped.message if self.stopped and self.status == Job.Status.FAILED else ""


def do(
    job: Job, work: Callable[[], Job.Status], close: Callable[[End, datetime], None], clock: Clock
) -> None:
    """Does a queued job; returns at once when somebody else has it. Raises nothing of ours.

    `work` gives the status it has earned; `close` finishes the job, unless it waits or was lost.
    """
    if not job.claim(clock()):
        return
    begin = time.monotonic()
    with _in_hand(job, clock):
        end = _end_of(job, work, clock)
        job.spend(time.monotonic() - begin)
        if end.goes_on_at:
            if _let_go(job, end, end.goes_on_at):
                return
            end = replace(end, status=Job.Status.CANCELLED, stopped=Cancelled(job.CANCELLED_WORDS))
        close(end, clock())


@contextmanager
def _in_hand(job: Job, clock: Clock) -> Iterator[None]:
    """Holds a claimed job; one that is lost, or whose database is, is left to whoever follows."""
    try:
        with beating(job, clock):
            yield
    except LeaseLost:
        log.warning("%s was ended from elsewhere", _named(job))
    except (InterfaceError, OperationalError) as error:
        log.warning("%s lost its database: %s", _named(job), type(error).__name__)
        _interrupt(job, clock())
    except (KeyboardInterrupt, SystemExit):
        job.interrupt(clock())
        raise


def _interrupt(job: Job, now: datetime) -> None:
    """Ends it over a new connection; where there is none, the sweep finds that nobody works on it.

    Either way what was left is taken up again.
    """
    connection.close()
    try:
        job.interrupt(now)
    except Error:
        log.warning("%s is left to the sweep", _named(job))


def _end_of(job: Job, work: Callable[[], Job.Status], clock: Clock) -> End:
    """How the work ended, and what a person is told when it ended badly."""
    try:
        return End(work())
    except (LeaseLost, InterfaceError, OperationalError):
        raise
    except Cancelled as cancelled:
        log.info("%s was cancelled", _named(job))
        return End(Job.Status.CANCELLED, cancelled)
    except HubError as error:
        log.warning("%s stopped: %s (%s)", _named(job), error.message, error.detail)
        return _stopped(job, error, clock())
    except Exception:
        log.exception("%s failed", _named(job))
        return End(Job.Status.FAILED, OurFault(job.pk))


def _stopped(job: Job, error: HubError, now: datetime) -> End:
    goes_on_at = pausing.goes_on_at(job, error, now)
    if goes_on_at:
        return End(Job.Status.QUEUED, error, goes_on_at)
    if isinstance(error, ConfigurationError):
        job.integration.needs_attention(error.message, now)
    return End(Job.Status.FAILED, error)


def _let_go(job: Job, end: End, until: datetime) -> bool:
    """Queues it again until then; False where a person wants no more of it. Raises LeaseLost."""
    system = end.stopped.system if isinstance(end.stopped, TransientError) else ""
    return job.pause(until, system, seconds=job.seconds, requests=job.requests)


def _named(job: Job) -> str:
    return f"{job._meta.verbose_name} {job.pk}"
