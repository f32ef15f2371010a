"""What a connection test found on each side, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from payroll.connection import Checked, Side, check, system_of
from payroll.models import Integration
from payroll.ports import CredentialSpec

_CAPABILITIES = {
    "absences": "Absences",
    "timesheets": "Timesheets",
    "positions": "Positions",
    "pay_rates": "Pay",
}


@dataclass(frozen=True, slots=True)
class Capability:
    """One kind of data beside the employees; `offered` where the system can take it."""

    words: str
    offered: bool


@dataclass(frozen=True, slots=True)
class TestedSide:
    """One system with what its test found. `tone` and `verdict` say how it stands at a glance."""

    side: Side
    label: str
    environment: str
    credentials: tuple[CredentialSpec, ...]
    checked: Checked
    capabilities: tuple[Capability, ...]

    @property
    def verdict(self) -> str:
        """How it stands."""
        if self.checked.report is None:
            return "Does not work"
        return "Something is missing" if self.checked.report.missing else "Works"

    @property
    def tone(self) -> str:
        """Colour beside the verdict."""
        return {"Works": "good", "Something is missing": "warn"}.get(self.verdict, "bad")


def tested_sides(integration: Integration) -> list[TestedSide]:
    """Tests both systems now, one after the other, and says what was found."""
    return [_tested(integration, "source"), _tested(integration, "target")]


def _tested(integration: Integration, side: Side) -> TestedSide:
    system = system_of(integration, side)
    checked = check(integration, side)
    offered = checked.report.capabilities if checked.report else {}
    return TestedSide(
        side=side,
        label=system.label,
        environment=getattr(integration, f"{side}_environment"),
        credentials=system.credentials,
        checked=checked,
        capabilities=_in_words(offered, system.label),
    )


def _in_words(offered: Mapping[str, bool], label: str) -> tuple[Capability, ...]:
    return tuple(
        Capability(_capability_in_words(_CAPABILITIES.get(name, name), label, can), can)
        for name, can in offered.items()
    )


def _capability_in_words(what: str, label: str, can: bool) -> str:
    if can:
        return f"{what}: {label} has everything needed to take this."
    verb = "is" if what == "Pay" else "are"
    return f"{what} {verb} not sent: {label} offers no such write, or lacks a field it needs."
