"""How strict the sandbox is with time off: what it demands, keeps, filters and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.xledger.calling import TODAY, Caller, calling, numbered, small_sandbox
from xledger.sandbox import Sandbox
from xledger.sandbox.schema import MUTATIONS, executable_schema

ABSENCE = {
    "absenceCode": {"code": "SYK"},
    "fromDate": "2026-03-09",
    "toDate": "2026-03-13",
    "leavePercent": 62.5,
    "text": "Sykmelding",
}
TIMESHEET = {"timeType": {"code": "SYK"}, "assignmentDate": "2026-03-09", "workingHours": "3.75"}
PLAIN: dict[str, dict[str, Any]] = {"Absences": ABSENCE, "Timesheets": TIMESHEET}
TABLES = {"Absences": "absences", "Timesheets": "timesheets"}
EVERYTHING = [name for name in MUTATIONS if name.startswith(("absences", "timesheets"))]


@pytest.fixture
def xledger() -> Iterator[Caller]:
    with calling(small_sandbox()) as caller:
        caller.sandbox.switches.set({"offers": EVERYTHING, "burst_limit": None})
        yield caller


def row(xledger: Caller, plural: str, **values: Any) -> dict[str, Any]:
    return {
        "employee": {"dbId": xledger.sandbox.employees[0]["dbId"]},
        **PLAIN[plural],
        **values,
    }


def sending(verb: str, plural: str, selection: str = "clientId node { dbId }") -> str:
    name = f"{verb[0].upper()}{verb[1:]}{plural}Input"
    return (
        f"mutation ($in: [{name}!]!) "
        f"{{ {verb}{plural}(inputs: $in) {{ edges {{ {selection} }} }} }}"
    )


def send(xledger: Caller, plural: str, *rows: dict[str, Any], verb: str = "add") -> Any:
    return xledger.post(sending(verb, plural), **{"in": numbered(rows)}).json()


def remove(xledger: Caller, plural: str, *ids: int) -> Any:
    query = f"mutation ($ids: [Int64String!]!) {{ remove{plural}(dbIds: $ids) {{ numAffected }} }}"
    return xledger.post(query, ids=list(ids)).json()


def new_rows(xledger: Caller, plural: str) -> list[dict[str, Any]]:
    shown = xledger.control("GET", TABLES[plural]).json()[TABLES[plural]]
    return [each for each in shown if (each.get("fromDate") or each["assignmentDate"]) > "2026"]


@pytest.mark.parametrize("plural", PLAIN)
def test_a_row_is_kept_and_shown(plural: str, xledger: Caller) -> None:
    answer = send(xledger, plural, row(xledger, plural))
    [edge] = answer["data"][f"add{plural}"]["edges"]
    [kept] = new_rows(xledger, plural)
    assert edge == {"clientId": "0", "node": {"dbId": str(kept["dbId"])}}
    assert kept["employee"] == xledger.sandbox.employees[0]["code"]


@pytest.mark.parametrize(
    ("plural", "name"),
    [("Absences", each) for each in ("employee", "absenceCode", "fromDate", "toDate")]
    + [("Timesheets", each) for each in ("employee", "assignmentDate", "workingHours", "timeType")],
)
def test_what_is_needed_is_demanded(plural: str, name: str, xledger: Caller) -> None:
    without = row(xledger, plural)
    del without[name]
    [error] = send(xledger, plural, without)["errors"]
    assert error["message"] == f"{name}: A value is required."
    assert new_rows(xledger, plural) == []


@pytest.mark.parametrize(
    ("plural", "values"),
    [
        ("Absences", {"toDate": "2026-03-08"}),
        ("Absences", {"leavePercent": 0}),
        ("Absences", {"leavePercent": 100.5}),
        ("Absences", {"timeFrom": "08:00"}),
        ("Absences", {"timeFrom": "8", "timeTo": "09:00"}),
        ("Absences", {"leavePercent": "50"}),
        ("Absences", {"fromDate": "09.03.2026"}),
        ("Absences", {"position": {"code": "none"}}),
        ("Timesheets", {"workingHours": "0"}),
        ("Timesheets", {"workingHours": "24.25"}),
        ("Timesheets", {"workingHours": "a day"}),
        ("Timesheets", {"project": {"code": "1"}}),
    ],
)
def test_what_makes_no_sense_is_refused(
    plural: str, values: dict[str, Any], xledger: Caller
) -> None:
    assert send(xledger, plural, row(xledger, plural, **values))["errors"]
    assert new_rows(xledger, plural) == []


@pytest.mark.parametrize(
    ("plural", "field"),
    [("Absences", "absenceCode"), ("Timesheets", "timeType"), ("Timesheets", "activity")],
)
def test_a_code_is_exact_and_of_its_own_kind(plural: str, field: str, xledger: Caller) -> None:
    for code in ("syk", "P01"):
        [error] = send(xledger, plural, row(xledger, plural, **{field: {"code": code}}))["errors"]
        assert error["message"].startswith(f"{field}.code: No value matching owner ")
        assert error["message"].endswith(f", code '{code}'.")


@pytest.mark.parametrize("plural", PLAIN)
def test_one_bad_row_takes_the_batch_back_unless_partial(plural: str, xledger: Caller) -> None:
    bad = row(xledger, plural, employee={"dbId": 1})
    assert send(xledger, plural, row(xledger, plural), bad)["data"] is None
    assert new_rows(xledger, plural) == []
    xledger.sandbox.switches.set({"batch": "partial"})
    answer = send(xledger, plural, row(xledger, plural), bad)
    assert [edge["clientId"] for edge in answer["data"][f"add{plural}"]["edges"]] == ["0"]
    assert len(new_rows(xledger, plural)) == 1


@pytest.mark.parametrize("plural", PLAIN)
def test_five_hundred_and_one_rows_are_too_many(plural: str, xledger: Caller) -> None:
    rows = [row(xledger, plural)] * 501
    assert "At most 500" in send(xledger, plural, *rows)["errors"][0]["message"]
    assert "At most 500" in remove(xledger, plural, *range(501))["errors"][0]["message"]
    assert new_rows(xledger, plural) == []


@pytest.mark.parametrize("plural", PLAIN)
def test_a_schema_that_gives_back_only_the_client_id_knows_no_node(
    plural: str, xledger: Caller
) -> None:
    xledger.sandbox.switches.set({"given_back": "clientId"})
    [error] = send(xledger, plural, row(xledger, plural))["errors"]
    assert error["message"].startswith("Cannot query field 'node'")
    assert new_rows(xledger, plural) == []
    answer = xledger.data(
        sending("add", plural, "clientId"), **{"in": numbered((row(xledger, plural),))}
    )
    assert answer[f"add{plural}"]["edges"] == [{"clientId": "0"}]


def test_a_tenant_may_round_what_it_is_sent(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"round_time_off": True})
    send(xledger, "Absences", row(xledger, "Absences"))
    send(xledger, "Timesheets", row(xledger, "Timesheets"))
    [absence], [timesheet] = new_rows(xledger, "Absences"), new_rows(xledger, "Timesheets")
    assert (absence["leavePercent"], absence["text"]) == (63.0, "SYKMELDING")
    assert timesheet["workingHours"] == "4.0000"


@pytest.mark.parametrize("plural", PLAIN)
def test_an_update_changes_what_it_names_and_null_clears(plural: str, xledger: Caller) -> None:
    times = {"timeFrom": "08:00", "timeTo": "10:00", "comment": "as before"}
    send(xledger, plural, row(xledger, plural, **times))
    [kept] = new_rows(xledger, plural)
    changed = {"dbId": str(kept["dbId"]), "timeFrom": None, "timeTo": None}
    assert "errors" not in send(xledger, plural, changed, verb="update")
    [after] = new_rows(xledger, plural)
    assert (after["timeFrom"], after["timeTo"], after["comment"]) == (None, None, "as before")


@pytest.mark.parametrize("plural", PLAIN)
def test_an_update_needs_a_row_that_is_there(plural: str, xledger: Caller) -> None:
    [nameless] = send(xledger, plural, {"text": "x"}, verb="update")["errors"]
    assert nameless["message"] == "dbId: A value is required."
    [unknown] = send(xledger, plural, {"dbId": "42", "text": "x"}, verb="update")["errors"]
    assert unknown["message"].startswith("dbId: No value matching owner ")


@pytest.mark.parametrize("plural", PLAIN)
def test_approved_rows_are_neither_changed_nor_removed(plural: str, xledger: Caller) -> None:
    xledger.sandbox.switches.set({"approves": True})
    send(xledger, plural, row(xledger, plural))
    [kept] = new_rows(xledger, plural)
    changed = {"dbId": str(kept["dbId"]), "text": "x"}
    [refusal] = send(xledger, plural, changed, verb="update")["errors"]
    assert "is approved" in refusal["message"]
    assert "is approved" in remove(xledger, plural, kept["dbId"])["errors"][0]["message"]
    assert new_rows(xledger, plural) == [kept]


@pytest.mark.parametrize("plural", PLAIN)
def test_a_removal_counts_and_is_taken_back_whole(plural: str, xledger: Caller) -> None:
    send(xledger, plural, row(xledger, plural), row(xledger, plural, text="second"))
    first, second = (each["dbId"] for each in new_rows(xledger, plural))
    assert remove(xledger, plural, first, 42)["data"] == {f"remove{plural}": {"numAffected": 1}}
    xledger.sandbox.switches.set({"unknown_removed": "refuse"})
    [refusal] = remove(xledger, plural, second, 42)["errors"]
    assert refusal["message"].endswith("dbId '42'.")
    assert [each["dbId"] for each in new_rows(xledger, plural)] == [second]


@pytest.mark.parametrize("plural", PLAIN)
@pytest.mark.parametrize("condition", ["employeeDbId: %d", "dbId_in: [1]"])
def test_rows_are_filtered(plural: str, condition: str, xledger: Caller) -> None:
    send(xledger, plural, row(xledger, plural))
    mine = xledger.sandbox.employees[0]["dbId"]
    asked = condition % mine if "%" in condition else condition
    selection = "edges { node { employee { dbId } } }"
    query = f"{{ {TABLES[plural]}(filter: {{ {asked} }}) {{ {selection} }} }}"
    edges = xledger.data(query)[TABLES[plural]]["edges"]
    people = {edge["node"]["employee"]["dbId"] for edge in edges or []}
    assert people == ({mine} if "employeeDbId" in asked else set())


def test_the_columns_of_absences_have_no_stamps(xledger: Caller) -> None:
    error = xledger.error("{ absences { edges { node { modifiedAt } } } }")
    assert error["message"].startswith("Cannot query field 'modifiedAt'")


def test_time_off_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "xledger.json"
    with calling(small_sandbox(state=state)) as caller:
        caller.sandbox.switches.set({"offers": EVERYTHING})
        send(caller, "Absences", row(caller, "Absences"))
        before = caller.sandbox.absences
    again = Sandbox(employees=60, today=TODAY, state=state)
    assert again.absences == before


def test_variants_of_what_comes_back_are_schemas_of_their_own() -> None:
    assert executable_schema(["absences"]) is not executable_schema(["absences"], (), "clientId")
