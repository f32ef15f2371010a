"""The sandbox's rows of people, where it offers their writes: strict, and each unknown a switch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.xledger.calling import Caller, calling, new_hire, numbered, small_sandbox

ADD = """mutation ($in: [AddEmployeePositionsInput!]!) {
  addEmployeePositions(inputs: $in) { edges { clientId } }
}"""
UPDATE = """mutation ($in: [UpdateEmployeePositionsInput!]!) {
  updateEmployeePositions(inputs: $in) { edges { clientId } }
}"""
READ = """{ employeePositions(first: 10, objectStatus: ALL) { edges { node {
  dbId parttimePct dateFrom dateTo position { code } employmentType { code } } } } }"""
KARI = {"employee": {"code": "90001"}}
FIRST = {**KARI, "parttimePct": 100, "dateFrom": "2025-01-01"}
SECOND = {**KARI, "parttimePct": 60, "dateFrom": "2026-02-01"}


@pytest.fixture
def xledger() -> Iterator[Caller]:
    sandbox = small_sandbox()
    sandbox.switches.set({"offers": ["positions", "positions_change"]})
    with calling(sandbox) as caller:
        caller.add(new_hire("90001"))
        yield caller


def rows(xledger: Caller) -> list[dict[str, Any]]:
    edges = xledger.data(READ)["employeePositions"]["edges"] or []
    return [edge["node"] for edge in edges]


def write(xledger: Caller, document: str, node: dict[str, Any]) -> None:
    assert xledger.data(document, **{"in": numbered((node,))})


def refused(xledger: Caller, document: str, node: dict[str, Any]) -> str:
    return str(xledger.error(document, **{"in": numbered((node,))})["message"])


def test_a_position_is_shown_as_it_was_written(xledger: Caller) -> None:
    coded = {"position": {"code": "P01"}, "employmentType": {"code": "E01"}}
    write(xledger, ADD, {**FIRST, **coded, "dateTo": "2026-12-31"})
    [row] = rows(xledger)
    assert (row["parttimePct"], row["dateFrom"][:10], row["dateTo"][:10]) == (
        100.0,
        "2025-01-01",
        "2026-12-31",
    )
    assert (row["position"], row["employmentType"]) == ({"code": "P01"}, {"code": "E01"})
    write(xledger, UPDATE, {"dbId": row["dbId"], "parttimePct": 37.5, "dateTo": None})
    [row] = rows(xledger)
    assert (row["parttimePct"], row["dateTo"]) == (37.5, None)


@pytest.mark.parametrize("name", ["employee", "parttimePct", "dateFrom"])
def test_a_position_needs_a_person_a_percent_and_a_first_day(xledger: Caller, name: str) -> None:
    node = {key: value for key, value in FIRST.items() if key != name}
    assert refused(xledger, ADD, node) == f"{name}: A value is required."
    assert rows(xledger) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"dateTo": "2024-12-31"}, "is before dateFrom"),
        ({"employee": {"code": "nobody"}}, "No value matching"),
        ({"position": {"code": "none"}}, "No value matching"),
    ],
)
def test_what_makes_no_sense_is_refused(
    xledger: Caller, changed: dict[str, Any], words: str
) -> None:
    assert words in refused(xledger, ADD, {**FIRST, **changed})
    assert rows(xledger) == []


def test_a_correction_needs_a_row_that_is_there(xledger: Caller) -> None:
    assert "No value matching" in refused(xledger, UPDATE, {"dbId": "1", "parttimePct": 1})


@pytest.mark.parametrize(
    ("switch", "first_day_ends", "count"),
    [("keep", None, 2), ("end", "2026-01-31", 2), ("refuse", None, 1)],
)
def test_what_becomes_of_a_position_when_another_begins_is_a_switch(
    xledger: Caller, switch: str, first_day_ends: str | None, count: int
) -> None:
    xledger.sandbox.switches.set({"open_positions": switch})
    write(xledger, ADD, FIRST)
    answer = xledger.post(ADD, **{"in": numbered((SECOND,))}).json()
    assert ("errors" in answer) == (switch == "refuse")
    found = rows(xledger)
    assert len(found) == count
    assert found[0]["dateTo"] == first_day_ends


def test_a_second_position_of_one_day_is_taken(xledger: Caller) -> None:
    for _ in range(2):
        write(xledger, ADD, FIRST)
    assert len(rows(xledger)) == 2
