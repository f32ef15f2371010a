"""Which run did a person last, and what one would do: of stored runs and a reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from integration_hub.accounts.models import Organisation
from payroll.models import Integration, SyncRun
from payroll.reading import Reading
from payroll.records import ChangeKind
from payroll.single import Since, plan_for, since
from tests.payroll.people import person
from tests.payroll.views.scenes import NOW, make_integration, make_run

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def integration() -> Integration:
    return make_integration(Organisation.objects.create(name="Fjordkraft Demo AS"))


def single(integration: Integration, who: str = "e1", **columns: Any) -> SyncRun:
    return make_run(integration, trigger=SyncRun.Trigger.SINGLE, only=[who], **columns)


def test_a_run_of_the_person_alone_tells_what_was_planned(integration: Integration) -> None:
    run = single(integration)
    assert since(integration, "e1", NOW) == Since(own=run)


def test_one_from_before_the_reading_is_over_and_done_with(integration: Integration) -> None:
    single(integration)
    assert since(integration, "e1", NOW + timedelta(hours=1)) == Since()


def test_a_sync_of_everyone_makes_the_reading_old(integration: Integration) -> None:
    run = make_run(integration)
    assert since(integration, "e1", NOW) == Since(other=run)


@pytest.mark.parametrize(
    "columns",
    [
        {"preview": True},
        {"only": ["e2"]},
        {"trigger": SyncRun.Trigger.SINGLE, "only": ["e2"]},
        {"planned_at": None, "status": SyncRun.Status.FAILED},
    ],
)
def test_what_sent_nothing_about_the_person_counts_for_nothing(
    integration: Integration, columns: dict[str, Any]
) -> None:
    make_run(integration, **columns)
    assert since(integration, "e1", NOW) == Since()


def test_a_trial_that_the_person_was_in_counts_as_any_other_run(integration: Integration) -> None:
    run = make_run(integration, only=["e1", "e2"])
    assert since(integration, "e1", NOW) == Since(other=run)


def test_a_run_that_could_not_read_is_shown_beside_the_older_one(integration: Integration) -> None:
    older = make_run(integration)
    run = single(integration, planned_at=None, status=SyncRun.Status.FAILED, queued_at=LATER)
    assert since(integration, "e1", NOW) == Since(own=run, other=older)


def test_a_run_in_progress_counts_at_once(integration: Integration) -> None:
    waiting = {"status": SyncRun.Status.QUEUED, "planned_at": None, "finished_at": None}
    run = make_run(integration, **waiting)
    assert since(integration, "e1", LATER) == Since(other=run)


def test_the_plan_of_one_person_leaves_everybody_else_out(integration: Integration) -> None:
    people = [person("1001"), person("1002")]
    reading = Reading(people, (), {}, NOW.date())
    made, _ = plan_for(integration, reading, "e1001", NOW)
    assert {row.employee.id for row in made.changes} == {"e1001"}
    assert all(row.kind is ChangeKind.NONE for row in made.changes)
