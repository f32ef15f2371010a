"""Calls a sandbox over real HTTP, as a client that shares none of the adapter's code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests

from fjordkraft.serving import running
from xledger.sandbox import Sandbox

TODAY = date(2026, 3, 2)

ADD = """mutation ($in: [AddEmployeesInput!]!) { addEmployees(inputs: $in) {
  edges { clientId node { dbId code description employmentTo
    contact { dbId firstName lastName initials phone email address { fullAddress } }
    subledger { dbId code bankAccount } employeeGroup { code } } } } }"""

UPDATE = """mutation ($in: [UpdateEmployeesInput!]!) { updateEmployees(inputs: $in) {
  edges { clientId node { dbId code description email employmentTo contact { phone } } } } }"""

COUNT = "{ employees(objectStatus: ALL) { edges { node { dbId } } } }"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Caller:
    """A session with one sandbox."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.sandbox = sandbox
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = "token made-up"

    def post(self, query: str, **variables: Any) -> requests.Response:
        body = {"query": query, "variables": variables}
        return self.session.post(f"{self.url}/graphql", json=body, timeout=10)

    def data(self, query: str, **variables: Any) -> Any:
        """Give `data` of an answer that must have no errors."""
        answer = self.post(query, **variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def error(self, query: str, **variables: Any) -> Any:
        """Give the first error of an answer that must have one."""
        return self.post(query, **variables).json()["errors"][0]

    def add(self, *nodes: dict[str, Any]) -> requests.Response:
        return self.post(ADD, **{"in": numbered(nodes)})

    def update(self, *nodes: dict[str, Any]) -> requests.Response:
        return self.post(UPDATE, **{"in": numbered(nodes)})

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=10)


def numbered(nodes: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [{"clientId": str(n), "node": node} for n, node in enumerate(nodes)]


def new_hire(code: str, **fields: Any) -> dict[str, Any]:
    """Give the least node that addEmployees accepts, with `fields` over it."""
    return {"code": code, "firstName": "Kari", "lastName": "Solheim", **fields}


@contextmanager
def calling(sandbox: Sandbox) -> Iterator[Caller]:
    with running(sandbox.wsgi) as url:
        caller = Caller(sandbox, url)
        yield caller
        caller.session.close()


def small_sandbox(**options: Any) -> Sandbox:
    """Make a sandbox with the awkward cases and a few others."""
    return Sandbox(employees=60, today=TODAY, **options)
