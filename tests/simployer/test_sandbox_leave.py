"""The imitated Simployer One gives leaves, their days, types and schedules as strictly as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simployer.sandbox import Sandbox, Switches
from tests.simployer.calling import TODAY, UNKNOWN_ID, Caller

SELECTABLE = {
    "leave": "id,employeeId,typeId,status,duration,startDate,endDate,gradePercentage",
    "leave-type": "id,name,kind,minimumDuration,deductible,paid,disabled,archived",
    "leave-transaction": "id,leaveTypeId,employeeId,childId,description,date,hours,extent",
    "work-week": "id,companyId,officeId,employeeId,effectiveFrom,timezone,duration",
    "child": "id,employeeId,name,birthdate",
}
UNSELECTABLE = {
    "leave": ("description", "childId", "morning", "workingMinutes", "localStartDate", "extent"),
    "leave-type": ("code", "companyId"),
    "leave-transaction": ("parent", "status"),
    "work-week": ("monday", "effectiveTo"),
}


@pytest.mark.parametrize("path", SELECTABLE)
def test_every_list_comes_in_the_envelope(path: str, caller: Caller) -> None:
    document = caller.get(f"/{path}", "limit=3&sort[id]=asc")
    assert document["status"] == "ok"
    assert document["count"] == len(document["data"]) <= 3
    assert document["total"] >= document["count"] > 0
    ids = [row["id"] for row in document["data"]]
    assert ids == sorted(ids)


@pytest.mark.parametrize("path", SELECTABLE)
def test_one_row_comes_by_its_id_and_another_is_404(path: str, caller: Caller) -> None:
    [row] = caller.get(f"/{path}", "limit=1")["data"]
    assert caller.get(f"/{path}/{row['id']}")["data"] == row
    missing = caller.send(f"/{path}/{UNKNOWN_ID}")
    assert (missing.status_code, missing.json()["statusCode"]) == (404, 404)


@pytest.mark.parametrize(("path", "names"), SELECTABLE.items())
def test_what_is_documented_can_be_selected(path: str, names: str, caller: Caller) -> None:
    [row] = caller.get(f"/{path}", f"limit=1&select={names}")["data"]
    assert set(row) == set(names.split(","))


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in UNSELECTABLE.items() for name in names]
)
@pytest.mark.parametrize("query", ["select={}", "filters[{}]=1", "sort[{}]=asc"])
def test_nothing_else_can_be_selected_filtered_or_sorted(
    path: str, name: str, query: str, caller: Caller
) -> None:
    refused = caller.send(f"/{path}", query.format(name))
    assert refused.status_code == 400
    assert name in str(refused.json()["message"])


def test_a_leave_without_select_shows_more_than_is_documented(caller: Caller) -> None:
    [row] = caller.get("/leave", "limit=1")["data"]
    assert {"deleted", "__v", "morning", "timezone", "localStartDate"} <= set(row)


@pytest.mark.parametrize("path", ["leave", "leave-type", "leave-transaction", "work-week"])
def test_nothing_can_be_written_through_the_public_api(path: str, caller: Caller) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        url = f"{caller.url}/v1/{path}/{UNKNOWN_ID}"
        assert caller.session.request(method, url, json={}, timeout=10).status_code == 405


def test_codes_are_no_resource_of_their_own(caller: Caller) -> None:
    assert caller.send("/leave-type-code").status_code == 404


def test_codes_come_beside_the_types_as_a_list_and_beside_one_type_as_one(
    caller: Caller, sandbox: Sandbox
) -> None:
    row = sandbox.find("leave-type", name="Ferie")
    listed = caller.get("/leave-type", "relations=leaveTypeCode")["relations"]["leaveTypeCode"]
    mine = [code for code in listed if code["leaveTypeId"] == row["id"]]
    assert sorted(code["code"] for code in mine) == ["FE", "FERIE"]
    path = f"/leave-type/{row['id']}"
    assert caller.get(path, "relations=leaveTypeCode")["relations"]["leaveTypeCode"] in mine
    sandbox.switches = Switches(type_codes="list")
    both = caller.get(path, "relations=leaveTypeCode")["relations"]["leaveTypeCode"]
    assert sorted(code["code"] for code in both) == ["FE", "FERIE"]
    bare = sandbox.find("leave-type", name="Studiedag")
    sandbox.switches = Switches()
    assert caller.get(f"/leave-type/{bare['id']}", "relations=leaveTypeCode")["relations"] == {}


def test_types_people_and_children_are_sideloaded(caller: Caller) -> None:
    beside = caller.get("/leave", "relations=type,employee&limit=5")
    assert {row["typeId"] for row in beside["data"]} == {
        row["id"] for row in beside["relations"]["type"]
    }
    days = caller.get("/leave-transaction", "relations=child,leaveType,employee&limit=500")
    children = {row["childId"] for row in days["data"]} - {None}
    assert children == {row["id"] for row in days["relations"]["child"]}
    assert caller.send("/leave", "relations=child").status_code == 400


def test_leaves_are_filtered_by_date_and_open_ones_have_none_to_filter_by(
    caller: Caller,
) -> None:
    everything = caller.get("/leave", "limit=500")
    begun = caller.get("/leave", "filters[startDate][$lte]=2026-02-10&limit=500")
    assert 0 < begun["total"] < everything["total"]
    ended = caller.get("/leave", "filters[endDate][$gte]=2000-01-01&limit=500")
    assert everything["total"] - ended["total"] == 1


def test_days_are_those_on_which_there_is_work(caller: Caller, sandbox: Sandbox) -> None:
    days = caller.get("/leave-transaction", "limit=500")["data"]
    assert {day["status"] for day in days} == {"APPROVED", "CONFIRMED"}
    leaves = {row["id"]: row for row in sandbox.rows["leave"]}
    for day in days:
        assert day["parent"]["type"] == "Leave"
        leave = leaves[day["parent"]["id"]]
        assert leave["status"] in {"APPROVED", "CONFIRMED"}
        assert not leave["deleted"]


# Switches


def leave_of(sandbox: Sandbox, **values: Any) -> dict[str, Any]:
    """The first stored leave with these values."""
    return next(
        row
        for row in sandbox.rows["leave"]
        if all(row[name] == value for name, value in values.items())
    )


@pytest.mark.parametrize(
    ("switches", "name", "sent"),
    [
        ({}, "startDate", "2026-02-06T00:00:00.000Z"),
        ({"dates": "local"}, "startDate", "2026-02-05T23:00:00.000Z"),
        ({"leave_end": "last_second"}, "endDate", "2026-02-06T23:59:59.000Z"),
        ({"leave_end": "last_second", "dates": "local"}, "endDate", "2026-02-06T22:59:59.000Z"),
        ({}, "localEndDate", "2026-02-06T00:00:00"),
        ({"local_dates": "day"}, "localEndDate", "2026-02-06"),
        ({"local_dates": "as_utc"}, "localStartDate", "2026-02-06T00:00:00.000Z"),
        ({"leave_end": "last_second"}, "localEndDate", "2026-02-06T23:59:59"),
        ({}, "status", "APPROVED"),
        ({"statuses": "lower"}, "status", "approved"),
    ],
)
def test_a_leave_is_written_as_the_switches_say(
    switches: dict[str, Any], name: str, sent: str, caller: Caller, sandbox: Sandbox
) -> None:
    row = leave_of(sandbox, duration="half_day", afternoon=True)
    sandbox.switches = Switches().changed(switches)
    assert caller.get(f"/leave/{row['id']}")["data"][name] == sent


@pytest.mark.parametrize("name", ["timezone", "timezoneOffset", "localStartDate", "localEndDate"])
def test_local_dates_may_be_missing(name: str, caller: Caller, sandbox: Sandbox) -> None:
    assert name in caller.get("/leave", "limit=1")["data"][0]
    for switches in (Switches(local_dates="absent"), Switches(undocumented_fields=False)):
        sandbox.switches = switches
        assert name not in caller.get("/leave", "limit=1")["data"][0]


def test_times_are_moments_in_every_form_of_dates(caller: Caller, sandbox: Sandbox) -> None:
    row = leave_of(sandbox, duration="minutes", startDate="2026-02-10T13:15")
    for dates in ("utc", "local"):
        sandbox.switches = Switches().changed({"dates": dates})
        sent = caller.get(f"/leave/{row['id']}")["data"]
        assert (sent["startDate"], sent["endDate"]) == (
            "2026-02-10T12:15:00.000Z",
            "2026-02-10T14:45:00.000Z",
        )
        assert sent["localStartDate"] == "2026-02-10T13:15:00"


@pytest.mark.parametrize(
    ("switches", "there", "absent"),
    [
        ({}, {"gradePercentage"}, {"extent"}),
        ({"grade": "extent"}, {"extent"}, {"gradePercentage"}),
        ({"grade": "absent"}, set(), {"gradePercentage", "extent"}),
        ({"later_fields": False}, set(), {"gradePercentage", "extent"}),
    ],
)
def test_the_grade_is_in_one_field_or_in_none(
    switches: dict[str, Any], there: set[str], absent: set[str], caller: Caller, sandbox: Sandbox
) -> None:
    row = leave_of(sandbox, gradePercentage=37.5)
    sandbox.switches = Switches().changed(switches)
    sent = caller.get(f"/leave/{row['id']}")["data"]
    assert {sent[name] for name in there} <= {37.5}
    assert there <= set(sent)
    assert not absent & set(sent)
    asked = caller.send("/leave", "select=gradePercentage").status_code
    assert asked == (200 if "gradePercentage" in there else 400)


@pytest.mark.parametrize(
    ("switches", "hours", "extent"),
    [
        ({}, 2.8125, 37.5),
        ({"transaction_hours": "whole_day"}, 7.5, 37.5),
        ({"transaction_extent": "fraction"}, 2.8125, 0.375),
        ({"transaction_extent": "absent"}, 2.8125, None),
    ],
)
def test_a_day_counts_as_the_switches_say(
    switches: dict[str, Any],
    hours: float,
    extent: float | None,
    caller: Caller,
    sandbox: Sandbox,
) -> None:
    row = leave_of(sandbox, gradePercentage=37.5)
    sandbox.switches = Switches().changed(switches)
    query = f"filters[employeeId]={row['employeeId']}&limit=500"
    days = caller.get("/leave-transaction", query)["data"]
    mine = [day for day in days if day["parent"]["id"] == row["id"]]
    assert {(day["hours"], day["extent"]) for day in mine} == {(hours, extent)}


def test_there_may_be_no_transactions_at_all(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.switches = Switches(transactions=False)
    assert caller.get("/leave-transaction")["total"] == 0


def test_a_deleted_leave_is_listed_with_its_mark_or_gone(caller: Caller, sandbox: Sandbox) -> None:
    row = leave_of(sandbox, deleted=True)
    assert caller.get(f"/leave/{row['id']}")["data"]["deleted"] is True
    total = caller.get("/leave")["total"]
    for switches in (Switches(deleted_leaves="gone"), Switches(undocumented_fields=False)):
        sandbox.switches = switches
        assert caller.send(f"/leave/{row['id']}").status_code == 404
        assert caller.get("/leave")["total"] == total - 1


def test_a_week_is_in_minutes_or_hours(caller: Caller, sandbox: Sandbox) -> None:
    common = sandbox.find("work-week", employeeId=None, officeId=None)
    for unit, day, whole in (("minutes", 450, 2250), ("hours", 7.5, 37.5)):
        sandbox.switches = Switches().changed({"work_week_unit": unit})
        week = caller.get(f"/work-week/{common['id']}")["data"]
        assert (week["duration"], week["monday"]["duration"]) == (whole, day)
        assert week["monday"]["shifts"][0]["duration"] == day
        assert week["sunday"] == {"working": False, "duration": 0, "shifts": []}


# Edits by the door of the tests


def days_of(sandbox: Sandbox, row: dict[str, Any]) -> list[str]:
    transactions = sandbox.rows["leave-transaction"]
    return sorted(day["date"] for day in transactions if day["parent"]["id"] == row["id"])


def test_an_edited_leave_has_its_days_counted_anew(caller: Caller, sandbox: Sandbox) -> None:
    row = leave_of(sandbox, startDate="2026-02-12", endDate="2026-02-17")
    assert days_of(sandbox, row) == ["2026-02-12", "2026-02-13", "2026-02-16", "2026-02-17"]
    caller.control("PATCH", f"leave/{row['id']}", {"endDate": "2026-02-13"})
    assert days_of(sandbox, row) == ["2026-02-12", "2026-02-13"]
    caller.control("PATCH", f"leave/{row['id']}", {"status": "DENIED"})
    assert days_of(sandbox, row) == []
    caller.control("PATCH", f"leave/{row['id']}", {"status": "APPROVED", "deleted": True})
    assert days_of(sandbox, row) == []
    assert caller.control("DELETE", f"leave/{row['id']}").status_code == 204
    assert caller.send(f"/leave/{row['id']}").status_code == 404


def test_a_leave_is_added_with_its_days(caller: Caller, sandbox: Sandbox) -> None:
    like = leave_of(sandbox, startDate="2026-02-12", endDate="2026-02-17")
    new = {"startDate": "2026-02-26", "endDate": "2026-02-27", "status": "APPROVED"}
    kept = {name: like[name] for name in ("employeeId", "typeId", "duration")}
    made = caller.control("POST", "leave", new | kept)
    assert made.status_code == 201
    assert days_of(sandbox, made.json()) == ["2026-02-26", "2026-02-27"]
    assert caller.get(f"/leave/{made.json()['id']}")["data"]["deleted"] is False


def test_a_changed_schedule_counts_the_days_of_leaves_anew(
    caller: Caller, sandbox: Sandbox
) -> None:
    row = leave_of(sandbox, startDate="2026-02-12", endDate="2026-02-17")
    common = sandbox.find("work-week", employeeId=None, officeId=None)
    caller.control("PATCH", f"work-week/{common['id']}", {"monday": {"working": False}})
    assert days_of(sandbox, row) == ["2026-02-12", "2026-02-13", "2026-02-17"]


def test_a_leave_spoilt_by_a_test_is_served_as_it_stands(caller: Caller, sandbox: Sandbox) -> None:
    row = leave_of(sandbox, startDate="2026-02-12", endDate="2026-02-17")
    spoilt = caller.control("PATCH", f"leave/{row['id']}", {"startDate": "soon"})
    assert spoilt.status_code == 200
    assert caller.get(f"/leave/{row['id']}")["data"]["startDate"] == "soon"


def test_a_state_file_of_before_there_were_leaves_is_still_read(tmp_path: Path) -> None:
    state = tmp_path / "simployer.json"
    first = Sandbox(5, 1, today=TODAY, state=state)
    document = json.loads(state.read_text())
    for name in ("leave", "leave-type", "leave-type-code", "leave-transaction", "work-week"):
        del document["rows"][name]
    state.write_text(json.dumps(document))
    assert Sandbox(5, 1, today=TODAY, state=state).rows == first.rows
