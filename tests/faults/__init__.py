"""What goes wrong between two systems, and what must never come of it."""

from __future__ import annotations

import os


def long_form() -> bool:
    """Whether the tests may take their time (HUB_LONG_TESTS=1)."""
    return os.environ.get("HUB_LONG_TESTS") == "1"
