"""By which way a value goes that payroll has no field of its own for.

Pay and the employment percent are such values: they go in dated rows where payroll takes those,
else to a free field, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from payroll.mapping import MappingRow, Mode
from payroll.records import FieldSpec

from .connection_result import capability_in_words
from .wording import listed

_AMOUNTS = frozenset({"pay_amount", "pay_full_time"})
_MEANING = ("pay_period", "pay_currency")  # an amount without them is only a number


@dataclass(frozen=True, slots=True)
class Way:
    """How one such value goes, if it is `sent` at all; `hint` is what a person could do.

    `note` is what else payroll may take it by, empty where it goes that way.
    """

    spec: FieldSpec
    sentence: str
    hint: str
    note: str
    sent: bool


def ways(
    rows: Iterable[MappingRow],
    sources: Mapping[str, FieldSpec],
    targets: Mapping[str, FieldSpec],
    system: str,
    withheld: Mapping[str, str],
) -> list[Way]:
    """One for each field of `targets` that names what it carries, or would.

    `withheld`: by field of dated rows, why it cannot go though it is mapped.
    """
    sending = [row for row in rows if _sends(row, targets)]
    return [
        _way(spec, sending, sources, targets, system, withheld)
        for spec in targets.values()
        if spec.carries
    ]


def _sends(row: MappingRow, targets: Mapping[str, FieldSpec]) -> bool:
    return row.mode is not Mode.OFF and row.target in targets and targets[row.target].writable


def _way(
    spec: FieldSpec,
    rows: Sequence[MappingRow],
    sources: Mapping[str, FieldSpec],
    targets: Mapping[str, FieldSpec],
    system: str,
    withheld: Mapping[str, str],
) -> Way:
    mapped = [row for row in rows if row.source in spec.carries and row.source in sources]
    carrying = [row for row in mapped if row.target not in withheld]
    why = " ".join(withheld[row.target] for row in mapped if row.target in withheld)
    if not carrying:
        hint = why or f"It can be mapped to a free field of {system}."
        return Way(spec, "Not sent.", hint, spec.note, sent=False)
    places = listed([_place(row, sources, targets, system) for row in carrying])
    free = [row for row in carrying if not targets[row.target].in_rows]
    hint = f"{why} {_what_is_missing(free, rows, sources)}".strip()
    note = spec.note if len(free) == len(carrying) else ""
    return Way(spec, f"Sent to {places}.", hint, note, sent=True)


def _place(
    row: MappingRow,
    sources: Mapping[str, FieldSpec],
    targets: Mapping[str, FieldSpec],
    system: str,
) -> str:
    """`Value 1 (Pay at full time, new people only)`."""
    when = {
        Mode.ON_CREATE: ", new people only",
        Mode.IF_EMPTY: f", if empty in {system}",
    }.get(row.mode, "")
    spec = targets[row.target]
    place = capability_in_words(spec.capability) if spec.in_rows else spec.label
    return f"{place} ({sources[row.source].label}{when})"


def _what_is_missing(
    carrying: Iterable[MappingRow], rows: Iterable[MappingRow], sources: Mapping[str, FieldSpec]
) -> str:
    """Empty if nothing is. An amount without its period or currency can be misread."""
    if not any(row.source in _AMOUNTS for row in carrying):
        return ""
    sent = {row.source for row in rows}
    missing = [sources[key].label for key in _MEANING if key in sources and key not in sent]
    if not missing:
        return ""
    which = "It" if len(missing) == 1 else "They"
    return f"Not sent with it: {listed(missing)}. {which} can be mapped to a free text field."
