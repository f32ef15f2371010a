"""What a read gives: pages, order, filters, status and the forms of values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.xledger.calling import Caller, Clock, calling, small_sandbox

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
  employees(first: $first, after: $after, last: $last, before: $before, objectStatus: ALL) {
    edges { cursor node { dbId } } pageInfo { hasNextPage hasPreviousPage } } }"""


@pytest.fixture
def xledger() -> Iterator[Caller]:
    sandbox = small_sandbox(clock=Clock())
    sandbox.switches.set({"burst_limit": None})
    with calling(sandbox) as caller:
        yield caller


def everyone(xledger: Caller) -> list[int]:
    return [each["dbId"] for each in xledger.sandbox.employees]


def found(xledger: Caller, arguments: str, **variables: Any) -> list[int]:
    """Give the dbIds of `employees(<arguments>)`; `edges: null` gives none."""
    query = f"{{ employees({arguments}) {{ edges {{ node {{ dbId }} }} }} }}"
    edges = xledger.data(query, **variables)["employees"]["edges"] or []
    return [edge["node"]["dbId"] for edge in edges]


def walk(xledger: Caller, size: int) -> list[int]:
    """Page forward by the last edge's cursor until there is no next page."""
    seen: list[int] = []
    after = None
    while True:
        page = xledger.data(PAGE, first=size, after=after)["employees"]
        seen += [edge["node"]["dbId"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return seen
        after = page["edges"][-1]["cursor"]


def test_nothing_found_is_null_and_not_an_empty_list(xledger: Caller) -> None:
    query = '{ employees(filter: {code: "none"}) { edges { cursor } pageInfo { hasNextPage } } }'
    answer = xledger.data(query)["employees"]
    assert answer == {"edges": None, "pageInfo": {"hasNextPage": False}}
    assert xledger.data("{ payrollRates { edges { cursor } } }")["payrollRates"]["edges"] is None


@pytest.mark.parametrize("size", [1, 7, 54, 10_000])
def test_pages_forward_give_everyone_once_in_dbid_order(xledger: Caller, size: int) -> None:
    assert walk(xledger, size) == everyone(xledger)


@pytest.mark.parametrize(
    "switches",
    [{"cursor": "composite"}, {"order": "modifiedAt"}, {"page_cap": 10}],
    ids=str,
)
def test_a_walk_is_complete_whatever_the_cursor_order_or_page_size(
    xledger: Caller, switches: dict[str, Any]
) -> None:
    xledger.sandbox.switches.set(switches)
    assert sorted(walk(xledger, 25)) == everyone(xledger)


def test_a_page_smaller_than_asked_says_that_there_is_more(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"page_cap": 10})
    page = xledger.data(PAGE, first=50)["employees"]
    assert len(page["edges"]) == 10
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}


def test_pages_backward_go_from_the_last_by_before(xledger: Caller) -> None:
    ids = everyone(xledger)
    page = xledger.data(PAGE, last=5)["employees"]
    assert [edge["node"]["dbId"] for edge in page["edges"]] == ids[-5:]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    earlier = xledger.data(PAGE, last=5, before=page["edges"][0]["cursor"])["employees"]
    assert [edge["node"]["dbId"] for edge in earlier["edges"]] == ids[-10:-5]


def test_a_person_edited_during_a_walk_in_modified_order_comes_twice(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"order": "modifiedAt"})
    page = xledger.data(PAGE, first=30)["employees"]
    edited = page["edges"][0]["node"]["dbId"]
    xledger.update({"dbId": edited, "info": "edited"})
    rest = xledger.data(PAGE, first=100, after=page["edges"][-1]["cursor"])["employees"]["edges"]
    assert rest[-1]["node"]["dbId"] == edited
    assert len(rest) + 30 == len(everyone(xledger)) + 1


@pytest.mark.parametrize("argument", ["first", "last"])
def test_more_than_ten_thousand_rows_are_refused(xledger: Caller, argument: str) -> None:
    answer = xledger.post(PAGE, **{argument: 10_001}).json()
    assert answer["data"] is None
    assert answer["errors"][0]["message"].startswith(f"{argument}:")
    assert xledger.data(PAGE, **{argument: 10_000})["employees"]["edges"]


def test_a_cursor_that_was_never_given_is_refused(xledger: Caller) -> None:
    assert xledger.error(PAGE, first=1, after="abc")["message"] == "after: The cursor is not valid."


def test_only_open_employees_are_read_unless_others_are_asked_for(xledger: Caller) -> None:
    left = [e["dbId"] for e in xledger.sandbox.employees if (e["employmentTo"] or "9") < "2026"]
    assert left
    assert sorted(found(xledger, "objectStatus: CLOSED")) == left
    assert sorted(found(xledger, "objectStatus: OPEN") + left) == everyone(xledger)
    assert found(xledger, "first: 100") == found(xledger, "objectStatus: OPEN")
    xledger.sandbox.switches.set({"default_status": "ALL"})
    assert found(xledger, "first: 100") == everyone(xledger)


def test_the_owner_set_is_accepted(xledger: Caller) -> None:
    for owner_set in ("CURRENT", "LOWER", "ALL"):
        assert found(xledger, f"ownerSet: {owner_set}, objectStatus: ALL") == everyone(xledger)


def test_filters_are_joined_by_and(xledger: Caller) -> None:
    ids = everyone(xledger)
    both = f"objectStatus: ALL, filter: {{dbId_in: [{ids[0]}, {ids[3]}], dbId_gt: {ids[0]}}}"
    assert found(xledger, both) == [ids[3]]


def test_a_null_filter_asks_for_empty_values(xledger: Caller) -> None:
    open_ended = [e["dbId"] for e in xledger.sandbox.employees if e["employmentTo"] is None]
    assert found(xledger, "objectStatus: ALL, filter: {employmentTo: null}") == open_ended


def test_filters_can_be_nested_with_or(xledger: Caller) -> None:
    codes = [each["code"] for each in xledger.sandbox.employees][:2]
    either = f'filter: {{OR: [{{code: "{codes[0]}"}}, {{code: "{codes[1]}"}}]}}'
    assert found(xledger, f"objectStatus: ALL, {either}") == everyone(xledger)[:2]


def test_rows_modified_since_a_moment_are_found(xledger: Caller) -> None:
    changed = everyone(xledger)[4]
    xledger.update({"dbId": changed, "info": "edited"})
    since = 'filter: {modifiedAt_gte: "2026-03-02T10:00:00"}'
    assert found(xledger, f"objectStatus: ALL, {since}") == [changed]


def test_stamps_are_local_without_a_zone_and_lie_in_the_repeated_hour(xledger: Caller) -> None:
    query = "{ employees(first: 1) { edges { node { createdAt modifiedAt } } } }"
    node = xledger.data(query)["employees"]["edges"][0]["node"]
    assert node == {"createdAt": "2025-10-26T02:30:00", "modifiedAt": "2025-10-26T02:30:00"}


def test_dbids_are_numbers_on_employees_and_strings_on_contacts(xledger: Caller) -> None:
    query = "{ employees(first: 1) { edges { node { dbId contactDbId contact { dbId } } } } }"
    node = xledger.data(query)["employees"]["edges"][0]["node"]
    assert isinstance(node["dbId"], int)
    assert isinstance(node["contactDbId"], str)
    assert node["contact"]["dbId"] == node["contactDbId"]
    assert int(node["contactDbId"]) > 2**32


IDENTITY = """{ employees(objectStatus: ALL) { edges { node {
  code socialSecurityMasked contact { socialSec birthday } } } } }"""


def test_the_national_id_is_masked_on_the_employee_and_whole_on_the_contact(
    xledger: Caller,
) -> None:
    edges = xledger.data(IDENTITY)["employees"]["edges"]
    first = edges[0]["node"]
    assert re.fullmatch(r"\d{11}", first["contact"]["socialSec"])
    assert first["socialSecurityMasked"] == first["contact"]["socialSec"][:6] + "*****"


@pytest.mark.parametrize(("how", "form"), [("masked", r"\d{6}\*{5}"), ("null", "None")])
def test_the_contact_can_hide_the_national_id_too(xledger: Caller, how: str, form: str) -> None:
    xledger.sandbox.switches.set({"social_sec": how})
    node = xledger.data(IDENTITY)["employees"]["edges"][0]["node"]
    assert re.fullmatch(form, str(node["contact"]["socialSec"]))


def test_code_lists_are_read_by_their_kind(xledger: Caller) -> None:
    kinds = xledger.data("{ objectKinds { edges { node { dbId name } } } }")["objectKinds"]
    number = {edge["node"]["name"]: edge["node"]["dbId"] for edge in kinds["edges"]}["Stilling"]
    assert isinstance(number, str)
    query = f"""{{ objectValues(filter: {{objectKindDbId: {number}}}) {{
      edges {{ node {{ code description objectKind {{ name }} definition {{ dbId }} }} }} }} }}"""
    values = [edge["node"] for edge in xledger.data(query)["objectValues"]["edges"]]
    assert values[0]["code"] == "P01"
    assert {value["objectKind"]["name"] for value in values} == {"Stilling"}


def test_one_subledger_is_read_by_its_dbid(xledger: Caller) -> None:
    listed = xledger.data("{ subledgers(first: 1) { edges { node { dbId code } } } }")
    node = listed["subledgers"]["edges"][0]["node"]
    query = "query ($id: ID!) { subledger(dbId: $id) { code } }"
    assert xledger.data(query, id=node["dbId"])["subledger"] == {"code": node["code"]}
    assert xledger.data(query, id="0")["subledger"] is None


def test_the_tenant_has_one_entity_to_which_everything_belongs(xledger: Caller) -> None:
    entity = xledger.data("{ entities { edges { node { dbId description } } } }")["entities"]
    assert entity["edges"][0]["node"] == {"dbId": 42365431, "description": "Fjordkraft Demo AS"}
    query = "{ employees(first: 1) { edges { node { ownerDbId owner { dbId } } } } }"
    node = xledger.data(query)["employees"]["edges"][0]["node"]
    assert node == {"ownerDbId": 42365431, "owner": {"dbId": 42365431}}
