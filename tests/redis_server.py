"""The Redis that TEST_REDIS_URL names; tests that run beside each other have a database each."""

from __future__ import annotations

import os
import re


def given_redis() -> str:
    """Its address, with the number of this pytest worker added to that of the database; or ""."""
    url = os.environ.get("TEST_REDIS_URL", "")
    own = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "0"
    address, _, first = url.rpartition("/")
    return f"{address}/{int(first) + int(own)}" if url else ""
