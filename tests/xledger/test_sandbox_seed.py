"""What payroll holds before the first sync, beside what HR has."""

from __future__ import annotations

from typing import Any

import pytest

from fjordkraft.company import people
from fjordkraft.people import Person
from tests.xledger.calling import TODAY
from xledger.sandbox import Sandbox

PEOPLE = people(250, 1, today=TODAY)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(PEOPLE, today=TODAY)


def case(name: str) -> Person:
    return next(person for person in PEOPLE if person.case == name)


def held(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """Give what payroll holds of the first person of a case."""
    return sandbox.by_code(str(case(name).number))


def values(sandbox: Sandbox, kind: int) -> dict[str, str]:
    rows = sandbox.store.tables["object_values"].values()
    return {row["code"]: row["description"] for row in rows if row["objectKindDbId"] == kind}


def test_everyone_marked_as_in_xledger_is_there_once(sandbox: Sandbox) -> None:
    expected = [p.drift.get("code", p.number) for p in PEOPLE if p.in_xledger]
    assert [each["code"] for each in sandbox.employees] == expected
    assert 0.85 < len(expected) / len(PEOPLE) < 0.95


def test_the_same_seed_gives_the_same_tenant(sandbox: Sandbox) -> None:
    again = Sandbox(people(250, 1, today=TODAY), today=TODAY)
    assert again.store.tables == sandbox.store.tables


def test_an_ordinary_person_is_held_as_a_clean_sync_writes_them(sandbox: Sandbox) -> None:
    person, row = case("ordinary"), held(sandbox, "ordinary")
    assert person.hire_date is not None
    assert row["description"] == f"{person.first_name} {person.last_name}"
    assert row["initials"] == (person.first_name[0] + person.last_name.split()[-1][0]).upper()
    assert row["email"] == row["contactEmail"] == person.work_email
    assert row["phone"].startswith("+47")
    assert len(row["phone"]) == 11
    assert row["employmentFrom"] == person.hire_date.isoformat()
    assert row["employmentTo"] is None
    assert row["trialTo"] is None
    assert row["employeeGroup"] == "10"
    assert row["title"] == person.title
    assert row["glObject1"] == person.cost_center
    assert row["fullAddress"] == f"{person.street}, {person.postal_code} {person.city}"
    assert row["socialSec"] == person.national_id
    assert row["bankAccount"] == person.bank_account


def test_people_without_drift_differ_from_hr_in_nothing_that_is_mapped(sandbox: Sandbox) -> None:
    plain = [p for p in PEOPLE if p.in_xledger and not p.drift]
    assert len(plain) > 150
    for person in plain:
        row = sandbox.by_code(str(person.number))
        assert row["email"] == (person.work_email or person.private_email)
        assert row["title"] == person.title
        assert row["glObject1"] == person.cost_center


def test_drifted_people_hold_what_drifted(sandbox: Sandbox) -> None:
    names = {"email": "email", "phone": "phone", "title": "title", "bank_account": "bankAccount"}
    drifted = [p for p in PEOPLE if p.case == "drifted"]
    assert drifted
    seen = 0
    for person in drifted:
        row = sandbox.by_code(str(person.number))
        for key in person.drift.keys() & names.keys():
            assert row[names[key]] == person.drift[key]
            seen += 1
    assert seen


@pytest.mark.parametrize("name", ["name in NFC", "name in NFD"])
def test_names_are_held_composed(sandbox: Sandbox, name: str) -> None:
    assert held(sandbox, name)["description"] == "Åse Kåre Blåfjell Håøy"
    assert held(sandbox, name)["initials"] == "ÅH"


def test_extra_spaces_in_names_are_not_held(sandbox: Sandbox) -> None:
    row = held(sandbox, "name with extra spaces")
    assert row["firstName"] == row["firstName"].strip()
    assert "  " not in row["description"]


def test_only_the_end_that_payroll_knows_is_held(sandbox: Sandbox) -> None:
    gone = case("long-gone leaver")
    assert gone.end_date is not None
    assert held(sandbox, "long-gone leaver")["employmentTo"] == gone.end_date.isoformat()
    assert held(sandbox, "leaver")["employmentTo"] is None
    assert held(sandbox, "leaver known in advance")["employmentTo"] is None
    assert held(sandbox, "rehire")["employmentTo"] == case("rehire").drift["employment_to"]
    temporary = case("temporary").jobs[0].end
    assert temporary is not None
    assert held(sandbox, "temporary")["employmentTo"] == temporary.isoformat()


def test_an_invalid_account_of_hr_is_not_held_but_the_right_one(sandbox: Sandbox) -> None:
    person = case("invalid bank account")
    assert held(sandbox, "invalid bank account")["bankAccount"] == person.drift["bank_account"]
    assert person.bank_account != person.drift["bank_account"]


def test_a_d_number_is_held(sandbox: Sandbox) -> None:
    assert held(sandbox, "D-number")["socialSec"] == case("D-number").national_id


def test_the_code_lists_are_the_company_s_without_what_only_hr_knows(sandbox: Sandbox) -> None:
    groups = sandbox.store.tables["employee_groups"].values()
    assert {g["code"]: g["description"] for g in groups} == {
        "10": "Fast ansatt",
        "20": "Midlertidig ansatt",
        "30": "Timelønnet",
        "40": "Lærling",
    }
    assert "9990" not in values(sandbox, 301)
    assert values(sandbox, 301)["1000"] == "Ledelse"
    assert values(sandbox, 311)["P01"] == "Daglig leder"
    assert "Hjelpearbeider sesong" not in values(sandbox, 311).values()
    assert list(values(sandbox, 314).values()) == ["Frivillig", "Ufrivillig"]
