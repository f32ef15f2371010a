"""The payroll month: a calendar month in Oslo, and the day that its payroll is open up to. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from .schedule import ZONE

LATEST_DAY = 28  # that every month has; after it there is only the last one
LAST_DAY = 31  # stands for the last day of any month
CUT_OFF_DAYS = (*range(1, LATEST_DAY + 1), LAST_DAY)
_WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class PayrollMonth:
    """A month by its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> PayrollMonth:
        """The month that the day lies in."""
        return cls(day.replace(day=1))

    @classmethod
    def at(cls, moment: datetime) -> PayrollMonth:
        """The month that it is in Oslo."""
        return cls.of(moment.astimezone(ZONE).date())

    @classmethod
    def read(cls, text: str) -> PayrollMonth | None:
        """The month written as `2026-11`; None for anything else."""
        found = _WRITTEN.fullmatch(text)
        try:
            return cls(date(int(found[1]), int(found[2]), 1)) if found else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        """The last day."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> PayrollMonth:
        """The month before it. Raises OverflowError in January of the year 1."""
        return PayrollMonth.of(self.first - timedelta(days=1))

    @property
    def after(self) -> PayrollMonth:
        """The month after it. Raises OverflowError in December 9999."""
        return PayrollMonth.of(self.last + timedelta(days=1))

    @property
    def begins(self) -> datetime:
        """Its first moment in Oslo, in UTC."""
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment in Oslo after it, in UTC."""
        return _midnight(self.last + timedelta(days=1))

    def cut_off(self, day: int) -> date:
        """The cut-off day in this month; `day` from CUT_OFF_DAYS."""
        return self.last if day == LAST_DAY else self.first.replace(day=day)


def end_of(day: date) -> datetime:
    """The moment at which a day is over in Oslo, in UTC."""
    return _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)
