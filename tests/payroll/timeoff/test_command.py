"""The export from a shell: what goes, what is said, and the exit code."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry
from integration_hub.core.errors import TransientError
from payroll.models import Integration, TimeOffExport
from payroll.timeoff.records import LeaveStatus

from .fake import HOLIDAY, SICK, Offices, integration, leave

pytestmark = pytest.mark.django_db


def run(mine: Integration, *args: str) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "export_time_off",
        str(mine.pk),
        "--from=2026-11-01",
        "--to=2026-11-30",
        "--json",
        *args,
        stdout=out,
    )
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_a_preview_sends_nothing_and_says_what_would_go(both: Offices) -> None:
    both.put(leave(), leave("p", employee_id="P2", status=LeaveStatus.PENDING))
    result = run(integration(), "--preview")
    assert result["groups"] == {"ready": 1, "not_approved": 1}
    assert [(row["leave"], row["sendable"]) for row in result["rows"]] == [
        ("L1", True),
        ("p", False),
    ]
    assert both.writes == []
    assert not TimeOffExport.objects.exists()


def test_an_export_reports_each_row_and_is_audited(both: Offices) -> None:
    both.put(leave())
    result = run(integration())
    assert (result["status"], result["added"], result["way"]) == ("succeeded", 1, "absences")
    assert result["rows"][0]["employee_number"] == "101"
    assert AuditEntry.objects.filter(action="timeoff.exported").count() == 1
    assert "Kari" not in json.dumps(result)


def test_types_and_people_can_be_named(both: Offices) -> None:
    both.put(
        leave("a"),
        leave("b", employee_id="P2"),
        leave("c", date(2026, 11, 23), date(2026, 11, 24), employee_id="P2", type_id=SICK.id),
    )
    run(integration(), "--leave-type", HOLIDAY.name, "--employee", "102")
    assert [row.employee for row in both.there()] == ["E2"]
    with pytest.raises(CommandError, match="Nothing in the period fits 'Feire'"):
        run(integration(), "--leave-type", "Feire")


def test_corrections_go_only_when_they_are_asked_for(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    run(mine)
    both.leaves.clear()
    assert run(mine)["status"] == "nothing to export"
    assert run(mine, "--corrections")["removed"] == 1
    assert both.there() == []


def test_a_refused_row_ends_with_2(both: Offices) -> None:
    both.put(leave())
    both.refused = {"200"}
    with pytest.raises(SystemExit) as ended:
        run(integration())
    assert ended.value.code == 2


def test_what_cannot_be_done_is_said_in_words(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    mine.state = Integration.State.DRAFT
    mine.save()
    with pytest.raises(CommandError, match="draft"):
        run(mine)
    with pytest.raises(CommandError, match="There is no integration"):
        call_command("export_time_off", "nowhere", "--from=2026-11-01", "--to=2026-11-30")


def test_a_long_wait_is_sat_out_at_the_shell_and_told(
    both: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> None:
        both.before_write = lambda: None
        error = TransientError("Payroll asks the Hub to slow down.", wait=1200)
        error.system = "Payroll"
        raise error

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        TimeOffExport.objects.update(resume_at=timezone.now())

    waited: list[float] = []
    monkeypatch.setattr("payroll.management.commands._waiting.time.sleep", sleep)
    both.put(leave())
    both.before_write = slow
    err = StringIO()
    call_command(
        "export_time_off",
        str(integration().pk),
        "--from=2026-11-01",
        "--to=2026-11-30",
        stdout=StringIO(),
        stderr=err,
    )
    assert "Waits for Payroll until " in err.getvalue()
    assert [1190 < seconds < 1270 for seconds in waited] == [True]
    assert len(both.there()) == 1
