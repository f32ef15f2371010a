"""Three people at browsers: alice and bob work for one organisation, charlie for another."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone
from kombu.transport import memory

from integration_hub.accounts.models import Membership, Organisation, Role, User
from integration_hub.celery import app
from payroll.models import Integration
from tests.payroll.timeoff.fake import Offices, offices

from .scenes import make_integration

UseBroker = Callable[[str], None]


@pytest.fixture(autouse=True)
def use_broker(monkeypatch: pytest.MonkeyPatch) -> UseBroker:
    """A queue in memory, and how to point at another one for the length of a test."""

    def use(url: str) -> None:
        monkeypatch.setattr(app.conf, "broker_url", url)
        monkeypatch.setattr(app, "_pool", None)  # connections kept to the one before
        monkeypatch.setattr(app.amqp, "_producer_pool", None)

    memory.Channel.queues.clear()  # what the tests before have sent
    use("memory://")
    return use


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(name="Fjordkraft Demo AS", addon_since=timezone.now())


@pytest.fixture
def integration(organisation: Organisation) -> Integration:
    return make_integration(organisation)


@pytest.fixture
def both() -> Iterator[Offices]:
    """An HR and a payroll with two linked people, nobody on leave."""
    with offices() as made:
        yield made


@pytest.fixture
def alice(organisation: Organisation) -> Client:
    """An admin of the organisation."""
    return _browser("alice", organisation, Role.ADMIN)


@pytest.fixture
def bob(organisation: Organisation) -> Client:
    """A viewer of the organisation."""
    return _browser("bob", organisation, Role.VIEWER)


@pytest.fixture
def charlie(db: None) -> Client:
    """An admin of another organisation."""
    return _browser(
        "charlie",
        Organisation.objects.create(name="Another AS", addon_since=timezone.now()),
        Role.ADMIN,
    )


def _browser(name: str, organisation: Organisation, role: Role) -> Client:
    user = User.objects.create_user(f"{name}@{name}.example", "a long enough secret")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
