"""The imitated Simployer One shows the company in whichever form the switches say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simployer.sandbox import Sandbox, Switches
from tests.simployer.calling import TODAY, Caller, the


def test_two_sandboxes_of_one_seed_hold_the_same_rows(sandbox: Sandbox) -> None:
    assert Sandbox(60, 1, today=TODAY).rows == sandbox.rows
    assert Sandbox(60, 2, today=TODAY).rows != sandbox.rows


def test_current_rows_are_those_in_force_today(caller: Caller) -> None:
    both = caller.by_number(the("two employments"))
    current = caller.get(f"/employment/{both['employmentId']}")["data"]
    assert (current["rate"], current["employeeId"]) == (80, both["id"])
    risen = caller.by_number(the("future pay"))
    pay = caller.get(f"/compensation/{risen['compensationId']}")["data"]
    assert pay["effectiveDate"] <= f"{TODAY.isoformat()}T00:00:00.000Z"
    history = caller.get("/compensation", f"filters[employeeId]={risen['id']}")["data"]
    assert max(row["effectiveDate"] for row in history) > pay["effectiveDate"]


def test_every_reference_points_at_a_row(sandbox: Sandbox) -> None:
    ids = {row["id"] for table in sandbox.rows.values() for row in table}
    dangling = [
        (name, row["id"])
        for table in sandbox.rows.values()
        for row in table
        for name, value in row.items()
        if name.endswith("Id") and name != "userId" and value is not None and value not in ids
    ]
    assert dangling == []


def test_amounts_and_rates_are_json_numbers(caller: Caller) -> None:
    row = caller.by_number(the("apprentice"))
    pay = caller.get(f"/compensation/{row['compensationId']}")["data"]
    assert (pay["amount"], pay["payoutPeriod"], pay["currency"]) == (21850.75, "MONTHLY", "NOK")


def test_a_leaver_is_inactive_with_an_end_date(caller: Caller) -> None:
    row = caller.by_number(the("leaver"))
    end = f"{(TODAY - timedelta(days=20)).isoformat()}T00:00:00.000Z"
    assert (row["active"], row["endDate"], row["offboardDate"]) == (False, end, end)
    job = caller.get(f"/employment/{row['employmentId']}")["data"]
    assert (job["effectiveEndDate"], job["terminated"]) == (end, True)


# Switches


def test_calendar_dates_may_be_sent_as_midnight_in_oslo(caller: Caller, sandbox: Sandbox) -> None:
    number = the("future starter")
    start = TODAY + timedelta(days=14)  # in summer time
    assert caller.by_number(number)["hireDate"] == f"{start.isoformat()}T00:00:00.000Z"
    sandbox.switches = Switches(dates="local")
    sent = datetime.fromisoformat(caller.by_number(number)["hireDate"])
    assert sent.isoformat() == f"{(start - timedelta(days=1)).isoformat()}T22:00:00+00:00"
    assert sent.astimezone(ZoneInfo("Europe/Oslo")).date() == start


def test_empty_fields_may_be_null_or_absent(caller: Caller, sandbox: Sandbox) -> None:
    number = the("missing title")
    assert caller.by_number(number)["title"] is None
    sandbox.switches = Switches(optional="absent")
    row = caller.by_number(number)
    assert "title" not in row
    assert "bic" not in row["bankAccount"]


def test_later_fields_may_not_exist_yet(caller: Caller, sandbox: Sandbox) -> None:
    assert "effectiveCostCenterId" in caller.get("/employee")["data"][0]
    sandbox.switches = Switches(later_fields=False)
    assert "effectiveCostCenterId" not in caller.get("/employee")["data"][0]
    assert caller.send("/employee", "select=offboardDate").status_code == 400


def test_the_total_may_move_between_pages(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.switches = Switches(total_drift=-2)
    totals = [caller.get("/employee", f"limit=30&offset={n}")["total"] for n in (0, 30)]
    assert totals == [60, 58]


def test_sideloaded_rows_may_be_left_out(caller: Caller, sandbox: Sandbox) -> None:
    query = "relations=employmentType&limit=60"
    everything = caller.get("/employee", query)["relations"]["employmentType"]
    sandbox.switches = Switches(relation_rows_left_out=True)
    some = caller.get("/employee", query)["relations"]["employmentType"]
    assert 0 < len(some) < len(everything)


def test_the_employment_relation_may_hold_history(caller: Caller, sandbox: Sandbox) -> None:
    query = f"filters[employeeNumber]={the('rehire')}&relations=employment"
    assert len(caller.get("/employee", query)["relations"]["employment"]) == 1
    sandbox.switches = Switches(employment_relation="history")
    assert len(caller.get("/employee", query)["relations"]["employment"]) == 2


def test_values_of_unknown_form_come_in_each_form(caller: Caller, sandbox: Sandbox) -> None:
    number = the("changed rate")
    plain = caller.by_number(number)
    sandbox.switches = Switches(rate="fraction", ssn="spaced", gender="letter")
    row = caller.by_number(number)
    assert row["ssn"] == f"{plain['ssn'][:6]} {plain['ssn'][6:]}"
    assert row["gender"] in {"F", "M"}
    assert caller.get(f"/employment/{row['employmentId']}")["data"]["rate"] == 0.8


def test_switches_are_set_over_http_and_nonsense_is_refused(
    caller: Caller, sandbox: Sandbox
) -> None:
    assert caller.control("POST", "switches", {"dates": "local"}).json()["dates"] == "local"
    assert sandbox.switches == Switches(dates="local")
    refused: list[Any] = [{"dates": "mars"}, {"colour": 1}, {"max_limit": "10"}, []]
    for nonsense in refused:
        assert caller.control("POST", "switches", nonsense).status_code == 400
    assert sandbox.switches == Switches(dates="local")
