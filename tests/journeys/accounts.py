"""Bank accounts in HR and in payroll, and a customer where some changes wait."""

from __future__ import annotations

from datetime import timedelta

from payroll.records import Subject

from .world import World

NEW, OTHER = "15030204074", "99990012349"  # valid, of nobody


def account(world: World, number: str) -> str | None:
    """The account in payroll."""
    held: str | None = world.xledger.by_code(number)["bankAccount"]
    return held


def move_account(world: World, number: str, new: str) -> None:
    """HR is told another account."""
    row = world.simployer.find("employee", employeeNumber=number)
    held = {**row["bankAccount"], "number": new, "iban": None}
    world.simployer.store.edit("employee", row["id"], {"bankAccount": held})


def wait_for(world: World, *subjects: Subject) -> None:
    """Everybody is synced once; from then on these changes wait."""
    world.run()
    world.now += timedelta(minutes=10)
    world.integration.set_waits(subjects, world.now)
    world.integration.save()
