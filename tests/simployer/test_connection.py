"""What a Simployer One token shows an admin, and what it is refused, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from fjordkraft.serving import running
from integration_hub.core.errors import AccessRefused, TransientError
from payroll.ports import Connection
from simployer.sandbox import Sandbox, Switches
from simployer.source import SimployerSource

LISTS = (
    "company",
    "employee",
    "employment",
    "compensation",
    "department",
    "office",
    "cost-center",
    "employment-type",
)
TIME_OFF_LISTS = ("leave", "leave-type", "leave-transaction", "work-week")


@pytest.fixture
def source(sandbox: Sandbox) -> Iterator[SimployerSource]:
    with running(sandbox) as url:
        made = SimployerSource.connect(Connection(f"{url}/v1", {"token": "good"}, attempts=1))
        yield made
        made.close()


def test_the_companies_and_the_number_of_employees_are_named(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    report = source.check_connection()
    names = {row["name"] for row in sandbox.rows["company"]}
    assert names
    assert names <= set(report.seen)
    assert f"{len(sandbox.rows['employee'])} employees" in report.seen
    assert report.missing == ()
    assert not report.capabilities


def test_every_list_that_is_ever_read_is_asked_once(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    source.check_connection()
    assert sorted(seen.path for seen in sandbox.log) == sorted(
        f"/v1/{each}" for each in (*LISTS, *TIME_OFF_LISTS)
    )
    assert {seen.method for seen in sandbox.log} == {"GET"}


@pytest.mark.parametrize(
    ("resource", "words"), [("compensation", "Pay"), ("employee", "Employees"), ("company", "Comp")]
)
def test_a_refused_list_is_a_missing_right_and_the_others_are_still_seen(
    resource: str, words: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.switches = Switches(denied=(resource,))
    report = source.check_connection()
    [missing] = report.missing
    assert missing.startswith(words)
    assert "as an owner" in missing
    assert "Departments" in report.seen
    assert not any(seen.startswith(words) for seen in report.seen)


@pytest.mark.parametrize("resource", TIME_OFF_LISTS)
def test_a_refused_list_of_time_off_is_named_and_costs_no_employee_sync(
    resource: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.switches = Switches(denied=(resource,))
    report = source.check_connection()
    [missing] = report.beside
    assert "time off cannot be exported" in missing
    assert report.missing == ()
    assert source.employees(date(2026, 3, 16))


def test_lists_of_time_off_that_are_down_are_named_too(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.faults.add("server_error", path="/leave")
    report = source.check_connection()
    [missing] = report.beside
    assert missing.startswith("Leaves cannot be read.")
    assert "Leave types" in report.seen


def test_a_token_refused_for_everything_is_an_error(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.switches = Switches(denied=LISTS)
    with pytest.raises(AccessRefused):
        source.check_connection()


def test_a_wrong_token_is_told_after_one_request(sandbox: Sandbox, source: SimployerSource) -> None:
    sandbox.token = "another"
    with pytest.raises(AccessRefused, match="refused the access token"):
        source.check_connection()
    assert source.requests_sent == 1


def test_a_vendor_that_is_down_is_told_at_once(sandbox: Sandbox, source: SimployerSource) -> None:
    sandbox.faults.add("unavailable", times=9)
    with pytest.raises(TransientError):
        source.check_connection()
    assert source.requests_sent == 1


def test_an_account_without_employees_is_pointed_out(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.rows["employee"].clear()
    report = source.check_connection()
    assert "0 employees" in report.seen
    assert any("nobody to sync" in words for words in report.missing)


def test_the_switch_of_refused_resources_takes_a_list_of_texts() -> None:
    assert Switches().changed({"denied": ["office"]}).denied == ("office",)
    with pytest.raises(ValueError, match="list of texts"):
        Switches().changed({"denied": [1]})
