"""Periods that people export time off for, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from payroll.records import Period
from payroll.timeoff.material import last_month


@dataclass(frozen=True, slots=True)
class Preset:
    """A period by its name."""

    label: str
    period: Period


def presets(today: date) -> list[Preset]:
    """Last month first, which is what most exports are of."""
    first = today.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return [
        Preset("Last month", last_month(today)),
        Preset("This month", Period(first, following - timedelta(days=1))),
        Preset("This year", Period(date(today.year, 1, 1), date(today.year, 12, 31))),
    ]
