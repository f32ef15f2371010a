"""A customer whose part-time percents go to X-ledger's employee positions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from payroll.mapping import Blank, MappingRow

from .world import World

TYPES = {"Fast ansatt": "E01", "Midlertidig ansatt": "E02"}
PERCENT = MappingRow("employment_percent", "employmentPercent")
FROM = MappingRow("employment_start", "positionFrom")
TO = MappingRow("employment_end", "positionTo", blank=Blank.CLEAR)
TYPE = MappingRow("employment_type", "positionType", value_map=TYPES)
ROWS = (PERCENT, FROM, TO, TYPE)
BOTH = ("positions", "positions_change")
CHANGED = "2026-11-01"  # first day of a new percent
DAY_BEFORE = "2026-10-31"


def new_percent(
    made: World,
    number: str,
    job: Mapping[str, Any],
    percent: float,
    *,
    ended: bool = True,
    begins: str = CHANGED,
) -> dict[str, Any]:
    """HR gets a new employment with another percent, as its makers say a percent is changed."""
    if ended:
        day_before = date.fromisoformat(begins) - timedelta(days=1)
        made.simployer.store.edit("employment", job["id"], {"endDate": day_before.isoformat()})
    new = {**job, "id": f"{job['id'][:-4]}beef", "rate": percent, "startDate": begins}
    made.simployer.rows["employment"].append({**new, "endDate": None})
    person = made.simployer.find("employee", employeeNumber=number)
    made.simployer.store.edit("employee", person["id"], {"employmentId": new["id"]})
    return new
