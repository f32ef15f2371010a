"""What is said of time off that does not go: a code, and what happened and what to do. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.records import Problem
from payroll.values import decimal_text


def _problem(code: str, message: str) -> Problem:
    return Problem(code, message, blocking=True)


def no_schedule(day: date) -> Problem:
    """HR has no work week that covers the day."""
    return _problem(
        "no_schedule",
        f"HR has no work week for {_day(day)}, so the hours of absence are not known. Give the "
        "person, the office or the company a work week in HR, then read again.",
    )


def hours_differ(day: date, hours: Decimal, expected: Decimal) -> Problem:
    """HR's own count fits neither the schedule nor the grade of it."""
    return _problem(
        "hours_differ",
        f"HR counts {_number(hours)} hours on {_day(day)}, the work week gives "
        f"{_number(expected)}. Correct the leave or the work week in HR, then read again.",
    )


def grades_differ(day: date, extent: Decimal, grade: Decimal) -> Problem:
    """HR gives two grades for one day."""
    return _problem(
        "grades_differ",
        f"HR says {_number(extent)} % on {_day(day)} and {_number(grade)} % for the leave. "
        "Correct the leave in HR, then read again.",
    )


def bad_grade(grade: Decimal) -> Problem:
    """A grade outside 1-100."""
    return _problem(
        "bad_grade",
        f"The leave has a grade of {_number(grade)} %; 1 to 100 is possible. Correct it in HR.",
    )


def outside_shift(day: date) -> Problem:
    """Hours of leave when nobody works."""
    return _problem(
        "outside_shift",
        f"The hours of leave on {_day(day)} lie outside the working hours of the person's work "
        "week. Correct the leave or the work week in HR.",
    )


NO_TIMES = _problem(
    "no_times", "The leave is of some hours, and HR does not say which. Correct it in HR."
)
BACKWARDS = _problem(
    "backwards", "The leave ends before it begins. Correct its dates in HR, then read again."
)
NO_WORKING_DAY = _problem(
    "no_working_day",
    "The person has no working day of this leave in the period, so there is nothing to send.",
)


def overlaps(day: date) -> Problem:
    """Another approved leave of the same person has the same hours."""
    return _problem(
        "overlaps",
        f"Another approved leave of the same person covers the same time on {_day(day)}. Remove "
        "one of the two in HR, then read again.",
    )


def in_payroll(day: date, code: str) -> Problem:
    """Somebody entered it by hand."""
    return _problem(
        "in_payroll",
        f"Payroll already has absence with code {code} for {_day(day)} that was not sent from "
        "here. Remove it in payroll, or leave this one out.",
    )


def gone_from_payroll(day: date) -> Problem:
    """What was sent is no longer there."""
    return _problem(
        "gone_from_payroll",
        f"What was sent for {_day(day)} is no longer in payroll: somebody removed it there. If it "
        "should go again, choose “Send again”; else leave it.",
    )


def edited_in_payroll(day: date) -> Problem:
    """What was sent was altered by hand."""
    return _problem(
        "edited_in_payroll",
        f"What was sent for {_day(day)} was changed in payroll by somebody. Nothing overwrites it "
        "by itself: change it back in payroll, or leave this leave out.",
    )


UNCONFIRMED = _problem(
    "unconfirmed",
    "Payroll never confirmed what was sent. It is looked up again at the next reading; nothing is "
    "sent twice meanwhile.",
)
NEVER_ARRIVED = _problem(
    "never_arrived", "The answer was lost, and payroll does not have it. Choose it again to send."
)
NOT_READ = _problem("not_read", "HR did not say what became of this leave. Read again.")
UNDER_WAY = _problem("under_way", "Another export is sending this leave. Read again when it ends.")


def no_code(name: str) -> Problem:
    """The leave's type has no code in the settings."""
    return _problem(
        "no_code",
        f"“{name}” has no payroll code. Choose one under Time off codes, or choose “Never send”.",
    )


def code_unknown(name: str, code: str) -> Problem:
    """The code is not, or no longer, in payroll's list."""
    return _problem(
        "code_unknown",
        f"“{name}” has the code {code}, which payroll's list does not have. Choose another one "
        "under Time off codes; upper and lower case count.",
    )


def never_sent(name: str) -> Problem:
    """An admin decided so."""
    return _problem("never_sent", f"“{name}” is set to “Never send” under Time off codes.")


NOT_LINKED = _problem(
    "not_linked",
    "The person is not linked to anybody in payroll. Sync employees first, or decide the match.",
)
UNKNOWN_EMPLOYEE = _problem(
    "unknown_employee", "HR does not show the person of this leave, so nobody can be named."
)
NO_NUMBER = _problem(
    "no_number", "The person has no employee number, which the file needs. Give one in HR."
)
TAKEN = _problem(
    "belongs_to_another",
    "Another integration of your organisation has exported this leave to the same payroll.",
)
NO_END = _problem(
    "no_end_date",
    "The leave has no end date. It goes once HR has one; days are not sent on a guess.",
)
PENDING = _problem("pending", "Nobody has approved the leave yet. It can go once it is approved.")
DENIED = _problem("denied", "The leave was denied in HR.")
CANCELLED = _problem("cancelled", "The leave was cancelled in HR.")
DELETED = _problem("deleted", "The leave was deleted in HR.")
STATUS_UNKNOWN = _problem(
    "status_unknown", "HR gives the leave a status that is not known, so it does not go."
)
CLOSED = _problem(
    "period_closed",
    "These days lie in a payroll period that is closed. Enter them by hand in payroll, or move "
    "the closed date back in the settings.",
)
EXPORTED = _problem("exported", "Everything of this leave in the period was exported.")
WITHDRAWN = _problem(
    "withdrawn",
    "The leave was exported and is no longer approved, or no longer in HR. Choose it to take it "
    "back in payroll.",
)
CHANGED = _problem(
    "changed", "The leave was changed in HR after it was exported. Choose it to correct payroll."
)
CHANGED_MEANWHILE = _problem(
    "changed_meanwhile",
    "The leave changed after it was shown, so it was not sent. Look at it again and choose it.",
)
CANCELLED_EXPORT = _problem("export_cancelled", "The export was cancelled before its turn.")
INTERRUPTED = _problem(
    "interrupted", "The program stopped before the turn of this one. Choose it again."
)
BY_HAND = _problem(
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
    return _problem("refused", f"Payroll refused it: {words}")


def stopped(words: str) -> Problem:
    """The export ended before the row's turn."""
    return _problem("not_sent", f"Not sent, because the export stopped: {words}")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _number(value: Decimal) -> str:
    return decimal_text(round(value, 2)).replace(".", ",")
