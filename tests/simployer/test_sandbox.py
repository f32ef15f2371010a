"""The imitated Simployer One answers lists, rows and queries as its documentation says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from fjordkraft.serving import running
from simployer.sandbox import Sandbox, Switches
from tests.simployer.calling import TODAY, UNKNOWN_ID, Caller, the

# Envelopes and paging


def test_a_list_has_the_documented_envelope(caller: Caller) -> None:
    page = caller.get("/employee", "limit=7&offset=14")
    assert (page["status"], page["total"], page["count"], page["offset"]) == ("ok", 60, 7, 14)
    assert len(page["data"]) == 7
    assert page["relations"] == {}


def test_one_row_has_the_documented_envelope(caller: Caller, sandbox: Sandbox) -> None:
    row = sandbox.rows["office"][0]
    answer = caller.get(f"/office/{row['id']}")
    assert answer["status"] == "ok"
    assert answer["data"]["name"] == row["name"]


def test_pages_together_hold_everyone_once(caller: Caller) -> None:
    pages = [caller.get("/employee", f"limit=25&offset={n}&sort[id]=asc") for n in (0, 25, 50)]
    ids = [row["id"] for page in pages for row in page["data"]]
    assert ids == sorted(ids)
    assert len(set(ids)) == 60


def test_a_page_past_the_end_is_empty(caller: Caller) -> None:
    page = caller.get("/employee", "offset=60&limit=10")
    assert (page["data"], page["count"], page["total"]) == ([], 0, 60)


def test_limits_have_a_default_and_a_hidden_cap(caller: Caller, sandbox: Sandbox) -> None:
    assert caller.get("/employee")["count"] == 50
    sandbox.switches = Switches(default_limit=5, max_limit=20)
    assert caller.get("/employee")["count"] == 5
    assert caller.get("/employee", "limit=500")["count"] == 20


@pytest.mark.parametrize(
    "path",
    [
        "employee",
        "employment",
        "employment-type",
        "compensation",
        "company",
        "office",
        "department",
        "cost-center",
    ],
)
def test_every_resource_is_listed_and_read_one_by_one(caller: Caller, path: str) -> None:
    page = caller.get(f"/{path}", "limit=1")
    row = page["data"][0]
    assert re.fullmatch("[0-9a-f]{24}", row["id"])
    assert caller.get(f"/{path}/{row['id']}")["data"] == row


# Who may ask, and for what


def test_without_a_token_a_known_path_is_401_and_an_unknown_one_404(caller: Caller) -> None:
    del caller.session.headers["Authorization"]
    refused = caller.send("/employee")
    assert (refused.status_code, refused.json()) == (
        401,
        {"statusCode": 401, "message": "Unauthorized"},
    )
    for path in ("", "/", "/employees", "/nothing"):
        assert caller.send(path).status_code == 404


@pytest.mark.parametrize("header", ["Bearer expired", "Bearer ", "token some-token", "some-token"])
def test_tokens_of_the_wrong_kind_are_refused(caller: Caller, header: str) -> None:
    caller.session.headers["Authorization"] = header
    assert caller.send("/employee").status_code == 401


def test_a_set_token_is_the_only_one_accepted() -> None:
    with running(Sandbox(3, today=TODAY, token="right")) as url:
        caller = Caller(url)
        assert caller.send("/employee").status_code == 401
        caller.session.headers["Authorization"] = "Bearer right"
        assert caller.send("/employee").status_code == 200
        caller.session.close()


def test_a_row_that_does_not_exist_is_404(caller: Caller) -> None:
    answer = caller.send(f"/employee/{UNKNOWN_ID}")
    assert answer.status_code == 404
    assert answer.json() == {"statusCode": 404, "message": "Not Found", "error": "Not Found"}


# Select, filters, sort, relations


def test_select_gives_those_fields_and_the_id(caller: Caller) -> None:
    page = caller.get("/employee", "select=firstName,lastName&limit=3")
    assert [set(row) for row in page["data"]] == [{"id", "firstName", "lastName"}] * 3


def test_bank_account_and_address_come_only_without_select(caller: Caller) -> None:
    whole = caller.get("/employee", "limit=1")["data"][0]
    assert {"bankAccount", "homeAddress", "custom", "tax", "__v"} <= set(whole)
    refused = caller.send("/employee", "select=id,bankAccount")
    assert refused.status_code == 400
    assert refused.json()["message"] == ["select: bankAccount is not allowed"]


@pytest.mark.parametrize(
    "query",
    [
        "select=nope",
        "relations=nope",
        "filters[nope]=1",
        "filters[title][$like]=x",
        "sort[nope]=asc",
        "page=2",
    ],
)
def test_unknown_names_are_refused_or_ignored(caller: Caller, sandbox: Sandbox, query: str) -> None:
    refused = caller.send("/employee", query)
    assert refused.status_code == 400
    assert refused.json()["error"] == "Bad Request"
    assert len(refused.json()["message"]) == 1
    sandbox.switches = Switches(unknown_names="ignore")
    assert caller.get("/employee", query)["total"] == 60


@pytest.mark.parametrize("query", ["limit=many", "limit=0", "offset=-1", "sort[id]=up"])
def test_values_that_make_no_sense_are_refused_all_the_same(
    caller: Caller, sandbox: Sandbox, query: str
) -> None:
    sandbox.switches = Switches(unknown_names="ignore")
    assert caller.send("/employee", query).status_code == 400


def numbers(page: dict[str, Any]) -> list[str]:
    return sorted(str(row["employeeNumber"]) for row in page["data"])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("filters[employeeNumber]=10002", ["10002"]),
        ("filters[employeeNumber][$eq]=10002", ["10002"]),
        ("filters%5BemployeeNumber%5D%5B%24eq%5D=10002", ["10002"]),
        (
            "filters[employeeNumber][$in][]=10002&filters[employeeNumber][$in][]=10003",
            ["10002", "10003"],
        ),
        (
            "filters[employeeNumber][$between][]=10002&filters[employeeNumber][$between][]=10004",
            ["10002", "10003", "10004"],
        ),
        ("filters[employeeNumber][$gt]=10058&filters[employeeNumber][$lt]=10060", ["10059"]),
        ("filters[employeeNumber][$gte]=10059&filters[employeeNumber][$lte]=10059", ["10059"]),
        ("filters[employeeNumber]=10002&filters[active]=false", []),
        ("filters[employeeNumber][$all][]=10002", ["10002"]),
    ],
)
def test_filters_pick_rows(caller: Caller, query: str, wanted: list[str]) -> None:
    page = caller.get("/employee", query)
    assert numbers(page) == wanted
    assert page["total"] == len(wanted)


def test_negative_filters_keep_rows_without_a_value(caller: Caller) -> None:
    assert caller.get("/employee", "filters[employeeNumber][$neq]=10002")["total"] == 59
    query = "filters[employeeNumber][$nin][]=10002&filters[employeeNumber][$nin][]=10003"
    assert caller.get("/employee", query)["total"] == 58


def test_offboarded_people_are_listed_until_filtered_away(caller: Caller) -> None:
    left = caller.get("/employee", "filters[active]=false")
    assert numbers(left) == sorted([the("leaver"), the("long-gone leaver")])
    assert caller.get("/employee", "filters[active]=true")["total"] == 58


def test_dates_are_filtered_as_days_or_moments(caller: Caller) -> None:
    day = (TODAY + timedelta(days=14)).isoformat()
    later = caller.get("/employee", f"filters[hireDate][$gte]={day}")
    assert numbers(later) == sorted([the("future starter"), the("distant future starter")])
    moment = f"{day}T00:00:00.001Z"
    assert numbers(caller.get("/employee", f"filters[hireDate][$gt]={moment}")) == [
        the("distant future starter")
    ]
    assert caller.send("/employee", "filters[hireDate][$gt]=soon").status_code == 400


def test_numbers_are_filtered_as_numbers(caller: Caller) -> None:
    rates = [row["rate"] for row in caller.get("/employment", "filters[rate][$gt]=9")["data"]]
    assert {100, 80} <= set(rates)


def test_rows_are_sorted_either_way_with_the_empty_first_or_last(caller: Caller) -> None:
    up = caller.get("/employee", "sort[employeeNumber]=asc&limit=60")["data"]
    down = caller.get("/employee", "sort[employeeNumber]=desc&limit=60")["data"]
    assert up[0]["employeeNumber"] is None
    assert up[1]["employeeNumber"] == "00417"
    assert down[-1]["employeeNumber"] is None


def test_relations_lie_beside_the_data_and_cover_the_page_only(caller: Caller) -> None:
    page = caller.get("/employee", "relations=department,costCenter,employment&limit=5")
    assert set(page["relations"]) == {"department", "costCenter", "employment"}
    assert "department" not in page["data"][0]
    wanted = {row["employmentId"] for row in page["data"]} - {None}
    assert {row["id"] for row in page["relations"]["employment"]} == wanted
    departments = [row["id"] for row in page["relations"]["department"]]
    assert len(departments) == len(set(departments))


def test_a_resource_without_relations_refuses_them(caller: Caller) -> None:
    assert caller.send("/compensation", "relations=employee").status_code == 400
