"""The programs the demo starts: none outlives it, and one that dies is noticed.

On Linux the kernel tells every child when its parent is gone, however it went. Elsewhere a start
ends what an earlier one left behind.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LINUX = platform.system() == "Linux"
GRACE = 10.0  # seconds a program gets to end by itself
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class ChildDied(Exception):
    """A program ended by itself. Tells its name, how it ended, and where its log is."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        super().__init__(f"{name} {how}")
        self.log = log


class NotReady(Exception):
    """A program runs but did not become ready in time."""


@dataclass(frozen=True)
class Child:
    """A program that was started."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]


class Children:
    """Everything started, stopped in the opposite order.

    `record` is the file that names them for a later start; `folder` is where they run.
    """

    def __init__(self, folder: Path, logs: Path, record: Path) -> None:
        self._folder, self._logs, self._record = folder, logs, record
        self._children: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a program in a session of its own, so that Ctrl-C reaches only the demo."""
        path = self._logs / f"{name.lower().replace(' ', '-')}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603  # the commands are the demo's own
                command,
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )
        self._children.append(Child(name, path, process))
        self._write_record()

    def check(self) -> None:
        """Raise ChildDied if a program has ended."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise ChildDied(child.name, code, child.log)

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait for `ready`. Raises ChildDied, or NotReady when it takes longer than `seconds`."""
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise NotReady(f"{what} was not ready after {seconds:.0f} seconds")
            time.sleep(0.05)

    def stop(self) -> None:
        """End every program, by force where it does not end by itself."""
        while self._children:
            child = self._children.pop()
            child.process.terminate()
            try:
                child.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
        self._record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        running = [[child.process.pid, child.process.args] for child in self._children]
        with os.fdopen(
            os.open(self._record, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as f:
            json.dump(running, f)


def end_leftovers(record: Path) -> None:
    """End what an earlier start recorded and could not stop, and wait until it is gone."""
    if not record.exists():
        return
    left = json.loads(record.read_text(encoding="utf-8"))
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = [(pid, command) for pid, command in left if _still_is(pid, command)]
        for pid, _ in left:
            os.kill(pid, number)
        end = time.monotonic() + GRACE
        while any(_still_is(pid, command) for pid, command in left) and time.monotonic() < end:
            time.sleep(0.05)
    record.unlink()


def _still_is(pid: int, command: Sequence[str]) -> bool:
    """Whether the process is there and is the one that was recorded; numbers are used again."""
    return _command_of(pid).endswith(" ".join(command[1:]))


def _command_of(pid: int) -> str:
    if LINUX:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            return ""
        return b" ".join(words).decode(errors="replace")
    asked = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip()  # noqa: S603


def _end_with_parent() -> Callable[[], None] | None:
    """What a child does first: ask to be told of its parent's end. Linux only."""
    if not LINUX:
        return None
    set_option, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        set_option(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went before it could be asked about
            os._exit(1)

    return ask
