"""A Celery worker as a process of its own, with the production settings and the test database."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

PATIENCE = 30.0  # seconds until a test that waits for a worker gives up
LOOK_EVERY = 0.05  # seconds


def free_port() -> int:
    """One that nobody has; the library itself gives every test session the same first one."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Worker:
    """A running worker, the leader of its own process group."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """SIGKILL to the worker and every child of its: nothing is tidied up."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def kill_child(self) -> None:
        """SIGKILL to the one process that does the tasks of a prefork worker."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, check=True, text=True
        )
        [child] = found.stdout.split()
        os.kill(int(child), signal.SIGKILL)

    def done(self, task: str) -> int:
        """How many messages for `task` this worker has got through."""
        return len(re.findall(rf"Task {re.escape(task)}\[\S+\] succeeded", self.log.read_text()))

    def until(self, condition: Callable[[], object]) -> None:
        """Returns once `condition()` is true. Fails with the log when that does not come about."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"The worker did not get there:\n{self.log.read_text()}")
            time.sleep(LOOK_EVERY)


@contextmanager
def worker(
    broker_url: str,
    folder: Path,
    *,
    pool: str = "solo",
    concurrency: int = 1,
    queues: str = "sync,tick",
) -> Iterator[Worker]:
    """Starts a worker that takes both queues or one; it is dead when the block ends."""
    log = folder / f"{queues}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            _command(pool, concurrency, queues),
            stdout=output,
            stderr=output,
            cwd=settings.BASE_DIR,
            env=environment(broker_url),
            start_new_session=True,
        )
    started = Worker(process, log)
    try:
        yield started
    finally:
        started.kill()


def _command(pool: str, concurrency: int, queues: str) -> list[str]:
    options = ["-Q", queues, "-P", pool, "-c", str(concurrency), "-l", "INFO"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [sys.executable, "-m", "celery", "-A", "integration_hub", "worker", *options, *alone]


def environment(broker_url: str) -> Mapping[str, str]:
    """What an operator would set, and what it takes to find the program."""
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "integration_hub.settings",
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "DATABASE_URL": _database_url(),
        "REDIS_URL": broker_url,
        "SIMPLOYER_ENVIRONMENTS": _named(settings.SIMPLOYER_ENVIRONMENTS),
        "XLEDGER_ENVIRONMENTS": _named(settings.XLEDGER_ENVIRONMENTS),
        "XLEDGER_BATCH_SIZE": str(settings.XLEDGER_BATCH_SIZE),
        "UNKNOWN_RETRY_AFTER": str(settings.UNKNOWN_RETRY_AFTER),
        "LOG_LEVEL": "INFO",
    }


def _named(environments: Mapping[str, str]) -> str:
    return ",".join(f"{name}={url}" for name, url in environments.items())


def _database_url() -> str:
    """The address of the database that the tests use, which is not the one they were given."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    given = urlsplit(str(settings.DATABASE_URL))
    return urlunsplit(given._replace(path=f"/{name}"))
