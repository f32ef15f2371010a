"""The words Fjordkraft's two systems share: its legal entity, departments, titles and cost centres.

What is named HR_ONLY exists in HR and not in payroll: the cases where a value has nowhere to go.
"""

from __future__ import annotations

from dataclasses import dataclass

from fjordkraft.identities import organisation_number

COMPANY = "Fjordkraft Demo AS"
SISTER_COMPANY = "Fjordkraft Nett AS"  # in the same HR account, without people of its own
# Issued numbers begin with 8 or 9, so this one is nobody's.
ORGANISATION_NUMBER = organisation_number("10000000")
EMAIL_DOMAIN = "fjordkraft.example"

PERMANENT = "Fast ansatt"
TEMPORARY = "Midlertidig ansatt"
HOURLY = "Timelønnet"
APPRENTICE = "Lærling"
EMPLOYMENT_TYPES = (PERMANENT, TEMPORARY, HOURLY, APPRENTICE)
HR_ONLY_EMPLOYMENT_TYPE = "Styremedlem"

DIRECTOR = "Daglig leder"
HEAD_OF_DEPARTMENT = "Avdelingsleder"
TITLES = (
    DIRECTOR,
    HEAD_OF_DEPARTMENT,
    "Energimontør",
    "Driftstekniker",
    "Elektroingeniør",
    "Prosjektleder",
    "Kundekonsulent",
    "Regnskapsmedarbeider",
    "Lønnskonsulent",
    "HR-rådgiver",
    "Systemutvikler",
    "Innkjøper",
    "Lagermedarbeider",
    "Renholder",
)
HR_ONLY_TITLE = "Hjelpearbeider sesong"

COST_CENTERS = (
    ("1000", "Ledelse"),
    ("1100", "Økonomi"),
    ("1200", "HR og lønn"),
    ("1300", "IT"),
    ("1400", "Kundesenter"),
    ("1500", "Nett Vest"),
    ("1600", "Nett Nord"),
    ("1700", "Kraftproduksjon"),
    ("1800", "Prosjekt"),
    ("1900", "Lager og innkjøp"),
)
HR_ONLY_COST_CENTER = ("9990", "Midlertidig prosjekt Tromsø")


@dataclass(frozen=True, slots=True)
class Unit:
    """A department with the cost centre its people are posted on and the titles they hold."""

    name: str
    cost_center: str
    titles: tuple[str, ...]
    parent: str | None = None


UNITS = (
    Unit("Økonomi og lønn", "1100", ("Regnskapsmedarbeider", "Lønnskonsulent")),
    Unit("HR", "1200", ("HR-rådgiver",)),
    Unit("IT", "1300", ("Systemutvikler", "Prosjektleder")),
    Unit("Kundesenter", "1400", ("Kundekonsulent",)),
    Unit("Nett", "1500", ("Energimontør", "Driftstekniker", "Elektroingeniør")),
    Unit("Nett Nord", "1600", ("Energimontør", "Driftstekniker"), parent="Nett"),
    Unit("Kraftproduksjon", "1700", ("Driftstekniker", "Elektroingeniør", "Renholder")),
    Unit("Lager og innkjøp", "1900", ("Lagermedarbeider", "Innkjøper")),
)
DEPARTMENTS = tuple(unit.name for unit in UNITS)
OFFICES = ("Bergen", "Oslo", "Tromsø", "Bodø")
