"""People whose names, numbers or other values are missing, wrong, odd or differ in payroll."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from fjordkraft import names
from fjordkraft.hiring import Hiring
from fjordkraft.identities import bank_account, with_wrong_last_digit
from fjordkraft.organisation import EMAIL_DOMAIN, HR_ONLY_COST_CENTER, HR_ONLY_TITLE
from fjordkraft.people import Person


def _named(person: Person, hiring: Hiring, first: str, last: str) -> Person:
    mailbox = hiring.mailbox(
        unicodedata.normalize("NFC", first), unicodedata.normalize("NFC", last)
    )
    return replace(
        person,
        first_name=first,
        last_name=last,
        work_email=f"{mailbox}@{EMAIL_DOMAIN}",
        private_email=f"{mailbox}@privat.{EMAIL_DOMAIN}",
    )


def missing_number(person: Person, _hiring: Hiring) -> Person:
    return replace(person, number=None, in_xledger=False)


def duplicate_number(person: Person, _hiring: Hiring) -> Person:
    return replace(person, number="10900", in_xledger=False)


def missing_email(person: Person, _hiring: Hiring) -> Person:
    return replace(person, work_email=None, private_email=None, in_xledger=False)


def private_email_only(person: Person, _hiring: Hiring) -> Person:
    return replace(person, work_email=None)


def missing_title(person: Person, _hiring: Hiring) -> Person:
    return replace(person, title=None, in_xledger=False)


def missing_hire_date(person: Person, _hiring: Hiring) -> Person:
    return replace(person, hire_date=None, in_xledger=False)


def name_in_nfc(person: Person, hiring: Hiring) -> Person:
    return _named(person, hiring, "Åse Kåre", "Blåfjell Håøy")


def name_in_nfd(person: Person, hiring: Hiring) -> Person:
    """The same letters in HR as a base letter plus a ring; payroll holds them composed."""
    first, last = "Åse Kåre", "Blåfjell Håøy"
    decomposed = [unicodedata.normalize("NFD", name) for name in (first, last)]
    person = _named(person, hiring, *decomposed)
    return replace(person, drift={"first_name": first, "last_name": last})


def spaced_name(person: Person, _hiring: Hiring) -> Person:
    tidy = {"first_name": person.first_name, "last_name": person.last_name}
    first, last = f"  {person.first_name}  ", f"{person.last_name} "
    return replace(person, first_name=first, last_name=last, drift=tidy)


def d_number(person: Person, hiring: Hiring) -> Person:
    female = person.gender == "female"
    born = person.birth_date or hiring.today
    return replace(person, national_id=hiring.national_id(born, female=female, d_number=True))


def invalid_national_id(person: Person, _hiring: Hiring) -> Person:
    return replace(person, national_id=with_wrong_last_digit(person.national_id or ""))


def invalid_bank_account(person: Person, _hiring: Hiring) -> Person:
    valid = person.bank_account or ""
    spoilt = with_wrong_last_digit(valid)
    return replace(person, bank_account=spoilt, iban=None, drift={"bank_account": valid})


def blank_bank_account(person: Person, hiring: Hiring) -> Person:
    """HR has no account and payroll has one: a blank must not clear it."""
    drift = {"bank_account": bank_account(hiring.rng)}
    return replace(person, bank_account=None, iban=None, drift=drift)


def iban_only(person: Person, _hiring: Hiring) -> Person:
    """HR has the account as an IBAN only; payroll holds the same account as a kontonummer."""
    drift = {"bank_account": person.bank_account or ""}
    return replace(person, bank_account=None, drift=drift)


def leading_zeros(person: Person, _hiring: Hiring) -> Person:
    return replace(person, number="00417")


def probable_match(person: Person, _hiring: Hiring) -> Person:
    """The same human under another number in payroll."""
    return replace(person, drift={"code": f"9{person.number}"})


def conflict(person: Person, hiring: Hiring) -> Person:
    """A wholly different human holds this number in payroll."""
    other = hiring.hire(person.key)
    drift = {
        "first_name": other.first_name,
        "last_name": f"{other.last_name}-Myrvang",
        "birth_date": other.birth_date.isoformat() if other.birth_date else "",
        "national_id": other.national_id or "",
        "email": other.work_email or "",
    }
    return replace(person, drift=drift)


def long_name(person: Person, hiring: Hiring) -> Person:
    first = "Marie Antoinette Elisabeth Charlotte Victoria Josefine Wilhelmine"
    return _named(
        person, hiring, first, "von Krogh Wedel-Jarlsberg Løvenskiold til Vækerø og Bærum"
    )


def sami_letters(person: Person, hiring: Hiring) -> Person:
    return _named(person, hiring, "Áilo Biŋŋá", "Đoallu Šuorbmu")


def hyphenated_name(person: Person, hiring: Hiring) -> Person:
    return _named(person, hiring, "Anne-Karin", "Bjørn-Hansen Åsgård-Lie")


def apostrophe_name(person: Person, hiring: Hiring) -> Person:
    return _named(person, hiring, "Siobhán", "O'Brien D'Angelo")


def unknown_title(person: Person, _hiring: Hiring) -> Person:
    return replace(person, title=HR_ONLY_TITLE, in_xledger=False)


def unknown_cost_center(person: Person, _hiring: Hiring) -> Person:
    return replace(person, cost_center=HR_ONLY_COST_CENTER[0], in_xledger=False)


def edited_by_hand(person: Person, hiring: Hiring) -> Person:
    """Someone in payroll has put another phone and another mailbox on this person."""
    edited = f"{hiring.rng.choice(names.MEN).lower()}.hjemme@privat.{EMAIL_DOMAIN}"
    return replace(person, drift={"phone": "+4790011223", "email": edited})
