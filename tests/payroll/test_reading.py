"""What may be concluded from a reading, and what not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pytest

from integration_hub.core.errors import IncompleteRead
from payroll.models import SyncRun
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
        read_both(ListedSource(["a"], by_id=["b"]), ListedTarget(), ["a", "b"], None, TODAY)


def test_someone_truly_gone_is_no_reason_to_stop() -> None:
    reading = read_both(ListedSource(["a"]), ListedTarget(), ["a", "b"], None, TODAY)
    assert [person.id for person in reading.people] == ["a"]


def test_only_a_few_are_looked_up() -> None:
    source = ListedSource([])
    read_both(source, ListedTarget(), [str(each) for each in range(50)], None, TODAY)
    assert len(source.asked) == PROBES


@pytest.mark.parametrize(("people", "there"), [(4, 10), (10, 4)])
def test_a_collapsed_list_on_either_side_stops_the_run(people: int, there: int) -> None:
    source = ListedSource([str(each) for each in range(people)])
    last = SyncRun(source_count=10, target_count=10)
    with pytest.raises(IncompleteRead, match="4 people, 10 in the run before"):
        read_both(source, ListedTarget(there), [], last, TODAY)
