"""The made-up company is the same every time, and holds every awkward case payroll meets."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date, timedelta

import pytest
from stdnum.no import fodselsnummer, kontonr

from fjordkraft.cases import CASES
from fjordkraft.company import (
    COST_CENTERS,
    DEPARTMENTS,
    EMPLOYMENT_TYPES,
    HR_ONLY_COST_CENTER,
    HR_ONLY_EMPLOYMENT_TYPE,
    HR_ONLY_TITLE,
    OFFICES,
    TITLES,
    people,
)
from fjordkraft.people import Person

TODAY = date(2026, 3, 16)


@pytest.fixture(scope="module")
def company() -> tuple[Person, ...]:
    return people(250, seed=1, today=TODAY)


def the(company: tuple[Person, ...], case: str) -> Person:
    (person,) = (person for person in company if person.case == case)
    return person


def test_the_same_seed_and_day_give_the_same_people(company: tuple[Person, ...]) -> None:
    assert people(250, seed=1, today=TODAY) == company
    assert people(250, seed=2, today=TODAY) != company


@pytest.mark.parametrize("count", [1, 2, 7, 41, 42, 250, 1000])
def test_the_number_of_people_is_exact(count: int) -> None:
    staff = people(count, today=TODAY)
    assert [person.key for person in staff] == list(range(1, count + 1))


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        people(0, today=TODAY)


def test_every_awkward_case_is_there(company: tuple[Person, ...]) -> None:
    present = Counter(person.case for person in company)
    wanted = Counter(case for case, _ in CASES)
    assert not wanted - present
    assert present["part-timer"] > 20
    assert present["new hire"] > 5
    assert 8 <= present["drifted"] <= 20


def test_awkward_cases_come_first(company: tuple[Person, ...]) -> None:
    assert [person.case for person in people(9, today=TODAY)] == [case for case, _ in CASES[:9]]


def test_about_nine_in_ten_are_in_xledger(company: tuple[Person, ...]) -> None:
    assert sum(person.in_xledger for person in company) == 225


def test_national_ids_carry_their_check_digits_and_birth_dates(
    company: tuple[Person, ...],
) -> None:
    wrong = {
        person.case
        for person in company
        if person.national_id is None
        or not fodselsnummer.is_valid(person.national_id)
        or fodselsnummer.get_birth_date(person.national_id) != person.birth_date
    }
    assert wrong == {"invalid national id"}
    assert [p.case for p in company if (p.national_id or "0")[0] >= "4"] == ["D-number"]


def test_nobody_shares_a_national_id(company: tuple[Person, ...]) -> None:
    big = people(5000, today=TODAY)
    assert len({person.national_id for person in big}) == 5000


def test_bank_accounts_carry_their_check_digit(company: tuple[Person, ...]) -> None:
    wrong = [
        person.case
        for person in company
        if person.bank_account is not None and not kontonr.is_valid(person.bank_account)
    ]
    assert wrong == ["invalid bank account"]


def test_an_iban_holds_the_same_account(company: tuple[Person, ...]) -> None:
    both = [(p.iban, p.bank_account) for p in company if p.iban and p.bank_account]
    assert len(both) > 200
    assert all(iban == kontonr.to_iban(account) for iban, account in both)


def test_only_the_duplicates_share_a_number(company: tuple[Person, ...]) -> None:
    counts = Counter(person.number for person in company if person.number is not None)
    shared = [number for number, count in counts.items() if count > 1]
    assert [p.case for p in company if p.number in shared] == ["duplicate number"] * 2
    assert the(company, "missing number").number is None
    assert the(company, "leading zeros").number == "00417"


def test_no_mailbox_is_shared_or_outside_the_example_domain(company: tuple[Person, ...]) -> None:
    mailboxes = [p.work_email for p in company if p.work_email]
    assert len(set(mailboxes)) == len(mailboxes)
    assert all(mailbox.isascii() and " " not in mailbox for mailbox in mailboxes)
    everything = mailboxes + [p.private_email for p in company if p.private_email]
    assert all(mailbox.endswith("fjordkraft.example") for mailbox in everything)


def test_what_exists_in_hr_only_belongs_to_one_person_each(company: tuple[Person, ...]) -> None:
    types = Counter(job.type for person in company for job in person.jobs)
    assert types[HR_ONLY_EMPLOYMENT_TYPE] == 1
    assert set(types) == {*EMPLOYMENT_TYPES, HR_ONLY_EMPLOYMENT_TYPE}
    assert Counter(p.title for p in company)[HR_ONLY_TITLE] == 1
    assert {p.title for p in company} <= {*TITLES, HR_ONLY_TITLE, None}
    codes = {code for code, _ in COST_CENTERS}
    assert Counter(p.cost_center for p in company)[HR_ONLY_COST_CENTER[0]] == 1
    assert {p.cost_center for p in company} <= codes | {HR_ONLY_COST_CENTER[0]}
    assert {p.department for p in company} == set(DEPARTMENTS)
    assert {p.office for p in company} == set(OFFICES)


def test_the_two_spellings_of_a_name_differ_only_in_how_they_are_stored(
    company: tuple[Person, ...],
) -> None:
    composed, decomposed = the(company, "name in NFC"), the(company, "name in NFD")
    assert composed.last_name != decomposed.last_name
    assert unicodedata.normalize("NFC", decomposed.last_name) == composed.last_name
    assert decomposed.drift["last_name"] == composed.last_name


def test_dates_of_those_who_come_and_go(company: tuple[Person, ...]) -> None:
    left, gone = the(company, "leaver"), the(company, "long-gone leaver")
    assert (left.end_date, left.active) == (TODAY - timedelta(days=20), False)
    assert gone.end_date is not None
    assert gone.end_date <= TODAY - timedelta(days=200)
    known = the(company, "leaver known in advance")
    assert known.end_date is not None
    assert known.end_date > TODAY
    assert known.active
    assert the(company, "future starter").hire_date == TODAY + timedelta(days=14)
    assert the(company, "distant future starter").hire_date == TODAY + timedelta(days=90)
    back = the(company, "rehire")
    assert [job.end is None for job in back.jobs] == [False, True]
    assert back.hire_date == back.jobs[1].start
    assert back.active


def test_two_employments_name_the_main_one(company: tuple[Person, ...]) -> None:
    person = the(company, "two employments")
    assert len(person.jobs) == 2
    main = person.jobs[person.primary_job]
    assert main.percent == max(job.percent for job in person.jobs)


def test_nobody_began_work_as_a_child(company: tuple[Person, ...]) -> None:
    ages = [
        (job.start - person.birth_date).days // 365
        for person in company
        if person.birth_date
        for job in person.jobs
    ]
    assert min(ages) >= 15


def test_a_conflict_is_another_human_under_the_same_number(company: tuple[Person, ...]) -> None:
    person = the(company, "conflict")
    assert "code" not in person.drift
    assert person.birth_date is not None
    assert person.drift["birth_date"] != person.birth_date.isoformat()
    assert fodselsnummer.is_valid(person.drift["national_id"])
    assert person.drift["first_name"] != person.first_name or "Myrvang" in person.drift["last_name"]


def test_a_probable_match_differs_in_nothing_but_its_number(company: tuple[Person, ...]) -> None:
    person = the(company, "probable match")
    assert list(person.drift) == ["code"]
    assert person.drift["code"] not in {other.number for other in company}


def test_drifted_people_differ_in_what_payroll_may_overwrite(company: tuple[Person, ...]) -> None:
    drifted = [person for person in company if person.case == "drifted"]
    assert all(person.in_xledger and 1 <= len(person.drift) <= 2 for person in drifted)
    assert not {"code", "birth_date", "national_id"} & {f for p in drifted for f in p.drift}
    by_hand = the(company, "edited by hand")
    assert set(by_hand.drift) == {"phone", "email"}


def test_managers_make_one_tree_below_the_director(company: tuple[Person, ...]) -> None:
    manager = {person.key: person.manager_key for person in company}
    assert [key for key, above in manager.items() if above is None] == [1]
    for key in manager:
        steps, above = 0, manager[key]
        while above is not None:
            steps, above = steps + 1, manager[above]
            assert steps < 10
