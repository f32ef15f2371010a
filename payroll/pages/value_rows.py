"""The values that people have in HR for one code field, each with what payroll gets for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payroll.forms import FieldRowForm
from payroll.forms.field_row import entry_words
from payroll.forms.value_map import NOTHING
from payroll.headcount import Crowd
from payroll.mapping import MappingRow
from payroll.records import Employee, FieldSpec, FieldType, PickListEntry
from payroll.unmapped import FoundValue, concerned, found_values

from .masking import hides

LISTED = 200  # values of people shown for one row, at most
OPTIONS = 2_000  # entries of select lists in one row, at most; beyond it one shared list serves all
NAMED = 3  # values named in the list on top


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value of HR. `field` names its control, `code` is what is entered there.

    `people` is None where nobody has been counted. `automatic` says what payroll's own list makes
    of it where nothing is entered. `unmapped`: no counterpart. `off_list`: the code entered is not
    in payroll's list now.
    """

    word: str
    field: str
    code: str
    people: int | None
    automatic: str
    unmapped: bool
    off_list: bool


@dataclass(frozen=True, slots=True)
class ValueTable:
    """The values of one row. `entries` None: payroll's list cannot be read.

    `selects`: each line has its own list to choose from. `unlisted`: values beyond those shown.
    `hidden`: the values are people's private data and are not shown. `listed`: the table is of use
    at once, not only to somebody who wants to add to it.
    """

    lines: Sequence[ValueLine]
    entries: Sequence[PickListEntry] | None
    selects: bool
    unlisted: int
    hidden: bool
    unmapped: Sequence[FoundValue]
    listed: bool
    nothing: str = NOTHING


@dataclass(frozen=True, slots=True)
class Gap:
    """A row with values that payroll does not know, and what that costs."""

    spec: FieldSpec
    values: int
    people: int
    named: Sequence[FoundValue]
    more: int


def value_table(
    form: FieldRowForm, source: FieldSpec | None, crowd: Crowd | None, members: Sequence[Employee]
) -> ValueTable | None:
    """The values of `members`, and those entered that nobody has; None where nothing is sent."""
    row, spec = form.row, form.spec
    if row is None:
        return None
    hidden = hides(spec) or (source is not None and hides(source))
    found = _found(row, form, source, crowd, members)
    entered = form.value_map.pairs
    shown = [] if hidden else [each for each in found if each.word not in entered][:LISTED]
    mapped = {each.word: each for each in found}
    lines = [_line(form, each.word, each) for each in shown]
    lines += [_line(form, word, mapped.get(word), counted=bool(crowd)) for word in sorted(entered)]
    lines.sort(key=lambda line: (not line.unmapped, line.word.casefold()))
    entries = form.entries
    return ValueTable(
        lines=lines,
        entries=entries,
        selects=entries is not None and len(entries) * (len(lines) + 1) <= OPTIONS,
        unlisted=len({each.word for each in found} - {line.word for line in lines}),
        hidden=hidden,
        unmapped=[each for each in found if each.unmapped],
        listed=spec.type is FieldType.CODE or bool(entered),
    )


def _found(
    row: MappingRow,
    form: FieldRowForm,
    source: FieldSpec | None,
    crowd: Crowd | None,
    members: Sequence[Employee],
) -> Sequence[FoundValue]:
    if crowd is None or form.spec.type is not FieldType.CODE:
        return []
    people = concerned(members, row, crowd.in_payroll)
    return found_values(people, row, form.spec, form.entries, source.label if source else "")


def _line(
    form: FieldRowForm, word: str, found: FoundValue | None, *, counted: bool = True
) -> ValueLine:
    code = form.value_map.pairs.get(word, "")
    known = None if form.entries is None else {entry.code: entry for entry in form.entries}
    automatic = ""
    if found and not code and found.trace.sends:
        sent = str(found.trace.value)
        automatic = entry_words(known[sent]) if known and sent in known else sent
    return ValueLine(
        word=word,
        field=form.value_map.field(word),
        code=code,
        people=(found.people if found else 0) if counted else None,
        automatic=automatic,
        unmapped=bool(found and found.unmapped),
        off_list=bool(code) and code != NOTHING and known is not None and code not in known,
    )


def gap_in(table: ValueTable, spec: FieldSpec) -> Gap | None:
    """What the values without a counterpart cost, if there are any."""
    if not table.unmapped:
        return None
    named = sorted(table.unmapped, key=lambda each: -each.people)
    return Gap(
        spec=spec,
        values=len(table.unmapped),
        people=sum(each.people for each in table.unmapped),
        named=[] if table.hidden else named[:NAMED],
        more=0 if table.hidden else max(0, len(named) - NAMED),
    )
