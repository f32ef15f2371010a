"""The rows of a payroll month as one reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from payroll.models import Change, Integration, UpcomingChange, WaitingChange
from payroll.plan import UpcomingKind
from payroll.records import ChangeKind, FieldSpec, Problem, Subject
from payroll.waiting import SUBJECT_WORDS

from .change_rows import ChangedField, changed_field, kind_in_words, named, reaches_in_words, row_of
from .problem_words import problem_words

_UPCOMING = {
    UpcomingKind.START: "Starts",
    UpcomingKind.EMPLOYMENT: "New employment",
    UpcomingKind.PAY: "New pay",
}


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One change of one person. `name` is empty where the reader may not see people.

    `at` is when it was sent or since when it waits, and `run` whose it is; of what lies ahead
    there is `goes_on` instead, and `effective`, the day it counts from. `reaches` are the earlier
    months that it touches, in words.
    """

    number: str
    name: str
    what: str
    fields: Sequence[ChangedField]
    problems: Sequence[str]
    reaches: str = ""
    is_new: bool = False
    at: datetime | None = None
    run: UUID | None = None
    goes_on: date | None = None
    effective: date | None = None

    @property
    def fields_in_words(self) -> str:
        """The fields by name, or how many where that would be long."""
        return named(self.fields, new=self.is_new)


def sent_rows(
    changes: Iterable[Change], integration: Integration, *, sees_people: bool
) -> Iterator[MonthRow]:
    """Of changes with their runs; none is opened before its turn."""
    specs = {spec.key: spec for spec in integration.target.fields}
    for change in changes:
        person = row_of(change, change.run, specs, sees_people=sees_people)
        yield MonthRow(
            number=person.number,
            name=person.name,
            what=person.kind,
            fields=person.fields,
            problems=person.problems,
            reaches=person.reaches,
            is_new=person.is_new,
            at=change.settled_at or change.run.planned_at,
            run=change.run_id,
        )


def to_approve_rows(
    changes: Iterable[WaitingChange], integration: Integration, *, sees_people: bool
) -> Iterator[MonthRow]:
    """Of what waits for a second person."""
    specs = {spec.key: spec for spec in integration.target.fields}
    for change in changes:
        ends = change.kind == ChangeKind.END
        fields = _fields(change.details, specs, sees_people)
        yield MonthRow(
            number=change.employee_number,
            name=change.name if sees_people else "",
            what=kind_in_words(change.kind) if ends else SUBJECT_WORDS[Subject(change.subject)],
            fields=fields,
            problems=(),
            reaches=reaches_in_words(fields),
            at=change.since,
            run=change.run_id,
        )


def upcoming_rows(
    changes: Iterable[UpcomingChange], integration: Integration, *, sees_people: bool
) -> Iterator[MonthRow]:
    """Of what waits for its day."""
    specs = {spec.key: spec for spec in integration.target.fields}
    for change in changes:
        problems = [Problem(**problem) for problem in change.details["problems"]]
        yield MonthRow(
            number=change.employee_number,
            name=change.name if sees_people else "",
            what=_UPCOMING[UpcomingKind(change.kind)],
            fields=_fields(change.details, specs, sees_people),
            problems=[problem_words(each, sees_people=sees_people) for each in problems],
            goes_on=change.goes_on,
            effective=change.effective,
        )


def _fields(
    details: Mapping[str, Any], specs: Mapping[str, FieldSpec], sees_people: bool
) -> list[ChangedField]:
    entries = details.get("fields", {})
    return [changed_field(key, entry, specs, sees_people) for key, entry in entries.items()]
