"""How a job gets to a worker: one of a kind at a time for an integration, and no message lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from integration_hub.core.errors import ConfigurationError

from . import queue
from .models.job import Job

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=2)  # then the message is sent once more; doubles do no harm
DELETED = "This integration was deleted a moment ago, so nothing was started."

_Job = TypeVar("_Job", bound=Job)


def place(job: _Job) -> tuple[_Job, bool]:
    """Stores it, queued, and True; or gives its integration's job in progress, and False.

    One that ended in this very moment is given as if it still were in progress. Raises
    ConfigurationError where the integration is gone.
    """
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        others = type(job)._default_manager.filter(integration=job.integration)
        other = others.filter(status__in=Job.ACTIVE).first() or others.first()
        if other is None:
            raise ConfigurationError(DELETED) from None
        return other, False
    return job, True


def hand_over(job: _Job, enqueue: Callable[[_Job], None], now: datetime) -> None:
    """Lets a worker know of it; where the queue cannot be reached it has failed."""
    try:
        enqueue(job)
    except OperationalError as error:
        log.error("%s %s could not be queued: %s", job._meta.verbose_name, job.pk, error)
        job.give_up(queue.QUEUE_DOWN, now)
