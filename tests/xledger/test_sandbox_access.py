"""Who is let in, how often, and with what kind of request."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests
from graphql import build_client_schema, get_introspection_query

from tests.xledger.calling import COUNT, Caller, Clock, calling, small_sandbox

BAD_FORMAT = 'Bad format for API Token. Expected header: "Authorization: token <your-token>"'


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def xledger(clock: Clock) -> Iterator[Caller]:
    with calling(small_sandbox(clock=clock)) as caller:
        yield caller


@pytest.mark.parametrize("header", ["Bearer made-up", "made-up", "Token made-up", "token ", ""])
def test_any_other_form_of_token_is_named_as_badly_formed(xledger: Caller, header: str) -> None:
    xledger.session.headers["Authorization"] = header
    response = xledger.post(COUNT)
    assert response.status_code == 401
    assert response.json()["errors"][0]["message"] == BAD_FORMAT


@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_badly_formed_token_can_have_any_status(xledger: Caller, status: int) -> None:
    xledger.sandbox.switches.set({"bad_format_status": status})
    xledger.session.headers["Authorization"] = "Bearer made-up"
    assert xledger.post(COUNT).status_code == status


def test_only_the_given_token_is_let_in() -> None:
    with calling(small_sandbox(token="right")) as caller:
        caller.session.headers["Authorization"] = "token wrong"
        assert caller.post(COUNT).status_code == 401
        caller.session.headers["Authorization"] = "token right"
        assert caller.post(COUNT).status_code == 200


@pytest.mark.parametrize(
    ("how", "status", "mimetype"),
    [
        ("401-json", 401, "application/json"),
        ("403-json", 403, "application/json"),
        ("200-errors", 200, "application/json"),
        ("401-html", 401, "text/html"),
    ],
)
def test_an_expired_token_is_refused_in_the_chosen_way(
    xledger: Caller, how: str, status: int, mimetype: str
) -> None:
    xledger.sandbox.switches.set({"refused_token": how})
    xledger.session.headers["Authorization"] = "token expired"
    response = xledger.post(COUNT)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith(mimetype)
    if mimetype == "application/json":
        assert response.json()["errors"][0]["code"] == "UNAUTHORIZED"


def test_a_missing_right_stops_only_the_field_it_is_for(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"denied_fields": ["contacts"], "missing_scope": "403-json"})
    assert xledger.post("{ contacts { edges { node { dbId } } } }").status_code == 403
    assert xledger.post(COUNT).status_code == 200


def test_the_twenty_first_request_in_five_seconds_is_not_executed(
    xledger: Caller, clock: Clock
) -> None:
    for _ in range(20):
        assert "errors" not in xledger.post(COUNT).json()
        clock.advance(0.1)
    response = xledger.post(COUNT)
    assert response.status_code == 200
    assert response.json().keys() == {"errors"}
    assert response.json()["errors"][0]["code"] == "BAD_REQUEST.BURST_RATE_LIMIT_REACHED"
    assert [entry.operation for entry in xledger.sandbox.log].count("query") == 20


def test_the_burst_window_slides(xledger: Caller, clock: Clock) -> None:
    for second in (0, 1):
        clock.advance(second)
        for _ in range(10):
            xledger.post(COUNT)
    clock.advance(4)
    answers = [xledger.post(COUNT).json() for _ in range(11)]
    assert ["errors" in answer for answer in answers] == [False] * 10 + [True]


def test_each_token_has_its_own_burst(xledger: Caller) -> None:
    for _ in range(20):
        xledger.post(COUNT)
    xledger.session.headers["Authorization"] = "token another"
    assert "errors" not in xledger.post(COUNT).json()


def test_a_request_too_many_at_once_is_refused() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait(_seconds: float) -> None:
        inside.set()
        assert go_on.wait(10)

    with calling(small_sandbox(sleep=wait)) as caller:
        caller.sandbox.switches.set({"concurrency_limit": 1})
        caller.sandbox.faults.add("slow")
        slow = threading.Thread(target=caller.post, args=(COUNT,))
        slow.start()
        assert inside.wait(10)
        headers = {"Authorization": "token made-up"}
        url = f"{caller.url}/graphql"
        second = requests.post(url, json={"query": COUNT}, headers=headers, timeout=10)
        go_on.set()
        slow.join()
        assert second.json()["errors"][0]["code"] == "BAD_REQUEST.CONCURRENCY_LIMIT_REACHED"
        assert "errors" not in caller.post(COUNT).json()


@pytest.mark.parametrize(
    ("form", "reset_at"),
    [
        ("local", "2026-03-02T10:20:00"),
        ("utc", "2026-03-02T09:20:00Z"),
        ("epoch", 1772443200),
    ],
)
def test_spent_credits_come_back_at_the_named_moment(
    xledger: Caller, clock: Clock, form: str, reset_at: str | int
) -> None:
    xledger.sandbox.switches.set({"credits": 2, "reset_at": form})
    xledger.post(COUNT)
    xledger.post(COUNT)
    error = xledger.error(COUNT)
    assert error["code"] == "BAD_REQUEST.INSUFFICIENT_CREDITS"
    assert error["extensions"] == {"resetAt": reset_at}
    clock.advance(1200)
    assert "errors" not in xledger.post(COUNT).json()


def test_spent_credits_can_come_without_a_moment(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"credits": 1, "reset_at": "absent"})
    xledger.post(COUNT)
    assert "extensions" not in xledger.error(COUNT)


def test_the_content_type_does_not_matter(xledger: Caller) -> None:
    response = xledger.session.post(
        f"{xledger.url}/graphql",
        data='{"query": "{ objectKinds { edges { node { name } } } }", "variables": null}',
        headers={"Content-Type": "text/plain; charset=utf-8"},
        timeout=10,
    )
    assert response.json()["data"]["objectKinds"]["edges"]


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"query": 1}', b'{"variables": {}}'])
def test_a_body_without_a_document_is_a_bad_request(xledger: Caller, body: bytes) -> None:
    response = xledger.session.post(f"{xledger.url}/graphql", data=body, timeout=10)
    assert response.status_code == 400
    assert response.json()["errors"]


def test_only_post_is_answered(xledger: Caller) -> None:
    assert xledger.session.get(f"{xledger.url}/graphql", timeout=10).status_code == 405
    assert xledger.session.post(f"{xledger.url}/other", timeout=10).status_code == 404


def test_an_unknown_field_is_refused_with_the_library_s_code_in_extensions(
    xledger: Caller,
) -> None:
    response = xledger.post("{ employees { pageInfo { endCursor } } }")
    error = response.json()["errors"][0]
    assert response.status_code == 400
    assert error["message"].startswith("Cannot query field 'endCursor'")
    assert error["locations"] == [{"line": 1, "column": 26}]
    codes = {"code": "FIELDS_ON_CORRECT_TYPE", "codes": ["FIELDS_ON_CORRECT_TYPE"]}
    assert error["extensions"] == {**codes, "number": "5.3.1"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ employees(first: 1, filter: {modifiedAt_gte: 1}) { edges { cursor } } }", "ARGUMENTS"),
        ("{ employees(firts: 1) { edges { cursor } } }", "KNOWN_ARGUMENT_NAMES"),
        ("query ($x: [Int64String!]) { employees(filter: {dbId_in: $x}) { __typename } }", "VARIA"),
        ("{ employees { ", "SYNTAX_ERROR"),
    ],
)
def test_each_violation_has_its_code(xledger: Caller, query: str, code: str) -> None:
    assert xledger.error(query)["extensions"]["code"].startswith(code)


def test_a_variable_of_the_wrong_form_is_an_invalid_value(xledger: Caller) -> None:
    query = "query ($n: Int) { employees(first: $n) { edges { cursor } } }"
    response = xledger.post(query, n="many")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "INVALID_VALUE"


def test_a_violation_can_come_with_status_200(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"validation_status": 200})
    assert xledger.post("{ nothing }").status_code == 200


def test_introspection_shows_what_can_be_written_and_no_absence(xledger: Caller) -> None:
    schema = build_client_schema(xledger.data(get_introspection_query()))
    mutation = schema.mutation_type
    assert mutation is not None
    assert set(mutation.fields) == {
        *("addEmployees", "updateEmployees", "addContacts", "updateContacts"),
        *("addObjectValues", "updateObjectValues"),
    }
    for name in ("AddEmployeesInputNode", "UpdateEmployeesInputNode"):
        assert len(getattr(schema.type_map[name], "fields")) == 73  # noqa: B009  # untyped map


def test_the_log_tells_what_was_done_and_no_value(xledger: Caller) -> None:
    xledger.add({"code": "20001", "firstName": "Hemmelig", "lastName": "Hemmelig"})
    log = xledger.control("GET", "log")
    assert log.json()["log"] == [
        {
            "operation": "mutation",
            "roots": ["addEmployees"],
            "inputs": 1,
            "status": 200,
            "fault": None,
            "codes": [],
        }
    ]
    assert xledger.control("DELETE", "log").json() == {"log": []}
