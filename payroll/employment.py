"""Which employment and which pay row count on a day, and when a person's employment ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .records import Compensation, Employee, Employment, Problem

_OF_PERCENT = {"employment_percent": "Employment percent", "pay_full_time": "Pay at full time"}
_BY_TIME_WORKED = ("HOURLY", "DAILY")  # an amount per unit of work, whatever the percent


def current_employment(
    rows: Sequence[Employment], today: date, primary_id: str = ""
) -> Employment | None:
    """The row valid on `today`; a future starter's first, a leaver's last; None without rows.

    Of several rows valid at once the primary one wins, else the one begun last.
    """
    valid = [row for row in rows if row.period.covers(today)]
    if valid:
        return max(valid, key=lambda row: (row.id == primary_id, row.period.start, row.id))
    coming = [row for row in rows if row.period.start > today]
    past = [row for row in rows if row.period.start <= today]
    if coming:
        return min(coming, key=lambda row: (row.period.start, row.id != primary_id, row.id))
    return max(past, key=lambda row: (_end(row), row.id == primary_id, row.id), default=None)


def current_compensation(
    rows: Sequence[Compensation], today: date, primary_id: str = ""
) -> Compensation | None:
    """The latest row in effect on `today`, else the first to come; None without rows."""
    in_effect = [row for row in rows if row.effective <= today]
    if in_effect:
        return max(in_effect, key=lambda row: (row.effective, row.id == primary_id, row.id))
    return min(rows, key=lambda row: (row.effective, row.id != primary_id, row.id), default=None)


def percent_withheld(people: Sequence[Employee], sources: Collection[str]) -> list[str]:
    """Why no percent goes that `sources`, which are mapped, would send; empty where it goes.

    A source delivers nobody's percent where it cannot tell whether 1 is one percent or full time,
    and nobody's fraction where it can.
    """
    employed = [each for each in people if each.employment]
    if not employed:
        return []
    percents, fractions = (
        any(key in each.fields for each in employed)
        for key in ("employment_percent", "employment_fraction")
    )
    labels = [label for key, label in _OF_PERCENT.items() if key in sources]
    verb, said = "is" if len(labels) == 1 else "are", []
    if labels and not percents:
        said.append(
            f"{' and '.join(labels)} {verb} not sent: no percent in HR is above 1, so 1 may mean "
            "1 % as well as full time. If 1 is full time, map “Employment percent, where HR writes "
            "full time as 1” instead; else give the percents in HR so that full time is 100."
        )
    if "employment_fraction" in sources and not fractions:
        said.append(
            "Employment percent, where HR writes full time as 1, is not sent: some percents in HR "
            "are above 1, so full time is 100 there. Map “Employment percent” instead."
        )
    return said


def last_day(rows: Sequence[Employment]) -> date | None:
    """The end of the last row, and only if no row is open."""
    if not rows or any(row.period.end is None for row in rows):
        return None
    return max(_end(row) for row in rows)


def end_date(
    rows: Sequence[Employment], stated: date | None, effective: Sequence[date | None] = ()
) -> tuple[date | None, Problem | None]:
    """The day employment ends, and the contradiction that puts it in doubt, if there is one.

    `stated` is the end date on the person, `effective` the real last day of each row where the
    source gives one; None means not given, which contradicts nothing. Only the last row counts.
    """
    computed = last_day(rows) if rows else stated
    real = {
        day
        for row, day in zip(rows, effective, strict=False)
        if computed is not None and row.period.end == computed and day is not None
    }
    if real - {computed} or (stated is not None and stated != computed):
        return computed, Problem(
            "end_date_contradiction",
            "The end date on the person and the end of the employment do not agree in HR. "
            "Correct one of them; until then no end date is sent.",
            field="end_date",
        )
    return computed, None


def _end(row: Employment) -> date:
    return row.period.end or date.max


def full_time_pay(pay: Compensation, percent: Decimal | None) -> Decimal | None:
    """What the same job would pay at 100 %, to the cent; None where the percent says nothing.

    Pay by the hour or the day is the same for everybody who does the job.
    """
    if pay.period in _BY_TIME_WORKED:
        return pay.amount
    if percent is None or percent <= 0:
        return None
    return (pay.amount * 100 / percent).quantize(Decimal("0.01"), ROUND_HALF_UP)
