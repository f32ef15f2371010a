"""How the reader writes dates, times and numbers; the words of the site stay English.

Outside a request (a command, a worker, an e-mail) everything is written as in Britain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale, dates, numbers
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header

BRITISH = "en_GB"
DIGITS = 25  # of a number that is grouped; beyond the precision of Decimal they would be rounded
_LOCALES = {
    "nb": "nb_NO",
    "no": "nb_NO",
    "nn": "nn_NO",
    "sv": "sv_SE",
    "da": "da_DK",
    "fi": "fi_FI",
    "en": BRITISH,
    "en-us": "en_US",
}
_NO_COMMA = {BRITISH: "E d MMM y"}  # CLDR's own has a comma, and so two beside a time
_reader: ContextVar[str] = ContextVar("locale of the reader", default=BRITISH)


@contextmanager
def written_for(accept_language: str) -> Iterator[None]:
    """Inside, dates and numbers are as the sender of this `Accept-Language` header writes them."""
    before = _reader.set(locale_of(accept_language))
    try:
        yield
    finally:
        _reader.reset(before)


def locale_of(accept_language: str) -> str:
    """The first locale in the header that we know, else British."""
    for language, quality in parse_accept_lang_header(accept_language):
        locale = _LOCALES.get(language) or _LOCALES.get(language.partition("-")[0])
        if locale and quality:
            return locale
    return BRITISH


def language() -> str:
    """The language that names of days and months are in: `en`, `nb` …"""
    return _locale().language


def day(value: date) -> str:
    """`23 Nov 2026`, `23. nov. 2026`."""
    return dates.format_date(value, "medium", _locale())


def moment(value: datetime, *, seconds: bool = False) -> str:
    """`Mon 23 Nov 2026, 06:00`, `man. 23. nov. 2026, 06:00`: Oslo time."""
    local = timezone.localtime(value)
    locale = _locale()
    around: str = locale.datetime_formats["medium"]
    return around.format(
        clock(local.time(), seconds=seconds), _weekday_and_day(local.date(), locale)
    )


def month(value: date) -> str:
    """`November 2026`, `november 2026`."""
    return dates.format_skeleton("yMMMM", value, locale=_locale())


def month_name(value: date) -> str:
    """`November`, `november`, as it stands by itself."""
    return dates.format_date(value, "LLLL", _locale())


def clock(value: time, *, seconds: bool = False) -> str:
    """`06:00`, `6.00`, `6:00 AM`."""
    length: Literal["medium", "short"] = "medium" if seconds else "short"
    return dates.format_time(value, length, locale=_locale())


def number(value: float | Decimal) -> str:
    """`12,345.5`, `12 345,5`: every digit that the value has, in groups of three.

    What is no ordinary number (infinite, or of more digits than can be grouped) stays as it is.
    """
    if isinstance(value, Decimal) and not _ordinary(value):
        return str(value)
    return numbers.format_decimal(value, locale=_locale(), decimal_quantization=False)


def _ordinary(value: Decimal) -> bool:
    return value.is_finite() and len(format(value, "f")) <= DIGITS


def _weekday_and_day(value: date, locale: Locale) -> str:
    pattern = _NO_COMMA.get(str(locale))
    if pattern:
        return dates.format_date(value, pattern, locale)
    return dates.format_skeleton("yMMMEd", value, locale=locale)


def _locale() -> Locale:
    return _parsed(_reader.get())


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(name)
