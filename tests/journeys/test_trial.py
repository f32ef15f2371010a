"""Starting with two people: only they are sent, nobody else is touched, then everyone follows."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from integration_hub.accounts.models import Membership, Role, User
from integration_hub.celery import app
from payroll.models import Change, Integration, SyncRun
from payroll.sync import run_sync

from .world import World


def browser(world: World) -> Client:
    """An admin's."""
    user = User.objects.create_user("hr@fjordkraft.example", "a long enough secret")
    organisation = world.integration.organisation
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def work(world: World) -> SyncRun:
    """What a worker does with the run that waits."""
    run = SyncRun.objects.active().get()
    run_sync(run, lambda: world.now, sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    run.refresh_from_db()
    return run


@pytest.fixture(autouse=True)
def queue_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses a button needs one; the work is done here."""
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


def test_two_people_first_and_then_everyone(small: World) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    new = Change.objects.filter(run=small.run(preview=True), kind="create")[:2]
    numbers = [change.employee_number for change in new]
    small.read_people()
    before = len(small.xledger.employees)
    client = browser(small)
    review = f"/settings/integrations/{small.integration.pk}/setup/review/"
    started = client.post(
        review,
        {
            "trial": "1",
            "version": str(small.integration.config_version),
            "first": numbers[0],
            "second": numbers[1],
            "wait": "on",
        },
    )
    trial = work(small)
    assert started["Location"] == f"/runs/{trial.pk}/"
    assert trial.status == SyncRun.Status.SUCCEEDED
    assert len(small.xledger.employees) == before + 2
    assert all(small.xledger.with_code(number) for number in numbers)
    small.integration.refresh_from_db()
    assert small.integration.state == Integration.State.PAUSED
    assert "This was a sync of 2 people only" in client.get(started["Location"]).content.decode()

    client.post(f"/settings/integrations/{small.integration.pk}/sync/", {"resume": "1"})
    everyone = work(small)
    assert everyone.status == SyncRun.Status.SUCCEEDED
    assert everyone.counts()["created"] > 0
    assert not everyone.changes.filter(employee_number__in=numbers, kind="create").exists()
    small.integration.refresh_from_db()
    assert small.integration.state == Integration.State.ACTIVE
    assert small.integration.next_run_at is not None
