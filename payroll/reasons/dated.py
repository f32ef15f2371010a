"""Why a dated row is not sent, or was not, in words that a payroll clerk can act on. Pure."""

from __future__ import annotations

from datetime import date

from payroll.dated.records import RowKind
from payroll.records import FieldSpec, Problem

from .problem import long_date

_REST = "Everything else of this person went through; the next sync tries again."


def _one(kind: RowKind) -> str:
    """With its article."""
    return f"{'an' if kind.noun[0] in 'aeiou' else 'a'} {kind.noun}"


def row_in_doubt(kind: RowKind) -> Problem:
    """A row went out lately and payroll neither answered nor shows it."""
    return Problem(
        "row_in_doubt",
        f"Payroll did not answer when this {kind.noun} was last sent, and does not show it yet. So "
        "that nobody has two rows for one day, it is sent again only some minutes after that. "
        "Everything else goes through.",
        field=kind.amount,
    )


def row_unconfirmed(kind: RowKind) -> Problem:
    """A row went out in this run and was not answered."""
    return Problem(
        "row_unconfirmed",
        f"Payroll did not answer when this {kind.noun} was sent. The next sync reads payroll's "
        "rows before anything is sent again.",
        field=kind.amount,
    )


def other_currency(kind: RowKind, currency: str) -> Problem:
    """Pay in a currency that payroll does not keep."""
    told = f"is in {currency}" if currency else "has no currency"
    return Problem(
        "other_currency",
        f"Pay in HR {told}, and payroll keeps pay in {kind.currency}. It is neither converted nor "
        "sent; everything else goes through.",
        field=kind.amount,
    )


def rows_twice(kind: RowKind, day: date) -> Problem:
    """Two rows there for one person and day, and code where there is one."""
    return Problem(
        "rows_twice",
        f"Payroll has two {kind.nouns} from {long_date(day)}; nobody can say which is meant. "
        "Leave one of them there; until then both are left alone.",
        field=kind.amount,
    )


def row_unreadable(kind: RowKind, day: date) -> Problem:
    """A row of the same day whose code payroll does not tell."""
    return Problem(
        "row_unreadable",
        f"Payroll has {_one(kind)} from {long_date(day)} whose code cannot be read, so nobody can "
        "say whether it is this one. Nothing is added beside it; check it in payroll.",
        field=kind.amount,
    )


def later_row(kind: RowKind, day: date) -> Problem:
    """Payroll has a row that begins later and counts, or will."""
    return Problem(
        "later_row",
        f"Payroll has {_one(kind)} that counts from {long_date(day)}, later than the one in HR. "
        "Nothing is sent of the one in HR, as both could count. Correct HR or payroll, whichever "
        "is wrong.",
        field=kind.amount,
    )


def other_row_open(kind: RowKind, code: str, day: date) -> Problem:
    """Another rate element of ours still counts: with a second one the person is paid twice."""
    return Problem(
        "other_row_open",
        f"Payroll still pays by rate element {code}, from {long_date(day)} with no end. A second "
        "rate element beside it could pay the person twice. End that row in payroll; the next sync "
        "then adds the new one.",
        field=kind.amount,
    )


def earlier_row_open(kind: RowKind, day: date) -> Problem:
    """A row from before still counts and the Hub may not end it: two would add up."""
    return Problem(
        "earlier_row_open",
        f"Payroll has {_one(kind)} from {long_date(day)} that still counts, and a second one "
        "could add to it. The Hub ends one only where HR has ended the employment that began on "
        "its day, and payroll takes the correction. End the employment in HR or the row in "
        "payroll; the next sync then adds the new one.",
        field=kind.amount,
    )


def correct_by_hand(spec: FieldSpec) -> Problem:
    """The row is there with another value, and payroll lets nobody correct it from outside."""
    return Problem(
        "correct_by_hand",
        f"{spec.label} for this day differs from HR, and this payroll takes no correction of a row "
        "that it has. Correct it by hand in payroll.",
        field=spec.key,
    )


def row_refused(kind: RowKind, words: str) -> Problem:
    """Payroll took the person and not the row."""
    return Problem(
        "row_refused",
        f"Payroll refused the {kind.noun}: “{words}” Everything else of this person went through; "
        "it is tried again in the next sync.",
        field=kind.amount,
    )


def ending_refused(kind: RowKind, words: str) -> Problem:
    """The new row is there and the one before it still counts."""
    return Problem(
        "ending_refused",
        f"Payroll did not end the {kind.noun} before the present one: “{words}” Both count until "
        "it is ended: check them in payroll before pay is run. It is tried again in the next sync.",
        field=kind.ends,
    )


def row_not_sent(noun: str, words: str, field: str) -> Problem:
    """The run stopped, or payroll turned all rows away, before this one."""
    return Problem("row_not_sent", f"The {noun} was not sent: {words} {_REST}", field=field)


def row_changed(kind: RowKind) -> Problem:
    """Payroll's row is no longer as it was when the plan was made."""
    return Problem(
        "row_changed",
        f"Payroll's {kind.noun} for this day was changed after the plan was made, so nothing was "
        "sent over it. The next sync compares again.",
        field=kind.amount,
    )


def row_person_missing(kind: RowKind) -> Problem:
    """The person was not created, so the row has nobody to go to."""
    return Problem(
        "row_person_missing",
        f"The {kind.noun} was not sent, as the person could not be created in payroll. The next "
        "sync tries again.",
        field=kind.amount,
    )
