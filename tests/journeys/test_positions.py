"""Part-time percents as X-ledger's employee positions: one from each day, the one before ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from payroll.mapping import MappingRow
from payroll.models import Change, EmployeeLink, FieldMapping, SyncRun
from payroll.records import Outcome

from .dated_rows import codes, later, map_too, offer
from .positions import (
    BOTH,
    CHANGED,
    DAY_BEFORE,
    ROWS,
    new_percent,
)
from .world import NOW, World, world

LOST = ["drop_after", "truncated", "500", "html"]
TODAY = NOW.date()


@pytest.fixture
def placed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Few people and every awkward case; the percent goes to positions, which X-ledger takes."""
    monkeypatch.setattr("xledger.target.BURST_REQUESTS", 10_000)  # no waits: that is no matter here
    with world(employees=60) as made:
        made.xledger.switches.set({"burst_limit": None})
        map_too(made, *ROWS)
        offer(made, *BOTH)
        yield made


def positions(made: World, number: str) -> list[tuple[float, str, str | None]]:
    """One person's positions by day: percent, first day, last day."""
    rows = [row for row in made.xledger.positions if row["employee"] == number]
    found = [(row["parttimePct"], row["dateFrom"], row.get("dateTo")) for row in rows]
    return sorted(found, key=lambda each: each[1])


def twice(made: World) -> list[Any]:
    """Positions that payroll has more than once for one person and day."""
    keys = Counter((row["employee"], row["dateFrom"]) for row in made.xledger.positions)
    return [key for key, count in keys.items() if count > 1]


def counting(made: World, number: str, day: date = TODAY) -> list[float]:
    """The percents that count of somebody on a day; two of them may add up."""
    told = day.isoformat()
    return [
        percent
        for percent, first, last in positions(made, number)
        if first <= told and (last is None or last >= told)
    ]


def jobs(made: World) -> dict[str, dict[str, Any]]:
    """By employee number, HR's one employment of linked people who have just one, begun by now."""
    linked = set(EmployeeLink.objects.values_list("source_id", flat=True))
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in made.simployer.rows["employment"]:
        rows.setdefault(row["employeeId"], []).append(row)
    return {
        person["employeeNumber"]: rows[person["id"]][0]
        for person in made.simployer.rows["employee"]
        if person["id"] in linked
        and person["active"]
        and len(rows.get(person["id"], ())) == 1
        and rows[person["id"]][0]["startDate"] < "2026-01-01"
        and rows[person["id"]][0]["endDate"] is None
    }


def somebody(made: World) -> tuple[str, dict[str, Any]]:
    """A person in payroll with a single position, and their employment in HR."""
    found = jobs(made)
    number = next(each for each in sorted(found) if positions(made, each))
    return number, found[number]


def test_everybody_gets_the_position_that_counts(placed: World) -> None:
    assert placed.sync()["status"] in {"succeeded", "with_problems"}
    assert len(placed.xledger.positions) > 40
    for number, job in jobs(placed).items():
        wanted = (float(job["rate"]), job["startDate"][:10], None)
        assert positions(placed, number) in ([wanted], [])
    assert {row["employmentType"] for row in placed.xledger.positions} >= {"E01", "E02"}
    assert any(row.get("dateTo") for row in placed.xledger.positions)  # the temporary ones
    assert not twice(placed)


def test_a_second_run_makes_no_change(placed: World) -> None:
    placed.sync()
    before = placed.xledger.positions
    later(placed)
    second = placed.sync()
    assert second["created"] == second["updated"] == second["ended"] == 0
    assert placed.xledger.positions == before


@pytest.mark.parametrize("others", ["keep", "end"])
def test_a_new_percent_is_a_new_position_and_the_one_before_is_ended(
    placed: World, others: str
) -> None:
    placed.xledger.switches.set({"open_positions": others})
    placed.sync()
    number, job = somebody(placed)
    new_percent(placed, number, job, 60)
    later(placed)
    assert placed.sync()["updated"] == 1
    assert positions(placed, number) == [
        (float(job["rate"]), job["startDate"][:10], DAY_BEFORE),
        (60.0, CHANGED, None),
    ]
    [change] = Change.objects.filter(run=SyncRun.objects.latest("queued_at"), sendable=True)
    fields = change.details["fields"]
    assert (fields["employmentPercent"]["before"], fields["employmentPercent"]["after"]) == (
        f"{job['rate']:g}",
        "60",
    )
    assert fields["positionEnds"]["after"] == DAY_BEFORE
    assert not any(entry["drifted"] for entry in fields.values())
    later(placed)
    assert placed.sync()["updated"] == 0


def test_where_payroll_refuses_a_second_position_the_first_stays(placed: World) -> None:
    placed.xledger.switches.set({"open_positions": "refuse"})
    placed.sync()
    number, job = somebody(placed)
    before = positions(placed, number)
    new_percent(placed, number, job, 60)
    later(placed)
    assert "rejected" in codes(placed.sync())
    assert positions(placed, number) == before
    row = next(r for r in placed.xledger.positions if r["employee"] == number)
    placed.xledger.store.update("employee_positions", row["dbId"], {"dateTo": DAY_BEFORE})
    later(placed)
    assert placed.sync()["updated"] == 1
    assert counting(placed, number) == [60.0]


def test_a_correction_of_the_same_day_changes_the_position_in_place(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    placed.simployer.store.edit("employment", job["id"], {"rate": 37.5})
    later(placed)
    assert placed.sync()["updated"] == 1
    assert positions(placed, number) == [(37.5, job["startDate"][:10], None)]
    later(placed)
    assert placed.sync()["updated"] == 0


def test_an_end_goes_to_the_position_and_is_taken_back_with_it(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    first = job["startDate"][:10]
    person = placed.simployer.find("employee", employeeNumber=number)
    for day in ("2027-01-31", None):
        placed.simployer.store.edit("employment", job["id"], {"endDate": day})
        placed.simployer.store.edit("employee", person["id"], {"endDate": day})
        later(placed)
        placed.sync()
        assert [row[1:] for row in positions(placed, number)] == [(first, day)]
    later(placed)
    assert placed.sync()["updated"] == 0


def test_a_last_day_is_not_cleared_while_hr_is_unclear(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    row = next(r for r in placed.xledger.positions if r["employee"] == number)
    placed.xledger.store.update("employee_positions", row["dbId"], {"dateTo": "2027-01-31"})
    placed.simployer.store.edit("employment", job["id"], {"terminated": True})
    later(placed)
    assert "end_date_unclear" in codes(placed.sync())
    assert positions(placed, number)[0][2] == "2027-01-31"


def test_an_edit_in_payroll_is_told_and_set_right(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    row = next(r for r in placed.xledger.positions if r["employee"] == number)
    placed.xledger.store.update("employee_positions", row["dbId"], {"parttimePct": 1.0})
    later(placed)
    assert placed.sync()["updated"] == 1
    assert positions(placed, number)[0][0] == float(job["rate"])
    [change] = Change.objects.filter(run=SyncRun.objects.latest("queued_at"), sendable=True)
    assert change.details["fields"]["employmentPercent"]["drifted"]


def test_a_percent_of_a_later_day_waits_for_it(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    placed.simployer.store.edit("employment", job["id"], {"endDate": "2026-11-30"})
    new = {**job, "id": f"{job['id'][:-4]}beef", "rate": 50, "startDate": "2026-12-01"}
    placed.simployer.rows["employment"].append({**new, "endDate": None})
    later(placed)
    placed.sync()
    assert [row[0] for row in positions(placed, number)] == [float(job["rate"])]
    waiting = SyncRun.objects.latest("queued_at").upcoming.filter(kind="employment")
    assert any(row.goes_on == date(2026, 12, 1) for row in waiting)
    placed.now = NOW.replace(month=12, day=1)
    placed.sync()
    assert counting(placed, number, date(2026, 12, 1)) == [50.0]
    assert counting(placed, number, date(2026, 11, 30)) == [float(job["rate"])]


def test_a_position_that_hr_does_not_know_is_never_ended(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    row = next(r for r in placed.xledger.positions if r["employee"] == number)
    placed.xledger.store.update("employee_positions", row["dbId"], {"dateFrom": "2012-05-01"})
    later(placed)
    assert "earlier_row_open" in codes(placed.sync())
    assert positions(placed, number) == [(float(job["rate"]), "2012-05-01", None)]


def test_an_employment_that_hr_leaves_open_keeps_its_position(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    before = positions(placed, number)
    new_percent(placed, number, job, 60, ended=False)
    later(placed)
    assert "earlier_row_open" in codes(placed.sync())
    assert positions(placed, number) == before
    placed.simployer.store.edit("employment", job["id"], {"endDate": DAY_BEFORE})
    later(placed)
    placed.sync()
    assert counting(placed, number) == [60.0]


def test_two_positions_of_one_day_are_left_alone(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    before = positions(placed, number)
    shown = next(row for row in placed.xledger.positions if row["employee"] == number)
    row = placed.xledger.store.get("employee_positions", shown["dbId"]) or {}
    copied = {k: v for k, v in row.items() if not k.startswith("_") and k != "dbId"}
    placed.xledger.store.insert("employee_positions", copied)
    placed.simployer.store.edit("employment", job["id"], {"rate": 10})
    later(placed)
    assert "rows_twice" in codes(placed.sync())
    assert positions(placed, number) == before * 2


def test_where_positions_can_only_be_added_the_rest_is_done_by_hand(placed: World) -> None:
    offer(placed, "positions")
    placed.sync()
    found = iter(sorted(jobs(placed).items()))
    number, job = next(each for each in found if positions(placed, each[0]))
    other, other_job = next(each for each in found if positions(placed, each[0]))
    before = [positions(placed, each) for each in (number, other)]
    placed.simployer.store.edit("employment", job["id"], {"rate": 10})
    new_percent(placed, other, other_job, 60)
    later(placed)
    assert {"correct_by_hand", "earlier_row_open"} <= codes(placed.sync())
    assert [positions(placed, each) for each in (number, other)] == before


@pytest.mark.parametrize(
    ("offers", "renamed"),
    [((), ()), (("positions",), ("parttimePct",)), (BOTH, ("employmentType",))],
)
def test_what_payroll_does_not_take_is_said_once_and_everything_else_goes(
    placed: World, offers: tuple[str, ...], renamed: tuple[str, ...]
) -> None:
    offer(placed, *offers, renamed_fields=list(renamed))
    result = placed.sync()
    assert result["created"] > 0
    assert placed.xledger.positions == []
    [sentence] = SyncRun.objects.latest("queued_at").withheld
    assert sentence.startswith("Employee positions are not sent: ")
    assert "offers no write" in sentence


def test_without_a_first_day_in_the_field_table_nothing_goes_and_it_is_said(
    placed: World,
) -> None:
    FieldMapping.objects.filter(target="positionFrom").delete()
    placed.sync()
    assert placed.xledger.positions == []
    [sentence] = SyncRun.objects.latest("queued_at").withheld
    assert "map “Part-time percent: valid from” as well" in sentence


def test_a_percent_that_may_be_a_fraction_is_not_sent_and_it_is_said_once(placed: World) -> None:
    for row in placed.simployer.rows["employment"]:
        row["rate"] = row["rate"] and float(row["rate"]) / 100
    placed.sync()
    run = SyncRun.objects.latest("queued_at")
    [said] = run.withheld
    assert said.startswith("Employment percent is not sent: no percent in HR is above 1, so 1 may")
    assert placed.xledger.positions == []


def test_once_it_is_said_that_full_time_is_one_the_percent_goes(placed: World) -> None:
    for row in placed.simployer.rows["employment"]:
        row["rate"] = row["rate"] and float(row["rate"]) / 100
    answered = FieldMapping.objects.filter(target="employmentPercent")
    answered.update(source="employment_fraction")
    placed.sync()
    assert SyncRun.objects.latest("queued_at").withheld == []
    for number, job in jobs(placed).items():
        wanted = pytest.approx(float(job["rate"]) * 100)
        assert [row[0] for row in positions(placed, number)] in ([wanted], [])
    assert len(placed.xledger.positions) > 40
    placed.simployer.rows["employment"][0]["rate"] = 100
    before = placed.xledger.positions
    later(placed)
    placed.sync()
    [said] = SyncRun.objects.latest("queued_at").withheld
    assert "full time is 100 there" in said
    assert placed.xledger.positions == before


def test_positions_that_may_not_be_read_are_not_written(placed: World) -> None:
    placed.xledger.switches.set({"denied_fields": ["employeePositions"]})
    result = placed.sync()
    assert result["created"] > 0
    assert placed.xledger.positions == []
    assert "could not be read" in SyncRun.objects.latest("queued_at").withheld[0]


def test_a_position_code_goes_with_it_where_it_is_mapped(placed: World) -> None:
    titles = {row["title"] for row in placed.simployer.rows["employee"] if row["title"]}
    codes_by_title = dict.fromkeys(titles, "P01")
    FieldMapping.replace(
        placed.integration,
        [
            *(mapping.row for mapping in placed.integration.mappings.all()),
            MappingRow("title", "positionCode", value_map=codes_by_title),
        ],
    )
    placed.sync()
    assert {row["position"] for row in placed.xledger.positions} == {"P01"}
    later(placed)
    assert placed.sync()["updated"] == 0


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("root", ["addEmployeePositions", "updateEmployeePositions"])
@pytest.mark.parametrize("commit", [True, False])
def test_a_lost_answer_neither_doubles_a_position_nor_leaves_two(
    placed: World, fault: str, root: str, *, commit: bool
) -> None:
    placed.sync()
    number, job = somebody(placed)
    new_percent(placed, number, job, 60)
    placed.xledger.faults.add(fault, when="mutation", root=root, commit=commit)
    later(placed)
    placed.sync()
    assert not twice(placed)
    assert counting(placed, number)  # never without a position
    for _ in range(2):
        later(placed, 700)
        placed.sync()
    assert not twice(placed)
    assert counting(placed, number) == [60.0]
    later(placed)
    assert placed.sync()["updated"] == 0


def test_a_refused_end_is_told_and_tried_again(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    new_percent(placed, number, job, 60)
    placed.xledger.faults.add(
        "bad_row",
        code=number,
        root="updateEmployeePositions",
        path="dateTo",
        ext_code="INVALID_VALUE",
    )
    later(placed)
    result = placed.sync()
    assert "ending_refused" in codes(result)
    assert counting(placed, number) == [float(job["rate"]), 60.0]
    change = Change.objects.get(run=SyncRun.objects.latest("queued_at"), employee_number=number)
    assert (change.outcome, change.flagged) == (Outcome.APPLIED, True)
    placed.xledger.faults.clear()
    later(placed)
    placed.sync()
    assert counting(placed, number) == [60.0]


def test_a_refused_position_costs_neither_pay_nor_the_person(placed: World) -> None:
    map_too(
        placed,
        MappingRow("pay_amount", "pay"),
        MappingRow("pay_period", "payElement", value_map={"MONTHLY": "100"}),
        MappingRow("pay_effective", "payFrom"),
    )
    offer(placed, *BOTH, "pay_rates", "pay_rates_change")
    placed.sync()
    number, job = next(
        (number, job)
        for number, job in sorted(jobs(placed).items())
        if any(row["employee"] == number for row in placed.xledger.pay_rates)
    )
    placed.simployer.store.edit("employment", job["id"], {"rate": 10})
    pay = next(
        row
        for row in placed.simployer.rows["compensation"]
        if row["employeeId"] == job["employeeId"] and row["effectiveDate"][:10] <= "2026-11-23"
    )
    pay["amount"] = pay["baseAmount"] = 12345
    placed.xledger.faults.add(
        "bad_row",
        code=number,
        root="updateEmployeePositions",
        path="parttimePct",
        ext_code="INVALID_VALUE",
    )
    later(placed)
    assert "row_refused" in codes(placed.sync())
    assert any(
        row["employee"] == number and row["rate"].startswith("12345")
        for row in placed.xledger.pay_rates
    )
    change = Change.objects.get(run=SyncRun.objects.latest("queued_at"), employee_number=number)
    assert (change.outcome, change.flagged) == (Outcome.APPLIED, True)


def test_positions_that_appear_a_minute_later_are_not_added_twice(placed: World) -> None:
    began = placed.xledger.clock()
    fault = {"when": "mutation", "root": "addEmployeePositions", "seconds": 60}
    placed.xledger.faults.add("delayed_commit", **fault)
    placed.sync()
    later(placed, 30)
    placed.sync()
    placed.xledger.clock = lambda: began + timedelta(seconds=120)
    later(placed, 700)
    placed.sync()
    assert len(placed.xledger.positions) > 40
    assert not twice(placed)


def test_a_list_that_has_collapsed_makes_no_new_positions(placed: World) -> None:
    """An empty list is a fault before it is news: added again, everybody would have two."""
    placed.sync()
    before, table = placed.xledger.positions, placed.xledger.store.tables["employee_positions"]
    kept = dict(table)
    table.clear()
    later(placed)
    assert placed.sync()["updated"] == 0
    assert placed.xledger.positions == []
    [sentence] = SyncRun.objects.latest("queued_at").withheld
    assert sentence.startswith("Employee positions are not sent: X-ledger shows those of 0 people")
    table.update(kept)
    later(placed)
    assert placed.sync()["updated"] == 0
    assert placed.xledger.positions == before


def test_a_position_deleted_in_payroll_comes_back(placed: World) -> None:
    placed.sync()
    number, job = somebody(placed)
    row = next(r for r in placed.xledger.positions if r["employee"] == number)
    placed.xledger.store.delete("employee_positions", row["dbId"])
    later(placed)
    assert placed.sync()["updated"] == 1
    assert positions(placed, number) == [(float(job["rate"]), job["startDate"][:10], None)]
