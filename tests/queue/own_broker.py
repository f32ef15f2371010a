"""A broker of one test alone, which may be killed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.broker import answers, command

from .worker import free_port


class Broker:
    """A broker that keeps its data on disk, as in production, and can be killed."""

    def __init__(self, folder: Path) -> None:
        port = str(free_port())
        self._command = command(folder / "valkey", port, "secret")
        self.url = f"redis://:secret@127.0.0.1:{port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not answers(self.url):
            assert time.monotonic() < end
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    """Starts it; it is dead when the block ends."""
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
