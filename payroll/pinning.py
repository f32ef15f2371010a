"""Which values of payroll a person wanted to keep, and until when. Pure.

A pin is set by a restore. It holds while HR wants for the field what it wanted then; as soon as HR
wants something else the pin is over, and the new value goes. It is over as well once the person is
linked to somebody else in payroll: it was that one's value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .records import FieldSpec, Value
from .values import canonical

LIFTED = ""  # instead of a digest: the restored value is what HR wants, so nothing is withheld

PinKey = tuple[str, str]
"""A person's id in the source and a field of the target."""


@dataclass(frozen=True, slots=True)
class Pins:
    """The digests of what HR wanted of each pinned field when it was pinned, and in whose row.

    `there` are the ids in payroll of those whose values they are. `digest` turns a
    text into a keyed digest that may be kept.
    """

    digests: Mapping[PinKey, str] = field(default_factory=dict)
    there: Mapping[PinKey, str] = field(default_factory=dict)
    digest: Callable[[str], str] = str

    def mark(self, source_id: str, spec: FieldSpec, wanted: Mapping[str, Value]) -> str:
        """Stands for what HR wants of the field, of all that it wants; a blank is a wish too."""
        text = [canonical(wanted[spec.key], spec.type)] if spec.key in wanted else []
        return self.digest(json.dumps([source_id, spec.key, *text], ensure_ascii=False))

    def holds(self, source_id: str, target_id: str, key: str, mark: str) -> bool:
        """Whether the field is pinned in this very row, by what `mark` stands for."""
        pin = source_id, key
        return self.digests.get(pin) == mark and self.there.get(pin) == target_id

    def divide(
        self,
        source_id: str,
        target_id: str,
        wanted: Mapping[str, Value],
        specs: Mapping[str, FieldSpec],
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Of the fields that HR wants something of, those still pinned and those no longer."""
        pinned = {key for key in wanted if (source_id, key) in self.digests}
        kept = {
            key
            for key in pinned
            if self.holds(source_id, target_id, key, self.mark(source_id, specs[key], wanted))
        }
        return frozenset(kept), frozenset(pinned - kept)
