"""Reads single values as Simployer One sends them, and keeps what could not be read as doubts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from payroll import values
from payroll.fields import EMPLOYEE_FIELDS
from payroll.records import Place, Problem, Value

Row = Mapping[str, Any]
"""One object as the vendor sends it, with an id."""
Rows = Mapping[str, Row]
"""Rows by id."""

OSLO: Final = ZoneInfo("Europe/Oslo")
ABSENT: Final = object()
"""Stands where the vendor did not send a key at all; null is None."""

_LABELS = {spec.key: spec.label for spec in EMPLOYEE_FIELDS}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?", re.ASCII)
_NUMBER = re.compile(r"-?\d+([.,]\d+)?", re.ASCII)
_MOST_DIGITS = 15  # before the point or after it; nobody's pay or percent has more
_ID_SEPARATORS = re.compile(r"[\d\s.+-]+", re.ASCII)


class UnreadableValue(ValueError):
    """The vendor sent something that is not what the field holds."""


def as_text(raw: object) -> str | None:
    """Clean text, None when blank; a number in a text field is taken as its digits."""
    if raw is None:
        return None
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return values.decimal_text(_plain_number(Decimal(raw)))
    if not isinstance(raw, str):
        raise UnreadableValue
    try:
        raw.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which nothing can store
        raise UnreadableValue from None
    return values.clean_text(raw) or None


def as_date(raw: object) -> date | None:
    """The calendar day of `2026-04-01`, of midnight in UTC and of local midnight put in UTC.

    Which form the vendor uses is unknown (simployer-one.md section 2). The day in Oslo is right for
    all three. 23:00 sharp there is midnight by other summer-time tables (those of 1959-65, which
    newer tables leave out, shift birth dates) or in Finland, so it begins the next day.
    """
    if raw is not None and not isinstance(raw, str):
        raise UnreadableValue
    text = as_text(raw)
    if text is None:
        return None
    if not _DATE.fullmatch(text):
        raise UnreadableValue
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.date()
        local = moment.astimezone(OSLO)
        next_day = local.time() == time(23)
        return local.date() + timedelta(days=1 if next_day else 0)
    except (ValueError, OverflowError):
        raise UnreadableValue from None


def as_number(raw: object) -> Decimal | None:
    """A number, also one written as text with a point or comma; None when blank."""
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return _plain_number(Decimal(raw))
    text = as_text(raw)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise UnreadableValue
    return _plain_number(Decimal(text.replace(",", ".")))


def _plain_number(number: Decimal) -> Decimal:
    if not number.is_finite() or (number and abs(number.adjusted()) > _MOST_DIGITS):
        raise UnreadableValue
    return number


def as_national_id(raw: object) -> str | None:
    """As written; eleven digits with separators among them lose the separators."""
    text = as_text(raw)
    if text is None:
        return None
    digits = values.digits(text)
    return digits if len(digits) == 11 and _ID_SEPARATORS.fullmatch(text) else text


def known_digits(national_id: str) -> str:
    """The digits that identify a person; "" for a masked, shortened or foreign-lettered number."""
    digits = values.digits(national_id)
    return digits if len(digits) >= 10 and _ID_SEPARATORS.fullmatch(national_id) else ""


class Reading:
    """What was read of one person so far: `fields` that were delivered, and `doubts`."""

    def __init__(self) -> None:
        self.fields: dict[str, Value] = {}
        self._doubts: dict[tuple[str, str], Problem] = {}

    @property
    def doubts(self) -> tuple[Problem, ...]:
        """Each contradiction once, in the order in which they were met."""
        return tuple(self._doubts.values())

    def doubt(self, code: str, message: str, key: str) -> None:
        """Holds the field `key`; `message` tells a clerk what to correct."""
        self._doubts.setdefault((code, key), Problem(code, message, field=key))

    def in_doubt(self, *keys: str) -> bool:
        """Whether any of these fields is held."""
        return any(field in keys for _, field in self._doubts)

    def put(self, key: str, convert: Callable[[object], Value], *candidates: object) -> None:
        """Delivers the first candidate that holds something; nothing if all are ABSENT."""
        delivered = [raw for raw in candidates if raw is not ABSENT]
        if not delivered:
            return
        try:
            converted = (convert(raw) for raw in delivered)
            self.fields[key] = next((value for value in converted if value is not None), None)
        except UnreadableValue:
            self._unreadable(key, "unreadable_date" if convert is as_date else "unreadable_value")

    def date(self, key: str, raw: object) -> date | None:
        """A date that `key` is worked out from; None when blank, or unreadable and so in doubt."""
        if raw is ABSENT:
            return None
        try:
            return as_date(raw)
        except UnreadableValue:
            self._unreadable(key, "unreadable_date")
            return None

    def place(
        self, key: str, raw_id: object, rows: Rows, names: tuple[str, ...] = ("name",)
    ) -> Place | None:
        """Delivers as `key` the first of the `names` of the row with this id.

        Returns the place with all the names by which a scope may call it.
        """
        found = self.resolve(key, raw_id, rows)
        if found is None:
            return Place(raw_id) if isinstance(raw_id, str) and raw_id.strip() else None
        self.put(key, as_text, found.get(names[0], ABSENT))
        called = (readable_text(found, name) for name in names)
        return Place(found["id"], tuple(name for name in called if name))

    def resolve(self, key: str, raw_id: object, rows: Rows) -> Row | None:
        """The row with this id; without one, `key` is absent, empty or in doubt as the id is."""
        if raw_id is ABSENT:
            return None
        if values.is_blank(raw_id):
            self.fields[key] = None
        elif isinstance(raw_id, str) and raw_id in rows:
            return rows[raw_id]
        else:
            words = "points to something that HR no longer lists. Choose again in HR."
            self.doubt("unknown_reference", f"{label(key)} {words}", key)
        return None

    def _unreadable(self, key: str, code: str) -> None:
        self.doubt(code, f"{label(key)} in HR cannot be read. Correct it there.", key)


def label(key: str) -> str:
    """What people call the field `key`."""
    return _LABELS.get(key, key)


def readable_text(row: Row, key: str) -> str:
    """Clean text, "" when blank or unreadable."""
    try:
        return as_text(row.get(key)) or ""
    except UnreadableValue:
        return ""
