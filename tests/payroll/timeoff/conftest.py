"""A fresh HR and payroll for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_hub.celery import app

from .fake import Offices, offices


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[Offices]:
    """Two linked people, nothing on leave; a queue that takes messages and does nothing."""
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    with offices() as made:
        yield made
