"""What a list is sorted by: read safely from the address, and offered as headings to click.

`?sort=name` is ascending, `?sort=-name` descending. A heading is shown by
`components/sort_header.html`, and by `components/sort_links.html` where there is no room for any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A heading to sort by; `sort` is what its link asks for, `direction` how it is sorted now."""

    label: str
    sort: str
    direction: str


def chosen_sort(asked: str | None, keys: Collection[str], default: str = "") -> str:
    """What was asked for, if it is one of `keys` either way round; else the default."""
    return asked if asked and asked.removeprefix("-") in keys else default


def columns(labels: Mapping[str, str], sort: str) -> dict[str, Column]:
    """A heading for each key; one that is sorted by asks for the other way round."""
    return {
        key: Column(
            label,
            f"-{key}" if sort == key else key,
            {key: "ascending", f"-{key}": "descending"}.get(sort, ""),
        )
        for key, label in labels.items()
    }
