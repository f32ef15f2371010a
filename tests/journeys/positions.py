"""A customer whose part-time percents go to X-ledger's employee positions."""

from __future__ import annotations

from typing import Any

from payroll.mapping import Blank, MappingRow

from .world import World

TYPES = {"Fast ansatt": "E01", "Midlertidig ansatt": "E02"}
PERCENT = MappingRow("employment_percent", "employmentPercent")
FROM = MappingRow("employment_start", "positionFrom")
TO = MappingRow("employment_end", "positionTo", blank=Blank.CLEAR)
CODE = MappingRow("title", "positionCode", value_map={})
TYPE = MappingRow("employment_type", "positionType", value_map=TYPES)
ROWS = (PERCENT, FROM, TO, TYPE)
BOTH = ("positions", "positions_change")
CHANGED = "2026-11-01"  # first day of a new percent
DAY_BEFORE = "2026-10-31"


def new_percent(
    made: World, number: str, job: dict[str, Any], percent: float, *, ended: bool = True
) -> dict[str, Any]:
    """HR gets a new employment with another percent, as its makers say a percent is changed."""
    if ended:
        made.simployer.store.edit("employment", job["id"], {"endDate": DAY_BEFORE})
    new = {**job, "id": f"{job['id'][:-4]}beef", "rate": percent, "startDate": CHANGED}
    made.simployer.rows["employment"].append({**new, "endDate": None})
    person = made.simployer.find("employee", employeeNumber=number)
    made.simployer.store.edit("employee", person["id"], {"employmentId": new["id"]})
    return new
