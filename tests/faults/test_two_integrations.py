"""Two integrations that keep the same payroll never work on it at once nor on the same person."""

from __future__ import annotations

from payroll import configuration
from payroll.models import EmployeeLink, Integration, SyncRun
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import NOW, World, document, fresh_tokens


def another(**changes: object) -> Integration:
    """A second integration of the same customer, between the same systems."""
    body = document(label="Second", **changes)
    return configuration.store(configuration.parse(body, fresh_tokens()), NOW)


def test_only_one_of_them_writes_at_a_time(customer: World) -> None:
    first, _ = open_run(customer.integration, NOW)
    assert first.claim(NOW)
    second, new = open_run(another(), NOW)
    assert new
    run_sync(second, lambda: NOW)
    second.refresh_from_db()
    assert second.status == SyncRun.Status.QUEUED
    assert [entry for entry in customer.xledger.log if entry.operation == "mutation"] == []

    first.finish(SyncRun.Status.SUCCEEDED, NOW)
    run_sync(second, lambda: NOW)
    second.refresh_from_db()
    assert second.status == SyncRun.Status.SUCCEEDED


def test_a_preview_need_not_wait(customer: World) -> None:
    first, _ = open_run(customer.integration, NOW)
    assert first.claim(NOW)
    preview, _ = open_run(another(), NOW, preview=True)
    assert preview.claim(NOW)


def test_a_person_of_the_first_is_left_alone_by_the_second(customer: World) -> None:
    customer.sync()
    customer.integration = another()
    result = customer.sync()
    assert result["created"] == result["updated"] == 0
    assert "belongs_to_other_integration" in {row["code"] for row in result["problems"]}


def test_a_preview_links_nobody_so_it_takes_nobody(customer: World) -> None:
    first, customer.integration = customer.integration, another(active=False)
    customer.sync(preview=True)
    assert not EmployeeLink.objects.exists()
    customer.integration = first
    codes = {row["code"] for row in customer.sync()["problems"]}
    assert "belongs_to_other_integration" not in codes
