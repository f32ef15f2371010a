"""The shape of a made-up person, in no vendor's words: each sandbox dresses it in its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Job:
    """One employment period. `percent` is 0-100; `end` None means open-ended."""

    type: str
    start: date
    end: date | None
    percent: Decimal
    terminated: bool = False


@dataclass(frozen=True, slots=True)
class Pay:
    """One pay row, valid from `effective` until the next. `period`: MONTHLY, HOURLY or ANNUAL."""

    effective: date
    amount: Decimal
    period: str
    currency: str = "NOK"


@dataclass(frozen=True, slots=True)
class Person:
    """One human at Fjordkraft. None means HR has not filled the value in.

    `case` names the awkward case the person stands for ("ordinary", "part-timer", "leaver",
    "future starter", "rehire", "duplicate number", ...), for tests and for the reader.

    `drift` is what payroll holds instead of HR's value, by field: code, first_name, last_name,
    email, phone, title, cost_center, employment_from, employment_to, birth_date, national_id,
    bank_account, address (the street line). Dates are ISO; "" means payroll holds nothing.
    """

    key: int
    case: str
    number: str | None
    first_name: str
    last_name: str
    birth_date: date | None
    national_id: str | None
    gender: str | None
    work_email: str | None
    private_email: str | None
    work_phone: str | None
    private_phone: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    bank_account: str | None
    iban: str | None
    title: str | None
    company: str
    department: str | None
    office: str | None
    cost_center: str | None
    manager_key: int | None
    hire_date: date | None
    end_date: date | None
    active: bool
    jobs: tuple[Job, ...] = ()
    primary_job: int = -1
    pay: tuple[Pay, ...] = ()
    custom: dict[str, str | int | bool] = field(default_factory=dict)
    in_xledger: bool = True
    drift: dict[str, str] = field(default_factory=dict)
