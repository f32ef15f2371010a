"""Which values people have in HR for a code field, and which payroll does not know. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .mapping import MappingRow, Mode, Trace, trace, word_of
from .records import Employee, FieldSpec, PickListEntry


@dataclass(frozen=True, slots=True)
class FoundValue:
    """One value in HR, how many people have it, and what becomes of it."""

    word: str
    people: int
    trace: Trace

    @property
    def unmapped(self) -> bool:
        """Whether it has no counterpart in payroll."""
        return self.trace.problem is not None


def found_values(
    people: Sequence[Employee],
    row: MappingRow,
    spec: FieldSpec,
    entries: Sequence[PickListEntry] | None,
    source_label: str = "",
) -> list[FoundValue]:
    """The values of one row among `people`: first those without a counterpart, then by name."""
    counted: Counter[str] = Counter()
    bearers: dict[str, Employee] = {}
    for person in people:
        word = word_of(person, row)
        if word:
            counted[word] += 1
            bearers.setdefault(word, person)
    found = [
        FoundValue(word, counted[word], trace(bearer, row, spec, entries, source_label))
        for word, bearer in bearers.items()
    ]
    return sorted(found, key=lambda each: (not each.unmapped, each.word.casefold()))


def concerned(
    people: Sequence[Employee], row: MappingRow, known: Collection[str]
) -> Sequence[Employee]:
    """Whom the row is sent for. `known`: source ids of people whom payroll has already."""
    if row.mode is Mode.OFF:
        return []
    if row.mode is Mode.ON_CREATE:
        return [person for person in people if person.id not in known]
    return people
