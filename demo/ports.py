"""Free ports of this machine, the same ones as last time where possible."""

from __future__ import annotations

import socket
from collections.abc import Mapping

HOST = "127.0.0.1"


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
    try:
        return socket.create_server((HOST, port))
    except OSError:
        return socket.create_server((HOST, 0))
