"""Values in one canonical form, so that equal things compare equal and nothing else does."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

import phonenumbers

from .records import FieldType, Value

HOME_REGION = "NO"  # for phone numbers written without a country code


def clean_text(text: str) -> str:
    """NFC, no surrounding or doubled white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def legible(text: str) -> str:
    """`text` with � for what no database keeps and no page shows: NUL, half a surrogate pair."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "�")


def is_blank(value: object) -> bool:
    """None and text without a visible character; False and 0 are values."""
    return value is None or (isinstance(value, str) and not value.strip())


def phone(text: str) -> str:
    """E.164 where the number can be understood, else as written, without spaces."""
    compact = re.sub(r"\s", "", text)
    try:
        number = phonenumbers.parse(compact, HOME_REGION)
    except phonenumbers.NumberParseException:
        return compact if compact.isascii() else text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits(text: str) -> str:
    """Only the digits 0-9."""
    return re.sub(r"[^0-9]", "", text)


def bank_account(text: str) -> str:
    """Eleven digits of a Norwegian account, also out of its 15-character IBAN; else as written."""
    compact = re.sub(r"[\s.]", "", text).upper()
    if re.fullmatch(r"NO[0-9]{13}", compact):
        return compact[4:]
    return compact if compact and compact.isascii() else text


def decimal_text(value: Decimal) -> str:
    """Plain digits without an exponent or trailing zeros: `80`, `37.5`."""
    text = format(value, "f")  # not `normalize`, which rounds to the context's precision
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


LONGEST_NUMBER = 50  # characters of an employee number


def storable(number: str) -> bool:
    """Whether an employee number can be kept: not too long, no character a database refuses."""
    return len(number) <= LONGEST_NUMBER and "\x00" not in number


def canonical(value: object, kind: FieldType) -> str | None:
    """The text that stands for `value` in comparisons, digests and storage; None when blank."""
    if is_blank(value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return decimal_text(value)
    text = clean_text(str(value))
    match kind:
        case FieldType.EMAIL | FieldType.BOOLEAN:
            return unicodedata.normalize("NFC", text.casefold())
        case FieldType.PHONE:
            return phone(text)
        case FieldType.NATIONAL_ID:
            return digits(text) or text
        case FieldType.BANK_ACCOUNT:
            return bank_account(text)
        case FieldType.DECIMAL:
            return _decimal_from(text)
        case _:
            return text


def _decimal_from(text: str) -> str:
    try:
        return decimal_text(Decimal(text.replace(",", ".")))
    except InvalidOperation:
        return text


def restore(text: str | None, kind: FieldType) -> Value:
    """The typed value that `canonical` made `text` of. Raises ValueError, InvalidOperation."""
    if text is None:
        return None
    match kind:
        case FieldType.DATE:
            return date.fromisoformat(text)
        case FieldType.BOOLEAN:
            return _truth(text)
        case FieldType.DECIMAL:
            return _finite(Decimal(text))
        case _:
            return text


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text == "true"


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("not a number")
    return number
