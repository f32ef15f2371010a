"""What may be concluded from a reading, and what not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pytest

from integration_hub.core.errors import IncompleteRead
from payroll.reading import PROBES, read_both
from payroll.records import Employee, Identity, TargetEmployee
from simployer.source import SimployerSource
from xledger.target import XledgerTarget

TODAY = date(2026, 11, 23)


class ListedSource(SimployerSource):
    """An HR system that lists some people and has others by id only."""

    label: ClassVar[str] = "HR"

    def __init__(self, listed: Sequence[str], by_id: Sequence[str] = ()) -> None:
        self.listed = listed
        self.by_id = by_id
        self.asked: list[str] = []

    def employees(self, today: date) -> Sequence[Employee]:
        return [Employee(each, active=True, identity=Identity(), fields={}) for each in self.listed]

    def exists(self, source_id: str) -> bool:
        self.asked.append(source_id)
        return source_id in self.by_id


class ListedTarget(XledgerTarget):
    """A payroll system with so many people."""

    label: ClassVar[str] = "Payroll"

    def __init__(self, count: int = 0) -> None:
        self.count = count

    def employees(self) -> Sequence[TargetEmployee]:
        return [TargetEmployee(str(each), Identity(), {}) for each in range(self.count)]

    def pick_lists(self) -> dict[str, tuple[()]]:
        return {}


def test_someone_missing_from_the_list_but_there_by_id_makes_it_incomplete() -> None:
    with pytest.raises(IncompleteRead):
        read_both(ListedSource(["a"], by_id=["b"]), ListedTarget(), ["a", "b"], TODAY)


def test_someone_truly_gone_is_no_reason_to_stop() -> None:
    reading = read_both(ListedSource(["a"]), ListedTarget(), ["a", "b"], TODAY)
    assert [person.id for person in reading.people] == ["a"]


def test_only_a_few_are_looked_up() -> None:
    source = ListedSource([])
    read_both(source, ListedTarget(), [str(each) for each in range(50)], TODAY)
    assert len(source.asked) == PROBES
