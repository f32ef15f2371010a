"""Employments and pay that are not simply full-time, permanent, monthly and under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from fjordkraft.hiring import Hiring
from fjordkraft.organisation import (
    APPRENTICE,
    DIRECTOR,
    HOURLY,
    HR_ONLY_EMPLOYMENT_TYPE,
    PERMANENT,
    TEMPORARY,
)
from fjordkraft.people import Job, Pay, Person

_FULL = Decimal(100)


def _days(hiring: Hiring, days: int) -> date:
    return hiring.today + timedelta(days=days)


def _starting(person: Person, start: date, jobs: tuple[Job, ...] = ()) -> Person:
    """Move the whole employment, pay included, to begin on `start`."""
    return replace(
        person,
        hire_date=start,
        jobs=jobs or (replace(person.jobs[0], start=start),),
        pay=(replace(person.pay[0], effective=start),),
    )


def _leaving(person: Person, start: date, end: date, *, active: bool) -> Person:
    person = _starting(person, start)
    jobs = (replace(person.jobs[0], end=end, terminated=True),)
    return replace(person, jobs=jobs, end_date=end, active=active)


def annual_pay(person: Person, hiring: Hiring) -> Person:
    """The managing director, whose pay is agreed per year."""
    start = _days(hiring, -2500)
    return replace(
        _starting(person, start),
        title=DIRECTOR,
        cost_center="1000",
        pay=(
            Pay(start, Decimal("980000"), "ANNUAL"),
            Pay(_days(hiring, -200), Decimal("1045000.50"), "ANNUAL"),
        ),
    )


def part_timer(person: Person, hiring: Hiring) -> Person:
    percent = hiring.rng.choice((Decimal(40), Decimal(60), Decimal(80), Decimal("37.5")))
    start = person.jobs[0].start
    jobs = (Job(PERMANENT, start, None, percent),)
    return replace(person, jobs=jobs, pay=hiring.monthly_pay(start, percent))


def hourly_paid(person: Person, hiring: Hiring) -> Person:
    start = person.jobs[0].start
    rate = Decimal(hiring.rng.randint(880, 1360)) / 4
    percent = hiring.rng.choice((Decimal(0), Decimal(20), Decimal(50)))
    return replace(
        person, jobs=(Job(HOURLY, start, None, percent),), pay=(Pay(start, rate, "HOURLY"),)
    )


def temporary(person: Person, hiring: Hiring) -> Person:
    start, end = (
        _days(hiring, -hiring.rng.randint(70, 200)),
        _days(hiring, hiring.rng.randint(60, 300)),
    )
    return _starting(person, start, (Job(TEMPORARY, start, end, _FULL),))


def apprentice(person: Person, hiring: Hiring) -> Person:
    born = _days(hiring, -hiring.rng.randint(17 * 365, 20 * 365))
    start = _days(hiring, -hiring.rng.randint(60, 400))
    return replace(
        _starting(person, start, (Job(APPRENTICE, start, _days(hiring, 500), _FULL),)),
        birth_date=born,
        national_id=hiring.national_id(born, female=person.gender == "female"),
        pay=(Pay(start, Decimal("21850.75"), "MONTHLY"),),
    )


def two_employments(person: Person, hiring: Hiring) -> Person:
    """A main job and a smaller one beside it; HR's current one is the larger, listed last."""
    start = _days(hiring, -900)
    jobs = (
        Job(HOURLY, _days(hiring, -300), None, Decimal(20)),
        Job(PERMANENT, start, None, Decimal(80)),
    )
    return replace(_starting(person, start, jobs), primary_job=1)


def leaver(person: Person, hiring: Hiring) -> Person:
    """Left 20 days ago, and payroll has not heard of it."""
    person = _leaving(person, _days(hiring, -1200), _days(hiring, -20), active=False)
    return replace(person, drift={"employment_to": ""})


def long_gone_leaver(person: Person, hiring: Hiring) -> Person:
    return _leaving(person, _days(hiring, -2000), _days(hiring, -210), active=False)


def leaver_known_in_advance(person: Person, hiring: Hiring) -> Person:
    person = _leaving(person, _days(hiring, -800), _days(hiring, 40), active=True)
    return replace(person, drift={"employment_to": ""})


def future_starter(person: Person, hiring: Hiring) -> Person:
    return replace(_starting(person, _days(hiring, 14)), in_xledger=False)


def distant_future_starter(person: Person, hiring: Hiring) -> Person:
    return replace(_starting(person, _days(hiring, 90)), in_xledger=False)


def rehire(person: Person, hiring: Hiring) -> Person:
    """Came back 30 days ago under the same number; payroll still shows the first employment."""
    first, left, back = _days(hiring, -1500), _days(hiring, -400), _days(hiring, -30)
    jobs = (Job(PERMANENT, first, left, _FULL, terminated=True), Job(PERMANENT, back, None, _FULL))
    drift = {"employment_from": first.isoformat(), "employment_to": left.isoformat()}
    pay = (replace(person.pay[0], effective=first), replace(person.pay[-1], effective=back))
    return replace(person, hire_date=back, jobs=jobs, pay=pay, drift=drift)


def changed_rate(person: Person, hiring: Hiring) -> Person:
    """Went from full time to 80 % ten weeks ago: two rows, one unbroken employment."""
    start, change = _days(hiring, -1000), _days(hiring, -70)
    jobs = (
        Job(PERMANENT, start, change - timedelta(days=1), _FULL),
        Job(PERMANENT, change, None, Decimal(80)),
    )
    return _starting(person, start, jobs)


def future_pay(person: Person, hiring: Hiring) -> Person:
    """Has a pay rise agreed for next month, which must not be taken as today's pay."""
    last = person.pay[-1]
    rise = replace(last, effective=_days(hiring, 35), amount=last.amount + 2500)
    return replace(person, pay=(*person.pay, rise))


def no_employment(person: Person, _hiring: Hiring) -> Person:
    return replace(person, jobs=(), pay=(), in_xledger=False)


def unmapped_type(person: Person, hiring: Hiring) -> Person:
    start = person.jobs[0].start
    jobs = (Job(HR_ONLY_EMPLOYMENT_TYPE, start, None, Decimal(0)),)
    pay = (Pay(start, Decimal("48000"), "ANNUAL"),)
    return replace(person, jobs=jobs, pay=pay, in_xledger=False)
