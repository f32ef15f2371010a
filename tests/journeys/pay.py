"""A customer whose pay goes to X-ledger's pay rates, and what stands there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from payroll.mapping import MappingRow

from .dated_rows import map_too, offer
from .world import World

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
