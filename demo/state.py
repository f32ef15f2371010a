"""What the demo keeps between two starts, all in one folder that `make demo-reset` wipes.

`env` holds its secrets, its ports and the addresses of the present start, as NAME=value lines that
the Hub reads too (ENV_FILE), so `ENV_FILE=.demo/env python manage.py …` works on the demo's data.
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

FIRST_PORTS = {"DEMO_PORT": 8000, "SIMPLOYER_PORT": 8101, "XLEDGER_PORT": 8102, "VALKEY_PORT": 8103}


class AlreadyRunning(Exception):
    """Another demo uses the folder."""


class NotOurs(Exception):
    """The folder holds something else, so it is neither used nor wiped."""


class State:
    """The folder, and the values it keeps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.env_file = self.folder / "env"
        self.logs = self.folder / "logs"
        self.processes = self.folder / "processes.json"
        self.last_run = self.folder / "last-run.json"
        self.values: dict[str, str] = {}

    @property
    def database_url(self) -> str:
        """The SQLite file, as DATABASE_URL."""
        return f"sqlite:///{quote(str(self.folder / 'hub.sqlite3'))}"

    @property
    def redis_url(self) -> str:
        """The embedded Valkey, as REDIS_URL."""
        password, port = self.values["VALKEY_PASSWORD"], self.values["VALKEY_PORT"]
        return f"redis://:{password}@127.0.0.1:{port}/0"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have the folder alone. Raises AlreadyRunning, or NotOurs where no demo made it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / "lock"
        if not file.exists() and any(self.folder.iterdir()):
            raise NotOurs
        with file.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning from None
            yield

    def load(self, today: date) -> bool:
        """Read what is kept, making up what is missing; whether this is the first start.

        Addresses are not taken over: each start makes its own.
        """
        self.logs.mkdir(exist_ok=True)
        first = not self.env_file.exists()
        self.values = _first_values(today)
        if not first:
            lines = self.env_file.read_text(encoding="utf-8").splitlines()
            kept = dict(line.split("=", 1) for line in lines)
            self.values.update({name: kept[name] for name in self.values if name in kept})
        return first

    def save(self, values: Mapping[str, str]) -> None:
        """Keep `values` too; nobody else on the machine may read them."""
        self.values.update(values)
        text = "".join(f"{name}={value}\n" for name, value in sorted(self.values.items()))
        fresh = self.folder / "env.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        fresh.replace(self.env_file)

    def wipe(self) -> None:
        """Remove the folder; call it locked."""
        shutil.rmtree(self.folder)


def _first_values(today: date) -> dict[str, str]:
    made = {
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "DEMO_PASSWORD": secrets.token_hex(8),
        "DEMO_SEED_DATE": today.isoformat(),
        "SIMPLOYER_TOKEN": secrets.token_hex(24),
        "XLEDGER_TOKEN": secrets.token_hex(24),
        "VALKEY_PASSWORD": secrets.token_hex(24),
    }
    return made | {name: str(port) for name, port in FIRST_PORTS.items()}
