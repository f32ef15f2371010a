"""A worker that is killed in a restore: what was sent stays, and a person finishes the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integration_hub.accounts.models import User
from payroll import runs
from payroll.continuing import go_on_with_interrupted
from payroll.models import Pin, SyncRun
from payroll.models.lease import LEASE
from payroll.restores import start_restore
from tests.journeys.leavers import staying
from tests.journeys.world import World

from .conftest import StartWorker
from .runs import Gate, finished, held_twice, queued

WRONG = 5


def phones(customer: World, numbers: list[str]) -> list[str]:
    return [customer.xledger.by_code(number)["phone"] for number in numbers]


@pytest.mark.parametrize("commit", [True, False])
def test_a_killed_restore_keeps_what_it_sent_and_is_finished_by_the_next(
    customer: World, start_worker: StartWorker, commit: bool
) -> None:
    hr, gate = User.objects.create_user("hr@fjordkraft.example"), Gate()
    with start_worker() as worker:
        finished(queued(customer), worker)
        numbers = staying(customer)[:WRONG]
        before = phones(customer, numbers)
        for place, number in enumerate(numbers):
            row = customer.simployer.find("employee", employeeNumber=number)
            values = {"privatePhone": f"+479300000{place}"}
            customer.simployer.store.edit("employee", row["id"], values)
        wrong = finished(queued(customer), worker)
    assert phones(customer, numbers) != before
    customer.xledger.sleep = gate
    customer.xledger.faults.add("slow", when="mutation", skip=1, commit=commit)
    start_restore(wrong, hr, timezone.now())
    with start_worker() as worker:
        worker.until(gate.reached.is_set)
        worker.kill()
    gate.open()

    later = timezone.now() + LEASE + timedelta(seconds=1)
    runs.sweep(later)
    go_on_with_interrupted(later)
    assert not customer.integration.runs.active().exists()  # a person starts what a person began
    with start_worker() as worker:
        finished(queued(customer), worker)  # overwrites nothing that was restored
        again, new = start_restore(wrong, hr, timezone.now())
        assert new
        finished(again, worker)
        assert again.status == SyncRun.Status.SUCCEEDED
        assert 0 < again.counts()["updated"] < WRONG
        finished(queued(customer), worker)
    assert phones(customer, numbers) == before
    assert Pin.objects.count() == WRONG
    assert held_twice(customer) == []
