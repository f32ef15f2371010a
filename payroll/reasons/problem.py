"""How a reason is made: what keeps a person back, and a day in words. Pure."""

from __future__ import annotations

from datetime import date

from payroll.records import Problem


def blocking(code: str, message: str, field: str = "") -> Problem:
    """A problem that keeps the person, or the leave, from being sent."""
    return Problem(code, message, field, blocking=True)


def long_date(day: date) -> str:
    """As a sentence has it: 1 March 2026."""
    return f"{day.day} {day:%B %Y}"
