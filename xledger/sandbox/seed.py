"""Fills a store with Fjordkraft as payroll holds it: what a clean sync wrote, and what drifted."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any

import phonenumbers
from stdnum.no import fodselsnummer, kontonr

from fjordkraft.company import COMPANY, COST_CENTERS, EMPLOYMENT_TYPES, TITLES
from fjordkraft.people import Person

from .lookups import KINDS, resolve
from .store import OWNER, Row, Store

Find = Callable[[str, str, str | None], int | None]
"""(reference, key, value) -> dbId, as `lookups.resolve` finds it."""

_COUNTRIES = (
    ("NO", "Norge"),
    ("SE", "Sverige"),
    ("DK", "Danmark"),
    ("FI", "Finland"),
    ("DE", "Tyskland"),
    ("PL", "Polen"),
    ("GB", "Storbritannia"),
)
_PAY = {"rateElement": (("100", "Fastlønn"), ("200", "Timelønn"), ("300", "Årslønn"))}
_TIME_OFF = {
    "absenceCode": (
        ("EGM", "Egenmelding"),
        ("SYK", "Sykmelding"),
        ("BSY", "Barns sykdom"),
        ("FER", "Ferie"),
        ("FOR", "Foreldrepermisjon"),
        ("VEL", "Velferdspermisjon"),
        ("AVS", "Avspasering"),
    ),
    "timeType": (
        ("NORMAL", "Normaltid"),
        ("EGM", "Egenmelding"),
        ("SYK", "Sykmelding"),
        ("FER", "Ferie"),
    ),
    "activity": (("100", "Arbeid"), ("900", "Sykdom"), ("910", "Ferie")),
}
_WITH_HISTORY = 12
"""People with an absence and a timesheet row of a year ago, so that the kinds are in use."""
_EXIT_REASONS = ("Frivillig", "Ufrivillig")
_GENDERS = {"male": "M", "female": "F"}


def fill(store: Store, people: Iterable[Person], today: date) -> None:
    """Insert the company's code lists and everyone who is in payroll already, as of `today`.

    Everything carries one stamp, in the hour that the last end of summer time repeats.
    """
    written = f"{_last_clock_change(today).isoformat()}T02:30:00"
    stamps = {"createdAt": written, "modifiedAt": written}
    _fill_code_lists(store, stamps)
    find: Find = lru_cache(maxsize=None)(partial(_find, store))
    for person in people:
        if person.in_xledger:
            _insert_person(store, person, stamps, find)
    _fill_history(store, stamps, today - timedelta(days=365), find)


def _find(store: Store, reference: str, key: str, value: str | None) -> int | None:
    return resolve(store, reference, None if value is None else {key: value})


def _last_clock_change(today: date) -> date:
    years = (date(today.year, 10, 31), date(today.year - 1, 10, 31))
    sundays = [end - timedelta(days=(end.weekday() + 1) % 7) for end in years]
    return next(day for day in sundays if day < today)


def _fill_code_lists(store: Store, stamps: Row) -> None:
    entity = {"code": "10", "description": COMPANY, "name": COMPANY, "companyName": COMPANY}
    store.insert("entities", {**stamps, **entity}, db_id=OWNER)
    store.insert("companies", {**stamps, **entity, "country": "Norge"})
    for code, country in _COUNTRIES:
        store.insert("countries", {**stamps, "code": code, "description": country})
    for sub, code in enumerate(_GENDERS.values(), start=1):
        value = {"definitionId": "gender", "dbSubId": sub, "code": code, "name": code}
        store.insert("system_values", {**stamps, **value})
    for number, group in enumerate(EMPLOYMENT_TYPES, start=1):
        row = {"code": str(10 * number), "description": group}
        store.insert("employee_groups", {**stamps, **row})
    for reference, (number, name) in KINDS.items():
        _insert_kind(store, stamps, reference, number, name)


def _insert_kind(store: Store, stamps: Row, reference: str, number: int, name: str) -> None:
    store.insert("object_kinds", {**stamps, "name": name}, db_id=number)
    kind = {**stamps, "objectKindDbId": number}
    named = {"code": reference, "description": name, "name": name}
    definition = store.insert("object_definitions", {**kind, **named})["dbId"]
    for code, description in _values_of(reference):
        value = {"code": code, "description": description, "posting": True}
        store.insert("object_values", {**kind, "definitionDbId": definition, **value})


def _values_of(reference: str) -> Iterable[tuple[str, str]]:
    lists = {"positionValue": TITLES, "employmentType": EMPLOYMENT_TYPES}
    if reference == "glObject1":
        return COST_CENTERS
    if reference == "exitReason":
        return [(str(n), reason) for n, reason in enumerate(_EXIT_REASONS, start=1)]
    if reference in _TIME_OFF:
        return _TIME_OFF[reference]
    if reference in _PAY:
        return _PAY[reference]
    prefix = reference[0].upper()
    return [(f"{prefix}{n:02}", each) for n, each in enumerate(lists.get(reference, ()), start=1)]


def _fill_history(store: Store, stamps: Row, day: date, find: Find) -> None:
    for number, db_id in enumerate(list(store.tables["employees"])[:_WITH_HISTORY]):
        first = day - timedelta(days=number)
        row = {"employeeDbId": db_id, "approved": True}
        absence = {
            "absenceCodeDbId": find("absenceCode", "code", "FER"),
            "fromDate": first.isoformat(),
            "toDate": (first + timedelta(days=4)).isoformat(),
            "leavePercent": 100.0,
            "text": "Ferie",
        }
        store.insert("absences", {**stamps, **row, **absence})
        timesheet = {
            "assignmentDate": first.isoformat(),
            "workingHours": "7.5000",
            "timeTypeDbId": find("timeType", "code", "NORMAL"),
            "activityDbId": find("activity", "code", "100"),
        }
        store.insert("timesheets", {**stamps, **row, **timesheet})


def _insert_person(store: Store, person: Person, stamps: Row, find: Find) -> None:
    held = _held(person)
    gender = {"genderDbId": find("gender", "code", held["gender"])}
    contact = store.insert("contacts", {**stamps, **_contact(held), **gender})
    ledger = {"code": held["code"], "description": held["description"], "email": held["email"]}
    subledger = store.insert(
        "subledgers", {**stamps, **ledger, "bankAccount": held["bank_account"]}
    )
    employee = {
        **{name: held[name] for name in ("code", "description", "email")},
        "employmentFrom": held["employment_from"],
        "employmentTo": held["employment_to"],
        "timesheet": person.key % 2 == 0,
        "overtime": person.key % 3 == 0,
        "flextime": person.key % 5 == 0,
        "contactDbId": contact["dbId"],
        "subledgerDbId": subledger["dbId"],
        "employeeGroupDbId": find("employeeGroup", "description", held["group"]),
        "positionValueDbId": find("positionValue", "description", held["title"]),
        "glObject1DbId": find("glObject1", "code", held["cost_center"]),
    }
    store.insert("employees", {**stamps, **employee})


def _contact(held: dict[str, Any]) -> Row:
    full = held["address"]
    return {
        "code": held["code"],
        "name": held["description"],
        "firstName": held["first_name"],
        "lastName": held["last_name"],
        "initials": initials(held["first_name"], held["last_name"]),
        "birthday": held["birth_date"],
        "socialSec": held["national_id"],
        "phone": held["phone"],
        "email": held["email"],
        "address": None if full is None else {"fullAddress": full},
    }


def _held(person: Person) -> dict[str, Any]:
    """Give what payroll holds of a person: HR's values tidied, with the drifted ones over them."""
    clean: dict[str, Any] = {
        "code": person.number,
        "first_name": tidy(person.first_name),
        "last_name": tidy(person.last_name),
        "email": person.work_email or person.private_email,
        "phone": e164(person.private_phone),
        "title": person.title,
        "cost_center": person.cost_center,
        "group": person.jobs[person.primary_job].type if person.jobs else None,
        "employment_from": _iso(person.hire_date),
        "employment_to": _iso(_end_date(person)),
        "birth_date": _iso(person.birth_date),
        "national_id": _if_valid(fodselsnummer, person.national_id),
        "bank_account": _if_valid(kontonr, person.bank_account),
        "gender": _GENDERS.get(person.gender or ""),
    }
    drift = {key: value or None for key, value in person.drift.items() if key != "address"}
    held = {**clean, **drift}
    held["description"] = f"{held['first_name']} {held['last_name']}"
    held["address"] = full_address(person, person.drift.get("address", person.street))
    return held


def _end_date(person: Person) -> date | None:
    """Give the end a sync would have sent: HR's end date, or the last row's if no row is open."""
    ends = [job.end for job in person.jobs]
    closed = max((end for end in ends if end is not None), default=None)
    return person.end_date or (None if None in ends else closed)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _if_valid(check: Any, value: str | None) -> str | None:
    if not value or not check.is_valid(value):
        return None
    return str(check.compact(value))


def tidy(name: str) -> str:
    """Compose the letters (NFC) and leave single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def initials(first_name: str, last_name: str) -> str:
    """Give "KS" for Kari Anne and Berg Solheim: the first name's first and the last one's last."""
    return (first_name.split()[0][0] + last_name.split()[-1][0]).upper()


def e164(phone: str | None) -> str | None:
    return phone and phonenumbers.format_number(
        phonenumbers.parse(phone, "NO"), phonenumbers.PhoneNumberFormat.E164
    )


def full_address(person: Person, street: str | None) -> str | None:
    """Give "Street, 0123 City", and ", CC" where the country is another than Norway."""
    city = " ".join(part for part in (person.postal_code, person.city) if part)
    country = person.country if person.country not in {None, "NO"} else None
    return ", ".join(part for part in (street, city, country) if part) or None
