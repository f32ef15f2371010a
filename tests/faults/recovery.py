"""Syncs after a fault until nothing is left to do, and what must be true then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from payroll.models import SyncRun

from . import long_form
from .end_state import Damage, damage, undisturbed
from .stage import Stage

PEOPLE = 150 if long_form() else 60
RUNS_TO_RECOVER = 8


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
