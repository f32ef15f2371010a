"""Several threads at the same moment, each with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
PATIENCE = 30.0  # seconds


def together(call: Callable[[], T], *, times: int) -> list[T]:
    """What `call` gives in each of `times` threads that start at once. Raises what one raised."""
    barrier = Barrier(times)

    def one() -> T:
        barrier.wait(PATIENCE)
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        futures = [pool.submit(one) for _ in range(times)]
    return [future.result() for future in futures]
