"""What a viewer is told of a problem: its kind alone, as its own words may quote a person's values.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payroll.records import Problem

_HELD_FOR_SAFETY = "A person must decide before anything is sent."
_CODES: Mapping[str, Sequence[str]] = {
    "Already left, so nobody is created in payroll.": ("already_left",),
    "Linked to a person that payroll no longer shows.": ("gone_from_payroll",),
    "No longer in HR, still open in payroll.": ("gone_from_hr",),
    "Linked to somebody in payroll who is another person.": ("linked_to_another",),
    f"Payroll's id of this person is linked to another one. {_HELD_FOR_SAFETY}": ("id_of_another",),
    "Payroll gave no clear answer, so it is not known whether this was done.": (
        "create_unknown",
        "update_unknown",
    ),
    f"The employee number has changed. {_HELD_FOR_SAFETY}": ("number_changed",),
    "The employee number cannot be used, or belongs to more than one person.": (
        "unusable_number",
        "duplicate_number",
        "number_twice_in_payroll",
        "number_reused",
        "already_linked",
    ),
    f"HR is not clear about the end of the employment. {_HELD_FOR_SAFETY}": (
        "end_date_unclear",
        "end_date_contradiction",
        "archived_without_end_date",
    ),
    "Something that payroll needs is missing in HR.": ("missing_field",),
    "Starts later and will be sent when the day comes nearer.": ("starts_later",),
    "Kept in payroll by another integration.": ("belongs_to_other_integration",),
    f"May be the same person as another one. {_HELD_FOR_SAFETY}": (
        "probable_match",
        "same_person_in_hr",
        "conflict",
    ),
    "Was said to be another person than the one with this number in payroll.": ("kept_apart",),
    "Chosen for this sync, but cannot take part.": ("trial_not_in_scope", "trial_gone_from_hr"),
    "Changed since the plan was made; the next sync plans it anew.": ("plan_changed",),
    "A value was sent, but payroll shows none.": ("sent_but_empty",),
    "Payroll refused a value.": ("rejected",),
    "Waits for approval. Everything else of this person goes through.": ("to_approve",),
    "Declined, so payroll keeps what it has.": ("declined",),
    "A restored value was changed in payroll since, and is left as it is.": ("pinned_and_changed",),
    "Created by the run; nobody is deleted.": ("restore_created",),
    "A value could not be restored.": (
        "restore_purged",
        "restore_not_linked",
        "restore_end_date",
        "restore_unreadable",
        "restore_unmapped",
        "restore_by_hand",
        "restore_row",
        "restore_waits",
        "restore_was_blank",
        "restore_off_list",
        "restore_changed_since",
    ),
    "Sent without a manager.": (
        "manager_unknown",
        "manager_ambiguous",
        "own_manager",
        "manager_not_linked",
        "manager_not_created",
        "manager_not_sent",
        "manager_refused",
        "manager_unconfirmed",
    ),
    "Sent without pay or a position, or without a correction of one.": (
        "other_currency",
        "rows_twice",
        "row_unreadable",
        "later_row",
        "other_row_open",
        "earlier_row_open",
        "employments_overlap",
        "employment_over",
        "amount_missing",
        "ending_refused",
        "correct_by_hand",
        "row_refused",
        "row_not_sent",
        "row_changed",
        "row_person_missing",
        "row_in_doubt",
        "row_unconfirmed",
    ),
    "Payroll has a position that counts beside the one in HR, or has ended it.": (
        "rows_add_up",
        "row_left_open",
        "row_over",
    ),
    "Not sent, as the run stopped before this person's turn.": ("not_sent",),
    "Not sent, as somebody cancelled the run before this person's turn.": ("cancelled",),
    "Set aside: payroll refused the same three times.": ("set_aside",),
    "Only the end date is sent; payroll refused the other values three times.": ("only_the_end",),
    "A value has no counterpart in payroll's list.": (
        "unmapped_value",
        "ambiguous_value",
        "list_unreadable",
    ),
    "A value in HR is not valid.": (
        "invalid_value",
        "invalid_national_id",
        "invalid_bank_account",
        "invalid_email",
        "forbidden_character",
        "too_long",
        "not_whole",
    ),
}
_BY_CODE = {code: words for words, codes in _CODES.items() for code in codes}
_OTHER = "Something about this person needs attention."


def problem_words(problem: Problem, *, sees_people: bool) -> str:
    """The problem's own words, or a sentence on its code for someone who may not see people."""
    return problem.message if sees_people else _BY_CODE.get(problem.code, _OTHER)
