"""The imitated Simployer One misbehaves when asked to, and only then."""

from __future__ import annotations

import pytest
import requests

from simployer.sandbox import Sandbox
from tests.simployer.calling import UNKNOWN_ID, Caller


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("rate_limited", 429),
        ("server_error", 500),
        ("unavailable", 503),
        ("expired_token", 401),
        ("forbidden", 403),
    ],
)
def test_ordered_errors_meet_that_many_requests(caller: Caller, kind: str, status: int) -> None:
    assert caller.control("POST", "faults", {"kind": kind, "times": 2}).status_code == 201
    statuses = [caller.send("/company").status_code for _ in range(3)]
    assert statuses == [status, status, 200]


def test_a_rate_limit_says_how_long_to_wait_if_asked_to(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("rate_limited", seconds=7)
    assert caller.send("/company").headers["Retry-After"] == "7"
    sandbox.faults.add("rate_limited")
    assert "Retry-After" not in caller.send("/company").headers


def test_a_fault_may_wait_for_its_path_and_let_some_pass(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("server_error", path="/employee", after=1)
    statuses = [
        caller.send(path).status_code
        for path in ("/employment", "/employee", "/company", f"/employee/{UNKNOWN_ID}", "/employee")
    ]
    assert statuses == [200, 200, 200, 500, 200]


def test_a_dropped_connection_gives_no_answer(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("dropped")
    with pytest.raises(requests.ConnectionError):
        caller.send("/company")
    assert caller.send("/company").status_code == 200
    assert [seen.status for seen in sandbox.log] == [None, 200]


def test_a_truncated_body_ends_early(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        caller.send("/employee")
    assert caller.send("/employee").status_code == 200


def test_a_slow_answer_outlasts_a_short_patience(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("slow", seconds=1)
    with pytest.raises(requests.ReadTimeout):
        caller.session.get(f"{caller.url}/v1/company", timeout=0.2)


def test_html_comes_in_place_of_json(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("html")
    answer = caller.send("/company")
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (200, "text/html")


def test_an_empty_page_may_come_in_the_middle(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add("empty_page", path="/employee", after=1)
    counts = [caller.get("/employee", f"limit=20&offset={n}")["count"] for n in (0, 20, 40)]
    assert counts == [20, 0, 20]


def test_unknown_faults_are_refused(caller: Caller, sandbox: Sandbox) -> None:
    refused = [{"kind": "flood"}, {"kind": "slow", "often": 1}, {"kind": "slow", "times": 0}]
    for nonsense in refused:
        assert caller.control("POST", "faults", nonsense).status_code == 400
    assert len(sandbox.faults) == 0
