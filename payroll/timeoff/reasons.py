"""What is said of time off that does not go: a code, and what happened and what to do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import payroll.reasons
from payroll.reasons.problem import blocking, long_date
from payroll.records import Problem
from payroll.values import decimal_text


def no_schedule(day: date) -> Problem:
    """HR has no work week that covers the day."""
    return blocking(
        "no_schedule",
        f"HR has no work week for {long_date(day)}, so the hours of absence are not known. Give "
        "the person, the office or the company a work week in HR, then read again.",
    )


def hours_differ(day: date, hours: Decimal, expected: Decimal) -> Problem:
    """HR's own count fits neither the schedule nor the grade of it."""
    return blocking(
        "hours_differ",
        f"HR counts {_number(hours)} hours on {long_date(day)}, the work week gives "
        f"{_number(expected)}. Correct the leave or the work week in HR, then read again.",
    )


def grades_differ(day: date, extent: Decimal, grade: Decimal) -> Problem:
    """HR gives two grades for one day."""
    return blocking(
        "grades_differ",
        f"HR says {_number(extent)} % on {long_date(day)} and {_number(grade)} % for the leave. "
        "Correct the leave in HR, then read again.",
    )


def bad_grade(grade: Decimal) -> Problem:
    """A grade outside 1-100."""
    return blocking(
        "bad_grade",
        f"The leave has a grade of {_number(grade)} %; 1 to 100 is possible. Correct it in HR.",
    )


def outside_shift(day: date) -> Problem:
    """Hours of leave when nobody works."""
    return blocking(
        "outside_shift",
        f"The hours of leave on {long_date(day)} lie outside the working hours of the person's "
        "work week. Correct the leave or the work week in HR.",
    )


def clocks_change(day: date) -> Problem:
    """What HR gives can mean more than one number of hours."""
    return blocking(
        "clocks_change",
        f"The clocks change during this leave of {long_date(day)}, and what HR gives fits more "
        "than one number of hours. Enter it by hand in payroll, or correct the leave in HR.",
    )


def period_closed(days: Sequence[date]) -> Problem:
    """Days, in order, that would be new in a period which payroll has closed."""
    first, last = long_date(days[0]), long_date(days[-1])
    which = first if first == last else f"{first} to {last}"
    return blocking(
        "period_closed",
        f"Payroll is closed for {which}, and these days are not exported. Enter them by hand in "
        "payroll's next open period, or set the closed date back under Time off codes and export "
        "them. Not both: they would count twice.",
    )


NO_TIMES = blocking(
    "no_times", "The leave is of some hours, and HR does not say which. Correct it in HR."
)
BACKWARDS = blocking(
    "backwards", "The leave ends before it begins. Correct its dates in HR, then read again."
)
NO_WORKING_DAY = blocking(
    "no_working_day",
    "The person has no working day of this leave in the period, so there is nothing to send.",
)


def overlaps(day: date) -> Problem:
    """Another approved leave of the same person has the same hours."""
    return blocking(
        "overlaps",
        f"Another approved leave of the same person covers the same time on {long_date(day)}. "
        "Remove one of the two in HR, then read again.",
    )


def in_payroll(day: date, code: str) -> Problem:
    """Somebody entered it by hand."""
    return blocking(
        "in_payroll",
        f"Payroll already has absence with code {code} for {long_date(day)} that was not sent from "
        "here. Remove it in payroll, or leave this one out.",
    )


def in_payroll_for_another(day: date, code: str) -> Problem:
    """It went there for somebody who was linked to this person in payroll."""
    return blocking(
        "in_payroll",
        f"Payroll already has absence with code {code} for {long_date(day)} on this person. It "
        "was sent from here for somebody else, who was linked to this person then. Move it to "
        "the right person in payroll or remove it there, then read again.",
    )


def gone_from_payroll(day: date) -> Problem:
    """What was sent is no longer there."""
    return blocking(
        "gone_from_payroll",
        f"What was sent for {long_date(day)} is no longer in payroll: somebody removed it there. "
        "If it should go again, choose “Send again”; else leave it.",
    )


def edited_in_payroll(day: date) -> Problem:
    """What was sent was altered by hand."""
    return blocking(
        "edited_in_payroll",
        f"What was sent for {long_date(day)} was changed in payroll by somebody. Nothing "
        "overwrites it by itself: change it back in payroll, or leave this leave out.",
    )


STANDS_ON_ANOTHER = blocking(
    "stands_on_another",
    "What was sent of this leave stands in payroll on another person than the one linked now. "
    "Nothing moves or removes it by itself. If the link is right, move it to the right person in "
    "payroll, or remove it there; then read again. What was removed can be sent again.",
)
TAKEN_BACK_THERE = Problem(
    "stands_on_another",
    "It stands in payroll on another person than the one linked now, and is taken back there.",
)
_LINK_IN_DOUBT = {
    payroll.reasons.LINKED_TO_ANOTHER.code: "payroll had another person under this link",
    payroll.reasons.GONE_FROM_PAYROLL.code: "payroll did not show the person of this link",
    payroll.reasons.ID_OF_ANOTHER.code: "payroll had somebody else of HR under this link",
}


def link_in_doubt(code: str, run: str, day: date) -> Problem:
    """A sync left the link to a person, with this code. `run` is what the run is called."""
    found = _LINK_IN_DOUBT.get(code, "nobody could tell whom in payroll this link means")
    return blocking(
        "link_in_doubt",
        f"In the {run} of {long_date(day)} {found}, so no time off goes over it. If payroll was "
        "reached with the access token of another company, set the right one and sync employees; "
        "else choose “Forget this link” under First match. Then read again.",
    )


UNCONFIRMED = blocking(
    "unconfirmed",
    "Payroll never confirmed what was sent. It is looked up again at the next reading; nothing is "
    "sent twice meanwhile.",
)
NEVER_ARRIVED = blocking(
    "never_arrived", "The answer was lost, and payroll does not have it. Choose it again to send."
)
NOT_READ = blocking("not_read", "HR did not say what became of this leave. Read again.")
UNDER_WAY = blocking("under_way", "Another export is sending this leave. Read again when it ends.")


def no_code(name: str) -> Problem:
    """The leave's type has no code in the settings."""
    return blocking(
        "no_code",
        f"“{name}” has no payroll code. Choose one under Time off codes, or choose “Never send”.",
    )


def code_unknown(name: str, code: str) -> Problem:
    """The code is not, or no longer, in payroll's list."""
    return blocking(
        "code_unknown",
        f"“{name}” has the code {code}, which payroll's list does not have. Choose another one "
        "under Time off codes; upper and lower case count.",
    )


def never_sent(name: str) -> Problem:
    """An admin decided so."""
    return blocking("never_sent", f"“{name}” is set to “Never send” under Time off codes.")


NOT_LINKED = blocking(
    "not_linked",
    "The person is not linked to anybody in payroll. Sync employees first, or decide the match.",
)
UNKNOWN_EMPLOYEE = blocking(
    "unknown_employee", "HR does not show the person of this leave, so nobody can be named."
)
NO_NUMBER = blocking(
    "no_number", "The person has no employee number, which the file needs. Give one in HR."
)
TAKEN = blocking(
    "belongs_to_another",
    "Another integration of your organisation has exported this leave to the same payroll.",
)
NO_END = blocking(
    "no_end_date",
    "The leave has no end date. It goes once HR has one; days are not sent on a guess.",
)
PENDING = blocking("pending", "Nobody has approved the leave yet. It can go once it is approved.")
DENIED = blocking("denied", "The leave was denied in HR.")
CANCELLED = blocking("cancelled", "The leave was cancelled in HR.")
DELETED = blocking("deleted", "The leave was deleted in HR.")
STATUS_UNKNOWN = blocking(
    "status_unknown", "HR gives the leave a status that is not known, so it does not go."
)
EXPORTED = blocking("exported", "Everything of this leave in the period was exported.")
WITHDRAWN = blocking(
    "withdrawn",
    "The leave was exported and is no longer approved, or no longer in HR. Choose it to take it "
    "back in payroll.",
)
CHANGED = blocking(
    "changed", "The leave was changed in HR after it was exported. Choose it to correct payroll."
)
CHANGED_MEANWHILE = blocking(
    "changed_meanwhile",
    "The leave changed after it was shown, so it was not sent. Look at it again and choose it.",
)
SETTINGS_CHANGED = blocking(
    "settings_changed",
    "The settings of the integration changed while the export waited, so it was not sent. Look at "
    "it again and choose it.",
)
CANCELLED_EXPORT = blocking("export_cancelled", "The export was cancelled before its turn.")
INTERRUPTED = blocking(
    "interrupted", "The program stopped before the turn of this one. Choose it again."
)
BY_HAND = blocking(
    "by_hand",
    "The way that it was sent cannot change or remove it, so it is listed to be done by hand.",
)


def unencodable(characters: str) -> Problem:
    """The file's encoding lacks them."""
    return Problem(
        "unencodable",
        f"The file has ? in place of {characters}, which Windows-1252 cannot write. Correct it "
        "in payroll, or choose UTF-8 in the settings and make the file again.",
    )


LATE = Problem("late", "Correction to a closed period: it goes into the next one, marked.")


def refused(words: str) -> Problem:
    """Payroll's own words."""
    return blocking("refused", f"Payroll refused it: {words}")


def stopped(words: str) -> Problem:
    """The export ended before the row's turn."""
    return blocking("not_sent", f"Not sent, because the export stopped: {words}")


def _number(value: Decimal) -> str:
    return decimal_text(round(value, 2)).replace(".", ",")
