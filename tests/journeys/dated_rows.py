"""What journeys about dated rows share: what this X-ledger takes, and time that passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from payroll.connection import both
from payroll.mapping import MappingRow
from payroll.models import ConnectionTest, FieldMapping

from .world import World


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


def map_too(made: World, *rows: MappingRow) -> None:
    """Adds rows to the field table, and lets many people change at once."""
    held = [mapping.row for mapping in made.integration.mappings.all()]
    FieldMapping.replace(made.integration, [*held, *rows])
    many = {"percent": 100, "people": None, "floor": 5}
    made.integration.limits = {"update": many, "field": many}
    made.integration.save()


def later(made: World, seconds: int = 60) -> None:
    """Time passes."""
    made.now += timedelta(seconds=seconds)


def codes(result: dict[str, Any]) -> set[str]:
    """The problems that a run told."""
    return {row["code"] for row in result["problems"]}
