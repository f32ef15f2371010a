"""What may be asked for in `?sort=`, and what a heading then asks for."""

from __future__ import annotations

import pytest

from integration_hub.core.sorting import Column, chosen_sort, columns


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("name", "name"),
        ("-name", "-name"),
        ("--name", "age"),
        ("-", "age"),
        ("", "age"),
        (None, "age"),
        ("name; drop table", "age"),
        ("\x00", "age"),
    ],
)
def test_only_what_is_known_is_sorted_by(asked: str | None, chosen: str) -> None:
    assert chosen_sort(asked, {"name", "age"}, "age") == chosen


def test_a_heading_turns_the_order_that_it_stands_for() -> None:
    labels = {"name": "Name", "age": "Age"}
    assert columns(labels, "name")["name"] == Column("Name", "-name", "ascending")
    assert columns(labels, "-name")["name"] == Column("Name", "name", "descending")
    assert columns(labels, "-name")["age"] == Column("Age", "age", "")
