"""A write whose answer is lost is read back before anything is sent again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from payroll.models import EmployeeLink
from tests.journeys.world import World


def codes_held_twice(customer: World) -> list[str]:
    """Employee numbers that stand on more than one person in payroll."""
    codes = Counter(row["code"] for row in customer.xledger.employees)
    return [code for code, people in codes.items() if people > 1]


@pytest.mark.parametrize("fault", ["drop_after", "truncated", "500", "503", "529", "html"])
def test_a_create_that_happened_without_an_answer_is_verified(customer: World, fault: str) -> None:
    customer.xledger.faults.add(fault, when="mutation", root="addEmployees", commit=True)
    result = customer.sync()
    assert codes_held_twice(customer) == []
    assert result["created"] > 0
    assert not EmployeeLink.objects.filter(target_id="").exists()
    assert customer.sync()["created"] == 0
    assert codes_held_twice(customer) == []


@pytest.mark.parametrize("fault", ["drop_before", "500", "unknown_error", "html"])
def test_a_create_that_did_not_happen_waits_for_a_second_full_read(
    customer: World, fault: str
) -> None:
    customer.xledger.faults.add(fault, when="mutation", root="addEmployees", commit=False)
    first = customer.sync()
    assert first["created"] == 0
    assert first["failed"] > 0

    customer.now += timedelta(seconds=300)
    assert customer.sync()["created"] == 0

    customer.now += timedelta(seconds=301)
    third = customer.sync()
    assert third["created"] == first["failed"]
    assert codes_held_twice(customer) == []


def test_a_create_that_appears_a_minute_later_is_found_and_not_repeated(customer: World) -> None:
    began = customer.xledger.clock()
    customer.xledger.faults.add("delayed_commit", when="mutation", root="addEmployees", seconds=60)
    first = customer.sync()
    assert first["created"] == 0
    customer.xledger.clock = lambda: began + timedelta(seconds=120)
    customer.now += timedelta(seconds=700)
    second = customer.sync()
    assert second["created"] == 0
    assert codes_held_twice(customer) == []


@pytest.mark.parametrize("commit", [True, False])
def test_a_lost_update_is_compared_again(customer: World, commit: bool) -> None:
    customer.xledger.faults.add("500", when="mutation", root="updateEmployees", commit=commit)
    first = customer.sync()
    assert (first["updated"] > 0) is commit
    second = customer.sync()
    assert (second["updated"] == 0) is commit
    assert customer.sync()["updated"] == 0
