"""A change as one reader may see it: words, masked values, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from integration_hub.core import locale
from payroll.lost_answers import is_lost, problems_of
from payroll.models import Change, SyncRun
from payroll.ports import Target
from payroll.records import ChangeKind, FieldSpec, FieldType, Outcome
from payroll.values import restore

from .masking import masked
from .problem_words import problem_words
from .wording import listed, plural

NAMED = 4  # fields named on a closed row, at most

_KINDS = {
    ChangeKind.CREATE: "New person",
    ChangeKind.UPDATE: "Update",
    ChangeKind.END: "Employment ends",
    ChangeKind.NONE: "Nothing to send",
}


@dataclass(frozen=True, slots=True)
class State:
    """An outcome in a word, with a mark and a tone beside it."""

    label: str
    mark: str
    tone: str


_OUTCOMES = {
    Outcome.APPLIED: State("Sent", "✓", "good"),
    Outcome.SKIPPED: State("Skipped", "–", "quiet"),
    Outcome.HELD: State("Held", "‖", "warn"),
    Outcome.REJECTED: State("Rejected", "✕", "bad"),
    Outcome.FAILED: State("Failed", "✕", "bad"),
    Outcome.UNKNOWN: State("Answer lost", "?", "bad"),
}
_WOULD_GO = State("Would be sent", "→", "good")
_WAITING = State("Waiting", "…", "quiet")
_SENT_ONLY = State("Answer lost: sent, not confirmed", "?", "bad")
_NOT_SENT = State("Not sent", "–", "warn")


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field of a change. An empty `before` or `after` is a blank.

    `unreadable`: payroll does not show what it has. `hidden_difference`: both look alike only
    because they are masked.
    """

    label: str
    before: str
    after: str
    unreadable: bool
    drifted: bool
    first: bool
    hidden_difference: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a run. `name` is empty where the reader may not see people.

    `problems` are sentences.
    """

    number: str
    name: str
    kind: str
    is_new: bool
    outcome: State
    flagged: bool
    problems: Sequence[str]
    fields: Sequence[ChangedField]

    @property
    def only_flagged(self) -> bool:
        """Whether the person is as they should be but for the value left out."""
        return self.flagged and not self.fields

    @property
    def fields_in_words(self) -> str:
        """The fields by name, or how many where that would be long."""
        if self.is_new or len(self.fields) > NAMED:
            return plural(len(self.fields), "field", "fields")
        return listed([field.label for field in self.fields])


def person_rows(
    changes: Iterable[Change], run: SyncRun, target: type[Target], *, sees_people: bool
) -> list[PersonRow]:
    """The changes of `run` as the reader may see them."""
    specs = {spec.key: spec for spec in target.fields}
    return [_row(change, run, specs, sees_people) for change in changes]


def _row(
    change: Change, run: SyncRun, specs: Mapping[str, FieldSpec], sees_people: bool
) -> PersonRow:
    return PersonRow(
        number=change.employee_number,
        name=change.name if sees_people else "",
        kind=_KINDS[ChangeKind(change.kind)],
        is_new=change.kind == ChangeKind.CREATE,
        outcome=_outcome(change, run),
        flagged=change.flagged,
        problems=[
            problem_words(problem, sees_people=sees_people) for problem in problems_of(change, run)
        ],
        fields=[
            _field(_spec(key, entry, specs), entry, sees_people)
            for key, entry in change.details.get("fields", {}).items()
        ],
    )


def _outcome(change: Change, run: SyncRun) -> State:
    if change.outcome:
        return _OUTCOMES[Outcome(change.outcome)]
    if is_lost(change, run):
        return _SENT_ONLY
    if run.preview:
        return _WOULD_GO
    return _WAITING if run.is_active else _NOT_SENT


def _spec(key: str, entry: Mapping[str, Any], specs: Mapping[str, FieldSpec]) -> FieldSpec:
    """The field as it was used when the change was planned; one no longer known hides its value."""
    spec = specs.get(key)
    if spec is None:
        return FieldSpec(key, key, sensitive=True)
    return replace(spec, sensitive=spec.sensitive or entry.get("sensitive", False))


def _field(spec: FieldSpec, entry: Mapping[str, Any], sees_people: bool) -> ChangedField:
    before, after = (
        shown(entry[side], spec, sees_people=sees_people) for side in ("before", "after")
    )
    return ChangedField(
        label=spec.label,
        before=before,
        after=after,
        unreadable=entry["unreadable"],
        drifted=entry["drifted"],
        first=entry["first"],
        hidden_difference=sees_people and before == after and entry["before"] != entry["after"],
    )


def shown(text: str | None, spec: FieldSpec, *, sees_people: bool) -> str:
    """A canonical value as text for a screen."""
    if text is None:
        return ""
    value = masked(text, spec, sees_people=sees_people)
    if value != text:
        return value
    if spec.type is FieldType.BOOLEAN:
        return "Yes" if text == "true" else "No"
    try:
        typed = restore(text, spec.type)
        if isinstance(typed, date):
            return locale.day(typed)
        return locale.number(typed) if isinstance(typed, Decimal) else text
    except (ValueError, InvalidOperation):
        return text  # payroll may hold something that is no date or no number
