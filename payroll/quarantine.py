"""When somebody whom payroll keeps refusing is tried again, and when set aside. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from .records import ChangeKind

LIMIT = 3  # refusals of the same, after which a person is set aside


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often payroll refused one and the same of a person, since when, and until when.

    `digest` stands for what was refused. `set_aside_at`: from then on it is not sent.
    """

    digest: str
    attempts: int
    first_at: datetime
    last_at: datetime
    set_aside_at: datetime | None = None


class Turn(Enum):
    """What a run does with a person's change."""

    SEND = "as it was planned"
    ONLY_THE_END = "the end date, and nothing else of it"
    SET_ASIDE = "nothing"


def refused(before: Refusals | None, digest: str, now: datetime) -> Refusals:
    """One refusal more; of something else than before it is the first one."""
    if before is None or before.digest != digest or not before.attempts:
        return Refusals(digest, 1, now, now)
    after = replace(before, attempts=before.attempts + 1, last_at=now)
    if after.set_aside_at is None and after.attempts >= LIMIT:
        return replace(after, set_aside_at=now)
    return after


def turn(
    refusals: Refusals | None,
    digest: str,
    kind: ChangeKind,
    fields: Collection[str],
    end_field: str,
) -> Turn:
    """Whether a change is sent. An end date always is: a leaver must not go on being paid."""
    if refusals is None or refusals.set_aside_at is None or refusals.digest != digest:
        return Turn.SEND
    if kind is not ChangeKind.END:
        return Turn.SET_ASIDE
    return Turn.SEND if set(fields) == {end_field} else Turn.ONLY_THE_END


def told(kind: ChangeKind, values: Mapping[str, str | None], lists: Mapping[str, str]) -> str:
    """What payroll is told, as one text: the values, and which list it takes each code from.

    `lists` has a text for the list of each field that has one. Another text means that HR, the
    field table or payroll's list has changed, so that a refusal says nothing any more.
    """
    fields = [(key, values[key], lists.get(key, "")) for key in sorted(values)]
    return json.dumps([kind.value, fields], ensure_ascii=False)
