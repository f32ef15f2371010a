"""Reads the rows of a stored plan a part at a time: memory does not grow with the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import QuerySet

from .models import Change

T = TypeVar("T")
CHUNK = 500  # rows per query, and in memory


def each_row(rows: QuerySet[Change]) -> Iterator[Change]:
    """Rows of one run in the order of the plan, each once, though they are settled meanwhile."""
    after = -1
    while chunk := list(rows.filter(position__gt=after).order_by("position")[:CHUNK]):
        yield from chunk
        after = chunk[-1].position


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size`, the last of what is left, made as they are asked for."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
