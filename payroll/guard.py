"""Is a read too small to be believed? A list that collapsed is a fault, not news. Pure."""

from __future__ import annotations

COLLAPSE_SHARE = 2  # fewer than one in two of last time
COLLAPSE_FLOOR = 5  # people; below it a share says nothing


def collapsed(count: int, last_count: int) -> bool:
    """Whether a list of `count` people is suspiciously short after one of `last_count`."""
    return last_count >= COLLAPSE_FLOOR and count * COLLAPSE_SHARE < last_count
