"""A broker for the session, a clean queue and a customer for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.journeys.world import World, world

from .broker import Queue, broker, sending_to
from .worker import Worker, worker


class StartWorker(Protocol):
    """Starts a worker on the test's queue for the length of a block."""

    def __call__(
        self, *, pool: str = "solo", concurrency: int = 1, queues: str = "sync,tick"
    ) -> AbstractContextManager[Worker]: ...


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A broker that all tests share."""
    with broker() as url:
        yield url


@pytest.fixture
def queue(broker_url: str) -> Iterator[Queue]:
    """Empty queues."""
    with sending_to(broker_url) as empty:
        yield empty


@pytest.fixture
def customer(transactional_db: None, settings: Settings) -> Iterator[World]:
    """150 people; payroll takes two at a time; a create in doubt needs two reads and no wait."""
    settings.XLEDGER_BATCH_SIZE = 2
    settings.UNKNOWN_RETRY_AFTER = 0
    with world(employees=150) as made:
        made.xledger.switches.set({"burst_limit": None})
        made.integration.plan_next_run(timezone.now())  # on no day has a sync been missed already
        yield made


@pytest.fixture
def start_worker(customer: World, queue: Queue, tmp_path: Path) -> StartWorker:
    """Workers that reach the customer's systems and database."""

    def start(
        *, pool: str = "solo", concurrency: int = 1, queues: str = "sync,tick"
    ) -> AbstractContextManager[Worker]:
        return worker(queue.url, tmp_path, pool=pool, concurrency=concurrency, queues=queues)

    return start
