"""What every test may use: a customer with both systems running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.faults import fault_table
from tests.journeys.world import World, world

settings.register_profile("hub", deadline=None)  # a busy machine is no failure
settings.load_profile("hub")


@pytest.fixture
def customer(transactional_db: None) -> Iterator[World]:
    """250 people, both systems running, nothing synced yet."""
    with world() as made:
        yield made


@pytest.fixture
def small(transactional_db: None) -> Iterator[World]:
    """The same with every awkward case and few others, for journeys that run several syncs."""
    with world(employees=60) as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the fault suite: what was injected, and whom it cost."""
    rows = [
        dict(report.user_properties)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call" and "scenario" in dict(report.user_properties)
    ]
    if rows:
        terminalreporter.section("faults")
        for line in fault_table.lines(rows):
            terminalreporter.write_line(line)
