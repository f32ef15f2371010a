"""Fjordkraft Demo AS as a list of people: the same people for the same seed and the same day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from fjordkraft import names
from fjordkraft.cases import CASES, Twist
from fjordkraft.employments import apprentice, hourly_paid, part_timer, temporary
from fjordkraft.hiring import Hiring
from fjordkraft.identities import bank_account
from fjordkraft.organisation import (
    COMPANY,
    COST_CENTERS,
    DEPARTMENTS,
    EMAIL_DOMAIN,
    EMPLOYMENT_TYPES,
    HEAD_OF_DEPARTMENT,
    HR_ONLY_COST_CENTER,
    HR_ONLY_EMPLOYMENT_TYPE,
    HR_ONLY_TITLE,
    OFFICES,
    TITLES,
)
from fjordkraft.people import Person

__all__ = [
    "COMPANY",
    "COST_CENTERS",
    "DEPARTMENTS",
    "EMPLOYMENT_TYPES",
    "HR_ONLY_COST_CENTER",
    "HR_ONLY_EMPLOYMENT_TYPE",
    "HR_ONLY_TITLE",
    "OFFICES",
    "TITLES",
    "people",
]

_SHARE_NOT_IN_XLEDGER = 0.10
_SHARE_DRIFTED = 0.08
_VARIETIES: tuple[tuple[float, str, Twist], ...] = (
    (0.16, "part-timer", part_timer),
    (0.06, "hourly paid", hourly_paid),
    (0.05, "temporary", temporary),
    (0.02, "apprentice", apprentice),
)


def people(employees: int = 250, seed: int = 1, *, today: date) -> tuple[Person, ...]:
    """Make exactly `employees` people (at least 1) as HR sees them on `today`.

    Person 1 is the managing director; the awkward cases of `cases.CASES` come first, one each, and
    ordinary people fill up the rest. About 90 % are in Xledger already.
    """
    if employees < 1:
        raise ValueError("a company needs at least one employee")
    rng = Random(seed)
    hiring = Hiring(rng, today)
    staff = [_person(hiring, key) for key in range(1, employees + 1)]
    staff = _with_managers(staff)
    staff = _with_new_hires(staff, hiring)
    return tuple(_with_drift(staff, hiring))


def _person(hiring: Hiring, key: int) -> Person:
    person = hiring.hire(key)
    if key <= len(CASES):
        case, twist = CASES[key - 1]
        return replace(twist(person, hiring), case=case)
    draw = hiring.rng.random()
    for share, case, variety in _VARIETIES:
        if draw < share:
            return replace(variety(person, hiring), case=case)
        draw -= share
    return person


def _with_managers(staff: list[Person]) -> list[Person]:
    """Put the first ordinary person of each department at its head, below the director."""
    heads: dict[str | None, int] = {}
    for person in staff:
        if person.case == "ordinary":
            heads.setdefault(person.department, person.key)
    director = staff[0].key
    return [_with_manager(person, heads.get(person.department), director) for person in staff]


def _with_manager(person: Person, head: int | None, director: int) -> Person:
    if person.key == director:
        return person
    if person.key == head:
        return replace(person, title=HEAD_OF_DEPARTMENT, manager_key=director)
    return replace(person, manager_key=head or director)


def _plain(staff: list[Person]) -> list[int]:
    """Give the positions of the ordinary people who lead nobody."""
    leaders = {person.manager_key for person in staff}
    return [
        index
        for index, person in enumerate(staff)
        if person.case == "ordinary" and person.key not in leaders
    ]


def _with_new_hires(staff: list[Person], hiring: Hiring) -> list[Person]:
    """Let some people have begun so lately that payroll does not have them."""
    missing = sum(not person.in_xledger for person in staff)
    wanted = max(round(len(staff) * _SHARE_NOT_IN_XLEDGER) - missing, 0)
    candidates = _plain(staff)
    hired = list(staff)
    for index in hiring.rng.sample(candidates, min(wanted, len(candidates))):
        person = staff[index]
        start = hiring.today - timedelta(days=hiring.rng.randint(0, 45))
        hired[index] = replace(
            person,
            case="new hire",
            hire_date=start,
            jobs=(replace(person.jobs[0], start=start),),
            pay=(replace(person.pay[0], effective=start),),
            in_xledger=False,
        )
    return hired


def _with_drift(staff: list[Person], hiring: Hiring) -> list[Person]:
    """Let payroll disagree with HR on one or two fields of some people."""
    candidates = _plain(staff)
    drifted = list(staff)
    for index in hiring.rng.sample(candidates, round(len(candidates) * _SHARE_DRIFTED)):
        person = staff[index]
        fields = hiring.rng.sample(sorted(_DRIFTS), hiring.rng.randint(1, 2))
        drift = {field: _DRIFTS[field](person, hiring.rng) for field in fields}
        drifted[index] = replace(person, case="drifted", drift=drift)
    return drifted


def _other(rng: Random, choices: tuple[str, ...], current: str | None) -> str:
    return rng.choice([choice for choice in choices if choice != current])


def _earlier_start(person: Person, rng: Random) -> str:
    start = person.jobs[0].start
    return (start - timedelta(days=rng.randint(1, 60))).isoformat()


_DRIFTS: dict[str, Callable[[Person, Random], str]] = {
    "last_name": lambda person, rng: _other(rng, names.LAST, person.last_name),
    "email": lambda person, rng: f"person{person.key}@gammel.{EMAIL_DOMAIN}",
    "phone": lambda person, rng: f"+479{rng.randint(0, 9_999_999):07}",
    "title": lambda person, rng: _other(rng, TITLES, person.title),
    "cost_center": lambda person, rng: _other(
        rng, tuple(code for code, _ in COST_CENTERS), person.cost_center
    ),
    "employment_from": _earlier_start,
    "bank_account": lambda person, rng: bank_account(rng),
    "address": lambda person, rng: f"{_other(rng, names.STREETS, None)} {rng.randint(121, 200)}",
}
