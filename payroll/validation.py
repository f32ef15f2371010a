"""Is a value lawful before it is sent? Norwegian national ids, account numbers, e-mail, text."""

from __future__ import annotations

import re
from datetime import date

from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError
from stdnum.no import kontonr

from .records import FieldSpec, FieldType

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_FIRST_REMAINDERS = {0, 1, 2, 3}  # since 2032; before it only 0 (skatteetaten.no, pid)
_MONTH_OFFSETS = (0, 40, 65, 80)  # ordinary, H-number and NAV, Dolly, Tenor
_WHOLE = re.compile(r"-?[0-9]{1,9}")  # what fits into an integer of 32 bits, whatever its digits
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def is_national_id(text: str) -> bool:
    """Whether 11 digits are a fødselsnummer, D-number or synthetic number, by either control rule.

    Our own rule, as python-stdnum refuses synthetic months and the control rule of 2032.
    """
    if not re.fullmatch(r"[0-9]{11}", text):
        return False
    numbers = [int(digit) for digit in text]
    first = sum(w * n for w, n in zip(_FIRST_WEIGHTS, numbers, strict=False)) % 11
    second = sum(w * n for w, n in zip(_SECOND_WEIGHTS, numbers, strict=True)) % 11
    return first in _FIRST_REMAINDERS and second == 0 and _is_day(text)


def _is_day(text: str) -> bool:
    """Whether the first six digits can be a birthday, the century left open."""
    day, month = int(text[:2]), int(text[2:4])
    day -= 40 if day > 40 else 0
    months = [month - offset for offset in _MONTH_OFFSETS if 1 <= month - offset <= 12]
    return any(_exists(day, candidate, int(text[4:6])) for candidate in months)


def _exists(day: int, month: int, year: int) -> bool:
    for century in (1800, 1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def is_bank_account(text: str) -> bool:
    """Whether it is a Norwegian account number (11 digits, mod 11) or an IBAN (mod 97)."""
    try:
        if text[:2].isalpha():
            iban_numbers.validate(text)
            return True
        kontonr.validate(text)
    except ValidationError:
        return False
    return len(text) == 11


def refusal(text: str, spec: FieldSpec) -> tuple[str, str] | None:
    """Why canonical `text` may not be sent as `spec`: (code, words), or None when it may."""
    if "\x00" in text:
        return "forbidden_character", "contains a character that cannot be stored (NUL)"
    if spec.type is FieldType.NATIONAL_ID and not is_national_id(text):
        return "invalid_national_id", "is not a valid Norwegian national id or D-number"
    if spec.type is FieldType.BANK_ACCOUNT and not is_bank_account(text):
        return "invalid_bank_account", "is not a valid account number"
    if spec.type is FieldType.EMAIL and not _EMAIL.fullmatch(text):
        return "invalid_email", "is not an e-mail address"
    if spec.whole and not _WHOLE.fullmatch(text):
        return "not_whole", "is not a whole number of at most nine digits"
    if spec.max_length is not None and len(text) > spec.max_length:
        return "too_long", f"is longer than {spec.max_length} characters"
    return None
