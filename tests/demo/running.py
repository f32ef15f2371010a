"""Runs the demo as its user does, and sees which of its processes are there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {"DATABASE_URL", "REDIS_URL", "ENV_FILE", "ENCRYPTION_KEYS", "DJANGO_SETTINGS_MODULE"}
"""Set by the tests' own settings; the demo must see none of them."""


class Demo:
    """The demo with its state in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._command = [sys.executable, "-m", "demo", "--state", str(folder)]
        self._environment = {k: v for k, v in os.environ.items() if k not in NOT_OURS}

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end, standard error in its output."""
        return subprocess.run(
            [*self._command, *options],
            env=self._environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
        )

    @contextmanager
    def serving(self) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
        """The process once it serves, and the lines it has printed; killed at the end."""
        with subprocess.Popen(
            self._command,
            env=self._environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            lines = []
            try:
                for line in process.stdout:
                    lines.append(line)
                    if line.startswith("Ctrl-C"):
                        break
                yield process, lines
            finally:
                process.kill()

    @property
    def last_run(self) -> dict[str, Any]:
        """The last sync in numbers."""
        read: dict[str, Any] = json.loads((self.folder / "last-run.json").read_text("utf-8"))
        return read

    @property
    def values(self) -> dict[str, str]:
        """What it keeps and the addresses it uses."""
        lines = (self.folder / "env").read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def processes(self) -> dict[int, str]:
        """Process number → command line of everything it started that still lives (Linux)."""
        mark = f"ENV_FILE={self.folder / 'env'}".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().decode()
            except OSError:  # it ended while we looked, or is not ours to look at
                continue
        return found


def eventually(true: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
