"""A fault of our own stops a run midway: each row says what became of it, the next sync goes on."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from payroll.models import SyncRun
from payroll.pages.change_rows import person_rows
from payroll.report import report
from tests.journeys.world import World

LOST = "Answer lost: sent, not confirmed"


class NobodyThoughtOfIt(Exception):
    """Something went wrong on our side."""


def stopped(customer: World, statement: str, after: int) -> SyncRun:
    """A run in which a statement goes wrong once it has gone right `after` times."""
    met = 0

    def between(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal met
        met += sql.startswith(statement)
        if sql.startswith(statement) and met > after:
            raise NobodyThoughtOfIt
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        return customer.run()


@pytest.mark.parametrize(
    ("statement", "after", "in_doubt"),
    [
        ('UPDATE "payroll_change" SET "sent_at"', 3, 0),  # as somebody's turn has come
        ('UPDATE "payroll_change" SET "outcome"', 3, 2),  # as payroll has answered
    ],
)
def test_each_row_says_what_became_of_it_and_the_next_sync_does_the_rest(
    customer: World, settings: Settings, statement: str, after: int, in_doubt: int
) -> None:
    settings.XLEDGER_BATCH_SIZE = 2
    run = stopped(customer, statement, after)
    assert run.status == SyncRun.Status.FAILED
    code = f"Tell support this code: {str(run.pk)[:8]}."
    assert code in run.error
    changes = run.changes.filter(sendable=True)
    rows = person_rows(changes, run, run.integration.target, sees_people=True)
    told = Counter(row.outcome.label for row in rows)
    assert told[LOST] == in_doubt
    assert told["Sent"] > 0
    assert told["Not sent"] == len(rows) - told["Sent"] - in_doubt > 0
    for row in rows:
        if row.outcome.label == "Not sent":
            assert row.problems[-1] == f"Not sent: {run.error}"
            assert row.try_id
        elif row.outcome.label == LOST:
            assert "did not answer" in row.problems[-1]

    again = report(customer.run())
    assert again["status"] == "succeeded"
    codes = [row["code"] for row in customer.xledger.employees if row["code"]]
    assert len(codes) == len(set(codes))
    last = customer.sync()
    assert (last["created"], last["updated"]) == (0, 0)
