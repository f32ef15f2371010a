"""Whatever goes wrong: afterwards payroll is as if nothing had, and nobody stands there twice.

Nor does anybody's pay or part-time percent, which go to rows of their own after the people.
Every scenario runs over real HTTP, those of a killed process with real processes and a real queue.
The table of them all is printed when the tests are over (tests/conftest.py). `make faults`
runs the longer form: more people, and storms of many faults at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from . import long_form
from .answers import ANSWERS
from .recovery import expect_no_damage
from .row_rounds import ROW_ANSWERS
from .scenarios import SCENARIOS, Scenario
from .stage import Stage

STORMS = range(40 if long_form() else 3)


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
