"""What every test may use: a customer with both systems running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.world import World, world


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
