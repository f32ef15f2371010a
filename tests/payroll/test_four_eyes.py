"""Changes that wait for a second person: they alone wait, and only what was approved goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll import guard
from payroll.four_eyes import FourEyes, Verdict, subjects_of
from payroll.managers import make_plan
from payroll.mapping import MappingRow, Mode
from payroll.matching import Roster
from payroll.plan import Plan
from payroll.records import (
    Actual,
    ChangeKind,
    Employee,
    FieldSpec,
    FieldType,
    Outcome,
    Subject,
    TargetEmployee,
)

from .people import (
    NOW,
    ROWS,
    SOURCE_SPECS,
    TARGET_SPECS,
    TODAY,
    in_payroll,
    job,
    link,
    person,
    reasons_of,
    rules,
    sent,
)

OLD, NEW, OTHER = "86011117947", "12345678903", "15030204074"
SPECS = TARGET_SPECS | {
    spec.key: spec
    for spec in (
        FieldSpec("bank", "Bank account", FieldType.BANK_ACCOUNT, sensitive=True),
        FieldSpec("amount", "Pay", FieldType.DECIMAL, sensitive=True),
        FieldSpec("currency", "Pay currency"),
        FieldSpec("superior", "Manager", FieldType.REFERENCE),
    )
}
MAPPED = (
    *ROWS,
    MappingRow("bank_account", "bank"),
    MappingRow("pay_amount", "amount"),
    MappingRow("pay_currency", "currency"),
    MappingRow("manager", "superior"),
)
ALL = subjects_of(MAPPED, SOURCE_SPECS, SPECS, "employmentTo")


def paid(number: str = "1001", **fields: Any) -> Employee:
    """Somebody with an account and pay in HR."""
    usual: dict[str, Any] = {"bank_account": OLD, "pay_amount": Decimal(500), "pay_currency": "NOK"}
    return person(number, **(usual | fields))


def there(employee: Employee, **fields: Actual) -> TargetEmployee:
    """The same person in payroll, who holds what `paid` gives unless `fields` say otherwise."""
    usual: dict[str, Actual] = {"bank": OLD, "amount": Decimal(500), "currency": "NOK"}
    return in_payroll(employee, **(usual | {"superior": None} | fields))


def planned(
    people: list[Employee], held: list[TargetEmployee], *verdicts: Verdict, **changes: Any
) -> Plan:
    """The plan where all three subjects wait, with these verdicts on everybody's bank account."""
    said = {
        (each.id, subject): verdict
        for each in people
        for subject in Subject
        for verdict in verdicts
    }
    eyes = FourEyes(ALL, said, digest=lambda text: f"digest of {text}")
    links = [link(each) for each in people]
    usual: dict[str, Any] = {"rows": MAPPED, "target_specs": SPECS, "four_eyes": eyes}
    made = rules(**(usual | changes))
    return make_plan(people, made, Roster(held), links, TODAY, NOW)


def asked(made: Plan) -> dict[str, list[str]]:
    """By subject, the fields that wait."""
    return {
        row.proposal.subject.value: [change.field for change in row.fields]
        for row in made.changes
        if row.proposal and row.outcome is Outcome.TO_APPROVE
    }


def digest_of(made: Plan) -> str:
    """What stands for the one proposal of the plan."""
    [row] = [row for row in made.changes if row.proposal]
    assert row.proposal
    return row.proposal.digest


# --- what is what? -------------------------------------------------------------------------------


def test_a_subject_is_what_a_field_carries_whatever_it_is_called() -> None:
    assert ALL == {
        "bank": Subject.BANK_ACCOUNT,
        "employmentTo": Subject.END_DATE,
        "amount": Subject.PAY,
        "currency": Subject.PAY,
    }
    free = (
        MappingRow("bank_account", "phone"),
        MappingRow("end_date", "text1"),
        MappingRow("employment_end", "email"),
        MappingRow("custom.account", "bank"),
        MappingRow("pay_effective", "lastName", Mode.OFF),
    )
    assert subjects_of(free, SOURCE_SPECS, SPECS, "employmentTo") == {
        "phone": Subject.BANK_ACCOUNT,
        "text1": Subject.END_DATE,
        "email": Subject.END_DATE,
        "bank": Subject.BANK_ACCOUNT,
    }


# --- who waits -----------------------------------------------------------------------------------


def test_a_new_account_waits_and_everything_else_goes() -> None:
    kari = paid(bank_account=NEW, last_name="Hansen")
    made = planned([kari], [there(kari, bank=OLD, lastName="Nordmann 1001")])
    [row] = sent(made.changes)
    assert [change.field for change in row.fields] == ["lastName"]
    assert asked(made) == {"bank_account": ["bank"]}
    assert reasons_of(made) == ["to_approve"]
    assert made.unchanged == 0


def test_the_fields_of_pay_are_decided_on_together() -> None:
    kari = paid(pay_amount=Decimal(600), pay_currency="EUR", bank_account=NEW)
    made = planned([kari], [there(kari)])
    assert asked(made) == {"bank_account": ["bank"], "pay": ["amount", "currency"]}
    assert sent(made.changes) == []


def test_a_leaver_waits_and_so_does_who_comes_back() -> None:
    leaver = paid(active=False, end_date=TODAY - timedelta(days=1))
    made = planned([leaver], [there(leaver, employmentTo=None)])
    assert asked(made) == {"end_date": ["employmentTo"]}
    assert [row.kind for row in made.changes] == [ChangeKind.END]
    back = paid()
    made = planned([back], [there(back, employmentTo=date(2026, 12, 31))])
    assert asked(made) == {"end_date": ["employmentTo"]}
    assert [row.kind for row in made.changes] == [ChangeKind.UPDATE]


def test_an_end_that_hr_is_not_sure_about_is_held_and_nobody_is_asked() -> None:
    unsure = paid(employment=job(date(2020, 1, 1), terminated=True))
    made = planned([unsure], [there(unsure, employmentTo=date(2026, 12, 31))])
    assert reasons_of(made, Outcome.HELD) == ["end_date_unclear"]
    assert asked(made) == {}


def test_a_new_person_is_created_with_everything() -> None:
    kari = paid()
    eyes = FourEyes(ALL)
    made = make_plan(
        [kari],
        rules(rows=MAPPED, target_specs=SPECS, four_eyes=eyes),
        Roster([]),
        [],
        TODAY,
        NOW,
    )
    [row] = made.changes
    assert row.kind is ChangeKind.CREATE
    assert {"bank", "amount", "currency"} <= {change.field for change in row.fields}


def test_a_manager_goes_though_the_account_waits() -> None:
    boss, kari = paid("1000"), paid(bank_account=NEW, manager="1000")
    made = planned([boss, kari], [there(boss), there(kari, bank=OLD)])
    [row] = sent(made.changes)
    assert [change.field for change in row.fields] == ["superior"]
    assert asked(made) == {"bank_account": ["bank"]}
    assert made.unchanged == 1  # the manager


# --- what was decided ----------------------------------------------------------------------------


def test_only_the_value_that_was_approved_goes() -> None:
    kari = paid(bank_account=NEW, last_name="Hansen")
    held = [there(kari, bank=OLD, lastName="Nordmann 1001")]
    yes = Verdict("7", digest_of(planned([kari], held)), approved=True, by="Ola")
    made = planned([kari], held, yes)
    [row] = made.changes
    assert {change.field: change.after for change in row.fields} == {
        "lastName": "Hansen",
        "bank": NEW,
    }
    assert [change.approval.by for change in row.fields if change.approval] == ["Ola"]
    other = paid(bank_account=OTHER, last_name="Hansen")
    assert asked(planned([other], held, yes)) == {"bank_account": ["bank"]}


def test_an_approval_is_of_one_person_and_of_all_the_fields_together() -> None:
    kari, ola = paid(pay_amount=Decimal(600)), paid("1002", pay_amount=Decimal(600))
    yes = Verdict("7", digest_of(planned([kari], [there(kari)])), approved=True, by="Ola")
    assert asked(planned([ola], [there(ola)], yes)) == {"pay": ["amount"]}
    dearer = replace(kari, fields={**kari.fields, "pay_currency": "EUR"})
    assert asked(planned([dearer], [there(kari)], yes)) == {"pay": ["amount", "currency"]}


def test_what_was_declined_is_neither_sent_nor_asked_again_until_hr_changes_it() -> None:
    kari = paid(bank_account=NEW)
    no = Verdict("7", digest_of(planned([kari], [there(kari)])), approved=False, by="Ola")
    made = planned([kari], [there(kari)], no)
    assert (sent(made.changes), asked(made)) == ([], {})
    assert reasons_of(made, Outcome.SKIPPED) == ["declined"]
    other = paid(bank_account=OTHER)
    assert asked(planned([other], [there(kari)], no)) == {"bank_account": ["bank"]}


def test_what_payroll_holds_meanwhile_does_not_undo_an_approval() -> None:
    kari = paid(bank_account=NEW)
    yes = Verdict("7", digest_of(planned([kari], [there(kari)])), approved=True, by="Ola")
    assert len(sent(planned([kari], [there(kari, bank=OTHER)], yes).changes)) == 1


# --- the guard -----------------------------------------------------------------------------------


def test_the_guard_counts_neither_what_waits_nor_what_was_approved() -> None:
    leaver = paid(active=False, end_date=TODAY - timedelta(days=1), bank_account=NEW)
    held = [there(leaver, bank=OLD, employmentTo=None)]
    waiting = planned([leaver], held)
    assert guard.count(waiting).total == 0
    yes = [
        Verdict("7", row.proposal.digest, approved=True, by="Ola")
        for row in waiting.changes
        if row.proposal and row.proposal.subject is Subject.END_DATE
    ]
    assert guard.count(planned([leaver], held, *yes)).total == 0
    assert guard.count(planned([leaver], held, four_eyes=FourEyes())).end == 1


# --- whatever happens ----------------------------------------------------------------------------

values = st.fixed_dictionaries(
    {
        "bank_account": st.sampled_from([OLD, NEW, OTHER, None]),
        "pay_amount": st.sampled_from([Decimal(500), Decimal(600), None]),
        "pay_currency": st.sampled_from(["NOK", "EUR"]),
        "last_name": st.sampled_from(["Nordmann 1001", "Hansen"]),
        "end_date": st.sampled_from([None, TODAY - timedelta(days=3), TODAY]),
    }
)


@given(values, st.sets(st.sampled_from(Subject)))
def test_each_change_either_goes_or_waits_and_none_is_lost(
    fields: dict[str, Any], chosen: set[Subject]
) -> None:
    kari = paid(**fields)
    held = [there(paid(), employmentTo=None)]
    eyes = FourEyes({key: subject for key, subject in ALL.items() if subject in chosen})
    free = planned([kari], held, four_eyes=FourEyes())
    split = planned([kari], held, four_eyes=eyes)

    def changes(made: Plan, *outcomes: Outcome | None) -> set[tuple[str, Any]]:
        rows = [row for row in made.changes if row.outcome in outcomes]
        return {(change.field, change.after) for row in rows for change in row.fields}

    goes, waits = changes(split, None), changes(split, Outcome.TO_APPROVE)
    assert goes | waits == changes(free, None)
    assert {field for field, _ in waits} <= eyes.subjects.keys()
    assert not {field for field, _ in goes} & eyes.subjects.keys()
    assert split.unchanged == free.unchanged


@pytest.mark.parametrize("subject", Subject)
def test_each_subject_has_words_for_people(subject: Subject) -> None:
    kari = paid(
        bank_account=NEW,
        pay_amount=Decimal(1),
        active=False,
        end_date=TODAY - timedelta(days=1),
    )
    made = planned([kari], [there(kari, bank=OLD, amount=Decimal(2), employmentTo=None)])
    rows = [row for row in made.changes if row.proposal and row.proposal.subject is subject]
    assert "waits for approval" in rows[0].problems[0].message
