"""Whatever goes wrong while pay and positions are sent: none is lost and none stands there twice.

As tests/faults/test_every_fault.py, of the rounds after the people.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .recovery import expect_no_damage
from .scenarios import OF_ROWS, Scenario
from .stage import Stage


@pytest.mark.parametrize("scenario", OF_ROWS, ids=lambda scenario: scenario.name)
def test_nobody_and_no_row_is_lost_or_doubled(
    stage: Stage, scenario: Scenario, record_property: Callable[[str, object], None]
) -> None:
    record_property("scenario", scenario.name)
    expect_no_damage(stage, scenario.happen(stage), record_property)
