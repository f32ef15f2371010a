"""Refusals of the same are counted; the third one sets a person aside, an end date never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from payroll.quarantine import LIMIT, Refusals, Turn, refused, told, turn
from payroll.records import ChangeKind

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def after(*digests: str) -> Refusals | None:
    """What is kept after one refusal a day."""
    found: Refusals | None = None
    for days, digest in enumerate(digests):
        found = refused(found, digest, NOW + days * DAY)
    return found


def test_the_third_refusal_of_the_same_sets_aside() -> None:
    assert after("a", "a") == Refusals("a", 2, NOW, NOW + DAY)
    assert after("a", "a", "a") == Refusals("a", LIMIT, NOW, NOW + 2 * DAY, NOW + 2 * DAY)


def test_another_change_counts_from_one_again() -> None:
    assert after("a", "a", "b") == Refusals("b", 1, NOW + 2 * DAY, NOW + 2 * DAY)


def test_once_set_aside_the_moment_stays() -> None:
    assert after("a", "a", "a", "a") == Refusals("a", 4, NOW, NOW + 3 * DAY, NOW + 2 * DAY)


def test_somebody_who_was_freed_counts_from_one_again() -> None:
    freed = Refusals("a", 0, NOW, NOW)
    assert refused(freed, "a", NOW + DAY) == Refusals("a", 1, NOW + DAY, NOW + DAY)


@pytest.mark.parametrize(
    ("refusals", "digest", "kind", "fields", "expected"),
    [
        (None, "a", ChangeKind.CREATE, ["code"], Turn.SEND),
        (after("a", "a"), "a", ChangeKind.CREATE, ["code"], Turn.SEND),
        (after("a", "a", "a"), "a", ChangeKind.CREATE, ["code"], Turn.SET_ASIDE),
        (after("a", "a", "a"), "a", ChangeKind.UPDATE, ["code"], Turn.SET_ASIDE),
        (after("a", "a", "a"), "b", ChangeKind.UPDATE, ["code"], Turn.SEND),
        (after("a", "a", "a"), "a", ChangeKind.END, ["end"], Turn.SEND),
        (after("a", "a", "a"), "a", ChangeKind.END, ["code", "end"], Turn.ONLY_THE_END),
    ],
)
def test_whose_turn_it_is(
    refusals: Refusals | None, digest: str, kind: ChangeKind, fields: list[str], expected: Turn
) -> None:
    assert turn(refusals, digest, kind, fields, "end") is expected


def test_what_is_told_depends_on_values_kind_and_lists_and_on_no_order() -> None:
    values, lists = {"b": "2", "a": None}, {"b": "list of b", "c": "not of this person"}
    same = told(ChangeKind.UPDATE, values, lists)
    assert same == told(ChangeKind.UPDATE, dict(reversed(values.items())), {"b": "list of b"})
    others = [
        told(ChangeKind.CREATE, values, lists),
        told(ChangeKind.UPDATE, values | {"b": "3"}, lists),
        told(ChangeKind.UPDATE, values | {"a": ""}, lists),
        told(ChangeKind.UPDATE, values | {"c": "4"}, lists),
        told(ChangeKind.UPDATE, values, {"b": "one entry more"}),
    ]
    assert same not in others
