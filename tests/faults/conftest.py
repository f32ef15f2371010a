"""The customer that things go wrong for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.world import World, world


@pytest.fixture
def customer(transactional_db: None) -> Iterator[World]:
    """60 people with every awkward case."""
    with world(employees=60) as made:
        made.xledger.switches.set({"burst_limit": None})
        yield made
