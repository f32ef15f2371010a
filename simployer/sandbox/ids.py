"""Makes ids that look like Simployer One's and are the same every time."""

from __future__ import annotations

import hashlib


def object_id(seed: int, *parts: object) -> str:
    """Give a 24-hex ObjectId-like string that is the same for the same parts."""
    text = "/".join(str(part) for part in (seed, *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:24]
