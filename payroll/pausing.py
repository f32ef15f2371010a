"""When a vendor asks a job to wait: for how long a worker stays with it, and when it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from integration_hub.core.errors import HubError, TransientError
from integration_hub.core.http import LONGEST_WAIT

from .judgement import PLAN_AGE
from .models.job import Job


def goes_on_at(job: Job, error: HubError | None, now: datetime) -> datetime | None:
    """When a job that this error stopped goes on by itself, on a whole minute; None if it does not.

    Shorter waits are sat out by the worker. Nothing goes on a day after it was wanted.
    """
    if not isinstance(error, TransientError) or (error.wait or 0.0) <= LONGEST_WAIT:
        return None
    until = now + timedelta(seconds=error.wait or 0.0)
    until = until.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return until if until - job.asked_at <= PLAN_AGE else None
