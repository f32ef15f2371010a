"""A list that collapsed is a fault over there, not news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.guard import collapsed

counts = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("count", "before", "suspicious"),
    [
        (0, 300, True),
        (149, 300, True),
        (150, 300, False),
        (299, 300, False),
        (2, 5, True),
        (3, 5, False),
        (0, 5, True),
        (0, 4, False),
        (0, 0, False),
    ],
)
def test_fewer_than_half_of_last_time_is_suspicious(
    count: int, before: int, suspicious: bool
) -> None:
    assert collapsed(count, before) == suspicious


@given(counts, counts)
def test_a_list_that_grew_or_stayed_is_never_suspicious(count: int, more: int) -> None:
    assert not collapsed(count + more, count)


@given(counts, counts, counts)
def test_a_shorter_list_is_never_less_suspicious(count: int, fewer: int, before: int) -> None:
    assert collapsed(max(count - fewer, 0), before) >= collapsed(count, before)
