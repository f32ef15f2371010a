"""Who is not sent: outside the scope, not ready, gone, or left. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from payroll.records import Problem

from .problem import blocking, long_date

ALREADY_LEFT = blocking(
    "already_left",
    "The last day has passed and payroll does not know the person, so nobody is created.",
)
GONE_FROM_HR = blocking(
    "gone_from_hr",
    "No longer in HR, still open in payroll. The Hub ends nobody for being absent: if the person "
    "has left, set the end date in payroll.",
)
ARCHIVED_WITHOUT_END = blocking(
    "archived_without_end_date",
    "Archived in HR without an end date, so payroll cannot be told when employment ended. Set the "
    "end date in HR, or end the person in payroll by hand.",
    "end_date",
)
END_UNCLEAR = Problem(
    "end_date_unclear",
    "Payroll has an end date and HR has none, but HR does not clearly say that employment goes on. "
    "The end date stays until that is clear.",
    "end_date",
)
TRIAL_NOT_IN_SCOPE = blocking(
    "trial_not_in_scope",
    "Chosen for this sync, but not in scope, so nothing was planned. Take the person into the "
    "scope under Settings → Who, or choose somebody else.",
)
TRIAL_GONE_FROM_HR = blocking(
    "trial_gone_from_hr",
    "Chosen for this sync, but HR no longer has the person, so nothing was planned.",
)


def missing_fields(labels: Sequence[str]) -> Problem:
    """Required fields are blank in HR."""
    return blocking(
        "missing_field",
        f"Missing in HR: {', '.join(labels)}. Fill it in and the next sync takes the person.",
    )


def starts_later(first: date, opens: date) -> Problem:
    """The first day is further ahead than the scope looks."""
    return blocking(
        "starts_later",
        f"Starts on {long_date(first)}; will be sent from {long_date(opens)}.",
    )


def belongs_to(label: str) -> Problem:
    """Another integration keeps the same person in payroll."""
    return blocking(
        "belongs_to_other_integration",
        f"Already kept by the integration “{label}”. Take the person out of one of the two scopes.",
    )
