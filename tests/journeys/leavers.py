"""HR ends many people at once, and what payroll holds of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from payroll.models import SyncRun

from .world import World

LAST_DAY = "2026-12-31"
LEAVERS = 20


def staying(world: World) -> list[str]:
    """Numbers of linked people with one open-ended employment, who also stand in payroll so."""
    linked = set(world.integration.links.values_list("target_id", flat=True))
    known = {
        row["code"]
        for row in world.xledger.employees
        if str(row["dbId"]) in linked and not row["employmentTo"]
    }
    jobs = Counter(job["employeeId"] for job in world.simployer.rows["employment"])
    return [
        row["employeeNumber"]
        for row in world.simployer.rows["employee"]
        if row["active"]
        and not row["endDate"]
        and row["employeeNumber"] in known
        and jobs[row["id"]] == 1
    ]


def end_in_hr(world: World, number: str, day: str | None = LAST_DAY) -> None:
    """HR notes somebody's last day, or that there is none."""
    person = world.simployer.find("employee", employeeNumber=number)
    job = world.simployer.find("employment", employeeId=person["id"])
    world.simployer.store.edit("employee", person["id"], {"endDate": day})
    world.simployer.store.edit("employment", job["id"], {"endDate": day})


def end_many(world: World) -> list[str]:
    """Everybody is synced once, then HR ends 20 of them; their numbers."""
    world.run()
    world.now += timedelta(minutes=10)
    numbers = staying(world)[:LEAVERS]
    assert len(numbers) == LEAVERS
    for number in numbers:
        end_in_hr(world, number)
    return numbers


def held_run(world: World) -> tuple[SyncRun, list[str]]:
    """The run that is held because of it, and the numbers of whom it would end."""
    numbers = end_many(world)
    run = world.run()
    assert run.status == SyncRun.Status.HELD
    return run, numbers


def ends(world: World, numbers: list[str]) -> list[str | None]:
    """The end dates in payroll."""
    return [world.xledger.by_code(number)["employmentTo"] for number in numbers]
