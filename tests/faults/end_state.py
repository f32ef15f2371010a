"""Holds payroll after faults against payroll as a sync that nothing disturbed leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

from tests.journeys import pay, positions
from tests.journeys.dated_rows import map_too, offer
from tests.journeys.world import World, world
from xledger.sandbox.person_rows import POSITIONS

_OWN = {"dbId", "contactDbId", "ownerDbId", "createdAt", "modifiedAt"}  # differ from run to run
CHANGED, CHANGED_ON = 6, "2026-01-01"  # people with a new part-time percent, and since when
Row = Mapping[str, Any]


@dataclass
class Held:
    """What payroll has under one employee number: people, rows of pay, positions."""

    people: list[Row] = field(default_factory=list)
    pay: list[Row] = field(default_factory=list)
    positions: list[Row] = field(default_factory=list)


Payroll = Mapping[str, Held]


@dataclass(frozen=True)
class Damage:
    """Employee numbers: `lost` are missing or hold something else, `doubled` stand there twice.

    The same of rows of pay and positions: a row that is missing, different or too many, and two
    rows of one day.
    """

    lost: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()
    rows_lost: frozenset[str] = frozenset()
    rows_doubled: frozenset[str] = frozenset()


def payroll(customer: World) -> Payroll:
    """Everyone in payroll by employee number, without what payroll itself numbers and stamps."""
    found: dict[str, Held] = {}
    for row in customer.xledger.employees:
        found.setdefault(str(row["code"]), Held()).people.append(_plain(row))
    for row in customer.xledger.pay_rates:
        found.setdefault(str(row["employee"]), Held()).pay.append(_plain(row))
    for row in customer.xledger.positions:
        found.setdefault(str(row["employee"]), Held()).positions.append(_plain(row))
    for held in found.values():
        for rows in (held.pay, held.positions):
            rows.sort(key=str)  # in whatever order they were added
    return found


def _plain(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in _OWN}


def send_rows(customer: World) -> None:
    """Everybody's pay and part-time percent goes to payroll, and some percents change.

    Those people have a position in payroll that the new one has to end.
    """
    map_too(customer, *pay.ROWS, *positions.ROWS)
    offer(customer, *pay.BOTH, *positions.BOTH)
    for number, job in _with_one_job(customer)[:CHANGED]:
        customer.xledger.store.insert(
            POSITIONS.table,
            {
                "employeeDbId": customer.xledger.by_code(number)["dbId"],
                "parttimePct": float(job["rate"]),
                "dateFrom": job["startDate"][:10],
            },
        )
        positions.new_percent(customer, number, job, 60, begins=CHANGED_ON)


def _with_one_job(customer: World) -> list[tuple[str, Row]]:
    """Numbers that payroll knows of people with one employment that goes on, and that."""
    hr, known = customer.simployer, {row["code"] for row in customer.xledger.employees}
    jobs: dict[str, list[Row]] = {}
    for row in hr.rows["employment"]:
        jobs.setdefault(row["employeeId"], []).append(row)
    return [
        (person["employeeNumber"], jobs[person["id"]][0])
        for person in hr.rows["employee"]
        if person["active"] and person["employeeNumber"] in known
        if len(jobs.get(person["id"], ())) == 1 and jobs[person["id"]][0]["endDate"] is None
        if jobs[person["id"]][0]["startDate"] < CHANGED_ON
    ]


@cache
def undisturbed(employees: int, day: date) -> Payroll:
    """Payroll after syncs of the same people that nothing disturbed, on that day."""
    with world(employees=employees, organisation="Undisturbed AS") as customer:
        customer.xledger.switches.set({"burst_limit": None})
        customer.now = datetime.combine(day, time(12), customer.now.tzinfo)
        send_rows(customer)
        for _ in range(2):
            assert customer.sync()["status"] == "succeeded"
        customer.integration.delete()  # no schedule may start it again
        meant = payroll(customer)
        ended = [held for held in meant.values() if len(held.positions) > 1]
        assert len(ended) == CHANGED, "there are positions to end"
        return meant


def damage(customer: World, meant: Payroll) -> Damage:
    """What the faults cost."""
    there = payroll(customer)
    ids, meant_ids = _national_ids(there), _national_ids(meant)
    doubled, lost, rows_doubled, rows_lost = set(), set(), set(), set()
    for code in there.keys() | meant.keys():
        now, then = there.get(code, Held()), meant.get(code, Held())
        too_often = any(ids[p["socialSec"]] > max(1, meant_ids[p["socialSec"]]) for p in now.people)
        if too_often or len(now.people) > len(then.people):
            doubled.add(code)
        elif then.people and now.people != then.people:
            lost.add(code)
        if max((_days(now) - _days(then)).values(), default=0) and _twice(now):
            rows_doubled.add(code)
        elif (now.pay, now.positions) != (then.pay, then.positions):
            rows_lost.add(code)
    return Damage(*(frozenset(each) for each in (lost, doubled, rows_lost, rows_doubled)))


def _national_ids(held: Payroll) -> Counter[str]:
    return Counter(p["socialSec"] for each in held.values() for p in each.people if p["socialSec"])


def _days(held: Held) -> Counter[tuple[str, str]]:
    """How many rows begin on a day: of pay for each rate element, of positions altogether."""
    pay = [(row["rateElement"], row["dateFrom"]) for row in held.pay]
    return Counter([*pay, *(("position", row["dateFrom"]) for row in held.positions)])


def _twice(held: Held) -> bool:
    return max(_days(held).values(), default=0) > 1
