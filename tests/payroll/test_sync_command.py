"""`manage.py sync`: the same engine from a shell, with a result that scripts can read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from payroll import configuration
from payroll.models import Integration
from payroll.runs import open_run
from tests.journeys.world import NOW, World, document, fresh_tokens

KEYS = {
    "run",
    "status",
    "created",
    "updated",
    "ended",
    "unchanged",
    "skipped",
    "rejected",
    "failed",
    "held",
    "requests",
    "seconds",
    "problems",
}


def sync(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of one call."""
    code = 0
    try:
        call_command("sync", "Xledger Norge", "--json", *args)
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, json.loads(capsys.readouterr().out)


def test_success_exits_0_and_prints_the_promised_keys(
    small: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result = sync(capsys)
    assert code == 0
    assert set(result) == KEYS
    assert set(result["requests"]) == {"simployer", "xledger"}
    assert set(result["seconds"]) == {"read", "plan", "apply", "total"}
    assert all(
        set(row) == {"employee_number", "outcome", "code", "message"} for row in result["problems"]
    )


def test_a_preview_sends_nothing(small: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = small.xledger.employees
    code, result = sync(capsys, "--preview")
    assert code == 0
    assert result["created"] > 0
    assert small.xledger.employees == before


def test_problems_exit_2(small: World, capsys: pytest.CaptureFixture[str]) -> None:
    small.xledger.faults.add(
        "all_rows", message="closed", path="code", ext_code="INVALID_VALUE", times=None
    )
    code, result = sync(capsys)
    assert code == 2
    assert result["status"] == "with_problems"


def test_failure_exits_1(small: World, capsys: pytest.CaptureFixture[str]) -> None:
    small.simployer.faults.add("expired_token")
    code, result = sync(capsys)
    assert code == 1
    assert result["status"] == "failed"
    assert result["problems"][0]["message"]


def test_the_output_for_people_names_every_problem(
    small: World, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sync", str(small.integration.pk))
    text = capsys.readouterr().out
    assert "created" in text
    assert "Missing in HR: Job title" in text


def test_a_draft_may_only_be_previewed(small: World, capsys: pytest.CaptureFixture[str]) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    with pytest.raises(CommandError, match="draft"):
        call_command("sync", "Xledger Norge")
    assert sync(capsys, "--preview")[0] == 0


def test_a_second_run_is_refused_while_one_is_in_progress(small: World) -> None:
    open_run(small.integration, NOW)
    with pytest.raises(CommandError, match="already in progress"):
        call_command("sync", "Xledger Norge")


@pytest.mark.parametrize("name", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_integration_is_said(small: World, name: str) -> None:
    with pytest.raises(CommandError, match="no integration"):
        call_command("sync", name)


def test_it_says_that_another_integration_is_syncing_to_the_same_payroll(
    small: World, capsys: pytest.CaptureFixture[str]
) -> None:
    body = document(label="Second")
    other = configuration.store(configuration.parse(body, fresh_tokens()), NOW)
    busy, _ = open_run(other, NOW)
    assert busy.claim(timezone.now())
    code, result = sync(capsys)
    assert code == 1
    assert "Another integration" in result["problems"][0]["message"]
