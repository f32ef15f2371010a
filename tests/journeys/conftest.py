"""What a journey through pages uses: an admin's browser, and a queue that takes every message."""

from __future__ import annotations

import pytest
from django.test import Client

from integration_hub.accounts.models import Membership, Role, User
from integration_hub.celery import app

from .world import World


@pytest.fixture
def queue_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts a run needs one; the work is done here."""
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.fixture
def admin(small: World) -> Client:
    """An admin's browser."""
    user = User.objects.create_user("hr@fjordkraft.example", "a long enough secret")
    organisation = small.integration.organisation
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
