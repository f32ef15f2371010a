"""Tries what a Simployer One token may read, list by list, for an admin who set it up."""

from __future__ import annotations

from integration_hub.core.errors import AccessRefused
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
"""Every list that a sync reads, sideloaded ones included."""

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
    names = ", ".join(_ONE_BY_ONE[resource] for resource in refused)
    missing = [f"{names} {_CURE}"] if refused else []
    if "employee" in found and not found["employee"][1]:
        missing.append(_NOBODY)
    return ConnectionReport(seen=tuple(_seen(found)), missing=tuple(missing))


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
    others = [name for key, name in _ONE_BY_ONE.items() if key in found]
    return [*seen, *(name for name in others if name not in ("Companies", "Employees"))]
