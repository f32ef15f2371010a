"""What lies ahead in HR is listed until its day, goes on that day, and leaves the list."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from payroll.mapping import MappingRow
from payroll.models import FieldMapping, SyncRun, UpcomingChange
from payroll.pages.month_groups import MonthOfIntegration
from payroll.pages.month_page import month_page
from payroll.payroll_month import PayrollMonth
from payroll.plan import UpcomingKind
from payroll.retention import purge
from payroll.schedule import ZONE
from simployer.sandbox.query import Row

from .leavers import end_in_hr, staying
from .world import World

STARTS = date(2027, 2, 1)  # 70 days ahead; the scope looks 30 days ahead
PAY_DAY = date(2027, 1, 1)


def listed(run: SyncRun, number: str) -> list[UpcomingChange]:
    return list(run.upcoming.filter(employee_number=number))


def on_the_page(world: World, group: str) -> set[str]:
    """Employee numbers in a group of this month's page."""
    found = MonthOfIntegration(world.integration, PayrollMonth.at(world.now), world.now)
    page = month_page(found, {"show": group}, sees_people=True)
    assert page.page.paginator.num_pages == 1
    return {row.number for row in page.rows}


def send_pay_as_text(world: World) -> None:
    """Pay goes to a free field, as nothing else of this payroll carries it."""
    rows = [mapping.row for mapping in world.integration.mappings.all()]
    rows = [row for row in rows if row.target != "text1"]
    FieldMapping.replace(world.integration, [*rows, MappingRow("pay_amount", "text1")])


def go_to(world: World, day: date) -> None:
    world.now = datetime(day.year, day.month, day.day, 6, 0, tzinfo=ZONE)


def raise_pay(world: World, number: str, day: date, amount: int) -> None:
    person = world.simployer.find("employee", employeeNumber=number)
    pay = next(
        row for row in world.simployer.rows["compensation"] if row["employeeId"] == person["id"]
    )
    row: Row = {key: value for key, value in pay.items() if key != "id"}
    changed = {"effectiveDate": day.isoformat(), "amount": amount}
    world.simployer.store.add("compensation", {**row, **changed})


def test_later_pay_waits_for_its_day_and_then_goes(small: World) -> None:
    send_pay_as_text(small)
    small.run()
    paid = {row["employeeId"] for row in small.simployer.rows["compensation"]}
    number = next(
        number
        for number in staying(small)
        if small.simployer.find("employee", employeeNumber=number)["id"] in paid
    )
    raise_pay(small, number, PAY_DAY, 77_777)
    small.now += timedelta(minutes=10)
    waits = small.run()
    [row] = listed(waits, number)
    assert (row.kind, row.goes_on) == (UpcomingKind.PAY, PAY_DAY)
    assert row.details["fields"]["text1"]["after"] == "77777"
    assert row.details["fields"]["text1"]["sensitive"]
    assert not waits.changes.filter(employee_number=number).exists()
    assert number in on_the_page(small, "upcoming")

    go_to(small, PAY_DAY - timedelta(days=1))
    assert len(listed(small.run(), number)) == 1
    go_to(small, PAY_DAY)
    goes = small.run()
    [change] = goes.changes.filter(employee_number=number)
    assert change.details["fields"]["text1"]["after"] == "77777"
    assert change.outcome == "applied"
    assert not change.retroactive
    assert listed(goes, number) == []
    assert number not in on_the_page(small, "upcoming")
    assert number in on_the_page(small, "sent_changes")


def test_somebody_who_starts_later_waits_and_is_created_once(small: World) -> None:
    small.run()
    number = staying(small)[0]
    model = small.simployer.find("employee", employeeNumber=number)
    job = small.simployer.find("employment", employeeId=model["id"])
    starter = {key: value for key, value in model.items() if key != "id"} | {
        "employeeNumber": "77001",
        "firstName": "Ny",
        "lastName": "Starter",
        "ssn": None,
        "workEmail": "ny.starter@fjordkraft.example",
        "privateEmail": None,
        "birthDate": "1999-09-09",
        "hireDate": STARTS.isoformat(),
    }
    person = small.simployer.store.add("employee", starter)
    small.simployer.store.add(
        "employment",
        {key: value for key, value in job.items() if key != "id"}
        | {"employeeId": person["id"], "startDate": STARTS.isoformat()},
    )
    small.now += timedelta(minutes=10)
    [row] = listed(small.run(), "77001")
    opens = STARTS - timedelta(days=30)
    assert (row.kind, row.goes_on, row.effective) == (UpcomingKind.START, opens, STARTS)

    go_to(small, opens - timedelta(days=1))
    assert len(listed(small.run(preview=True), "77001")) == 1
    go_to(small, opens)
    goes = small.run()
    assert listed(goes, "77001") == []
    assert goes.changes.get(employee_number="77001").kind == "create"
    assert small.xledger.by_code("77001")["employmentFrom"] == STARTS.isoformat()
    assert "77001" in on_the_page(small, "sent_starters")
    assert "77001" not in on_the_page(small, "upcoming")


def test_an_end_date_before_this_month_is_marked_with_its_months(small: World) -> None:
    small.run()
    first, second = staying(small)[:2]
    end_in_hr(small, first, "2026-09-30")
    end_in_hr(small, second, "2026-11-30")
    small.now += timedelta(minutes=10)
    run = small.run()
    marked = run.changes.get(employee_number=first)
    assert marked.retroactive
    assert marked.details["fields"]["employmentTo"]["touches"] == ["2026-09-01", "2026-10-01"]
    assert not run.changes.get(employee_number=second).retroactive
    assert on_the_page(small, "sent_leavers") >= {first, second}
    assert first in on_the_page(small, "sent_retroactive")
    assert second not in on_the_page(small, "sent_retroactive")


def test_what_is_sent_after_the_cut_off_is_told_apart(small: World) -> None:
    small.integration.cut_off_day = small.now.day
    small.integration.save()
    small.run()
    number = staying(small)[0]
    end_in_hr(small, number, "2026-11-30")
    go_to(small, small.now.date() + timedelta(days=1))
    small.run()
    assert on_the_page(small, "after_leavers") == {number}
    assert on_the_page(small, "before_starters")
    assert not on_the_page(small, "after_starters")


def test_what_lies_ahead_is_purged_with_its_run(small: World) -> None:
    run = small.run()
    before = run.upcoming.count()
    assert before
    purge(small.now + timedelta(days=400))
    assert not run.upcoming.exists()


@pytest.mark.parametrize("preview", [True, False])
def test_a_preview_lists_the_same_as_a_sync(small: World, preview: bool) -> None:
    run = small.run(preview=preview)
    ahead = set(run.upcoming.values_list("employee_number", "goes_on"))
    later = {
        change.employee_number
        for change in run.changes.all()
        if any(problem.code == "starts_later" for problem in change.problems)
    }
    assert later
    assert later <= {number for number, _ in ahead}
