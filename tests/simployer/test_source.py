"""Simployer One gives everyone in few requests, whichever way it answers where nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from fjordkraft.serving import running
from integration_hub.core.errors import ConfigurationError, IncompleteRead
from payroll.fields import EMPLOYEE_FIELDS
from payroll.ports import Connection
from payroll.records import Employee
from payroll.registry import sources
from simployer.sandbox import FaultKind, Sandbox, Switches
from simployer.source import SimployerSource

TODAY = date(2026, 3, 16)
Connect = Callable[..., SimployerSource]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(employees=250, seed=1, today=TODAY)


@pytest.fixture
def waits() -> list[float]:
    """Every wait the source made, instead of waiting."""
    return []


@pytest.fixture
def connect(sandbox: Sandbox, waits: list[float]) -> Iterator[Connect]:
    """A live connection to the sandbox; keyword arguments change the Connection."""
    with ExitStack() as stack:
        url = stack.enter_context(running(sandbox))
        standard = Connection(f"{url}/v1", {"token": "good"}, sleep=waits.append)

        def make(**changes: Any) -> SimployerSource:
            source = SimployerSource.connect(replace(standard, **changes))
            stack.callback(source.close)
            return source

        yield make


def by_id(employees: list[Employee]) -> dict[str, Employee]:
    return {employee.id: employee for employee in employees}


def read(sandbox: Sandbox, connect: Connect, **switches: Any) -> dict[str, Employee]:
    sandbox.switches = Switches(**switches)
    return by_id(list(connect().employees(TODAY)))


def the(sandbox: Sandbox, employees: dict[str, Employee], number: str) -> Employee:
    return employees[sandbox.store.find("employee", employeeNumber=number)["id"]]


# --- how it asks ---------------------------------------------------------------------------------


def test_everyone_comes_in_at_most_five_requests(sandbox: Sandbox, connect: Connect) -> None:
    source = connect()
    employees = source.employees(TODAY)
    assert {employee.id for employee in employees} == {
        row["id"] for row in sandbox.rows["employee"]
    }
    assert len(employees) == 250
    assert source.requests_sent == len(sandbox.log) <= 5


def test_every_request_is_heard_of(connect: Connect) -> None:
    heard: list[None] = []
    source = connect(on_request=lambda: heard.append(None))
    source.employees(TODAY)
    assert len(heard) == source.requests_sent


def test_connecting_sends_nothing(sandbox: Sandbox, connect: Connect) -> None:
    assert connect().requests_sent == 0
    assert sandbox.log == []


def test_a_closing_slash_on_the_address_changes_nothing(sandbox: Sandbox, connect: Connect) -> None:
    with running(sandbox) as url:
        assert len(connect(url=f"{url}/v1/").employees(TODAY)) == 250


def test_people_come_in_the_same_order_every_time(connect: Connect) -> None:
    source = connect()
    first = [employee.id for employee in source.employees(TODAY)]
    assert [employee.id for employee in source.employees(TODAY)] == first


def test_archived_people_come_too(sandbox: Sandbox, connect: Connect) -> None:
    employees = read(sandbox, connect)
    archived = {row["id"] for row in sandbox.rows["employee"] if not row["active"]}
    assert archived
    assert {each.id for each in employees.values() if not each.active} == archived


# --- either answer where the documentation is silent ---------------------------------------------


@pytest.mark.parametrize(
    "switches",
    [
        {"dates": "local"},
        {"relation_rows_left_out": True},
        {"max_limit": 50},
        {"undocumented_fields": False},
        {"later_fields": False},
        {"employment_relation": "history"},
        {"unknown_names": "ignore"},
        {"ssn": "spaced"},
    ],
    ids=str,
)
def test_people_are_equal_however_it_answers(
    sandbox: Sandbox, connect: Connect, switches: dict[str, Any]
) -> None:
    assert read(sandbox, connect, **switches) == read(sandbox, connect)


def test_an_inherited_cost_centre_is_sideloaded_like_an_own_one(
    sandbox: Sandbox, connect: Connect
) -> None:
    for row in sandbox.rows["employee"]:
        row["costCenterId"] = None
    employees = connect().employees(TODAY)
    assert any(employee.fields["cost_center"] for employee in employees)
    assert not any(seen.path.endswith("/cost-center") for seen in sandbox.log)


def test_names_that_are_never_sideloaded_cost_one_list_each(
    sandbox: Sandbox, connect: Connect
) -> None:
    sandbox.switches = Switches(relation_rows_left_out=True)
    connect().employees(TODAY)
    asked = [seen.path.removeprefix("/v1/") for seen in sandbox.log]
    for resource in ("department", "office", "cost-center", "employment-type"):
        assert asked.count(resource) == 1


def test_absent_fields_differ_from_null_ones_only_in_being_undelivered(
    sandbox: Sandbox, connect: Connect
) -> None:
    null, absent = (read(sandbox, connect, optional=form) for form in ("null", "absent"))
    assert null.keys() == absent.keys()
    for person, employee in absent.items():
        missing = null[person].fields.keys() - employee.fields.keys()
        assert {null[person].fields[key] for key in missing} <= {None}
        assert replace(employee, fields=null[person].fields) == null[person]
        assert employee.fields.items() <= null[person].fields.items()


def test_rates_as_fractions_deliver_no_percent(sandbox: Sandbox, connect: Connect) -> None:
    percents = [each.fields for each in read(sandbox, connect, rate="percent").values()]
    fractions = [each.fields for each in read(sandbox, connect, rate="fraction").values()]
    assert Decimal(80) in [fields.get("employment_percent") for fields in percents]
    assert not any("employment_percent" in fields for fields in fractions)
    assert Decimal(80) in [fields.get("employment_fraction") for fields in fractions]
    assert not any("employment_fraction" in fields for fields in percents)


def test_a_masked_national_id_identifies_nobody(sandbox: Sandbox, connect: Connect) -> None:
    employees = read(sandbox, connect, ssn="masked")
    assert {each.identity.national_id for each in employees.values()} == {""}


# --- what it reads -------------------------------------------------------------------------------


def test_the_seeded_company_delivers_every_field_and_no_doubt(
    sandbox: Sandbox, connect: Connect
) -> None:
    employees = read(sandbox, connect)
    delivered = {key for each in employees.values() for key in each.fields}
    assert {spec.key for spec in EMPLOYEE_FIELDS} - {"employment_fraction"} <= delivered
    assert not any(each.doubts for each in employees.values())


def test_an_edit_in_hr_is_in_the_next_read(sandbox: Sandbox, connect: Connect) -> None:
    source = connect()
    first = by_id(list(source.employees(TODAY)))
    row = next(row for row in sandbox.rows["employee"] if row["title"])
    sandbox.store.edit("employee", row["id"], {"title": "Kranfører"})
    second = by_id(list(source.employees(TODAY)))
    changed = {person for person in first if first[person] != second[person]}
    assert changed == {row["id"]}
    assert second[row["id"]].fields["title"] == "Kranfører"


def test_an_end_date_that_contradicts_the_employment_is_a_doubt(
    sandbox: Sandbox, connect: Connect
) -> None:
    row = next(row for row in sandbox.rows["employee"] if row["active"] and not row["endDate"])
    sandbox.store.edit("employee", row["id"], {"endDate": "2026-03-31"})
    employee = read(sandbox, connect)[row["id"]]
    assert [doubt.field for doubt in employee.doubts] == ["end_date"]


def test_a_row_marked_deleted_is_passed_over(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.switches = Switches(undocumented_fields=False)
    gone = sandbox.rows["employee"][0]
    gone["deleted"] = True
    employees = by_id(list(connect().employees(TODAY)))
    assert gone["id"] not in employees
    assert len(employees) == 249


def test_a_deleted_department_is_a_doubt_and_breaks_nothing(
    sandbox: Sandbox, connect: Connect
) -> None:
    row = next(row for row in sandbox.rows["employee"] if row["departmentId"])
    sandbox.store.delete("department", row["departmentId"])
    employee = read(sandbox, connect)[row["id"]]
    assert [(doubt.code, doubt.field) for doubt in employee.doubts] == [
        ("unknown_reference", "department")
    ]


# --- when it goes wrong --------------------------------------------------------------------------


def test_a_refused_token_stops_at_the_first_request(sandbox: Sandbox, connect: Connect) -> None:
    source = connect(credentials={"token": "expired"})
    with pytest.raises(ConfigurationError, match="access token"):
        source.employees(TODAY)
    assert source.requests_sent == 1


@pytest.mark.parametrize("token", ["", "  ", "two words", "nøkkel", "a\x00b"])
def test_what_is_no_token_is_never_sent(token: str) -> None:
    with pytest.raises(ConfigurationError, match="access token"):
        SimployerSource.connect(Connection("http://localhost:1/v1", {"token": token}))
    with pytest.raises(ConfigurationError, match="access token"):
        SimployerSource.connect(Connection("http://localhost:1/v1", {}))


def test_a_token_copied_with_white_space_works(connect: Connect) -> None:
    assert connect(credentials={"token": " good\n"}).employees(TODAY)


REFUSED_TOKEN = {FaultKind.EXPIRED_TOKEN, FaultKind.FORBIDDEN}  # a setting to fix, never repeated


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind not in REFUSED_TOKEN])
def test_a_passing_fault_costs_no_person(
    sandbox: Sandbox, connect: Connect, kind: FaultKind
) -> None:
    sandbox.faults.add(kind, path="/employment", seconds=0)
    assert len(connect().employees(TODAY)) == 250
    assert len(sandbox.faults) == 0


def test_the_wait_that_the_vendor_asks_for_is_kept(
    sandbox: Sandbox, connect: Connect, waits: list[float]
) -> None:
    sandbox.faults.add(FaultKind.RATE_LIMITED, times=2, seconds=3)
    connect().employees(TODAY)
    assert waits == [3.0, 3.0]


def test_a_list_that_keeps_changing_gives_nobody(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.switches = Switches(max_limit=100, total_drift=1)
    with pytest.raises(IncompleteRead):
        connect().employees(TODAY)


# --- what it says of itself ----------------------------------------------------------------------


@override_settings(SIMPLOYER_ENVIRONMENTS={"sandbox": "http://localhost:8101/v1"})
def test_addresses_come_from_the_settings() -> None:
    assert SimployerSource.environments() == {"sandbox": "http://localhost:8101/v1"}


def test_it_is_an_installed_source() -> None:
    assert sources["simployer"] is SimployerSource
