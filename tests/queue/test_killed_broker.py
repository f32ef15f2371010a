"""A broker that is killed in the middle of a run stops no run, and gives no run twice."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.broker import answers, command
from tests.journeys.world import World

from .broker import _free_port, sending_to
from .runs import Gate, finished, held_twice, people_sent, queued
from .worker import worker


class Broker:
    """A broker that keeps its data on disk, as in production, and can be killed."""

    def __init__(self, folder: Path) -> None:
        port = str(_free_port())
        self._command = command(folder / "valkey", port, "secret")
        self.url = f"redis://:secret@127.0.0.1:{port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not answers(self.url):
            assert time.monotonic() < end
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.kill()


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
