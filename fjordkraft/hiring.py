"""Draws ordinary employees at random: full-time, permanent, complete and correct in every field."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from fjordkraft import names
from fjordkraft.identities import bank_account, national_id, norwegian_iban
from fjordkraft.organisation import COMPANY, EMAIL_DOMAIN, OFFICES, PERMANENT, UNITS, Unit
from fjordkraft.people import Job, Pay, Person

_LATIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t", "'": ""})


class Hiring:
    """Hires one person after another; no two share a national id or an e-mail address."""

    def __init__(self, rng: Random, today: date) -> None:
        self.rng = rng
        self.today = today
        self._national_ids: set[str] = set()
        self._mailboxes: set[str] = set()

    def hire(self, key: int) -> Person:
        """Draw the person with this key, hired 2 months to 25 years ago."""
        female = self.rng.random() < 0.45
        first = self.rng.choice(names.WOMEN if female else names.MEN)
        last = self.rng.choice(names.LAST)
        born = self._birth_date()
        mailbox = self.mailbox(first, last)
        account = bank_account(self.rng)
        unit = self.rng.choice(UNITS)
        office = self.rng.choice(OFFICES)
        postal_code, city = self.rng.choice(names.PLACES[office])
        start = self._start_date(born)
        return Person(
            key=key,
            case="ordinary",
            number=str(10_000 + key),
            first_name=first,
            last_name=last,
            birth_date=born,
            national_id=self.national_id(born, female=female),
            gender="female" if female else "male",
            work_email=f"{mailbox}@{EMAIL_DOMAIN}",
            private_email=f"{mailbox}@privat.{EMAIL_DOMAIN}",
            work_phone=self.phone(),
            private_phone=self.phone(),
            street=f"{self.rng.choice(names.STREETS)} {self.rng.randint(1, 120)}",
            postal_code=postal_code,
            city=city,
            country="NO",
            bank_account=account,
            iban=norwegian_iban(account),
            title=self.rng.choice(unit.titles),
            company=COMPANY,
            department=unit.name,
            office=office,
            cost_center=unit.cost_center,
            manager_key=None,
            hire_date=start,
            end_date=None,
            active=True,
            jobs=(Job(PERMANENT, start, None, Decimal(100)),),
            pay=self.monthly_pay(start, Decimal(100)),
            custom=self._custom(unit),
        )

    def national_id(self, born: date, *, female: bool, d_number: bool = False) -> str:
        """Make a national id that nobody hired so far has."""
        number = national_id(self.rng, born, female=female, d_number=d_number)
        while number in self._national_ids:
            number = national_id(self.rng, born, female=female, d_number=d_number)
        self._national_ids.add(number)
        return number

    def mailbox(self, first: str, last: str) -> str:
        """Spell a name as the part before the @, numbered from the second of the same name on."""
        spelled = ".".join(f"{first} {last}".lower().translate(_LATIN).split())
        ascii_only = unicodedata.normalize("NFD", spelled).encode("ascii", "ignore").decode()
        mailbox, count = ascii_only, 1
        while mailbox in self._mailboxes:
            count += 1
            mailbox = f"{ascii_only}{count}"
        self._mailboxes.add(mailbox)
        return mailbox

    def phone(self) -> str:
        """Write a mobile number in one of the ways people type them."""
        digits = f"{self.rng.choice('49')}{self.rng.randint(0, 9_999_999):07}"
        return self.rng.choice(
            (
                f"+47{digits}",
                digits,
                f"{digits[:3]} {digits[3:5]} {digits[5:]}",
                f"+47 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}",
                f"0047 {digits}",
            )
        )

    def monthly_pay(self, start: date, percent: Decimal) -> tuple[Pay, ...]:
        """Give a monthly pay history for this position: the first pay and a rise each 1 May."""
        full_time = Decimal(self.rng.randint(76, 140) * 500)
        recent = range(max(start.year + 1, self.today.year - 2), self.today.year + 1)
        rises = [date(year, 5, 1) for year in recent if start < date(year, 5, 1) <= self.today]
        rows = []
        for effective in (start, *rises):
            rows.append(
                Pay(effective, (full_time * percent / 100).quantize(Decimal("0.01")), "MONTHLY")
            )
            full_time += Decimal(self.rng.randint(2, 6) * 500)
        return tuple(rows)

    def _birth_date(self) -> date:
        return self.today - timedelta(days=self.rng.randint(26 * 365, 64 * 365))

    def _start_date(self, born: date) -> date:
        longest = min(25 * 365, (self.today - born).days - 19 * 365)
        start = self.today - timedelta(days=self.rng.randint(60, longest))
        return start.replace(day=1) if self.rng.random() < 0.7 else start

    def _custom(self, unit: Unit) -> dict[str, str | int | bool]:
        """Give the fields the customer has added; the seven-digit code is not a real yrkeskode."""
        return {
            "yrkeskode": f"99{UNITS.index(unit):02}{self.rng.randint(100, 999)}",
            "nokkelkort": self.rng.randint(100_000, 999_999),
            "firmabil": self.rng.random() < 0.1,
        }
