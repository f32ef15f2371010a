"""The customer that things go wrong for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.journeys.world import World, world
from tests.queue.broker import broker, sending_to

from .end_state import damage, send_rows, undisturbed
from .recovery import PEOPLE
from .stage import Stage


@pytest.fixture
def customer(transactional_db: None) -> Iterator[World]:
    """60 people with every awkward case."""
    with world(employees=60) as made:
        made.xledger.switches.set({"burst_limit": None})
        yield made


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A broker that all scenarios share."""
    with broker() as url:
        yield url


@pytest.fixture
def stage(
    transactional_db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    broker_url: str,
    tmp_path: Path,
) -> Iterator[Stage]:
    """A customer before the first sync; payroll takes few at a time, so that there is a middle.

    In this process the Hub asks payroll as fast as it can.
    """
    settings.XLEDGER_BATCH_SIZE = PEOPLE // 30  # as many requests however many people
    monkeypatch.setattr("xledger.target.BURST_REQUESTS", 100_000)
    with world(employees=PEOPLE) as customer, sending_to(broker_url) as queue:
        customer.xledger.switches.set({"burst_limit": None})
        customer.now = timezone.localtime()  # workers have the machine's clock
        send_rows(customer)
        to_do = damage(customer, undisturbed(PEOPLE, customer.now.date()))
        assert to_do.lost, "there are people to send"
        assert to_do.rows_lost, "there are rows to send"
        yield Stage(customer, queue, tmp_path)
