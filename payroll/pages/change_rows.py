"""A change as one reader may see it: words, masked values, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from integration_hub.core import locale
from payroll.linking import LINKS_IN_DOUBT
from payroll.lost_answers import is_lost, never_went, problems_of
from payroll.models import Change, SyncRun
from payroll.ports import Target
from payroll.records import ChangeKind, FieldSpec, Outcome, Value
from payroll.retroactive import Touched, together
from payroll.values import restore

from .masking import masked
from .problem_words import problem_words
from .wording import listed, months_in_words, plural

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
    Outcome.TO_APPROVE: State("To approve", "◔", "quiet"),
    Outcome.REJECTED: State("Rejected", "✕", "bad"),
    Outcome.FAILED: State("Failed", "✕", "bad"),
    Outcome.UNKNOWN: State("Answer lost", "?", "bad"),
}
_WOULD_GO = State("Would be sent", "→", "good")
_WAITING = State("Waiting", "…", "quiet")
_SENT_ONLY = State("Answer lost: sent, not confirmed", "?", "bad")
_NOT_SENT = State("Not sent", "–", "warn")


class Row(StrEnum):
    """Which row of payroll holds a value that is kept in dated rows."""

    NEW = "Added in a new row."
    THERE = "Corrected in the row that is there."


@dataclass(frozen=True, slots=True)
class ChangedField:
    """One field of a change, masked where the reader may not see it.

    `was` and `becomes` are values, `before` and `after` the same in words; empty is a blank.
    `unreadable`: payroll does not show what it has. `drifted`: changed in payroll since it was
    sent, on `sent_on` where that is known. `hidden_difference`: both look alike only because they
    are masked. `approved_by` is who let it through, where it had to wait. `touches` are the first
    and the last of the earlier months that it reaches back to. `row`: where it is kept in a dated
    row, whether that is a new one.
    """

    label: str
    was: Value
    becomes: Value
    before: str
    after: str
    unreadable: bool
    drifted: bool
    sent_on: date | None
    first: bool
    hidden_difference: bool
    approved_by: str = ""
    touches: Touched | None = None
    row: Row | None = None

    @property
    def reaches(self) -> str:
        """The months it touches, in words; empty where it touches none."""
        return months_in_words(*self.touches) if self.touches else ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a run. `name` is empty where the reader may not see people.

    `problems` are sentences. `try_id` is the source id of somebody who was not sent and may be
    tried again by themselves, else empty; `restore_id` that of somebody whose values of before may
    be restored; `doubt_id` that of somebody who waits because of a link. `tried` says how often
    payroll refused them before.
    """

    number: str
    name: str
    kind: str
    is_new: bool
    outcome: State
    flagged: bool
    problems: Sequence[str]
    fields: Sequence[ChangedField]
    try_id: str = ""
    restore_id: str = ""
    doubt_id: str = ""
    tried: str = ""

    @property
    def only_flagged(self) -> bool:
        """Whether the person is as they should be but for the value left out."""
        return self.flagged and not self.fields

    @property
    def reaches(self) -> str:
        """The earlier months that the fields touch, in words; empty where they touch none."""
        return reaches_in_words(self.fields)

    @property
    def fields_in_words(self) -> str:
        """The fields by name, or how many where that would be long."""
        return named(self.fields, new=self.is_new)


def person_rows(
    changes: Iterable[Change],
    run: SyncRun,
    target: type[Target],
    *,
    sees_people: bool,
    tried: Mapping[str, str] | None = None,
) -> list[PersonRow]:
    """The changes of `run` as the reader may see them; `tried` is said of people by source id."""
    told, listed_changes = tried or {}, list(changes)
    rows = each_person(listed_changes, run, target, sees_people=sees_people)
    return [
        replace(row, tried=told.get(change.source_id, ""))
        for change, row in zip(listed_changes, rows, strict=True)
    ]


def each_person(
    changes: Iterable[Change], run: SyncRun, target: type[Target], *, sees_people: bool
) -> Iterator[PersonRow]:
    """The same one after the other: nothing is opened before its turn."""
    specs = {spec.key: spec for spec in target.fields}
    return (row_of(change, run, specs, sees_people=sees_people) for change in changes)


def row_of(
    change: Change, run: SyncRun, specs: Mapping[str, FieldSpec], *, sees_people: bool
) -> PersonRow:
    """One change of `run` as the reader may see it; `specs` are the target's fields by key."""
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
            changed_field(key, entry, specs, sees_people)
            for key, entry in change.details.get("fields", {}).items()
        ],
        try_id=change.source_id if _worth_another_try(change, run) else "",
        restore_id=change.source_id if _has_a_before(change) else "",
        doubt_id=change.source_id if _waits_for_a_link(change) else "",
    )


def _worth_another_try(change: Change, run: SyncRun) -> bool:
    """Whether the person went without: refused, failed, left out, or the answer was lost."""
    without = (Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN, Outcome.SKIPPED)
    unsent = change.outcome in without and "proposal" not in change.details
    unsent = unsent or is_lost(change, run) or never_went(change, run)
    return unsent and not run.preview and not run.is_active


def _has_a_before(change: Change) -> bool:
    """Whether something was sent of somebody whom payroll knew."""
    return change.outcome == Outcome.APPLIED and change.kind != ChangeKind.CREATE


def _waits_for_a_link(change: Change) -> bool:
    """Whether the person is held because of a link that a person may call false."""
    held = change.outcome == Outcome.HELD
    return held and any(problem.code in LINKS_IN_DOUBT for problem in change.problems)


def _outcome(change: Change, run: SyncRun) -> State:
    if change.outcome:
        return _OUTCOMES[Outcome(change.outcome)]
    if is_lost(change, run):
        return _SENT_ONLY
    if run.only_plans:
        return _WOULD_GO
    return _WAITING if run.is_active else _NOT_SENT


def _spec(key: str, entry: Mapping[str, Any], specs: Mapping[str, FieldSpec]) -> FieldSpec:
    """The field as it was used when the change was planned; one no longer known hides its value."""
    spec = specs.get(key)
    if spec is None:
        return FieldSpec(key, key, sensitive=True)
    return replace(spec, sensitive=spec.sensitive or entry.get("sensitive", False))


def changed_field(
    key: str, entry: Mapping[str, Any], specs: Mapping[str, FieldSpec], sees_people: bool
) -> ChangedField:
    """An entry of a change's `fields` as the reader may see it."""
    spec = _spec(key, entry, specs)
    was, becomes = (opened(text, spec, sees_people=sees_people) for text in _sides(entry))
    before, after = in_words(was), in_words(becomes)
    sent_on = entry.get("sent_on")  # runs of before days were kept have none
    return ChangedField(
        label=spec.label,
        was=was,
        becomes=becomes,
        before=before,
        after=after,
        unreadable=entry["unreadable"],
        drifted=entry["drifted"],
        sent_on=date.fromisoformat(sent_on) if sent_on else None,
        first=entry["first"],
        hidden_difference=sees_people and before == after and entry["before"] != entry["after"],
        approved_by=entry.get("approval", {}).get("by", ""),
        touches=_touched(entry),
        row=_row(entry, spec),
    )


def _row(entry: Mapping[str, Any], spec: FieldSpec) -> Row | None:
    if not spec.in_rows:
        return None
    return Row.THERE if entry.get("row") else Row.NEW


def _touched(entry: Mapping[str, Any]) -> Touched | None:
    """As stored; what was planned before months were marked has none."""
    if "touches" not in entry:
        return None
    first, last = entry["touches"]
    return date.fromisoformat(first), date.fromisoformat(last)


def named(fields: Sequence[ChangedField], *, new: bool) -> str:
    """The fields by name, or how many of a new person and where that would be long."""
    if new or len(fields) > NAMED:
        return plural(len(fields), "field", "fields")
    return listed([field.label for field in fields])


def reaches_in_words(fields: Sequence[ChangedField]) -> str:
    """The earlier months that the fields touch together; empty where they touch none."""
    span = together([field.touches for field in fields if field.touches])
    return months_in_words(*span) if span else ""


def kind_in_words(kind: str) -> str:
    """What a change does to the person."""
    return _KINDS[ChangeKind(kind)]


def _sides(entry: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Before and after; whoever stands there by an id, by what people call them."""
    before, after = entry["before"], entry["after"]
    names = entry.get("named") or ("", "")
    return before and (names[0] or before), after and (names[1] or after)


def shown(text: str | None, spec: FieldSpec, *, sees_people: bool) -> str:
    """A canonical value as text for a screen."""
    return in_words(opened(text, spec, sees_people=sees_people))


def opened(text: str | None, spec: FieldSpec, *, sees_people: bool) -> Value:
    """A canonical value with its type; text where the reader may not see it, or it has none."""
    if text is None:
        return None
    value = masked(text, spec, sees_people=sees_people)
    if value != text:
        return value
    try:
        return restore(text, spec.type)
    except (ValueError, InvalidOperation):
        return text  # payroll may hold something that is no date or no number


def in_words(value: Value) -> str:
    """A value as its reader writes it; empty for a blank."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case date():
            return locale.day(value)
        case Decimal():
            return locale.number(value)
        case _:
            return value
