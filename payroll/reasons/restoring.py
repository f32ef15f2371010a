"""Why an earlier value is not restored, or what became of one that was. Pure."""

from __future__ import annotations

from payroll.records import FieldSpec, Problem

RESTORE_CREATED = Problem(
    "restore_created",
    "The run created this person in payroll, and the Hub deletes nobody. If the person should not "
    "be there, take them out of the scope here and remove or end them in payroll by hand.",
)
RESTORE_PURGED = Problem(
    "restore_purged",
    "The values of this run have been deleted, as they are kept for a limited time only. Correct "
    "the person in HR, or in payroll by hand.",
)
RESTORE_NOT_LINKED = Problem(
    "restore_not_linked",
    "No longer linked to the one in payroll whom this was sent to, so nothing is restored. Correct "
    "the person in payroll by hand if that is needed.",
)


def restore_end_date(spec: FieldSpec) -> Problem:
    """Who is employed is never undone."""
    return _not_restored(
        "restore_end_date", spec, "is not restored: HR decides who has left. Correct it in HR"
    )


def restore_unreadable(spec: FieldSpec) -> Problem:
    """Payroll did not show what it had."""
    return _not_restored(
        "restore_unreadable",
        spec,
        "cannot be restored: payroll does not show what it had before. Correct it in payroll by "
        "hand, or in HR",
    )


def restore_unmapped(spec: FieldSpec) -> Problem:
    """The field table no longer sends the field."""
    return _not_restored(
        "restore_unmapped",
        spec,
        "is not restored: it is no longer sent by this integration. Correct it in payroll by hand",
    )


def restore_by_hand(spec: FieldSpec) -> Problem:
    """A manager or an employee number: more than one person depends on it."""
    return _not_restored(
        "restore_by_hand", spec, "is not restored, as other people depend on it. Correct it in HR"
    )


def restore_row(spec: FieldSpec) -> Problem:
    """A dated row that was added is not taken away again."""
    return _not_restored(
        "restore_row", spec, "is not restored: it is a row with a day of its own. Correct it in HR"
    )


def restore_waits(spec: FieldSpec) -> Problem:
    """A change of this field needs a second person."""
    return _not_restored(
        "restore_waits",
        spec,
        "is not restored: its changes wait for a second person here. Correct it in HR; that "
        "change can be approved",
    )


def restore_was_blank(spec: FieldSpec) -> Problem:
    """Nothing was there, and a blank would do harm."""
    return _not_restored(
        "restore_was_blank",
        spec,
        "was empty before and is not emptied from here. Empty it in payroll by hand if that is "
        "right",
    )


def restore_off_list(spec: FieldSpec) -> Problem:
    """The value has left payroll's pick list."""
    return _not_restored(
        "restore_off_list",
        spec,
        "cannot be restored: payroll's list no longer has the value. Add it there, or choose "
        "another in HR",
    )


def restore_changed_since(spec: FieldSpec) -> Problem:
    """Somebody edited payroll after we wrote it."""
    return _not_restored(
        "restore_changed_since",
        spec,
        "is not restored: somebody changed it in payroll since. It is left as it is there",
    )


def pinned_and_changed(spec: FieldSpec) -> Problem:
    """A pinned value is no longer the one that was restored."""
    return Problem(
        "pinned_and_changed",
        f"{spec.label} was restored and pinned, and somebody has changed it in payroll since. It "
        "is left as it is there. Unpin it to send what HR says.",
        spec.key,
    )


def _not_restored(code: str, spec: FieldSpec, why: str) -> Problem:
    return Problem(code, f"{spec.label} {why}.", spec.key)
