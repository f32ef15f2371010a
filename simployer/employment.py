"""Reads a person's employment and pay rows, and delivers the ones that count on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payroll import employment as choice
from payroll.records import Compensation, Employment, Period

from .reading import ABSENT, Reading, Row, Rows, UnreadableValue, as_date, as_number, readable_text


def rate_unit_is_unclear(employments: Iterable[Row]) -> bool:
    """Whether no rate in the account is above 1, so that 1 may mean 100 % as well as 1 %.

    The vendor documents no unit (simployer-one.md, employment); in such an account no percent is
    delivered, but as a field of its own what it is if 1 is full time: an admin who maps that has
    answered the question, and the answer holds only while no rate is above 1.
    """
    rates = [rate for row in employments if (rate := _rate(row)) is not None]
    return bool(rates) and all(rate <= 1 for rate in rates)


def _of_one(row: Row) -> Decimal | None:
    """The percent of a row if 1 is full time."""
    return _hundredfold(_rate(row))


def _hundredfold(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else rate * 100


def _rate(row: Row) -> Decimal | None:
    try:
        return as_number(row.get("rate"))
    except UnreadableValue:
        return None


@dataclass(frozen=True, slots=True)
class _Dated:
    """An employment, the vendor's row of it, and its real last day where that is given."""

    row: Employment
    raw: Row
    real_end: date | None


@dataclass(frozen=True, slots=True)
class EmploymentReader:
    """Reads employments on `today`, their types named by `types`.

    `with_percent` False delivers no percent, as its unit is not known, but the fraction.
    """

    types: Rows
    today: date
    with_percent: bool

    def read(
        self, reading: Reading, person: Row, raw_rows: Sequence[Row]
    ) -> tuple[Employment | None, tuple[Employment, ...], tuple[Employment, ...]]:
        """The row that counts, those valid beside it, and all; delivers the fields of employment.

        A row whose dates make no period is left out, with a doubt on what it could have changed.
        """
        dated = [found for raw in raw_rows if (found := self._row(reading, raw)) is not None]
        rows = [each.row for each in dated]
        primary = readable_text(person, "employmentId")
        current = choice.current_employment(rows, self.today, primary)
        self._put_end_date(reading, person, dated)
        if not reading.in_doubt("employment_start"):
            raw = next((each.raw for each in dated if each.row is current), None)
            self._put_current(reading, current, raw)
        beside = [row for row in rows if row is not current and row.period.covers(self.today)]
        by_start = sorted(rows, key=lambda row: (row.period.start, row.id))
        return current, tuple(beside), tuple(by_start)

    def _row(self, reading: Reading, raw: Row) -> _Dated | None:
        start = _day(raw, "startDate")
        real_end = reading.date("end_date", raw.get("effectiveEndDate"))
        end = reading.date("end_date", raw.get("endDate")) or real_end
        if start is None:
            words = "An employment in HR has no readable start date. Correct it there."
            reading.doubt("unreadable_date", words, "employment_start")
            reading.doubt(
                "employment_dates", f"{words} Until then no end date is sent.", "end_date"
            )
            return None
        if end is not None and end < start:
            words = "An employment in HR ends before it starts. Correct it; no end date is sent."
            reading.doubt("employment_dates", words, "end_date")
            return None
        type_id = readable_text(raw, "typeId")
        row = Employment(
            id=raw["id"],
            period=Period(start, end),
            type=readable_text(self.types.get(type_id, {}), "name"),
            type_id=type_id,
            percent=_rate(raw) if self.with_percent else None,
            fraction=None if self.with_percent else _of_one(raw),
            terminated=raw.get("terminated") is True,
        )
        return _Dated(row, raw, real_end)

    def _put_current(self, reading: Reading, current: Employment | None, raw: Row | None) -> None:
        reading.fields["employment_start"] = current.period.start if current else None
        if not reading.in_doubt("end_date"):
            reading.fields["employment_end"] = current.period.end if current else None
        type_id, rate = (raw.get(key, ABSENT) if raw else None for key in ("typeId", "rate"))
        reading.place("employment_type", type_id, self.types)
        if self.with_percent:
            reading.put("employment_percent", as_number, rate)
        else:
            reading.put("employment_fraction", lambda value: _hundredfold(as_number(value)), rate)

    def _put_end_date(self, reading: Reading, person: Row, dated: Sequence[_Dated]) -> None:
        raw = person.get("endDate", ABSENT)
        stated = reading.date("end_date", raw)
        rows, real_ends = [each.row for each in dated], [each.real_end for each in dated]
        day, contradiction = choice.end_date(rows, stated, real_ends)
        if reading.in_doubt("end_date"):
            return
        if contradiction is not None:
            reading.doubt(contradiction.code, contradiction.message, contradiction.field)
        elif rows or raw is not ABSENT:
            reading.fields["end_date"] = day


def read_pay(
    reading: Reading, person: Row, raw_rows: Sequence[Row], today: date
) -> tuple[Compensation | None, tuple[Compensation, ...]]:
    """The pay that counts on `today`, its fields delivered, and all of it by its first day.

    A row that cannot be read holds all pay, as it may be the one that counts.
    """
    rows = [row for raw in raw_rows if (row := _pay_row(raw)) is not None]
    if len(rows) < len(raw_rows):
        words = "A pay row in HR has no readable date or amount. Correct it; no pay is sent."
        reading.doubt("unreadable_pay", words, "pay_amount")
        return None, ()
    current = choice.current_compensation(rows, today, readable_text(person, "compensationId"))
    reading.fields.update(
        pay_amount=current.amount if current else None,
        pay_period=current.period or None if current else None,
        pay_currency=current.currency or None if current else None,
        pay_effective=current.effective if current else None,
    )
    return current, tuple(sorted(rows, key=lambda row: (row.effective, row.id)))


def _pay_row(raw: Row) -> Compensation | None:
    effective, amount = _day(raw, "effectiveDate"), _amount(raw)
    if effective is None or amount is None:
        return None
    return Compensation(
        id=raw["id"],
        effective=effective,
        amount=amount,
        currency=readable_text(raw, "currency"),
        period=readable_text(raw, "payoutPeriod"),
    )


def _amount(raw: Row) -> Decimal | None:
    try:
        return as_number(raw.get("amount"))
    except UnreadableValue:
        return None


def _day(raw: Row, key: str) -> date | None:
    try:
        return as_date(raw.get(key))
    except UnreadableValue:
        return None
