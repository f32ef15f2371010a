"""A list that suddenly is short is not believed, until a person says that it is right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payroll.models import SyncRun
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import World


@pytest.fixture
def collapsed(customer: World) -> World:
    """60 people were there; now 10 are."""
    customer.sync()
    gone = {row["id"] for row in customer.simployer.rows["employee"][10:]}
    customer.simployer.rows["employee"][10:] = []
    for resource in ("employment", "compensation"):
        rows = customer.simployer.rows[resource]
        rows[:] = [row for row in rows if row["employeeId"] not in gone]
    return customer


def test_it_is_not_believed(collapsed: World) -> None:
    before = collapsed.xledger.employees
    result = collapsed.sync()
    assert result["status"] == "failed"
    assert "showed 10 people, 60 in the run before" in result["problems"][0]["message"]
    assert collapsed.xledger.employees == before


def test_a_person_who_runs_it_again_confirms_it(collapsed: World) -> None:
    collapsed.sync()
    again = collapsed.sync()
    assert again["status"] == "succeeded"
    assert again["ended"] == 0


def test_the_schedule_never_confirms_it(collapsed: World) -> None:
    collapsed.sync()
    run, _ = open_run(collapsed.integration, collapsed.now, trigger=SyncRun.Trigger.SCHEDULED)
    run_sync(run, lambda: collapsed.now)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.FAILED


def test_a_confirmation_is_for_a_day(collapsed: World) -> None:
    collapsed.sync()
    collapsed.now += timedelta(hours=25)
    assert collapsed.sync()["status"] == "failed"
