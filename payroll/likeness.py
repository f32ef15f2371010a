"""How two records of a person compare, trait by trait, for whoever must decide. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .records import Identity
from .values import clean_text


class Verdict(StrEnum):
    """How one trait of two records compares."""

    SAME = "same"
    NEARLY = "nearly"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of both records; a national id comes without its value."""

    label: str
    hr: str | date | None
    payroll: str | date | None
    verdict: Verdict


def side_by_side(hr: Identity | None, payroll: Identity | None) -> Sequence[Trait]:
    """What tells people apart, in both records."""
    one, other = hr or Identity(), payroll or Identity()
    mails, other_mails = ", ".join(sorted(one.emails)), ", ".join(sorted(other.emails))
    shared = bool(one.emails & other.emails)
    ids = _verdict(one.national_id, other.national_id, same=one.national_id == other.national_id)
    return (
        Trait("Employee number", one.number, other.number, _numbers(one.number, other.number)),
        Trait("Name", one.name, other.name, _names(one, other)),
        Trait(
            "Birth date",
            one.birth_date,
            other.birth_date,
            _verdict(one.birth_date, other.birth_date, same=one.birth_date == other.birth_date),
        ),
        Trait("E-mail", mails, other_mails, _verdict(mails, other_mails, same=shared)),
        Trait("National id", _whether(one), _whether(other), ids),
    )


def _whether(identity: Identity) -> str:
    return "known, not shown" if identity.national_id else ""


def _verdict(hr: object, payroll: object, *, same: bool) -> Verdict:
    if not hr or not payroll:
        return Verdict.UNKNOWN
    return Verdict.SAME if same else Verdict.DIFFERENT


def _numbers(hr: str, payroll: str) -> Verdict:
    verdict = _verdict(hr, payroll, same=hr == payroll)
    alike = hr.casefold().lstrip("0") == payroll.casefold().lstrip("0")
    return Verdict.NEARLY if verdict is Verdict.DIFFERENT and alike else verdict


def _names(hr: Identity, payroll: Identity) -> Verdict:
    """Nearly the same where the first or the last name agrees."""
    same = [
        clean_text(one).casefold() == clean_text(other).casefold()
        for one, other in (
            (hr.first_name, payroll.first_name),
            (hr.last_name, payroll.last_name),
        )
    ]
    verdict = _verdict(hr.name, payroll.name, same=all(same))
    return Verdict.NEARLY if verdict is Verdict.DIFFERENT and any(same) else verdict
