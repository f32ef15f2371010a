"""The result of a run counts and names everybody whose outcome is in doubt."""

from __future__ import annotations

import pytest

from integration_hub.accounts.models import Organisation
from payroll.models import SyncRun
from payroll.report import report

from .views.scenes import NOW, make_change, make_integration, make_run, running

pytestmark = pytest.mark.django_db


def interrupted(**columns: object) -> SyncRun:
    organisation = Organisation.objects.create(name="Fjordkraft Demo AS")
    return make_run(make_integration(organisation), status="interrupted", **columns)


def test_people_sent_and_not_confirmed_when_a_run_ended_have_failed() -> None:
    run = interrupted()
    make_change(run, "1")
    make_change(run, "2", outcome="", sent_at=NOW, kind="create")
    make_change(run, "3", outcome="", sent_at=NOW)
    make_change(run, "4", outcome="")
    make_change(run, "5", outcome="failed", problems=["No answer."])
    result = report(run)
    assert result["failed"] == 3
    told = [(row["employee_number"], row["outcome"], row["code"]) for row in result["problems"]]
    assert told == [
        ("2", "unknown", "create_unknown"),
        ("3", "unknown", "update_unknown"),
        ("5", "failed", "any"),
    ]


def test_a_value_left_out_of_a_lost_person_is_told_beside_the_loss() -> None:
    run = interrupted()
    make_change(run, "1", outcome="", sent_at=NOW, flagged=True, problems=["Left out."])
    outcomes = [(row["outcome"], row["message"]) for row in report(run)["problems"]]
    assert outcomes[0] == ("skipped", "Left out.")
    assert outcomes[1][0] == "unknown"
    assert len(outcomes) == 2


def test_people_on_the_way_in_a_run_that_goes_on_have_not_failed() -> None:
    organisation = Organisation.objects.create(name="Fjordkraft Demo AS")
    run = running(make_integration(organisation))
    make_change(run, "1", outcome="", sent_at=NOW)
    result = report(run)
    assert (result["failed"], result["problems"]) == (0, [])
