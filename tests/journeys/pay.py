"""A customer whose pay goes to X-ledger's pay rates, and what stands there."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from payroll.mapping import MappingRow
from payroll.models import EmployeeLink

from .dated_rows import map_too, offer
from .world import NOW, World

ELEMENTS = {"MONTHLY": "100", "HOURLY": "200", "ANNUAL": "300"}
ROWS = (
    MappingRow("pay_amount", "pay"),
    MappingRow("pay_period", "payElement", value_map=ELEMENTS),
    MappingRow("pay_effective", "payFrom"),
)
BOTH = ("pay_rates", "pay_rates_change")


def send_pay(made: World) -> None:
    """Maps pay, lets everybody's go at once, and has payroll offer both writes of it."""
    map_too(made, *ROWS)
    offer(made, *BOTH)


def twice(made: World) -> list[tuple[Any, ...]]:
    """Rows that payroll has more than once for one person, rate element and day."""
    keys = Counter((r["employee"], r["rateElement"], r["dateFrom"]) for r in made.xledger.pay_rates)
    return [key for key, rows in keys.items() if rows > 1]


def rates(made: World, number: str) -> list[tuple[str, Decimal, str]]:
    """One person's rows by day: rate element, rate, first day."""
    rows = [row for row in made.xledger.pay_rates if row["employee"] == number]
    found = [(row["rateElement"], Decimal(row["rate"]), row["dateFrom"]) for row in rows]
    return sorted(found, key=lambda each: each[2])


def linked_pay(made: World) -> dict[str, dict[str, Any]]:
    """By employee number, HR's one row of pay of people in payroll who have just one, in NOK."""
    linked = set(EmployeeLink.objects.values_list("source_id", flat=True))
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in made.simployer.rows["compensation"]:
        rows.setdefault(row["employeeId"], []).append(row)
    return {
        person["employeeNumber"]: rows[person["id"]][0]
        for person in made.simployer.rows["employee"]
        if person["id"] in linked
        and person["active"]
        and len(rows.get(person["id"], ())) == 1
        and rows[person["id"]][0]["currency"] == "NOK"
        and rows[person["id"]][0]["effectiveDate"] <= NOW.date().isoformat()
    }


def somebody(made: World, period: str = "MONTHLY") -> tuple[str, dict[str, Any]]:
    """A person in payroll with a single row of pay of that period, and their row in HR."""
    found = linked_pay(made)
    number = next(n for n in sorted(found) if found[n]["payoutPeriod"] == period and rates(made, n))
    return number, found[number]
