"""One person's dated row on its way: what it sends, and whether payroll is as planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payroll.models import Change
from payroll.records import UNREADABLE, Actual, FieldSpec, Value
from payroll.second_round import RESOLVED
from payroll.values import canonical, restore

from .reading import SENDING
from .records import DatedRow, RowKind, RowsThere, RowWrite


@dataclass
class Turn:
    """One change with the row that it sends now.

    `keys` are the fields of the change that go with it, the telling one first. A row to be
    corrected or ended is told by its id, a new one by `code` and `first_day`; of one to be ended
    `first_day` is that of the row which follows.
    """

    change: Change
    kind: RowKind
    keys: tuple[str, ...]
    write: RowWrite
    code: str = ""
    first_day: date = date.min

    def among(self, there: RowsThere) -> DatedRow | None:
        """Payroll's row of this person that it writes."""
        for row in there.get(self.write.employee, ()):
            if row.id == self.write.row_id:
                return row
            if not self.write.row_id and row.stands_for(self.code, self.first_day):
                return row
        return None

    def is_held(self, row: DatedRow, specs: Mapping[str, FieldSpec]) -> bool:
        """Whether payroll's row has every value already, or ended by itself early enough."""
        if self.keys == (self.kind.ends,):
            return row.last_day is not None and row.last_day < self.first_day
        return all(self._held(row, key, specs, "after") for key in self.keys)

    def is_as_planned(self, row: DatedRow, specs: Mapping[str, FieldSpec]) -> bool:
        """Whether each value is still what it was when the plan was made, or already right."""
        return all(
            self._held(row, key, specs, "before") or self._held(row, key, specs, "after")
            for key in self.keys
        )

    def _held(self, row: DatedRow, key: str, specs: Mapping[str, FieldSpec], when: str) -> bool:
        if key in self.kind.tells_apart:
            return True  # by these the row was found
        held, entry = value_in(row, self.kind, key), entries(self.change)[key]
        if held is UNREADABLE:
            return when == "before" and bool(entry["unreadable"])
        return bool(canonical(held, specs[key].type) == entry[when])

    @property
    def waits_since(self) -> str:
        """When it went out without an answer; empty where it did not."""
        return str(entries(self.change)[self.keys[0]].get(SENDING, ""))

    def mark(self, now: datetime | None) -> None:
        """Notes that the row is going out, or (None) that nothing of it is in doubt."""
        mark(self.change, self.keys[0], now)

    def resolve(self) -> None:
        """Notes what went out, so that nothing of it goes again should the run have to wait."""
        found = entries(self.change)
        gone = {key: {**found[key], RESOLVED: found[key]["after"]} for key in self.keys}
        _put(self.change, gone)

    def remembered(self, row: DatedRow | None) -> tuple[Mapping[str, Value], Mapping[str, Actual]]:
        """What was sent and what payroll shows of it, by field, for the next compare."""
        kind, sent = self.kind, dict(self.write.values)
        if self.keys == (kind.ends,):
            sent = {kind.ends: sent[kind.last_day]}
        else:
            sent |= {kind.first_day: self.first_day}
            sent |= {kind.code: self.code} if kind.code else {}
        return sent, {key: value_in(row, kind, key) for key in sent} if row else {}


def mark(change: Change, key: str, now: datetime | None) -> None:
    """Notes on a field when its row went out, or (None) that nothing of it is in doubt."""
    entry = {k: value for k, value in entries(change)[key].items() if k != SENDING}
    _put(change, {key: entry | ({SENDING: now.isoformat()} if now else {})})


def _put(change: Change, changed: Mapping[str, Any]) -> None:
    fields = {**entries(change), **changed}
    change.details = {**change.details, "fields": fields}


def entries(change: Change) -> Mapping[str, Mapping[str, Any]]:
    """The fields of a stored change."""
    fields: Mapping[str, Mapping[str, Any]] = change.details["fields"]
    return fields


def value_in(row: DatedRow, kind: RowKind, key: str) -> Actual:
    """What a row of payroll has of one field."""
    return row.last_day if key == kind.ends else row.values.get(key)


def open_keys(change: Change, keys: Collection[str]) -> list[str]:
    """Those of the fields that the change has and that have not gone out."""
    return [key for key, entry in entries(change).items() if key in keys and RESOLVED not in entry]


def row_turn(
    change: Change,
    kind: RowKind,
    employee: str,
    there: Sequence[DatedRow],
    specs: Mapping[str, FieldSpec],
) -> Turn | None:
    """The new row or the correction; None where the row to be corrected is there no more."""
    found = entries(change)
    keys = tuple(key for key in kind.fields if key in found)
    row_id = found[keys[0]].get("row", "")
    values = {key: restore(found[key]["after"], specs[key].type) for key in keys}
    code, day = values.get(kind.code, ""), values.get(kind.first_day)
    if row_id:
        row = next((row for row in there if row.id == row_id), None)
        if row is None:
            return None
        code, day = row.code, row.first_day
    if not isinstance(code, str) or not isinstance(day, date):
        return None
    write = RowWrite(str(change.pk), employee, values, row_id)
    return Turn(change, kind, keys, write, code, day)


def ending_turn(
    change: Change, kind: RowKind, employee: str, there: Sequence[DatedRow]
) -> Turn | None:
    """The end of the earlier row; None unless payroll has the row that follows upon it.

    That is the one which the change adds, if it does.
    """
    entry, added = entries(change)[kind.ends], entries(change).get(kind.first_day)
    last_day = date.fromisoformat(entry["after"])
    later = [row.first_day for row in there if row.first_day > last_day and row.id != entry["row"]]
    if added:
        later = [day for day in later if day.isoformat() == added["after"]]
    if not later:
        return None
    write = RowWrite(str(change.pk), employee, {kind.last_day: last_day}, entry["row"])
    return Turn(change, kind, (kind.ends,), write, first_day=min(later))
