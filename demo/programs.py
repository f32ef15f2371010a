"""How each program of the demo is started, and how to see that it is ready."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from pathlib import Path

from .ports import HOST
from .state import State

SLOW = 2.0  # seconds for one look


def sandbox(system: str, state: State) -> list[str]:
    """The imitation of a vendor's system, as it was on the day of the first start."""
    values, name = state.values, system.upper()
    options = {
        "--port": values[f"{name}_PORT"],
        "--host": HOST,
        "--employees": "250",
        "--seed": "1",
        "--today": values["DEMO_SEED_DATE"],
        "--token": values[f"{name}_TOKEN"],
        "--state": str(state.folder / f"{system}.json"),
    }
    return _python(f"{system}.sandbox", *(word for pair in options.items() for word in pair))


def web(port: str) -> list[str]:
    """The web server; one process, since SQLite has one writer anyway."""
    options = ["--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "3"]
    return _python(
        "gunicorn",
        "integration_hub.wsgi",
        "--bind",
        f"{HOST}:{port}",
        *options,
        "--no-control-socket",
    )


def worker() -> list[str]:
    """The Celery worker of syncs: threads take half the memory, and a sync mostly waits."""
    return _worker("sync", 4)


def tick() -> list[str]:
    """The Celery worker of the schedule, the sweep and mails, which no long sync holds up."""
    return _worker("tick", 2)


def _worker(queue: str, at_once: int) -> list[str]:
    options = ["--hostname", f"{queue}@%h", "--pool", "threads", "--concurrency", str(at_once)]
    alone = ["--without-gossip", "--without-mingle"]
    return _celery("worker", *options, "--queues", queue, *alone, "--loglevel", "INFO")


def beat(folder: Path) -> list[str]:
    """The clock of the schedule."""
    return _celery("beat", "--schedule", str(folder / "beat"), "--pidfile=", "--loglevel", "INFO")


def _celery(*words: str) -> list[str]:
    return _python("celery", "--app", "integration_hub", *words)


def _python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words]


def answers(url: str) -> bool:
    """Whether a web server answers at `url`, be it with an error."""
    try:
        with urllib.request.urlopen(url, timeout=SLOW):  # noqa: S310  # http on this machine
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
