"""Hands work to the queue: a task's name and ids, once what they point to is committed."""

from __future__ import annotations

from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

QUEUE_DOWN = (
    "The queue that hands out work could not be reached, so nothing was started and nothing was "
    "sent. Try again in a minute; if it happens again, tell whoever operates the Integration Hub."
)


def send(task: str, **ids: str) -> None:
    """Hands `task` to a worker once the open transaction is committed. Raises OperationalError."""
    if not current_app.conf.broker_url:  # else it would go to whatever listens by default
        raise OperationalError("REDIS_URL is not set")
    transaction.on_commit(partial(current_app.send_task, task, kwargs=ids))
