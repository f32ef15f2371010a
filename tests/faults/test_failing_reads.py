"""A read that fails or is cut short changes nothing and is said in plain words."""

from __future__ import annotations

import pytest

from payroll.models import Integration
from tests.journeys.world import World


@pytest.mark.parametrize(
    "fault", ["rate_limited", "server_error", "unavailable", "dropped", "html", "truncated"]
)
def test_a_passing_fault_in_hr_is_ridden_out(customer: World, fault: str) -> None:
    customer.simployer.faults.add(fault, times=2)
    assert customer.sync()["status"] == "succeeded"


@pytest.mark.parametrize(
    "fault",
    [
        "429",
        "500",
        "503",
        "529",
        "burst",
        "concurrency",
        "drop_before",
        "truncated",
        "html",
        "query_timeout",
    ],
)
def test_a_passing_fault_in_payroll_is_ridden_out(customer: World, fault: str) -> None:
    customer.xledger.faults.add(fault, when="query", times=2)
    assert customer.sync()["status"] == "succeeded"


def test_limits_on_a_write_are_waited_for(customer: World) -> None:
    customer.xledger.faults.add("burst", when="mutation", times=2)
    customer.xledger.faults.add("concurrency", when="mutation", times=1)
    assert customer.sync()["status"] == "succeeded"


@pytest.mark.parametrize("fault", ["server_error", "dropped"])
def test_hr_that_stays_down_fails_the_run_and_nothing_is_sent(customer: World, fault: str) -> None:
    before = customer.xledger.employees
    customer.simployer.faults.add(fault, times=50)
    result = customer.sync()
    assert result["status"] == "failed"
    assert "Simployer One isn't answering" in result["problems"][0]["message"]
    assert customer.xledger.employees == before


@pytest.mark.parametrize("fault", ["empty_page", "truncated"])
def test_a_list_cut_short_plans_nothing(customer: World, fault: str) -> None:
    before = customer.xledger.employees
    customer.simployer.faults.add(fault, path="/employment", times=50)
    assert customer.sync()["status"] == "failed"
    assert customer.xledger.employees == before


@pytest.mark.parametrize("answer", ["401-json", "403-json", "200-errors", "401-html"])
def test_an_expired_payroll_token_needs_attention_and_recovers(
    customer: World, answer: str
) -> None:
    customer.xledger.switches.set({"refused_token": answer})
    customer.xledger.faults.add("expired_token")
    assert customer.sync()["status"] == "failed"
    integration = Integration.objects.get()
    assert integration.state == Integration.State.NEEDS_ATTENTION
    assert "token" in integration.attention

    assert customer.sync()["status"] == "succeeded"
    assert Integration.objects.get().state == Integration.State.ACTIVE


@pytest.mark.parametrize("fault", ["expired_token", "forbidden"])  # 401 and 403
def test_a_token_that_hr_refuses_needs_attention_and_recovers(customer: World, fault: str) -> None:
    before = customer.xledger.employees
    customer.simployer.faults.add(fault)
    assert customer.sync()["status"] == "failed"
    integration = Integration.objects.get()
    assert integration.state == Integration.State.NEEDS_ATTENTION
    assert "token" in integration.attention
    assert customer.xledger.employees == before

    assert customer.sync()["status"] == "succeeded"
    assert Integration.objects.get().state == Integration.State.ACTIVE


def test_a_token_that_expires_between_reading_and_writing_stops_there(customer: World) -> None:
    customer.xledger.faults.add("expired_token", when="mutation", times=None)
    result = customer.sync()
    assert result["status"] == "failed"
    assert result["created"] == result["updated"] == 0
    assert result["failed"] > 0
