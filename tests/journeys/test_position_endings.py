"""Ending the position before: only once the new one stands, only that person's, and in bulk."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payroll.dated.step import Step
from payroll.models import Change, FieldMapping, SyncRun

from .dated_rows import codes, later, offer
from .pay import linked_pay, rates, send_pay
from .positions import BOTH, DAY_BEFORE, new_percent
from .test_positions import counting, jobs, placed, positions, somebody
from .world import World

__all__ = ["placed"]  # a fixture of every test here


def add_in_payroll(made: World, number: str, **values: object) -> None:
    """A position that somebody makes in payroll by hand, like that of `number` but for `values`."""
    shown = next(row for row in made.xledger.positions if row["employee"] == number)
    row = made.xledger.store.get("employee_positions", shown["dbId"]) or {}
    copied = {k: v for k, v in row.items() if not k.startswith("_") and k != "dbId"}
    made.xledger.store.insert("employee_positions", {**copied, **values})


def test_the_end_waits_for_the_new_position_itself(placed: World) -> None:
    """Any other position that began in between is not the one that follows."""
    FieldMapping.objects.filter(target="positionTo").delete()
    placed.sync()
    number, job = somebody(placed)
    add_in_payroll(placed, number, dateFrom="2026-05-01", dateTo="2026-06-30")
    new_percent(placed, number, job, 60)
    placed.simployer.store.edit("employment", job["id"], {"endDate": "2026-03-31"})
    person = placed.simployer.find("employee", employeeNumber=number)
    placed.simployer.store.edit("employee", person["id"], {"firstName": "Nytt"})
    fault = {"root": "addEmployeePositions", "path": "dateFrom", "ext_code": "INVALID_VALUE"}
    placed.xledger.faults.add("bad_row", code=number, **fault)
    later(placed)
    assert "row_refused" in codes(placed.sync())
    assert counting(placed, number) == [float(job["rate"])]
    placed.xledger.faults.clear()
    later(placed)
    placed.sync()
    assert counting(placed, number) == [60.0]


def test_a_position_that_has_become_somebody_elses_is_not_ended(
    placed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed.sync()
    found = sorted(each for each in jobs(placed) if positions(placed, each))
    number, other = found[:2]
    new_percent(placed, number, jobs(placed)[number], 60)
    of = {row["employee"]: row["dbId"] for row in placed.xledger.positions}
    whose = placed.xledger.store.get("employee_positions", of[other]) or {}
    see = Step._see

    def moved(step: Step) -> None:
        see(step)
        to = {"employeeDbId": whose["employeeDbId"]}
        placed.xledger.store.update("employee_positions", of[number], to)

    monkeypatch.setattr(Step, "_see", moved)
    later(placed)
    assert "row_changed" in codes(placed.sync())
    assert [last for _, _, last in positions(placed, other)] == [None, None]


@pytest.mark.parametrize("others", ["keep", "end"])
def test_queries_do_not_grow_with_the_positions_that_change(placed: World, others: str) -> None:
    """Also where payroll ends the position before by itself."""
    placed.xledger.switches.set({"open_positions": others})
    placed.sync()
    found = sorted((n, job) for n, job in jobs(placed).items() if positions(placed, n))
    queries = []
    for some in (found[:2], found[2:10]):
        for number, job in some:
            new_percent(placed, number, job, 60)
        later(placed)
        with CaptureQueriesContext(connection) as captured:
            assert placed.sync()["updated"] == len(some)
        queries.append(len(captured))
        assert all(positions(placed, number)[0][2] == DAY_BEFORE for number, _ in some)
    assert queries[0] == queries[1]


def test_queries_do_not_grow_with_the_positions_that_may_not_be_written(placed: World) -> None:
    placed.sync()
    found = sorted((n, job) for n, job in jobs(placed).items() if positions(placed, n))
    queries = []
    for some in (found[:2], found[2:8]):
        for number, job in some:
            new_percent(placed, number, job, 60)
        placed.xledger.switches.set({"denied_fields": ["addEmployeePositions"]})
        later(placed)
        with CaptureQueriesContext(connection) as captured:
            assert "row_not_sent" in codes(placed.sync())
        queries.append(len(captured))
        placed.xledger.switches.set({"denied_fields": []})
        later(placed)
        placed.sync()
    assert queries[0] == queries[1]


def test_of_a_position_without_an_answer_one_thing_is_told(placed: World) -> None:
    """And nothing of the end that waits for it, whatever else of the person goes."""
    send_pay(placed)
    offer(placed, *BOTH, "pay_rates", "pay_rates_change")
    placed.sync()
    number, job = next(
        (number, job)
        for number, job in sorted(jobs(placed).items())
        if positions(placed, number) and number in linked_pay(placed) and rates(placed, number)
    )
    new_percent(placed, number, job, 60)
    pay = linked_pay(placed)[number]
    pay["amount"] = pay["baseAmount"] = 12345
    fault = {"when": "mutation", "root": "addEmployeePositions", "commit": False}
    placed.xledger.faults.add("drop_after", **fault)
    later(placed)
    placed.sync()
    change = Change.objects.get(run=SyncRun.objects.latest("queued_at"), employee_number=number)
    told = [each.code for each in change.problems]
    assert [code for code in told if code.startswith("row_")] == ["row_unconfirmed"]
    assert "12345" in str(rates(placed, number))


def test_the_last_day_of_somebody_who_left_long_ago_goes_to_the_position_too(
    placed: World,
) -> None:
    """Their end date is sent however late, and payroll must not go on by the position."""
    placed.sync()
    number, job = somebody(placed)
    percent, first, _ = positions(placed, number)[0]
    person = placed.simployer.find("employee", employeeNumber=number)
    placed.simployer.store.edit("employment", job["id"], {"endDate": "2026-08-31", "rate": 10})
    placed.simployer.store.edit("employee", person["id"], {"endDate": "2026-08-31"})
    later(placed)
    assert placed.sync()["ended"] == 1
    assert positions(placed, number) == [(percent, first, "2026-08-31")]
    later(placed)
    second = placed.sync()
    assert second["ended"] == second["updated"] == 0
