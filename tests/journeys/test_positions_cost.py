"""What positions cost: nothing where none are mapped, and no more queries for more people."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .dated_rows import map_too, offer
from .positions import BOTH, ROWS
from .world import world


def test_an_x_ledger_that_takes_positions_costs_nothing_where_none_are_mapped(
    transactional_db: None,
) -> None:
    counts = []
    for offers in ((), BOTH):
        with world(employees=20, organisation=f"Fjordkraft {len(offers)}") as made:
            offer(made, *offers)
            made.run()
            with CaptureQueriesContext(connection) as captured:
                run = made.run()
            asked = dict(run.requests)
            counts.append((asked, len(captured)))
    assert counts[0] == counts[1]


def test_the_queries_of_a_plan_do_not_grow_with_the_people(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xledger.target.BURST_REQUESTS", 10_000)
    counts = []
    for people in (30, 90):
        with world(employees=people, organisation=f"Fjordkraft {people}") as made:
            map_too(made, *ROWS)
            offer(made, *BOTH, burst_limit=None)
            made.run()
            assert len(made.xledger.positions) > people // 2
            with CaptureQueriesContext(connection) as captured:
                run = made.run(preview=True)
            counts.append((dict(run.requests), len(captured)))
    assert counts[0] == counts[1]
