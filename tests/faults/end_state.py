"""Holds payroll after faults against payroll as a sync that nothing disturbed leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

from tests.journeys.pay import send_pay
from tests.journeys.world import World, world

_OWN = {"dbId", "contactDbId", "ownerDbId", "createdAt", "modifiedAt"}  # differ from run to run
Row = Mapping[str, Any]


@dataclass
class Held:
    """What payroll has under one employee number."""

    people: list[Row] = field(default_factory=list)
    pay: list[Row] = field(default_factory=list)


Payroll = Mapping[str, Held]


@dataclass(frozen=True)
class Damage:
    """Employee numbers: `lost` are missing or hold something else, `doubled` stand there twice.

    The same of pay: a row that is missing, different or too many, and two rows of one day.
    """

    lost: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()
    pay_lost: frozenset[str] = frozenset()
    pay_doubled: frozenset[str] = frozenset()


def payroll(customer: World) -> Payroll:
    """Everyone in payroll by employee number, without what payroll itself numbers and stamps."""
    found: dict[str, Held] = {}
    for row in customer.xledger.employees:
        found.setdefault(str(row["code"]), Held()).people.append(_plain(row))
    for row in customer.xledger.pay_rates:
        found.setdefault(str(row["employee"]), Held()).pay.append(_plain(row))
    for held in found.values():
        held.pay.sort(key=str)  # in whatever order they were added
    return found


def _plain(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in _OWN}


@cache
def undisturbed(employees: int, day: date) -> Payroll:
    """Payroll after syncs of the same people that nothing disturbed, on that day."""
    with world(employees=employees, organisation="Undisturbed AS") as customer:
        customer.xledger.switches.set({"burst_limit": None})
        customer.now = datetime.combine(day, time(12), customer.now.tzinfo)
        send_pay(customer)
        for _ in range(2):
            assert customer.sync()["status"] == "succeeded"
        customer.integration.delete()  # no schedule may start it again
        return payroll(customer)


def damage(customer: World, meant: Payroll) -> Damage:
    """What the faults cost."""
    there = payroll(customer)
    ids, meant_ids = _national_ids(there), _national_ids(meant)
    doubled, lost, pay_doubled, pay_lost = set(), set(), set(), set()
    for code in there.keys() | meant.keys():
        now, then = there.get(code, Held()), meant.get(code, Held())
        too_often = any(ids[p["socialSec"]] > max(1, meant_ids[p["socialSec"]]) for p in now.people)
        if too_often or len(now.people) > len(then.people):
            doubled.add(code)
        elif then.people and now.people != then.people:
            lost.add(code)
        if _days(now.pay) - _days(then.pay) and max(_days(now.pay).values()) > 1:
            pay_doubled.add(code)
        elif now.pay != then.pay:
            pay_lost.add(code)
    return Damage(*(frozenset(each) for each in (lost, doubled, pay_lost, pay_doubled)))


def _national_ids(held: Payroll) -> Counter[str]:
    return Counter(p["socialSec"] for each in held.values() for p in each.people if p["socialSec"])


def _days(pay: list[Row]) -> Counter[tuple[str, str]]:
    return Counter((row["rateElement"], row["dateFrom"]) for row in pay)
