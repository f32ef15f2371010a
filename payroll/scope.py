"""Who takes part: the scope an admin chose, and whether a person in it can be sent today. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from . import reasons
from .fields import REQUIRED_FIELDS
from .records import Employee, Problem
from .values import is_blank

DIMENSIONS: Mapping[str, str] = {
    "companies": "company",
    "departments": "department",
    "offices": "office",
    "cost_centers": "cost_center",
    "employment_types": "employment_type",
}
_NUMBERS = {"future_days": 30, "leaver_days": 45}
_PERMANENT = {"fast ansatt", "permanent", "permanent_employment", "tillsvidareanställning"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is synced. `allowed` per dimension holds ids, codes or names; empty means everybody.

    `include` and `exclude` hold employee numbers or ids and win over the dimensions. Days count
    ahead of a start and after an end.
    """

    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    future_days: int = 30
    leaver_days: int = 45
    permanent_full_time_only: bool = False

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Scope:
        """The scope in a configuration. Raises ValueError that names the wrong key."""
        known = {*DIMENSIONS, *_NUMBERS, "include", "exclude", "permanent_full_time_only"}
        unknown = sorted(set(config) - known)
        if unknown:
            raise ValueError(
                f"scope.{unknown[0]}: unknown key; known are {', '.join(sorted(known))}"
            )
        return cls(
            allowed={
                dimension: words
                for key, dimension in DIMENSIONS.items()
                if (words := _words(config, key))
            },
            include=_words(config, "include"),
            exclude=_words(config, "exclude"),
            future_days=_days(config, "future_days"),
            leaver_days=_days(config, "leaver_days"),
            permanent_full_time_only=_flag(config, "permanent_full_time_only"),
        )

    def contains(self, employee: Employee) -> bool:
        """Whether the admin's choice takes the person in."""
        names = {employee.id, employee.identity.number} - {""}
        if names & self.exclude:
            return False
        if names & self.include:
            return True
        placed = all(
            dimension in employee.placements and employee.placements[dimension].words & chosen
            for dimension, chosen in self.allowed.items()
        )
        return placed and (not self.permanent_full_time_only or _permanent_full_time(employee))


def with_names(config: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """The scope of a configuration with what its ids are called, for reading only."""
    return {
        key: [labels.get(word, word) for word in value] if key in DIMENSIONS else value
        for key, value in config.items()
    }


def _words(config: Mapping[str, Any], key: str) -> frozenset[str]:
    value = config.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"scope.{key}: a list of texts is needed")
    return frozenset(value)


def _days(config: Mapping[str, Any], key: str) -> int:
    value = config.get(key, _NUMBERS[key])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3650:
        raise ValueError(f"scope.{key}: a number of days from 0 to 3650 is needed")
    return value


def _flag(config: Mapping[str, Any], key: str) -> bool:
    value = config.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"scope.{key}: true or false is needed")
    return value


def _permanent_full_time(employee: Employee) -> bool:
    job = employee.employment
    return job is not None and job.percent == Decimal(100) and job.type.casefold() in _PERMANENT


class Part(Enum):
    """How much of a person's data takes part in today's run."""

    ALL = "all"
    END_DATE = "end date"
    NOTHING = "nothing"


def has_left(employee: Employee, today: date) -> bool:
    """Whether the person's last day is behind us, or HR has archived them."""
    end = employee.fields.get("end_date")
    return not employee.active or (isinstance(end, date) and end < today)


def part_of(
    employee: Employee, scope: Scope, today: date, in_payroll: bool
) -> tuple[Part, Problem | None]:
    """What is sent about a person in scope, and why not more.

    `in_payroll`: linked, or found there by number. NOTHING without a problem means there is
    nothing to say: the person left and payroll does not know them.
    """
    if has_left(employee, today):
        return _leaver(employee, scope, today, in_payroll)
    waits = None if in_payroll else starts_later(employee, scope, today)
    if waits:
        return Part.NOTHING, waits
    missing = missing_fields(employee)
    if missing:
        return Part.NOTHING, reasons.missing_fields(missing)
    return Part.ALL, None


def _leaver(
    employee: Employee, scope: Scope, today: date, in_payroll: bool
) -> tuple[Part, Problem | None]:
    end = employee.fields.get("end_date")
    if not in_payroll:
        return Part.NOTHING, None
    if not isinstance(end, date):
        return Part.NOTHING, reasons.ARCHIVED_WITHOUT_END
    recent = today - end <= timedelta(days=scope.leaver_days)
    complete = recent and not missing_fields(employee)
    return (Part.ALL if complete else Part.END_DATE), None


def starts_later(employee: Employee, scope: Scope, today: date) -> Problem | None:
    """That the first day lies further ahead than the scope looks; None where it does not."""
    first = first_day(employee) or today
    opens = first - timedelta(days=scope.future_days)
    if opens <= today:
        return None
    return reasons.starts_later(first, opens)


def first_day(employee: Employee) -> date | None:
    """The first day of employment, by whichever of HR's dates is earlier."""
    starts = [
        day
        for day in (employee.fields.get("hire_date"), employee.fields.get("employment_start"))
        if isinstance(day, date)
    ]
    return min(starts, default=None)


def missing_fields(employee: Employee) -> Sequence[str]:
    """The labels of required fields that HR has not filled in."""
    missing = [spec.label for spec in REQUIRED_FIELDS if is_blank(employee.fields.get(spec.key))]
    if employee.employment is None and "Employment start" not in missing:
        missing.append("Employment start")
    return missing
