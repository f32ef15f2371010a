"""A customer whose pay goes to X-ledger's pay rates, and what stands there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from payroll.connection import both
from payroll.mapping import MappingRow
from payroll.models import ConnectionTest, FieldMapping

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
    held = [mapping.row for mapping in made.integration.mappings.all()]
    FieldMapping.replace(made.integration, [*held, *ROWS])
    many = {"percent": 100, "people": None, "floor": 5}
    made.integration.limits = {"update": many, "field": many}
    made.integration.save()
    offer(made, *BOTH)


def offer(made: World, *offers: str, **switches: Any) -> None:
    """What this X-ledger takes, and a connection test that has seen it."""
    made.xledger.switches.set({"offers": list(offers), **switches})
    check(made)


def check(made: World) -> None:
    """A test of the connection, as the button makes it."""
    with both(
        made.integration,
        read_only=True,
        on_request=lambda: None,
        sleep=lambda seconds: None,
        clock=lambda: made.now,
    ) as (_, target):
        capabilities = dict(target.check_connection().capabilities)
    ConnectionTest.objects.update_or_create(
        integration=made.integration,
        defaults={"at": made.now, "target": {"capabilities": capabilities}},
    )


def twice(made: World) -> list[tuple[Any, ...]]:
    """Rows that payroll has more than once for one person, rate element and day."""
    keys = Counter((r["employee"], r["rateElement"], r["dateFrom"]) for r in made.xledger.pay_rates)
    return [key for key, rows in keys.items() if rows > 1]
