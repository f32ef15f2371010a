"""Which kinds of dated rows can be sent by what is mapped and what payroll offers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from payroll import reasons
from payroll.mapping import MappingRow, Mode
from payroll.ports import Target
from payroll.records import Problem

from .ports import has_dated_rows
from .records import RowKind


def kinds_of(target: type[Target]) -> tuple[RowKind, ...]:
    """Every kind of dated row that the target keeps."""
    return target.row_kinds if has_dated_rows(target) else ()


def mapped_kinds(target: type[Target], sent: Collection[str]) -> list[RowKind]:
    """The kinds of which the field table sends anything, whole or not."""
    return [kind for kind in kinds_of(target) if any(key in sent for key in kind.fields)]


def missed(target: type[Target], field: str, words: str) -> Problem:
    """Why a value that is sent after its person did not go: of a dated row, else a manager."""
    kind = next((kind for kind in kinds_of(target) if field in kind.keys), None)
    if kind is None:
        return reasons.manager_not_sent(words, field)
    return reasons.row_not_sent(kind.noun, words, field)


def hindrance(
    target: type[Target],
    kind: RowKind,
    sent: Collection[str],
    capabilities: Mapping[str, bool] | None,
) -> str:
    """Why a kind cannot be sent at all, as a sentence; empty where it can.

    `sent`: keys of the target's fields whose rows are on. `capabilities` are those of the newest
    connection test, None where there was none.
    """
    specs, label = {spec.key: spec for spec in target.fields}, target.label
    missing = [specs[key].label for key in kind.needed if key not in sent]
    if missing:
        return f"{not_sent(kind)}: map {' and '.join(f'“{each}”' for each in missing)} as well."
    if not capabilities:
        return (
            f"{not_sent(kind)}: no connection test has shown yet whether this {label} takes them. "
            "Press Test connection."
        )
    if not capabilities.get(kind.capability):
        return (
            f"{not_sent(kind)}: this {label} offers no write of them with every field that it "
            "needs. Send the value to a free field instead, or ask for the write and test the "
            "connection again."
        )
    return ""


def withheld_kinds(
    target: type[Target], rows: Sequence[MappingRow], capabilities: Mapping[str, bool] | None
) -> Mapping[str, str]:
    """By field of the amount, why a kind that is mapped cannot be sent."""
    sent = {row.target for row in rows if row.mode is not Mode.OFF}
    kinds = mapped_kinds(target, sent)
    found = {kind.amount: hindrance(target, kind, sent, capabilities) for kind in kinds}
    return {amount: why for amount, why in found.items() if why}


def not_sent(kind: RowKind) -> str:
    """How a sentence on a kind that cannot go begins."""
    return f"{kind.nouns.capitalize()} are not sent"
