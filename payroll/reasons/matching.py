"""Who in payroll a person in HR is: numbers, links and likenesses. Pure."""

from __future__ import annotations

from payroll.records import Problem

from .problem import blocking

GONE_FROM_PAYROLL = blocking(
    "gone_from_payroll",
    "Linked to a person that payroll no longer shows. Nothing is sent and nobody is created anew; "
    "look in payroll whether the person was removed. If so, choose “Forget this link”.",
)
LINKED_TO_ANOTHER = blocking(
    "linked_to_another",
    "Linked to somebody in payroll who is another person. Nothing is sent until a person has "
    "decided. Was the access token of another company set? Then set the right one, else choose "
    "“Forget this link”.",
)
ID_OF_ANOTHER = blocking(
    "id_of_another",
    "Payroll holds this person under an id by which the Hub has linked somebody else, so nothing "
    "is sent of either of them until a person has decided. Was the access token of another company "
    "set, or the company in payroll set up anew? Set the right one, or choose “Forget this link”.",
)
UNUSABLE_NUMBER = blocking(
    "unusable_number",
    "The employee number in HR is longer than 50 characters or holds a character that cannot be "
    "stored. Correct it; nothing is sent before that.",
    "employee_number",
)
NUMBER_CHANGED = Problem(
    "number_changed",
    "The employee number in HR is no longer the one the linked person has in payroll. The number "
    "is not sent until a person has decided; everything else goes through.",
    "employee_number",
)


def duplicate_number(number: str) -> Problem:
    """Two people in HR have one number."""
    return _about_number(
        "duplicate_number",
        f"Employee number {number} stands on more than one person in HR. None of them is sent "
        "until each has a number of their own.",
    )


def number_twice_in_payroll(number: str) -> Problem:
    """Two people in payroll have one number."""
    return _about_number(
        "number_twice_in_payroll",
        f"Employee number {number} stands on more than one person in payroll. Give one of them "
        "another number there.",
    )


def probable_match(number: str, trait: str) -> Problem:
    """Somebody in payroll shares a trait with a person whose number is not there."""
    return _about_number(
        "probable_match",
        f"Payroll already has someone with the same {trait} {_under(number)}. Say under Settings → "
        "First match whether it is the same person, or correct the number in HR or payroll; nobody "
        "is created before that.",
    )


def same_person_in_hr(number: str, trait: str) -> Problem:
    """Another new person in HR shares a trait with this one."""
    return _about_number(
        "same_person_in_hr",
        f"HR has another new person with the same {trait} {_under(number)}, who is being created. "
        "If it is the same person, archive one of the records; nobody is created twice.",
    )


def _under(number: str) -> str:
    return f"under employee number {number}" if number else "without an employee number"


def conflict(number: str, difference: str) -> Problem:
    """Payroll has another human under the number."""
    return _about_number(
        "conflict",
        f"Payroll has another person under employee number {number}: {difference}. Correct the "
        "number in HR or payroll; nothing is sent before that.",
    )


def kept_apart(number: str) -> Problem:
    """A person said that the one who now has the number in payroll is somebody else."""
    return _about_number(
        "kept_apart",
        f"Payroll has someone under employee number {number} of whom it was said that they are two "
        "people. Correct the number in HR or payroll, or take that back under Settings → First "
        "match; nothing is sent before that.",
    )


def already_linked(number: str) -> Problem:
    """The person in payroll is linked to another active HR record."""
    return _about_number(
        "already_linked",
        f"The person with employee number {number} in payroll is linked to another active person "
        "in HR. Correct the number in HR; nothing is sent before that.",
    )


def number_reused(number: str) -> Problem:
    """An archived record shares its number with an active one."""
    return _about_number(
        "number_reused",
        f"This HR record is archived, and employee number {number} now stands on an active one. "
        "Nobody is ended before a person has decided which of them payroll means.",
    )


def _about_number(code: str, message: str) -> Problem:
    return blocking(code, message, "employee_number")
