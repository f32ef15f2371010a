"""Why somebody or something is not sent, in words that a payroll clerk can act on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .records import FieldSpec, Problem, Subject

ALREADY_LEFT = Problem(
    "already_left",
    "The last day has passed and payroll does not know the person, so nobody is created.",
    blocking=True,
)
GONE_FROM_PAYROLL = Problem(
    "gone_from_payroll",
    "Linked to a person that payroll no longer shows. Nothing is sent and nobody is created anew; "
    "check in payroll whether the person was removed.",
    blocking=True,
)
GONE_FROM_HR = Problem(
    "gone_from_hr",
    "No longer in HR, still open in payroll. The Hub ends nobody for being absent: if the person "
    "has left, set the end date in payroll.",
    blocking=True,
)
LINKED_TO_ANOTHER = Problem(
    "linked_to_another",
    "Linked to somebody in payroll who has another number and is another person. Nothing is sent "
    "until a person has decided; was the access token of another company set?",
    blocking=True,
)
ID_OF_ANOTHER = Problem(
    "id_of_another",
    "Payroll holds this person under an id by which the Hub has linked somebody else, so nothing "
    "is sent of either of them until a person has decided. Was the access token of another company "
    "set, or the company in payroll set up anew?",
    blocking=True,
)
TRIAL_NOT_IN_SCOPE = Problem(
    "trial_not_in_scope",
    "Chosen for this sync, but not in scope, so nothing was planned. Take the person into the "
    "scope under Settings → Who, or choose somebody else.",
    blocking=True,
)
TRIAL_GONE_FROM_HR = Problem(
    "trial_gone_from_hr",
    "Chosen for this sync, but HR no longer has the person, so nothing was planned.",
    blocking=True,
)
PLAN_CHANGED = Problem(
    "plan_changed",
    "Changed since the plan was made; the next sync plans it anew.",
    blocking=True,
)
UNUSABLE_NUMBER = Problem(
    "unusable_number",
    "The employee number in HR is longer than 50 characters or holds a character that cannot be "
    "stored. Correct it; nothing is sent before that.",
    field="employee_number",
    blocking=True,
)
CREATE_UNKNOWN = Problem(
    "create_unknown",
    "Payroll did not answer when this person was created. The Hub waits to see whether the person "
    "turns up before it tries again, so that nobody is created twice.",
    blocking=True,
)
UPDATE_UNKNOWN = Problem(
    "update_unknown",
    "Payroll did not answer after this change was sent. The next run compares again and sends what "
    "is still missing.",
    blocking=True,
)
NUMBER_CHANGED = Problem(
    "number_changed",
    "The employee number in HR is no longer the one the linked person has in payroll. The number "
    "is not sent until a person has decided; everything else goes through.",
    field="employee_number",
)
END_UNCLEAR = Problem(
    "end_date_unclear",
    "Payroll has an end date and HR has none, but HR does not clearly say that employment goes on. "
    "The end date stays until that is clear.",
    field="end_date",
)
ARCHIVED_WITHOUT_END = Problem(
    "archived_without_end_date",
    "Archived in HR without an end date, so payroll cannot be told when employment ended. Set the "
    "end date in HR, or end the person in payroll by hand.",
    field="end_date",
    blocking=True,
)
CANCELLED = Problem(
    "cancelled",
    "Cancelled by a person before this person's turn. Nothing was sent; the next sync takes the "
    "person.",
    blocking=True,
)
SET_ASIDE = Problem(
    "set_aside",
    "Set aside: payroll refused the same three times, so it is not sent. It goes again by itself "
    "when the values in HR, the field table or payroll's lists change, or when somebody chooses "
    "Try again under “Set aside and refused”, where payroll's own words are.",
    blocking=True,
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


def missing_fields(labels: Sequence[str]) -> Problem:
    """Required fields are blank in HR."""
    return Problem(
        "missing_field",
        f"Missing in HR: {', '.join(labels)}. Fill it in and the next sync takes the person.",
        blocking=True,
    )


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def starts_later(first: date, opens: date) -> Problem:
    """The first day is further ahead than the scope looks."""
    return Problem(
        "starts_later",
        f"Starts on {_day(first)}; will be sent from {_day(opens)}.",
        blocking=True,
    )


def _about_number(code: str, message: str) -> Problem:
    return Problem(code, message, field="employee_number", blocking=True)


def duplicate_number(number: str) -> Problem:
    """Two people in HR have one number."""
    return _about_number(
        "duplicate_number",
        f"Employee number {number} stands on more than one person in HR. None of them is sent "
        "until each has a number of their own.",
    )


def belongs_to(label: str) -> Problem:
    """Another integration keeps the same person in payroll."""
    return Problem(
        "belongs_to_other_integration",
        f"Already kept by the integration “{label}”. Take the person out of one of the two scopes.",
        blocking=True,
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


def kept_apart(number: str) -> Problem:
    """A person said that the one who now has the number in payroll is somebody else."""
    return _about_number(
        "kept_apart",
        f"Payroll has someone under employee number {number} of whom it was said that they are two "
        "people. Correct the number in HR or payroll, or take that back under Settings → First "
        "match; nothing is sent before that.",
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


def swallowed(spec: FieldSpec) -> Problem:
    """A value was sent and is not there."""
    return Problem(
        "sent_but_empty",
        f"{spec.label} was sent, but payroll shows it empty. It is not sent again until it changes "
        "in HR; check in payroll whether the access token may see it.",
        field=spec.key,
    )


def conflict(number: str, difference: str) -> Problem:
    """Payroll has another human under the number."""
    return _about_number(
        "conflict",
        f"Payroll has another person under employee number {number}: {difference}. Correct the "
        "number in HR or payroll; nothing is sent before that.",
    )


def rejected(words: str, field: str = "", label: str = "") -> Problem:
    """The target refused the person; `words` are its own, `label` the field it named."""
    about = f" because of {label}" if label else ""
    return Problem(
        "rejected",
        f"Payroll refused this person{about}: “{words}” Correct the value in HR or add it in "
        "payroll; the sync after that tries again.",
        field=field,
        blocking=True,
    )


def not_sent(words: str) -> Problem:
    """The run stopped before this person's turn."""
    return Problem("not_sent", f"Not sent: {words}", blocking=True)


# --- managers ------------------------------------------------------------------------------------

MANAGER_UNCONFIRMED = Problem(
    "manager_unconfirmed",
    "Payroll did not answer when the manager was sent. Everything else went through; the next sync "
    "compares again.",
)


def manager_unknown(number: str, field: str) -> Problem:
    """Nobody active has the manager's number."""
    return Problem(
        "manager_unknown",
        f"HR names the manager with employee number {number}, and nobody active in HR has it. The "
        "person is sent without a manager; correct it in HR.",
        field=field,
    )


def manager_ambiguous(number: str, field: str) -> Problem:
    """Several people have the manager's number."""
    return Problem(
        "manager_ambiguous",
        f"Several active people in HR have employee number {number}, which is the manager's. The "
        "person is sent without a manager until each has a number of their own.",
        field=field,
    )


def own_manager(field: str) -> Problem:
    """Somebody is their own manager."""
    return Problem(
        "own_manager",
        "HR says that this person is their own manager. The person is sent without a manager; "
        "correct it in HR.",
        field=field,
    )


def manager_not_linked(number: str, field: str) -> Problem:
    """The manager is not kept in payroll by this integration."""
    return Problem(
        "manager_not_linked",
        f"The manager, employee number {number}, is not in payroll by way of this integration: not "
        "in scope, not ready, or held. The person is sent without a manager until that changes.",
        field=field,
    )


def manager_not_created(field: str) -> Problem:
    """The manager was to be created in this run, and was not."""
    return Problem(
        "manager_not_created",
        "The manager could not be created in this sync, so the person goes without one. The next "
        "sync tries again.",
        field=field,
    )


def manager_refused(words: str, field: str) -> Problem:
    """Payroll took the person and not the manager; `words` are its own."""
    return Problem(
        "manager_refused",
        f"Payroll refused the manager: “{words}” Everything else of this person went through; the "
        "manager is tried again in the next sync.",
        field=field,
    )


def manager_not_sent(words: str, field: str) -> Problem:
    """The run stopped after the person and before the manager."""
    return Problem(
        "manager_not_sent",
        f"The manager was not sent: {words} Everything else of this person went through; the next "
        "sync sends the manager.",
        field=field,
    )


# --- restored values -----------------------------------------------------------------------------

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
    "No longer linked to somebody whom payroll shows, so nothing is restored. Correct the person "
    "in payroll by hand if that is needed.",
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
        field=spec.key,
    )


def _not_restored(code: str, spec: FieldSpec, why: str) -> Problem:
    return Problem(code, f"{spec.label} {why}.", field=spec.key)


# --- dated rows ----------------------------------------------------------------------------------

ROW_IN_DOUBT = Problem(
    "row_in_doubt",
    "Payroll did not answer when pay was last sent, and does not show it yet. So that nobody has "
    "two rows for one day, it is sent again only some minutes after that. Everything else goes "
    "through.",
    field="pay",
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
        field=field,
    )


def rows_twice(field: str, day: date) -> Problem:
    """Two rows there for one person, code and day."""
    return Problem(
        "rows_twice",
        f"Payroll has two rows for {_day(day)}. Remove one of them there; until then this row is "
        "left alone.",
        field=field,
    )


def row_unreadable(field: str, day: date) -> Problem:
    """A row of the same day whose code payroll does not tell."""
    return Problem(
        "row_unreadable",
        f"Payroll has a row for {_day(day)} whose rate element cannot be read, so nobody can say "
        "whether it is this one. Nothing is added beside it; check it in payroll.",
        field=field,
    )


def later_row(field: str, day: date) -> Problem:
    """Payroll has a row of the same code that begins later and counts now."""
    return Problem(
        "later_row",
        f"Payroll has a row that counts from {_day(day)}, later than the one in HR. Nothing is "
        "added before it. Correct HR or payroll, whichever is wrong.",
        field=field,
    )


def other_row_open(field: str, code: str, day: date) -> Problem:
    """Another rate element of ours still counts: with a second one the person is paid twice."""
    return Problem(
        "other_row_open",
        f"Payroll still pays by rate element {code}, from {_day(day)} with no end. A second rate "
        "element beside it could pay the person twice. End that row in payroll; the next sync then "
        "adds the new one.",
        field=field,
    )


def correct_by_hand(spec: FieldSpec) -> Problem:
    """The row is there with another amount, and payroll lets nobody correct it from outside."""
    return Problem(
        "correct_by_hand",
        f"{spec.label} for this day differs from HR, and this payroll takes no correction of a row "
        "that it has. Correct it by hand in payroll.",
        field=spec.key,
    )


def row_refused(words: str, field: str) -> Problem:
    """Payroll took the person and not the row."""
    return Problem(
        "row_refused",
        f"Payroll refused the pay rate: “{words}” Everything else of this person went through; it "
        "is tried again in the next sync.",
        field=field,
    )


def row_not_sent(words: str, field: str) -> Problem:
    """The run stopped, or payroll turned all rows away, before this one."""
    return Problem(
        "row_not_sent",
        f"Pay was not sent: {words} Everything else of this person went through; the next sync "
        "tries again.",
        field=field,
    )


def row_changed(field: str) -> Problem:
    """Payroll's row is no longer as it was when the plan was made."""
    return Problem(
        "row_changed",
        "Payroll's row for this day was changed after the plan was made, so nothing was sent over "
        "it. The next sync compares again.",
        field=field,
    )


def row_person_missing(field: str) -> Problem:
    """The person was not created, so their pay has nobody to go to."""
    return Problem(
        "row_person_missing",
        "Pay was not sent, as the person could not be created in payroll. The next sync tries "
        "again.",
        field=field,
    )
