"""A first sync, the quiet second one, and what happens when payroll or HR changes in between."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest

from fjordkraft.company import DEPARTMENTS
from fjordkraft.identities import national_id
from payroll.models import EmployeeLink, SyncRun
from payroll.records import ChangeKind
from payroll.runs import open_run
from payroll.schedule import ZONE
from payroll.sync import run_sync

from .world import World, world

WRITES = ("created", "updated", "ended")


def written(result: dict[str, Any]) -> int:
    """How many people a run wrote."""
    return sum(result[name] for name in WRITES)


def problem(result: dict[str, Any], code: str) -> dict[str, str]:
    """The first problem of that kind."""
    return next(row for row in result["problems"] if row["code"] == code)


def test_a_first_sync_accounts_for_everyone_and_a_second_changes_nothing(customer: World) -> None:
    first = customer.sync()
    assert first["status"] == "succeeded"
    assert first["created"] > 0
    assert first["updated"] > 0
    assert first["ended"] > 0
    run = SyncRun.objects.get(pk=first["run"])
    told = written(first) + first["unchanged"] + first["skipped"] + sum(run.left_out.values())
    assert told == 250

    second = customer.sync()
    assert second["status"] == "succeeded"
    assert written(second) == 0
    assert second["unchanged"] == written(first) + first["unchanged"]


def test_few_requests_do_it_all(customer: World) -> None:
    result = customer.sync()
    assert result["requests"]["simployer"] <= 5
    assert result["requests"]["xledger"] <= 5


def test_each_awkward_case_is_skipped_with_a_reason(customer: World) -> None:
    codes = {row["code"] for row in customer.sync()["problems"] if row["outcome"] == "skipped"}
    assert codes >= {
        "missing_field",
        "starts_later",
        "invalid_national_id",
        "invalid_bank_account",
        "probable_match",
        "conflict",
        "unmapped_value",
        "duplicate_number",
    }


def test_nobody_stands_twice_in_payroll(customer: World) -> None:
    before = len(customer.xledger.employees)
    result = customer.sync()
    customer.sync()
    assert len(customer.xledger.employees) == before + result["created"]
    codes = [employee["code"] for employee in customer.xledger.employees]
    assert len(codes) == len(set(codes))


def test_part_timers_and_hourly_paid_are_synced(customer: World) -> None:
    customer.sync()
    linked = set(EmployeeLink.objects.values_list("source_id", flat=True))
    rates = {
        row["rate"]: row["employeeId"]
        for row in customer.simployer.rows["employment"]
        if row["rate"] < 100 and row["endDate"] is None
    }
    assert rates
    assert linked & set(rates.values())


def test_a_value_edited_in_payroll_is_overwritten_and_the_run_says_so(small: World) -> None:
    small.sync()
    person = small.simployer.find("employee", employeeNumber="10001")
    small.simployer.store.edit("employee", person["id"], {"workEmail": "new@fjordkraft.example"})
    small.sync()
    there = small.xledger.by_code("10001")
    small.xledger.edit(there["dbId"], {"email": "typo@fjordkraft.example"})
    run = small.run()
    [change] = run.changes.filter(kind=ChangeKind.UPDATE)
    assert change.details["fields"]["email"]["before"] == "typo@fjordkraft.example"
    assert change.details["fields"]["email"]["drifted"]
    assert change.details["fields"]["email"]["sent_on"] == f"{small.now.astimezone(ZONE):%Y-%m-%d}"
    assert small.xledger.by_code("10001")["email"] == "new@fjordkraft.example"


def test_a_preview_writes_nothing_and_shows_what_would_happen(small: World) -> None:
    before = small.xledger.employees
    preview = small.sync(preview=True)
    assert preview["status"] == "succeeded"
    assert written(preview) > 0
    assert small.xledger.employees == before
    real = small.sync()
    assert {name: real[name] for name in WRITES} == {name: preview[name] for name in WRITES}


def test_a_leaver_gets_the_end_date_and_is_not_deleted(small: World) -> None:
    leaver = next(
        row
        for row in small.simployer.rows["employee"]
        if not row["active"]
        and small.xledger.with_code(row["employeeNumber"])
        and not small.xledger.by_code(row["employeeNumber"])["employmentTo"]
    )
    result = small.sync()
    ended = small.xledger.by_code(leaver["employeeNumber"])
    assert result["ended"] > 0
    assert ended["employmentTo"] is not None


def test_a_blank_in_hr_leaves_payroll_as_it_is(small: World) -> None:
    small.sync()
    person = small.simployer.find("employee", employeeNumber="10001")
    before = small.xledger.by_code("10001")
    small.simployer.store.edit(
        "employee", person["id"], {"bankAccount": None, "ssn": "", "privatePhone": None}
    )
    assert written(small.sync()) == 0
    assert small.xledger.by_code("10001") == before


def test_a_withdrawn_end_date_is_cleared_only_with_evidence(small: World) -> None:
    small.sync()
    person = small.xledger.by_code("10001")
    small.xledger.edit(person["dbId"], {"employmentTo": "2026-12-31"})
    job = small.simployer.find(
        "employment", employeeId=small.simployer.find("employee", employeeNumber="10001")["id"]
    )
    small.simployer.store.edit("employment", job["id"], {"terminated": True})
    unclear = small.sync()
    assert problem(unclear, "end_date_unclear")["outcome"] == "held"
    assert small.xledger.by_code("10001")["employmentTo"] == "2026-12-31"

    small.simployer.store.edit("employment", job["id"], {"terminated": False})
    small.sync()
    assert small.xledger.by_code("10001")["employmentTo"] is None


def test_a_changed_number_on_a_linked_person_is_held_and_nobody_is_created(small: World) -> None:
    small.sync()
    person = small.simployer.find("employee", employeeNumber="10001")
    small.simployer.store.edit("employee", person["id"], {"employeeNumber": "77001"})
    result = small.sync()
    assert result["created"] == 0
    assert problem(result, "number_changed")["outcome"] == "held"
    assert small.xledger.with_code("77001") == []


def test_a_d_number_that_becomes_a_national_id_makes_no_second_person(small: World) -> None:
    small.sync()
    person = next(
        row for row in small.simployer.rows["employee"] if (row["ssn"] or "")[:1] in "4567"
    )
    code, people = person["employeeNumber"], len(small.xledger.employees)
    held = small.xledger.by_code(code)
    assert held["socialSec"] == person["ssn"]

    born = date.fromisoformat(person["birthDate"][:10])
    new = national_id(Random(1), born, female=person["gender"] == "female")
    small.simployer.store.edit("employee", person["id"], {"ssn": new})
    result = small.sync()
    assert (result["created"], result["updated"]) == (0, 1)
    now = small.xledger.by_code(code)
    assert (now["dbId"], now["socialSec"]) == (held["dbId"], new)
    assert len(small.xledger.employees) == people


def test_payroll_that_reformats_what_it_is_sent_is_left_in_peace(small: World) -> None:
    small.xledger.switches.set({"reformat": True})
    assert written(small.sync()) > 0
    assert written(small.sync()) == 0


def test_scope_leaves_people_out_and_sends_nothing_about_them(transactional_db: None) -> None:
    with world(employees=60, scope={"departments": [DEPARTMENTS[0]]}) as customer:
        run = customer.run()
        touched = {row.source_id for row in run.changes.all()}
        inside = customer.simployer.find("department", name=DEPARTMENTS[0])["id"]
        outside = {
            row["id"]
            for row in customer.simployer.rows["employee"]
            if row["departmentId"] != inside
        }
    assert run.left_out["not in scope"] == len(outside)
    assert touched
    assert not touched & outside


def test_someone_deleted_in_hr_is_listed_and_not_ended(small: World) -> None:
    small.sync()
    person = small.simployer.find("employee", employeeNumber="10001")
    small.simployer.store.delete("employee", person["id"])
    result = small.sync()
    assert problem(result, "gone_from_hr")["employee_number"] == "10001"
    assert result["ended"] == 0
    assert small.xledger.by_code("10001")["employmentTo"] is None


def test_a_run_stopped_by_the_operator_says_so_and_the_next_goes_on(small: World) -> None:
    run, _ = open_run(small.integration, small.now)

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    small.simployer.faults.add("unavailable", path="/compensation")
    with pytest.raises(KeyboardInterrupt):
        run_sync(run, lambda: small.now, sleep=stop)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.INTERRUPTED
    assert small.sync()["status"] == "succeeded"
