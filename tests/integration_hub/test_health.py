"""What the program says of itself to whoever watches it."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import Organisation
from integration_hub.celery import app
from tests.payroll.views.scenes import make_integration


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that can be reached."""
    monkeypatch.setattr(app.conf, "broker_url", "memory://")


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker on a port that nobody may listen on."""
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")


def test_the_process_is_up_without_login_or_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client, broker: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "broker": "ok", "schedule": "ok"}


@pytest.mark.django_db
def test_a_broker_that_cannot_be_reached_is_named(client: Client, no_broker: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "ready": False,
        "database": "ok",
        "broker": "cannot be reached",
        "schedule": "ok",
    }


@pytest.mark.django_db
def test_schedules_that_are_late_are_counted_without_a_name_and_change_nothing(
    client: Client, broker: None
) -> None:
    organisation = Organisation.objects.create(name="Fjord AS", addon_since=timezone.now())
    two_hours_ago = timezone.now() - timedelta(hours=2)
    make_integration(organisation, schedule_days=["mon"], next_run_at=two_hours_ago)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["schedule"] == "1 not started"
    assert "Fjord" not in response.content.decode()


@pytest.mark.django_db
def test_a_broker_that_was_never_set_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.conf, "broker_url", None)
    assert client.get("/readyz").json()["broker"] == "REDIS_URL is not set"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_is_named(
    client: Client, broker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        gone = {"NAME": os.devnull + "/nowhere.sqlite3"}
    else:
        gone = {"HOST": "127.0.0.1", "PORT": "1"}
    for key, value in gone.items():
        monkeypatch.setitem(connection.settings_dict, key, value)
    connection.close()
    response = client.get("/readyz")
    monkeypatch.undo()
    connection.close()
    assert response.status_code == 503
    assert response.json()["database"] == "cannot be reached"
    assert response.json()["schedule"] == "unknown"
