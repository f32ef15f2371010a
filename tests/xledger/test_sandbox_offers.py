"""The writes beside employees that the sandbox's schema has, or has not, as its switches say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from tests.xledger.calling import Caller, calling, small_sandbox
from xledger.capabilities import CAPABILITIES
from xledger.sandbox.schema import MUTATIONS, executable_schema
from xledger.sandbox.switches import Offer, OfferedField

WRITABLE = '{ __type(name: "Mutation") { fields { name } } }'
ABSENCE = '{ __type(name: "AddAbsencesInputNode") { inputFields { name } } }'
ADD_POSITION = """mutation ($in: [AddEmployeePositionsInput!]!) {
  addEmployeePositions(inputs: $in) { edges { clientId } }
}"""


@pytest.fixture
def xledger() -> Iterator[Caller]:
    with calling(small_sandbox()) as caller:
        yield caller


def mutations(xledger: Caller) -> set[str]:
    return {each["name"] for each in xledger.data(WRITABLE)["__type"]["fields"]}


def test_the_switches_name_what_the_client_looks_for() -> None:
    assert set(get_args(Offer)) == set(MUTATIONS) == {each.name for each in CAPABILITIES}
    assert set(get_args(OfferedField)) == {name for each in CAPABILITIES for name in each.fields}


def test_one_schema_is_built_per_variant() -> None:
    assert executable_schema() is executable_schema([], ())
    assert executable_schema(["absences"]) is executable_schema(("absences",))
    assert executable_schema(["absences"]) is not executable_schema(["timesheets"])


def test_the_schema_tells_what_is_offered_now(xledger: Caller) -> None:
    assert not mutations(xledger) & set(MUTATIONS.values())
    assert xledger.data(ABSENCE) == {"__type": None}
    xledger.control("POST", "switches", {"offers": ["absences"]})
    assert mutations(xledger) & set(MUTATIONS.values()) == {"addAbsences"}
    xledger.control("POST", "switches", {"renamed_fields": ["absenceCode"]})
    fields = {each["name"] for each in xledger.data(ABSENCE)["__type"]["inputFields"]}
    assert "absenceCodeRenamed" in fields
    assert "absenceCode" not in fields
    xledger.control("POST", "reset")
    assert not mutations(xledger) & set(MUTATIONS.values())


def test_people_are_still_written_where_more_is_offered(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"offers": list(MUTATIONS), "renamed_fields": ["text"]})
    assert xledger.add({"code": "20001", "firstName": "Kari", "lastName": "Solheim"}).ok
    assert xledger.sandbox.by_code("20001")["firstName"] == "Kari"


def test_a_write_that_is_not_offered_is_not_in_the_schema(xledger: Caller) -> None:
    rows = [{"clientId": "0", "node": {"parttimePct": 80}}]
    unknown = xledger.error(ADD_POSITION, **{"in": rows})
    assert any(name in unknown["message"] for name in ("addEmployeePositions", "PositionsInput"))


def test_without_introspection_every_other_document_still_works(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"introspection": False})
    assert "introspection has been disabled" in xledger.error(WRITABLE)["message"]
    assert xledger.data("{ employees(first: 1) { edges { node { dbId } } } }")


@pytest.mark.parametrize("values", [{"offers": ["holidays"]}, {"renamed_fields": ["code"]}])
def test_an_unknown_offer_or_field_is_refused(values: dict[str, Any], xledger: Caller) -> None:
    answer = xledger.control("POST", "switches", values)
    assert answer.status_code == 400
    assert "no value of the switch" in answer.json()["error"]
