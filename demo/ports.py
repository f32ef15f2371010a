"""Free ports of this machine, the same ones as last time where possible."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping
from contextlib import suppress

HOST = "127.0.0.1"
OUT_OF_THE_WAY = range(20_000, 32_000)  # no port that a system hands to connections by itself


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the wanted one, or any where that is taken."""
    held: dict[str, socket.socket] = {}
    try:
        for name, port in wanted.items():
            held[name] = _take(port)
        return {name: taken.getsockname()[1] for name, taken in held.items()}
    finally:
        for taken in held.values():
            taken.close()


def _take(port: int) -> socket.socket:
    """The port, else another; one that stays free until a program has started and takes it."""
    for each in (port, *random.sample(OUT_OF_THE_WAY, 50)):
        with suppress(OSError):
            return socket.create_server((HOST, each))
    return socket.create_server((HOST, 0))
