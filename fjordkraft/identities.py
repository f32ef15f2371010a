"""Makes Norwegian identity and account numbers that pass their check digits, and ones that do not.

The rules are those of product.md section 5.1 and 5.2. Nobody is meant by any number made here.
"""

from __future__ import annotations

from datetime import date
from random import Random

_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_ACCOUNT_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_ORGANISATION_CHECK = (3, 2, 7, 6, 5, 4, 3, 2)


def _check_digit(digits: str, weights: tuple[int, ...]) -> int:
    """Give the mod 11 control digit; 10 means that no number with these digits is ever issued."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return -total % 11


def national_id(rng: Random, born: date, *, female: bool, d_number: bool = False) -> str:
    """Make an 11-digit fødselsnummer (or D-number: day + 40) for someone born 1940-2039.

    The third individual digit is even for women and odd for men, as it is in the numbers payroll
    meets today.
    """
    day = born.day + 40 if d_number else born.day
    low, high = (0, 499) if born.year < 2000 else (500, 999)
    while True:
        individual = rng.randint(low, high) // 2 * 2 + (0 if female else 1)
        nine = f"{day:02}{born.month:02}{born.year % 100:02}{individual:03}"
        first = _check_digit(nine, _FIRST_CHECK)
        if first == 10:
            continue
        second = _check_digit(f"{nine}{first}", _SECOND_CHECK)
        if second != 10:
            return f"{nine}{first}{second}"


def bank_account(rng: Random) -> str:
    """Make an 11-digit kontonummer with a valid control digit."""
    while True:
        ten = f"{rng.randint(1000, 9999)}{rng.randint(0, 999_999):06}"
        check = _check_digit(ten, _ACCOUNT_CHECK)
        if check != 10:
            return f"{ten}{check}"


def norwegian_iban(account: str) -> str:
    """Write an 11-digit kontonummer as its 15-character IBAN."""
    letters_as_numbers = f"{account}232400"  # N = 23, O = 24, then 00 in the check digits' place
    return f"NO{98 - int(letters_as_numbers) % 97:02}{account}"


def with_wrong_last_digit(number: str) -> str:
    """Spoil a number the way a slip of the finger does."""
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"


def organisation_number(first_eight: str) -> str:
    """Append the control digit to the first eight digits of an organisation number."""
    check = _check_digit(first_eight, _ORGANISATION_CHECK)
    if check == 10:
        raise ValueError(f"no organisation number begins with {first_eight}")
    return f"{first_eight}{check}"
