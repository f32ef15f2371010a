"""What kept a planned change from payroll, or what payroll made of it. Pure."""

from __future__ import annotations

from payroll.records import FieldSpec, Problem, Subject

from .problem import blocking

PLAN_CHANGED = blocking(
    "plan_changed",
    "Changed since the plan was made; the next sync plans it anew.",
)
CREATE_UNKNOWN = blocking(
    "create_unknown",
    "Payroll did not answer when this person was created. The Hub waits to see whether the person "
    "turns up before it tries again, so that nobody is created twice.",
)
UPDATE_UNKNOWN = blocking(
    "update_unknown",
    "Payroll did not answer after this change was sent. The next run compares again and sends what "
    "is still missing.",
)
CANCELLED = blocking(
    "cancelled",
    "Cancelled by a person before this person's turn. Nothing was sent; the next sync takes the "
    "person.",
)
SET_ASIDE = blocking(
    "set_aside",
    "Set aside: payroll refused the same three times, so it is not sent. It goes again by itself "
    "when the values in HR, the field table or payroll's lists change, or when somebody chooses "
    "Try again under “Set aside and refused”, where payroll's own words are.",
)
ONLY_THE_END = Problem(
    "only_the_end",
    "Only the end date is sent. Payroll refused it three times together with the other values, "
    "which are set aside until they change or somebody chooses Try again under “Set aside and "
    "refused”.",
)

_SUBJECTS = {
    Subject.BANK_ACCOUNT: "The bank account",
    Subject.PAY: "Pay",
    Subject.END_DATE: "The end date",
}


def to_approve(subject: Subject) -> Problem:
    """A second person must look at it."""
    return Problem(
        "to_approve",
        f"{_SUBJECTS[subject]} waits for approval under “Waiting for approval”. Everything else of "
        "this person goes through.",
    )


def declined(subject: Subject, by: str) -> Problem:
    """A second person looked at it and said no."""
    return Problem(
        "declined",
        f"{_SUBJECTS[subject]} was declined by {by}, so payroll keeps what it has until HR changes "
        "the value or somebody takes that back under “Waiting for approval”.",
    )


def swallowed(spec: FieldSpec) -> Problem:
    """A value was sent and is not there."""
    return Problem(
        "sent_but_empty",
        f"{spec.label} was sent, but payroll shows it empty. It is not sent again until it changes "
        "in HR; check in payroll whether the access token may see it.",
        spec.key,
    )


def rejected(words: str, field: str = "", label: str = "") -> Problem:
    """The target refused the person; `words` are its own, `label` the field it named."""
    about = f" because of {label}" if label else ""
    return blocking(
        "rejected",
        f"Payroll refused this person{about}: “{words}” Correct the value in HR or add it in "
        "payroll; the sync after that tries again.",
        field,
    )


def not_sent(words: str) -> Problem:
    """The run stopped before this person's turn."""
    return blocking("not_sent", f"Not sent: {words}")


TOLD_WHEN_SENT = frozenset(
    {
        "manager_not_created",
        "manager_refused",
        "manager_unconfirmed",
        "manager_not_sent",
        "row_refused",
        "ending_refused",
        "row_unconfirmed",
        "row_not_sent",
        "row_changed",
        "row_person_missing",
    }
)
"""Codes of what cost a person one value after the plan was made."""
