"""One person whom payroll refuses holds up nobody else, and nobody goes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payroll.models import Change, EmployeeLink
from payroll.records import Outcome
from tests.journeys.leavers import end_in_hr, ends, staying
from tests.journeys.world import World


def new_numbers(customer: World) -> list[str]:
    """Employee numbers that a preview would create."""
    run = customer.run(preview=True)
    return [row.employee_number for row in run.changes.filter(kind="create")]


@pytest.mark.parametrize("batch", ["atomic", "partial"])
@pytest.mark.parametrize("path", [None, "email"])
def test_one_bad_row_is_found_and_everyone_else_goes_through(
    customer: World, batch: str, path: str | None
) -> None:
    numbers = new_numbers(customer)
    bad = numbers[1]
    customer.xledger.switches.set({"batch": batch})
    customer.xledger.faults.add(
        "bad_row", code=bad, message="not accepted", path=path, ext_code="INVALID_VALUE", times=None
    )
    result = customer.sync()
    assert result["status"] == "with_problems"
    assert result["rejected"] == 1
    assert result["created"] == len(numbers) - 1
    assert [p["employee_number"] for p in result["problems"] if p["outcome"] == "rejected"] == [bad]
    assert customer.xledger.with_code(bad) == []
    assert all(len(customer.xledger.with_code(n)) == 1 for n in numbers if n != bad)


def test_a_refused_person_is_created_once_the_value_is_mended(customer: World) -> None:
    bad = new_numbers(customer)[0]
    customer.xledger.faults.add(
        "bad_row", code=bad, message="not accepted", ext_code="INVALID_VALUE", times=None
    )
    customer.sync()
    assert not EmployeeLink.objects.filter(target_id="").exists()
    customer.xledger.faults.clear()
    assert customer.sync()["created"] == 1
    assert len(customer.xledger.with_code(bad)) == 1


def test_when_everybody_is_refused_alike_the_rest_is_held_as_one_problem(customer: World) -> None:
    customer.xledger.faults.add(
        "all_rows", message="closed for changes", path="code", ext_code="INVALID_VALUE", times=None
    )
    result = customer.sync()
    assert result["status"] == "with_problems"
    assert result["rejected"] == 5
    assert result["held"] > 0
    assert result["created"] == 0


@pytest.mark.parametrize("status", [200, 400])
def test_a_code_that_vanished_from_the_pick_list_costs_only_its_people(
    customer: World, status: int
) -> None:
    customer.xledger.switches.set({"lookup_status": status})
    numbers = new_numbers(customer)
    customer.xledger.faults.add(
        "bad_row",
        code=numbers[0],
        message="No value matching owner 42365431, code '10'.",
        path="employeeGroup.code",
        times=None,
    )
    result = customer.sync()
    rejected = Change.objects.filter(run=result["run"], outcome=Outcome.REJECTED)
    assert numbers[0] in {row.employee_number for row in rejected}
    assert result["created"] + rejected.count() == len(numbers)


def test_a_leavers_end_date_goes_though_payroll_refuses_many_others_alike(
    customer: World,
) -> None:
    customer.sync()
    leaver, *refused = staying(customer)[:7]
    end_in_hr(customer, leaver, "2026-11-20")
    for number in (leaver, *refused):
        person = customer.simployer.find("employee", employeeNumber=number)
        changed = {"active": False} if number == leaver else {"lastName": "Nytt-Navn"}
        customer.simployer.store.edit("employee", person["id"], changed)
    for number in refused:
        customer.xledger.faults.add(
            "bad_row", code=number, message="closed", ext_code="INVALID_VALUE", times=None
        )
    customer.now += timedelta(minutes=10)
    result = customer.sync()
    assert (result["rejected"], result["held"]) == (5, 1)
    assert ends(customer, [leaver]) == ["2026-11-20"]
