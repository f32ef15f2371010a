"""X-ledger's free and flexi fields: each filled from HR, and left alone by the second run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from payroll.mapping import MappingRow
from payroll.models import Change, FieldMapping, SyncRun

from .world import World

ROWS = (
    MappingRow("employee_number", "number1", transform="digits"),
    MappingRow("employment_percent", "value1"),
    MappingRow("hire_date", "date2"),
    MappingRow("title", "text3"),
    MappingRow("employee_number", "flexiNumber2", transform="digits"),
    MappingRow("employment_percent", "flexiValue4"),
    MappingRow("hire_date", "flexiDate1"),
    MappingRow("title", "flexiText8"),
    MappingRow("", "flexiFlag1", constant="true"),
)


@pytest.fixture
def free(small: World) -> World:
    """The default rows, and one for each kind of free field."""
    held = [mapping.row for mapping in small.integration.mappings.all()]
    FieldMapping.replace(small.integration, [*held, *ROWS])
    return small


def written(world: World) -> dict[str, Any]:
    """What somebody whom the sync created now has in X-ledger."""
    run = SyncRun.objects.filter(changes__kind="create", changes__outcome="applied").earliest("pk")
    change = run.changes.filter(kind="create", outcome="applied").order_by("position")[0]
    return world.xledger.by_code(change.employee_number)


def test_each_arrives_in_its_own_type(free: World) -> None:
    result = free.sync()
    assert result["status"] == "succeeded"
    person = written(free)
    flexi = person["flexiFieldItem"]
    assert str(person["number1"]) == str(flexi["number2"]) == person["code"].lstrip("0")
    assert date.fromisoformat(person["date2"]) == date.fromisoformat(flexi["date1"])
    assert person["text3"] == flexi["text8"] == person["title"]
    assert 0 < Decimal(str(person["value1"])) == Decimal(str(flexi["value4"])) <= 100
    assert flexi["flag1"] is True


def test_the_second_run_makes_no_change(free: World) -> None:
    free.sync()
    before = free.xledger.employees
    second = free.sync()
    assert second["created"] == second["updated"] == second["ended"] == 0
    assert free.xledger.employees == before


def test_a_change_of_one_flexi_field_leaves_the_others(free: World) -> None:
    free.sync()
    person = written(free)
    free.xledger.edit(person["dbId"], {"flexiFieldItem": {"text1": "payroll's own"}})
    row = next(e for e in free.simployer.rows["employee"] if e["employeeNumber"] == person["code"])
    row["title"] = "Fagarbeider"
    free.sync()
    flexi = free.xledger.by_code(person["code"])["flexiFieldItem"]
    assert (flexi["text1"], flexi["text8"]) == ("payroll's own", "Fagarbeider")
    assert flexi["flag1"] is True


def test_a_number_with_a_fraction_is_not_sent_as_a_whole_one(free: World) -> None:
    held = [mapping.row for mapping in free.integration.mappings.all()][: -len(ROWS)]
    half = MappingRow("", "number1", constant="37.5")
    FieldMapping.replace(free.integration, [*held, half])
    codes = {row["code"] for row in free.sync()["problems"]}
    assert "not_whole" in codes
    assert all(person.get("number1") is None for person in free.xledger.employees)


def test_a_refused_flexi_field_is_named_to_the_person(free: World) -> None:
    free.sync(preview=True)
    number = Change.objects.filter(kind="create", sendable=True)[0].employee_number
    free.xledger.faults.add(
        "bad_row", code=number, path="flexiFieldItem.text8", ext_code="INVALID_VALUE"
    )
    [row] = [row for row in free.sync()["problems"] if row["outcome"] == "rejected"]
    assert "Flexi text 8" in str(row)


def test_pay_goes_to_free_fields_in_full_and_is_kept_as_a_digest_only(small: World) -> None:
    held = [mapping.row for mapping in small.integration.mappings.all()]
    pay = (MappingRow("pay_amount", "value1"), MappingRow("pay_full_time", "value2"))
    FieldMapping.replace(small.integration, [*held, *pay])
    assert small.sync()["status"] == "succeeded"
    paid = [each for each in small.xledger.employees if each.get("value1") is not None]
    at_full_time = [(number(each["value1"]), number(each["value2"])) for each in paid]
    assert all(actual <= full for actual, full in at_full_time)
    assert any(actual < full for actual, full in at_full_time), "the company has part-timers"
    for change in Change.objects.filter(sendable=True, outcome="applied"):
        for key in {"value1", "value2"} & change.details["fields"].keys():
            assert change.details["fields"][key]["sensitive"]
    amounts = {format(amount.normalize(), "f") for pair in at_full_time for amount in pair}
    kept = {
        text
        for link in small.integration.links.all()
        for key in {"value1", "value2"} & link.baseline.keys()
        for text in link.baseline[key][:2]
    }
    assert kept
    assert not kept & amounts
    second = small.sync()
    assert second["created"] == second["updated"] == second["ended"] == 0


def number(value: Any) -> Decimal:
    return Decimal(str(value))
