"""Who in scope can be sent today, and what keeps the others back. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from . import reasons
from .headcount import Crowd, recently_left
from .mapping import MappingRow, Mode, map_employee
from .records import Employee, FieldSpec, Problem, Value
from .scope import Part, Scope, missing_fields, part_of
from .values import storable


class State(StrEnum):
    """How a person in scope stands today."""

    READY = "ready"
    PARTLY = "partly"  # sent, but for some values
    NOT_READY = "not_ready"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person of the scope. `missing`: labels of what is blank; `without`: what is left out."""

    employee: Employee
    state: State
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    left: bool = False


@dataclass(frozen=True)
class Requirements:
    """The field table, and what the target needs of a new person."""

    rows: Sequence[MappingRow]
    source_specs: Mapping[str, FieldSpec]
    target_specs: Mapping[str, FieldSpec]
    end_field: str
    known_rows: Sequence[MappingRow] = field(init=False)
    new_rows: Sequence[MappingRow] = field(init=False)
    end_rows: Sequence[MappingRow] = field(init=False)

    def __post_init__(self) -> None:
        """Sorts the rows once, for thousands of people."""
        sent = [row for row in self.rows if row.mode is not Mode.OFF]
        known = [row for row in sent if row.mode is not Mode.ON_CREATE]
        object.__setattr__(self, "new_rows", sent)
        object.__setattr__(self, "known_rows", known)
        ends = [row for row in known if row.target == self.end_field]
        object.__setattr__(self, "end_rows", ends)

    def label(self, target: str) -> str:
        """What HR calls what goes into a field of the target."""
        source = next((row.source for row in self.new_rows if row.target == target), "")
        spec = self.source_specs.get(source) or self.target_specs.get(target)
        return spec.label if spec else source or target


def standings(crowd: Crowd, scope: Scope, needs: Requirements) -> list[Standing]:
    """Everyone in scope who works here, will, or has just left and is known to payroll."""
    shared = Counter(each.identity.number for each in crowd.people if each.active)
    return [
        _standing(each, crowd, scope, needs, shared)
        for each in crowd.members(scope)
        if each.id not in crowd.left or _still_sent(each, crowd, scope)
    ]


def _still_sent(employee: Employee, crowd: Crowd, scope: Scope) -> bool:
    """Whether a leaver is still worth a line: sent in full, or waiting for an end date."""
    return employee.fields.get("end_date") is None or recently_left(employee, scope, crowd.today)


def _standing(
    employee: Employee,
    crowd: Crowd,
    scope: Scope,
    needs: Requirements,
    shared: Mapping[str, int],
) -> Standing:
    left, known = employee.id in crowd.left, employee.id in crowd.in_payroll
    number = employee.identity.number
    if not storable(number):
        return Standing(employee, State.NOT_READY, (reasons.UNUSABLE_NUMBER,), left=left)
    part, problem = part_of(employee, scope, crowd.today, known)
    if problem and problem.code == "starts_later":
        return Standing(employee, State.LATER, (problem,), tuple(missing_fields(employee)))
    if problem:
        missing = () if left else tuple(missing_fields(employee))
        return Standing(employee, State.NOT_READY, (problem,), missing, left=left)
    if number and not left and shared[number] > 1:
        return Standing(employee, State.NOT_READY, (reasons.duplicate_number(number),))
    if not left and (doubt := crowd.in_doubt.get(employee.id)):
        return Standing(employee, State.NOT_READY, (doubt,))
    return _mapped(employee, part, needs, crowd, known=known, left=left)


def _mapped(
    employee: Employee, part: Part, needs: Requirements, crowd: Crowd, *, known: bool, left: bool
) -> Standing:
    """Whether the values can be sent."""
    rows = needs.known_rows if known else needs.new_rows
    if part is Part.END_DATE:
        rows = needs.end_rows
    desired = map_employee(employee, rows, needs.source_specs, needs.target_specs, crowd.pick_lists)
    blocking = tuple(problem for problem in desired.problems if problem.blocking)
    missing = () if known else _missing(desired.values, blocking, needs)
    if missing and not blocking:
        blocking = (reasons.missing_fields(missing),)
    if blocking and not left:
        return Standing(employee, State.NOT_READY, blocking, missing)
    doubts = _doubts(employee, rows) if part is Part.ALL else ()
    said = (*desired.problems, *doubts)
    targets = [each.field for each in desired.problems]
    without = dict.fromkeys(
        [needs.label(target) for target in targets]
        + [
            needs.source_specs[each.field].label
            for each in doubts
            if each.field in needs.source_specs
        ]
    )
    state = State.PARTLY if said else State.READY
    return Standing(employee, state, said, without=tuple(without), left=left)


def _missing(
    values: Mapping[str, Value], blocking: Sequence[Problem], needs: Requirements
) -> tuple[str, ...]:
    """What the target requires of a new person and would not get, as HR calls it."""
    told = {problem.field for problem in blocking}
    return tuple(
        needs.label(key)
        for key, spec in needs.target_specs.items()
        if spec.required and values.get(key) is None and key not in told
    )


def _doubts(employee: Employee, rows: Sequence[MappingRow]) -> tuple[Problem, ...]:
    """Contradictions in HR about something that would be sent."""
    if not employee.doubts:
        return ()
    sent = {row.source for row in rows}
    return tuple(doubt for doubt in employee.doubts if doubt.field in sent)
