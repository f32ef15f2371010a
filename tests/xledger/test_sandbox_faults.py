"""Faults on request: what the client sees, and what has happened in the tenant meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.xledger.calling import COUNT, Caller, Clock, calling, new_hire, small_sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def xledger(clock: Clock, slept: list[float]) -> Iterator[Caller]:
    with calling(small_sandbox(clock=clock, sleep=slept.append)) as caller:
        yield caller


def is_stored(xledger: Caller, code: str = "20001") -> bool:
    return bool(xledger.sandbox.with_code(code))


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_status_comes_as_often_as_asked_and_nothing_is_written(
    xledger: Caller, status: int
) -> None:
    xledger.sandbox.faults.add(str(status), times=2, retry_after=7)
    responses = [xledger.add(new_hire("20001")) for _ in range(2)]
    assert [response.status_code for response in responses] == [status] * 2
    assert responses[0].headers["Retry-After"] == "7"
    assert not is_stored(xledger)
    assert xledger.add(new_hire("20001")).status_code == 200


def test_a_status_can_hide_a_commit(xledger: Caller) -> None:
    xledger.sandbox.faults.add("500", commit=True)
    assert xledger.add(new_hire("20001")).status_code == 500
    assert is_stored(xledger)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("burst", "BAD_REQUEST.BURST_RATE_LIMIT_REACHED"),
        ("concurrency", "BAD_REQUEST.CONCURRENCY_LIMIT_REACHED"),
        ("credits", "BAD_REQUEST.INSUFFICIENT_CREDITS"),
    ],
)
def test_a_limit_can_be_reached_on_request(xledger: Caller, kind: str, code: str) -> None:
    xledger.sandbox.faults.add(kind)
    response = xledger.add(new_hire("20001"))
    assert response.status_code == 200
    assert response.json()["errors"][0]["code"] == code
    assert not is_stored(xledger)


def test_a_token_can_expire_between_two_requests(xledger: Caller) -> None:
    xledger.sandbox.faults.add("expired_token", when="mutation")
    assert xledger.post(COUNT).status_code == 200
    assert xledger.add(new_hire("20001")).status_code == 401


def test_a_fault_can_wait_for_a_later_request_and_for_one_root_field(xledger: Caller) -> None:
    xledger.sandbox.faults.add("503", skip=1, root="addEmployees", when="mutation")
    codes = [xledger.add(new_hire(f"2000{n}")).status_code for n in range(3)]
    assert codes == [200, 503, 200]


def test_a_dropped_connection_leaves_nothing(xledger: Caller) -> None:
    xledger.sandbox.faults.add("drop_before")
    with pytest.raises(requests.ConnectionError):
        xledger.add(new_hire("20001"))
    assert not is_stored(xledger)
    assert xledger.sandbox.log[-1].status is None


def test_a_dropped_answer_leaves_a_commit(xledger: Caller) -> None:
    xledger.sandbox.faults.add("drop_after", when="mutation")
    with pytest.raises(requests.ConnectionError):
        xledger.add(new_hire("20001"))
    assert is_stored(xledger)


def test_a_delayed_commit_appears_when_its_time_has_come(xledger: Caller, clock: Clock) -> None:
    xledger.sandbox.faults.add("delayed_commit", seconds=60)
    with pytest.raises(requests.ConnectionError):
        xledger.add(new_hire("20001"))
    clock.advance(59)
    assert not is_stored(xledger)
    clock.advance(1)
    found = xledger.data('{ employees(filter: {code: "20001"}) { edges { node { code } } } }')
    assert len(found["employees"]["edges"]) == 1
    assert len(xledger.sandbox.with_code("20001")) == 1


def test_a_truncated_answer_cannot_be_read_and_has_committed(xledger: Caller) -> None:
    xledger.sandbox.faults.add("truncated")
    with pytest.raises(requests.RequestException):
        xledger.add(new_hire("20001")).json()
    assert is_stored(xledger)


def test_a_page_of_html_can_come_with_status_200(xledger: Caller) -> None:
    xledger.sandbox.faults.add("html")
    response = xledger.add(new_hire("20001"))
    assert response.status_code == 200
    assert "<html>" in response.text
    assert not is_stored(xledger)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("unknown_error", "An unexpected error occurred."),
        ("query_timeout", "Your query timed out."),
    ],
)
def test_an_error_without_a_code_can_come(xledger: Caller, kind: str, text: str) -> None:
    xledger.sandbox.faults.add(kind)
    answer = xledger.post(COUNT).json()
    assert answer["errors"] == [{"message": text}]
    assert answer.get("data") is None


def test_a_slow_answer_comes_after_the_commit(xledger: Caller, slept: list[float]) -> None:
    xledger.sandbox.faults.add("slow", seconds=30)
    assert xledger.add(new_hire("20001")).status_code == 200
    assert slept == [30]
    assert is_stored(xledger)


def test_a_bad_row_is_refused_until_it_is_left_out(xledger: Caller) -> None:
    fault = {"code": "20002", "path": "email", "message": "Not valid.", "ext_code": "INVALID_VALUE"}
    xledger.sandbox.faults.add("bad_row", **fault)
    rows = [new_hire(f"2000{n}") for n in range(1, 4)]
    for batch in (rows, rows[:2], rows[1:2]):
        error = xledger.add(*batch).json()["errors"][0]
        assert error == {
            "message": "email: Not valid.",
            "extensions": {"code": "INVALID_VALUE"},
        }
    assert not is_stored(xledger)
    assert "errors" not in xledger.add(rows[0], rows[2]).json()


def test_a_bad_row_is_known_by_its_number_in_an_update_too(xledger: Caller) -> None:
    person = xledger.sandbox.employees[0]
    xledger.sandbox.faults.add("bad_row", code=person["code"])
    answer = xledger.update({"dbId": person["dbId"], "info": "edited"}).json()
    assert answer["errors"][0]["message"] == "The value is not valid."


def test_every_row_can_be_refused_with_one_code(xledger: Caller) -> None:
    xledger.sandbox.faults.add("all_rows", ext_code="INVALID_VALUE", path="employmentType")
    for n in range(3):
        error = xledger.add(new_hire(f"2000{n}")).json()["errors"][0]
        assert error["extensions"]["code"] == "INVALID_VALUE"
    xledger.control("DELETE", "faults")
    assert "errors" not in xledger.add(new_hire("20001")).json()


def test_a_fault_is_asked_for_and_seen_over_http(xledger: Caller) -> None:
    answer = xledger.control("POST", "faults", {"kind": "500", "times": 2, "when": "query"})
    assert answer.json()["faults"][0]["times"] == 2
    assert xledger.add(new_hire("20001")).status_code == 200
    assert xledger.post(COUNT).status_code == 500
    assert xledger.control("GET", "faults").json()["faults"][0]["times"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "flood"},
        {"kind": "500", "times": 0},
        {"kind": "500", "when": "subscription"},
        {"kind": "500", "colour": "red"},
        {"kind": "slow", "seconds": "long"},
        {},
    ],
    ids=str,
)
def test_an_unknown_fault_is_refused(xledger: Caller, body: dict[str, object]) -> None:
    assert xledger.control("POST", "faults", body).status_code == 400
    assert xledger.control("GET", "faults").json() == {"faults": []}
