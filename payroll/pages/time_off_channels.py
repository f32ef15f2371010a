"""By which way time off could reach each payroll, as its last connection test found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from integration_hub.accounts.models import User
from payroll.models import ConnectionTest, Integration

_WAYS = {"absences": "As absences", "timesheets": "As timesheet lines"}
_FILE = "As a file to import"


@dataclass(frozen=True, slots=True)
class Channel:
    """One integration; `way` is empty where no test has shown it, `test` is the newest."""

    integration: Integration
    way: str
    test: ConnectionTest | None


def channels(user: User) -> list[Channel]:
    """Every integration the user may see. Two queries."""
    mine = Integration.objects.visible_to(user).select_related("organisation")
    tests = {
        test.integration_id: test for test in ConnectionTest.objects.filter(integration__in=mine)
    }
    return [Channel(each, _way(tests.get(each.pk)), tests.get(each.pk)) for each in mine]


def _way(test: ConnectionTest | None) -> str:
    """The best way that is offered; a file is always possible."""
    offered: Mapping[str, bool] = test.capabilities if test else {}
    if not offered:
        return ""
    return next((words for name, words in _WAYS.items() if offered.get(name)), _FILE)
