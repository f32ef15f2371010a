"""The Chromium that browser tests drive: where it is, and what happens where there is none."""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
"""For `playwright.chromium.launch(executable_path=…, args=…)`: works as root and in a container,
and never talks to the network on its own account."""


def path() -> str | None:
    """The program: the one CHROMIUM names, else the first on PATH, else None."""
    wanted = os.environ.get("CHROMIUM")
    names = (wanted, *NAMES) if wanted else NAMES
    return next(filter(None, map(shutil.which, names)), None)


def require(item: pytest.Item) -> None:
    """Skip a browser test where there is no Chromium; fail it where REQUIRE_BROWSER=1."""
    if item.get_closest_marker("browser") is None or path() is not None:
        return
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("no Chromium was found, and REQUIRE_BROWSER=1 does not allow a skip")
    pytest.skip("BROWSER TESTS SKIPPED: no Chromium was found")
