"""Why a dated row of pay is not added, or not yet. Pure."""

from __future__ import annotations

from datetime import date

from payroll.records import FieldSpec, Problem

from .problem import long_date

ROW_IN_DOUBT = Problem(
    "row_in_doubt",
    "Payroll did not answer when pay was last sent, and does not show it yet. So that nobody has "
    "two rows for one day, it is sent again only some minutes after that. Everything else goes "
    "through.",
    "pay",
)
ROW_UNCONFIRMED = Problem(
    "row_unconfirmed",
    "Payroll did not answer when pay was sent. The next sync reads payroll's rows before anything "
    "is sent again.",
)


def other_currency(field: str, currency: str, wanted: str) -> Problem:
    """Pay in a currency that payroll does not keep."""
    told = f"is in {currency}" if currency else "has no currency"
    return Problem(
        "other_currency",
        f"Pay in HR {told}, and payroll keeps pay in {wanted}. It is neither converted nor sent; "
        "everything else goes through.",
        field,
    )


def rows_twice(field: str, day: date) -> Problem:
    """Two rows there for one person, code and day."""
    return Problem(
        "rows_twice",
        f"Payroll has two rows for {long_date(day)}. Remove one of them there; until then this row "
        "is left alone.",
        field,
    )


def row_unreadable(field: str, day: date) -> Problem:
    """A row of the same day whose code payroll does not tell."""
    return Problem(
        "row_unreadable",
        f"Payroll has a row for {long_date(day)} whose rate element cannot be read, so nobody can "
        "say whether it is this one. Nothing is added beside it; check it in payroll.",
        field,
    )


def later_row(field: str, day: date) -> Problem:
    """Payroll has a row of the same code that begins later and counts now."""
    return Problem(
        "later_row",
        f"Payroll has a row that counts from {long_date(day)}, later than the one in HR. Nothing "
        "is added before it. Correct HR or payroll, whichever is wrong.",
        field,
    )


def other_row_open(field: str, code: str, day: date) -> Problem:
    """Another rate element of ours still counts: with a second one the person is paid twice."""
    return Problem(
        "other_row_open",
        f"Payroll still pays by rate element {code}, from {long_date(day)} with no end. A second "
        "rate element beside it could pay the person twice. End that row in payroll; the next sync "
        "then adds the new one.",
        field,
    )


def correct_by_hand(spec: FieldSpec) -> Problem:
    """The row is there with another amount, and payroll lets nobody correct it from outside."""
    return Problem(
        "correct_by_hand",
        f"{spec.label} for this day differs from HR, and this payroll takes no correction of a row "
        "that it has. Correct it by hand in payroll.",
        spec.key,
    )


def row_refused(words: str, field: str) -> Problem:
    """Payroll took the person and not the row."""
    return Problem(
        "row_refused",
        f"Payroll refused the pay rate: “{words}” Everything else of this person went through; it "
        "is tried again in the next sync.",
        field,
    )


def row_not_sent(words: str, field: str) -> Problem:
    """The run stopped, or payroll turned all rows away, before this one."""
    return Problem(
        "row_not_sent",
        f"Pay was not sent: {words} Everything else of this person went through; the next sync "
        "tries again.",
        field,
    )


def row_changed(field: str) -> Problem:
    """Payroll's row is no longer as it was when the plan was made."""
    return Problem(
        "row_changed",
        "Payroll's row for this day was changed after the plan was made, so nothing was sent over "
        "it. The next sync compares again.",
        field,
    )


def row_person_missing(field: str) -> Problem:
    """The person was not created, so their pay has nobody to go to."""
    return Problem(
        "row_person_missing",
        "Pay was not sent, as the person could not be created in payroll. The next sync tries "
        "again.",
        field,
    )
