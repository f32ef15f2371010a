"""Says that a job is alive for as long as its process is, however long one answer takes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error, connections

from .models.job import Job
from .models.lease import LEASE

log = logging.getLogger(__name__)

BEAT_EVERY = LEASE.total_seconds() / 12  # seconds; several may fail before a job counts as dead


@contextmanager
def beating(job: Job, clock: Callable[[], datetime]) -> Iterator[None]:
    """Renews the lease of a claimed job inside the block, on a thread and connection of its own.

    It ends by itself once the job is somebody else's; who works on it finds that out before the
    next batch.
    """
    over = threading.Event()
    thread = threading.Thread(
        target=_beat, args=(job, clock, over), name=f"heartbeat of {job.pk}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job: Job, clock: Callable[[], datetime], over: threading.Event) -> None:
    try:
        while not over.wait(BEAT_EVERY):
            try:
                if not job.is_ours(clock()):
                    return
            except Error as error:  # the next beat tries a new connection
                log.warning(
                    "no heartbeat of %s %s: %s",
                    job._meta.verbose_name,
                    job.pk,
                    type(error).__name__,
                )
                connections.close_all()
    finally:
        connections.close_all()  # those of this thread
