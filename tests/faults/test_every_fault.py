"""Whatever goes wrong: afterwards payroll is as if nothing had, and nobody stands there twice.

Nor does anybody's pay or part-time percent, which go to rows of their own after the people.
Every scenario runs over real HTTP, those of a killed process with real processes and a real queue.
The table of them all is printed when the tests are over (tests/conftest.py). `make faults`
runs the longer form: more people, and storms of many faults at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from payroll.models import SyncRun
from tests.journeys.world import world
from tests.queue.broker import broker, sending_to

from . import long_form
from .answers import ANSWERS
from .end_state import Damage, damage, send_rows, undisturbed
from .row_rounds import ROW_ANSWERS
from .scenarios import SCENARIOS, Scenario
from .stage import Stage

PEOPLE = 150 if long_form() else 60
STORMS = range(40 if long_form() else 3)
RUNS_TO_RECOVER = 8


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
    settings.XLEDGER_BATCH_SIZE = 2
    monkeypatch.setattr("xledger.target.BURST_REQUESTS", 100_000)
    with world(employees=PEOPLE) as customer, sending_to(broker_url) as queue:
        customer.xledger.switches.set({"burst_limit": None})
        customer.now = timezone.localtime()  # workers have the machine's clock
        send_rows(customer)
        to_do = damage(customer, undisturbed(PEOPLE, customer.now.date()))
        assert to_do.lost, "there are people to send"
        assert to_do.rows_lost, "there are rows to send"
        yield Stage(customer, queue, tmp_path)


def recover(stage: Stage) -> SyncRun:
    """Syncs as the schedule would, an hour apart, until one finds nothing to do."""
    stage.calm()
    ends = []
    for _ in range(RUNS_TO_RECOVER):
        run = stage.sync()
        if run.status == SyncRun.Status.SUCCEEDED and not run.counts()["to_send"]:
            return run
        ends.append((run.status, run.error))
    raise AssertionError(f"not recovered: {ends}")


def expect_no_damage(stage: Stage, injected: int, record: Callable[[str, object], None]) -> None:
    """After the recovery; what is recorded becomes a row of the table."""
    recover(stage)
    found = damage(stage.customer, undisturbed(PEOPLE, stage.customer.now.date()))
    record("faults", injected)
    for name, people in asdict(found).items():
        record(name, len(people))
    assert injected > 0
    assert found == Damage()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_nobody_is_lost_or_doubled(
    stage: Stage, scenario: Scenario, record_property: Callable[[str, object], None]
) -> None:
    record_property("scenario", scenario.name)
    expect_no_damage(stage, scenario.happen(stage), record_property)


@pytest.mark.parametrize("seed", STORMS)
def test_nobody_is_lost_or_doubled_in_a_storm(
    stage: Stage, seed: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("scenario", f"storm {seed + 1}: five kinds of fault, one after another")
    chosen = random.Random(seed).sample((*ANSWERS, *ROW_ANSWERS), 5)
    injected = sum(happen(stage) for _, happen in chosen)
    expect_no_damage(stage, injected, record_property)
