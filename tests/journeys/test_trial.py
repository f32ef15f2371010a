"""Starting with two people: only they are sent, nobody else is touched, then everyone follows."""

from __future__ import annotations

import pytest
from django.test import Client

from payroll.models import Change, Integration, SyncRun

from .world import World

pytestmark = pytest.mark.usefixtures("queue_in_memory")


def test_two_people_first_and_then_everyone(small: World, admin: Client) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    new = Change.objects.filter(run=small.run(preview=True), kind="create")[:2]
    numbers = [change.employee_number for change in new]
    small.read_people()
    before = len(small.xledger.employees)
    review = f"/settings/integrations/{small.integration.pk}/setup/review/"
    started = admin.post(
        review,
        {
            "trial": "1",
            "version": str(small.integration.config_version),
            "first": numbers[0],
            "second": numbers[1],
            "wait": "on",
        },
    )
    trial = small.work(SyncRun.objects.active().get())
    assert started["Location"] == f"/runs/{trial.pk}/"
    assert trial.status == SyncRun.Status.SUCCEEDED
    assert len(small.xledger.employees) == before + 2
    assert all(small.xledger.with_code(number) for number in numbers)
    small.integration.refresh_from_db()
    assert small.integration.state == Integration.State.PAUSED
    assert "This was a sync of 2 people only" in admin.get(started["Location"]).content.decode()

    admin.post(f"/settings/integrations/{small.integration.pk}/sync/", {"resume": "1"})
    everyone = small.work(SyncRun.objects.active().get())
    assert everyone.status == SyncRun.Status.SUCCEEDED
    assert everyone.counts()["created"] > 0
    assert not everyone.changes.filter(employee_number__in=numbers, kind="create").exists()
    small.integration.refresh_from_db()
    assert small.integration.state == Integration.State.ACTIVE
    assert small.integration.next_run_at is not None
