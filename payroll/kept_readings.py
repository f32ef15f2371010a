"""How a reading that is kept for showing is queued and done, and how its end is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from kombu.exceptions import OperationalError

from integration_hub.core.errors import HubError, OurFault

from . import queue
from .models.kept_reading import KeptReading
from .models.lease import LeaseLost

log = logging.getLogger(__name__)


def send(kept: KeptReading, task: str, **ids: str) -> None:
    """Hands it to a worker; where the queue cannot be reached it has failed."""
    try:
        queue.send(task, **ids)
    except OperationalError as error:
        log.error("%s could not be queued: %s", _named(kept), error)
        kept.fail(queue.QUEUE_DOWN)


def take(kept: KeptReading, now: datetime, work: Callable[[], None]) -> None:
    """Does a queued reading; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, its row says how, in words for a person.
    """
    if not kept.claim(now):
        return
    try:
        work()
    except LeaseLost:
        log.info("%s was taken over by a newer one", _named(kept))
    except HubError as error:
        log.warning("%s: %s (%s)", _named(kept), error.message, error.detail)
        kept.fail(error.message)
    except Exception:
        log.exception("%s failed", _named(kept))
        kept.fail(OurFault(kept.pk).message)


def _named(kept: KeptReading) -> str:
    return f"{kept._meta.verbose_name} {kept.pk}"
