"""Tries what a Simployer One token may read, list by list, for an admin who set it up."""

from __future__ import annotations

from collections.abc import Sequence

from integration_hub.core.errors import AccessRefused, ConfigurationError, TransientError
from payroll.ports import ConnectionReport

from .client import Row, SimployerClient

COMPANIES = 50  # read for their names; a longer list is only counted
_ONE_BY_ONE = {
    "company": "Companies",
    "employee": "Employees",
    "employment": "Employments",
    "compensation": "Pay (compensation)",
    "department": "Departments",
    "office": "Offices",
    "cost-center": "Cost centres",
    "employment-type": "Employment types",
}
"""Every list that a sync of employees reads, sideloaded ones included."""
_FOR_TIME_OFF = {
    "leave": "Leaves",
    "leave-type": "Leave types",
    "leave-transaction": "Days of leave",
    "work-week": "Work weeks",
}
"""Every list that only the export of time off reads."""

# Tokens are documented to carry owner rights without scopes, and 403 without what triggers it
# (simployer-one.md section 1): so there is nothing to tick, and the person behind it counts.
_CURE = (
    "cannot be read. Simployer One has no right to tick for this: make a new token for the Public "
    "API as an owner of the account, and set it here."
)
_NOBODY = (
    "Employees: the list is empty, so there would be nobody to sync. Make the token in the account "
    "that holds your people, as an owner of it."
)


_TIME_OFF_ONLY = (
    "So time off cannot be exported. If you want to export time off, make a new token for the "
    "Public API as an owner of the account, and set it here."
)


def check(client: SimployerClient) -> ConnectionReport:
    """What the token shows and what it is refused. One request per list.

    Raises AccessRefused where the token itself is refused (401, or 403 for every list),
    ConfigurationError where an answer is no list of Simployer One's, TransientError.
    """
    found: dict[str, tuple[list[Row], int]] = {}
    refused: dict[str, AccessRefused] = {}
    for resource in _ONE_BY_ONE:
        try:
            found[resource] = client.beginning(resource, COMPANIES if resource == "company" else 1)
        except AccessRefused as error:
            if error.status == 401:
                raise
            refused[resource] = error
    if not found:
        raise refused["company"]
    without = _try_time_off(client, found)
    names = ", ".join(_ONE_BY_ONE[resource] for resource in refused)
    missing = [f"{names} {_CURE}"] if refused else []
    if "employee" in found and not found["employee"][1]:
        missing.append(_NOBODY)
    time_off = [f"{', '.join(without)} cannot be read. {_TIME_OFF_ONLY}"] if without else []
    return ConnectionReport(
        seen=tuple(_seen(found)), missing=tuple(missing), beside=tuple(time_off)
    )


def _try_time_off(
    client: SimployerClient, found: dict[str, tuple[list[Row], int]]
) -> Sequence[str]:
    """Adds the lists of time off to `found`; the names of those that could not be read.

    Whatever is wrong with one of them is no reason not to sync employees. Raises AccessRefused only
    for a token that is no longer accepted at all.
    """
    without = []
    for resource, name in _FOR_TIME_OFF.items():
        try:
            found[resource] = client.beginning(resource)
        except (ConfigurationError, TransientError) as error:
            if isinstance(error, AccessRefused) and error.status == 401:
                raise
            without.append(name)
    return without


def _seen(found: dict[str, tuple[list[Row], int]]) -> list[str]:
    """The number of employees, company names, and the other lists by name."""
    seen = []
    if "employee" in found:
        employees = found["employee"][1]
        seen.append("1 employee" if employees == 1 else f"{employees:,} employees")
    companies, total = found.get("company", ([], 0))
    seen += [row["name"] for row in companies if isinstance(row.get("name"), str) and row["name"]]
    if total > len(companies):
        seen.append(f"{total:,} companies in all")
    others = [name for key, name in (_ONE_BY_ONE | _FOR_TIME_OFF).items() if key in found]
    return [*seen, *(name for name in others if name not in ("Companies", "Employees"))]
