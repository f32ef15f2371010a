"""Calls the imitated Simployer One as bare HTTP, and names people of the company by case."""

from __future__ import annotations

from datetime import date
from typing import Any

import requests

from fjordkraft.company import people

TODAY = date(2026, 3, 16)
UNKNOWN_ID = "0" * 24


class Caller:
    """A bare client: one session, a token, and JSON back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer some-token"

    def send(self, path: str, query: str = "", **options: Any) -> requests.Response:
        url = f"{self.url}/v1{path}" + (f"?{query}" if query else "")
        return self.session.get(url, timeout=10, **options)

    def get(self, path: str, query: str = "") -> dict[str, Any]:
        response = self.send(path, query)
        assert response.status_code == 200, response.text
        document: dict[str, Any] = response.json()
        return document

    def control(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=10)

    def by_number(self, number: str) -> dict[str, Any]:
        """Give the one employee row with this number."""
        (row,) = self.get("/employee", f"filters[employeeNumber]={number}")["data"]
        return dict(row)


def the(case: str) -> str:
    """Give the employee number of the person made for an awkward case."""
    (person,) = (person for person in people(60, today=TODAY) if person.case == case)
    assert person.number is not None
    return person.number
