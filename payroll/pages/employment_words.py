"""Says of somebody who holds more than one employment at once which of them counts."""

from __future__ import annotations

from payroll.reasons.problem import long_date
from payroll.records import Employee, Employment
from payroll.values import decimal_text

from .wording import listed, plural


def beside_words(employee: Employee, *, sees_people: bool) -> str:
    """Which counts and which do not, empty for whoever has one; a viewer reads how many."""
    main, others = employee.employment, employee.other_employments
    if main is None or not others:
        return ""
    many = plural(len(others) + 1, "employment", "employments")
    if not sees_people:
        return f"HR has {many} at once. The main one counts, the rest is not sent."
    rest = listed([_named(each) for each in others])
    verb = "is" if len(others) == 1 else "are"
    return f"HR has {many} at once. Of these {_named(main)} counts; {rest} {verb} not sent."


def _named(row: Employment) -> str:
    """`the one from 1 June 2025 (Timelønnet, 20 %)`."""
    percent = "" if row.percent is None else f"{decimal_text(row.percent)} %"
    facts = ", ".join(filter(None, (row.type, percent)))
    return f"the one from {long_date(row.period.start)}{f' ({facts})' if facts else ''}"
