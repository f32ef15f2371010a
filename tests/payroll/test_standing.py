"""What is done with an integration in each state stands in one table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from payroll.models import Integration
from payroll.standing import (
    CONDUCT,
    ByHand,
    BySchedule,
    Probe,
    Standing,
    fails_too_often,
    next_probe,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_the_table_has_a_row_for_every_state_and_one_for_the_add_on() -> None:
    assert set(CONDUCT) == {*Standing}
    assert {*Integration.State.values, "addon_off"} == {*Standing}
    assert len({conduct.urgency for conduct in CONDUCT.values()}) == len(CONDUCT)


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.ACTIVE])
def test_everything_but_active_says_what_is_so_and_what_to_do(standing: Standing) -> None:
    conduct = CONDUCT[standing]
    assert all((conduct.title, conduct.means, conduct.cure))
    assert bool(conduct.link) == bool(conduct.step)


def test_what_each_state_does() -> None:
    table = {
        standing.value: (each.by_hand, each.by_schedule, each.probe)
        for standing, each in CONDUCT.items()
    }
    assert table == {
        "draft": (ByHand.NOTHING, BySchedule.NOTHING, Probe.NONE),
        "active": (ByHand.SYNC, BySchedule.SYNC, Probe.NONE),
        "paused": (ByHand.SYNC, BySchedule.NOTHING, Probe.NONE),
        "needs_attention": (ByHand.SYNC, BySchedule.PROBES, Probe.READS),
        "quarantined": (ByHand.PROBE, BySchedule.PROBES, Probe.SYNCS),
        "addon_off": (ByHand.NOTHING, BySchedule.NOTHING, Probe.NONE),
    }


@pytest.mark.parametrize(
    ("attempted", "failing", "too_often"),
    [
        (0, 0, False),
        (4, 4, False),  # so few are their own trouble
        (5, 5, True),
        (12, 5, True),
        (13, 5, False),
        (300, 119, False),
        (300, 120, True),
    ],
)
def test_forty_percent_of_those_sent_are_too_many(
    attempted: int, failing: int, too_often: bool
) -> None:
    assert fails_too_often(attempted, failing) is too_often


def test_a_quarantine_is_tried_after_6_12_and_24_hours_and_then_each_day() -> None:
    hours = [next_probe(Standing.QUARANTINED, probes, NOW) for probes in range(5)]
    assert hours == [NOW + timedelta(hours=each) for each in (6, 12, 24, 24, 24)]


def test_what_needs_attention_is_read_once_a_day_and_nothing_else_is_probed() -> None:
    for standing in Standing:
        expected = {
            Standing.NEEDS_ATTENTION: NOW + timedelta(days=1),
            Standing.QUARANTINED: NOW + timedelta(hours=6),
        }.get(standing)
        assert next_probe(standing, 0, NOW) == expected
