"""A link in doubt as its page shows it: who it is about, and what happens once it is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payroll.first_match import Group, Row
from payroll.forgetting import Doubt
from payroll.likeness import side_by_side
from payroll.models import Integration
from payroll.records import Identity

from .match_rows import Compared, compared

_NOTHING = "Nothing is sent about them and nobody is created: "
_WORDS: Mapping[Group, str] = {
    Group.NUMBER: "{target} has {there} under the same number, and nothing contradicts it. The "
    "next sync links these two and keeps that person the same from then on.",
    Group.LINKED: "Stays linked to {there} in {target}.",
    Group.PROBABLE: "{target} has somebody alike, {there}. Nothing is sent about them and nobody "
    "is created until somebody says under First match whether it is the same person.",
    Group.CONFLICT: f"{_NOTHING}{{reason}}",
    Group.DUPLICATE: f"{_NOTHING}{{reason}}",
}
_CREATED = (
    "{target}, as it was last read, has nobody with this number and nobody alike. If the next sync "
    "finds nobody either, it creates this person."
)
_NOT_READY = (
    "{target}, as it was last read, has nobody with this number and nobody alike. Nobody is "
    "created for now: {reason}"
)


@dataclass(frozen=True, slots=True)
class After:
    """What the next sync does about one person."""

    who: str
    words: str


@dataclass(frozen=True, slots=True)
class LinkDoubt:
    """`waiting` is who was told of it, `owner` whose link it is. `there` is empty: not shown."""

    waiting: str
    owner: str
    there: str
    why: str
    compared: Sequence[Compared]
    after: Sequence[After]
    may_create: bool


def link_doubt(doubt: Doubt, integration: Integration) -> LinkDoubt:
    """For those who may see people. No query."""
    hr = doubt.owner.identity if doubt.owner else None
    there = doubt.there.identity if doubt.there else None
    told = doubt.told.employee
    return LinkDoubt(
        waiting=_called(told.identity if told else None),
        owner=_called(hr),
        there=_called(there) if there else "",
        why=doubt.told.words,
        compared=compared(side_by_side(hr, there)) if hr and there else (),
        after=[_after(row, integration.target.label) for row in doubt.after],
        may_create=doubt.may_create,
    )


def _after(row: Row, target: str) -> After:
    there = _called(row.there.identity) if row.there else "somebody"
    words = _WORDS.get(row.group, _CREATED if row.ready else _NOT_READY)
    who = _called(row.employee.identity if row.employee else None)
    return After(who, words.format(target=target, there=there, reason=row.words))


def _called(identity: Identity | None) -> str:
    """`Kari Nordmann, 10049`."""
    if identity is None:
        return "Somebody"
    return f"{identity.name or 'Somebody without a name'}, {identity.number or 'no number'}"
