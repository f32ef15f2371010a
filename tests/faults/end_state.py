"""Holds payroll after faults against payroll as a sync that nothing disturbed leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from tests.journeys.world import World, world

_OWN = {"dbId", "contactDbId", "ownerDbId", "createdAt", "modifiedAt"}  # differ from run to run
People = Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True)
class Damage:
    """Employee numbers: `lost` are missing or hold something else, `doubled` stand there twice."""

    lost: frozenset[str]
    doubled: frozenset[str]


def payroll(customer: World) -> People:
    """Everyone in payroll by employee number, without what payroll itself numbers and stamps."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in customer.xledger.employees:
        kept = {key: value for key, value in row.items() if key not in _OWN}
        found.setdefault(str(row["code"]), []).append(kept)
    return {code: tuple(rows) for code, rows in found.items()}


@cache
def undisturbed(employees: int, day: date) -> People:
    """Payroll after syncs of the same people that nothing disturbed, on that day."""
    with world(employees=employees, organisation="Undisturbed AS") as customer:
        customer.now = datetime.combine(day, time(12), customer.now.tzinfo)
        for _ in range(2):
            assert customer.sync()["status"] == "succeeded"
        customer.integration.delete()  # no schedule may start it again
        return payroll(customer)


def damage(customer: World, meant: People) -> Damage:
    """What the faults cost."""
    there = payroll(customer)
    ids = Counter(row["socialSec"] for rows in there.values() for row in rows if row["socialSec"])
    meant_ids = Counter(row["socialSec"] for rows in meant.values() for row in rows)
    doubled = {code for code, rows in there.items() if len(rows) > len(meant.get(code, ()))}
    doubled |= {
        code
        for code, rows in there.items()
        if any(ids[row["socialSec"]] > max(1, meant_ids[row["socialSec"]]) for row in rows)
    }
    lost = {code for code, rows in meant.items() if there.get(code) != rows}
    return Damage(frozenset(lost - doubled), frozenset(doubled))
