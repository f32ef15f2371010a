"""How much of a value a reader may see. Pure.

Values marked sensitive are masked for everybody. A viewer sees which fields changed, but neither
names nor free values: only codes of payroll's lists and yes or no.
"""

from __future__ import annotations

import re

from payroll.records import FieldSpec, FieldType

DOTS = "•••••"
STARS = "*****"
_OPEN_TO_VIEWERS = {FieldType.CODE, FieldType.BOOLEAN}


def hides(spec: FieldSpec) -> bool:
    """Whether values of the field are masked for everybody."""
    return spec.sensitive or spec.type in (FieldType.NATIONAL_ID, FieldType.BANK_ACCOUNT)


def masked(text: str, spec: FieldSpec, *, sees_people: bool) -> str:
    """A canonical value as it may be shown to someone who sees people's data, or does not."""
    if not sees_people and spec.type not in _OPEN_TO_VIEWERS:
        return DOTS
    if not hides(spec):
        return text
    match spec.type:
        case FieldType.NATIONAL_ID:
            return national_id(text)
        case FieldType.BANK_ACCOUNT:
            return bank_account(text)
        case _:
            return DOTS


def national_id(text: str) -> str:
    """The date of birth in front stays: `010190*****`. Anything not of 11 digits hides whole."""
    return text[:6] + STARS if re.fullmatch(r"\d{11}", text) else STARS


def bank_account(text: str) -> str:
    """The last four stay, as on a card: `••••• 7947`. A shorter number hides whole."""
    return f"{DOTS} {text[-4:]}" if len(text) >= 8 else DOTS
