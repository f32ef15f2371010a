"""What the newest connection test found on each side, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from integration_hub.accounts.models import User
from payroll.connection import SIDES, Checked, Side, system_of
from payroll.models import ConnectionTest, Integration
from payroll.ports import CredentialSpec

SHORT = 8  # lines of what a token shows, before the rest is folded away

_CAPABILITIES = {
    "absences": "absences",
    "absences_change": "changes of absences",
    "absences_remove": "removals of absences",
    "timesheets": "timesheets",
    "timesheets_change": "changes of timesheets",
    "timesheets_remove": "removals of timesheets",
    "positions": "employee positions",
    "positions_change": "corrections of employee positions",
    "pay_rates": "pay rates",
    "pay_rates_change": "corrections of pay rates",
}


@dataclass(frozen=True, slots=True)
class TestedSide:
    """One system with what its test found. `tone` and `verdict` say how it stands at a glance.

    `capabilities` are whole sentences; empty where the system did not tell, or is no target.
    """

    __test__ = False  # the name begins as a test's does

    side: Side
    label: str
    environment: str
    credentials: tuple[CredentialSpec, ...]
    checked: Checked
    capabilities: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """How it stands."""
        report = self.checked.report
        if report is None:
            return "Does not work"
        if report.missing:
            return "Something is missing"
        return "Works for employees" if report.beside else "Works"

    @property
    def tone(self) -> str:
        """Colour beside the verdict."""
        return {"Works": "good", "Does not work": "bad"}.get(self.verdict, "warn")

    @property
    def seen(self) -> tuple[str, ...]:
        """The first lines of what the token shows."""
        return self.checked.report.seen[:SHORT] if self.checked.report else ()

    @property
    def seen_more(self) -> tuple[str, ...]:
        """The lines after those."""
        return self.checked.report.seen[SHORT:] if self.checked.report else ()


@dataclass(frozen=True, slots=True)
class Tested:
    """The newest test of an integration. `by` is None once that person's account is gone."""

    __test__ = False

    at: datetime
    by: User | None
    source: TestedSide
    target: TestedSide

    @property
    def sides(self) -> tuple[TestedSide, TestedSide]:
        """Both, HR first."""
        return self.source, self.target


def newest_test(integration: Integration) -> Tested | None:
    """What the newest test found; None where none was made over the present tokens. One query."""
    test = ConnectionTest.objects.filter(integration=integration).select_related("user").first()
    if test is None:
        return None
    source, target = (_tested(integration, side, test) for side in SIDES)
    return Tested(test.at, test.user, source, target)


def _tested(integration: Integration, side: Side, test: ConnectionTest) -> TestedSide:
    system = system_of(integration, side)
    checked = Checked.from_json(getattr(test, side))
    offered = checked.report.capabilities if checked.report else {}
    return TestedSide(
        side=side,
        label=system.label,
        environment=getattr(integration, f"{side}_environment"),
        credentials=system.credentials,
        checked=checked,
        capabilities=_in_words(offered),
    )


def capability_in_words(name: str) -> str:
    """What a write beside employees writes."""
    return _CAPABILITIES.get(name, name)


def _in_words(capabilities: Mapping[str, bool]) -> tuple[str, ...]:
    """What is offered and what is not, a sentence each."""
    offered = [capability_in_words(name) for name, can in capabilities.items() if can]
    others = [capability_in_words(name) for name, can in capabilities.items() if not can]
    sentences = []
    if offered:
        sentences.append(f"Offered: {', '.join(offered)}.")
    if others:
        sentences.append(f"Not offered, or without a field that is needed: {', '.join(others)}.")
    return tuple(sentences)
