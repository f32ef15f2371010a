"""A broker that is killed in the middle of a run stops no run, and gives no run twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.world import World

from .broker import sending_to
from .own_broker import Broker, own_broker
from .runs import Gate, finished, held_twice, people_sent, queued
from .worker import worker


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    with own_broker(tmp_path) as broker:
        yield broker


def test_a_run_goes_on_without_its_broker_and_the_next_one_comes_through_the_new(
    customer: World, own: Broker, tmp_path: Path
) -> None:
    gate = Gate()
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="mutation", root="addEmployees", skip=1)
    with sending_to(own.url), worker(own.url, tmp_path) as running:
        run = queued(customer)
        running.until(gate.reached.is_set)
        own.kill()
        gate.open()
        finished(run, running)
        assert (run.status, run.error) == ("succeeded", "")
        sent = people_sent(customer)
        own.start()
        second = finished(queued(customer), running)
        assert second.status == "succeeded"
        assert second.counts()["to_send"] == 0
        run.refresh_from_db()
        assert run.fence == 1
    assert people_sent(customer) == sent
    assert held_twice(customer) == []
