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


def _since(day: date) -> str:
    """From when a row counts; one without a first day has always counted."""
    return "without a first day" if day == date.min else f"from {long_date(day)}"


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
        f"Payroll has {_one(kind)} {_since(day)} that still counts, and a second one "
        "could add to it. The Hub ends one only where HR has ended the employment that began on "
        "its day, and payroll takes the correction. End the employment in HR or the row in "
        "payroll; the next sync then adds the new one.",
        field=kind.amount,
    )


def employments_overlap(kind: RowKind, first: date, last: date, day: date) -> Problem:
    """HR has ended the employment before, but only after the present one has begun."""
    return Problem(
        "employments_overlap",
        f"In HR the employment from {long_date(first)} ends on {long_date(last)}, after the one "
        f"from {long_date(day)} has begun. Payroll has {_one(kind)} for the former, and two that "
        "count on the same days could add up, so the new one is not added. Correct the dates in "
        "HR, or add it by hand in payroll from the day after.",
        field=kind.amount,
    )


def employment_over(kind: RowKind, last: date) -> Problem:
    """Somebody has left, has no row in payroll, and no last day would go with one."""
    return Problem(
        "employment_over",
        f"The employment in HR ended on {long_date(last)} and payroll has no {kind.noun} for it. "
        "None is added, as it would have no end: its last day is not sent.",
        field=kind.amount,
    )


def amount_missing(kind: RowKind, spec: FieldSpec, day: date) -> Problem:
    """HR's present employment has no amount, so payroll goes on by the row before."""
    return Problem(
        "amount_missing",
        f"HR has no value for {spec.label} in the employment from {long_date(day)}, so payroll's "
        f"earlier {kind.noun} counts on. Fill it in there.",
        field=kind.amount,
    )


def row_left_open(kind: RowKind, day: date, last: date) -> Problem:
    """Somebody's employment is over, and a row of another day counts on in payroll."""
    return Problem(
        "row_left_open",
        f"Payroll has {_one(kind)} {_since(day)} that counts on, and the employment in HR ended on "
        f"{long_date(last)}. The Hub does not end it, as it begins on another day than that "
        "employment. End it in payroll.",
        field=kind.amount,
    )


def rows_add_up(kind: RowKind, day: date) -> Problem:
    """Beside the row that HR has another one counts that the Hub may not end, or could not."""
    return Problem(
        "rows_add_up",
        f"Payroll has {_one(kind)} {_since(day)} that counts beside the one in HR, and the two "
        "could add up. The Hub does not end it: HR has no employment from that day that is over, "
        "or payroll has not taken the end. End it in payroll before pay is run, unless both are "
        "meant.",
        field=kind.amount,
    )


def row_over(kind: RowKind) -> Problem:
    """Payroll has ended the row, HR has not, and no last day goes that would open it."""
    return Problem(
        "row_over",
        f"Payroll has ended the {kind.noun} of the present employment, which goes on in HR. The "
        "Hub does not open it again. Correct it in payroll, or HR if the employment is over.",
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
