"""The database goes away in the middle of a run: the run is interrupted and taken up again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from payroll import queue
from payroll.continuing import go_on_with_interrupted
from payroll.models import EmployeeLink, SyncRun
from payroll.sync import run_sync
from tests.journeys.world import World

MOMENTS = [
    {"when": "query"},
    {"when": "mutation", "root": "updateEmployees"},
    {"when": "mutation", "root": "addEmployees"},
]


def taken_up(customer: World, run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that follows by itself does the rest, and nobody twice."""
    monkeypatch.setattr(queue, "send", lambda task, **ids: None)
    assert run.status == SyncRun.Status.INTERRUPTED
    go_on_with_interrupted(customer.now)
    following = customer.integration.runs.active().get()
    assert following.continues == run
    run_sync(following, lambda: customer.now)
    codes = [row["code"] for row in customer.xledger.employees if row["code"]]
    assert len(codes) == len(set(codes))
    last = customer.sync()
    assert (last["created"], last["updated"]) == (0, 0)
    assert not EmployeeLink.objects.filter(target_id="").exists()


@pytest.mark.parametrize("moment", MOMENTS, ids=["reading", "changing", "creating"])
def test_a_connection_that_the_server_ends_costs_nobody_anything(
    customer: World, monkeypatch: pytest.MonkeyPatch, moment: dict[str, str]
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could end a connection")

    def terminated(seconds: float) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        finally:
            connections.close_all()

    customer.xledger.sleep = terminated
    customer.xledger.faults.add("slow", **moment)
    taken_up(customer, customer.run(), monkeypatch)


def test_a_database_that_fails_once_interrupts_the_run_and_nothing_is_lost(
    customer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[bool] = []

    def once(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "payroll_change"') and not failed:
            failed.append(True)
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, *rest)

    with connection.execute_wrapper(once):
        run = customer.run()
    assert failed
    taken_up(customer, run, monkeypatch)
