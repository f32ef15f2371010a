"""Manage time → Export time off: says by which way it could go, and that nothing goes yet."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from payroll.models import ConnectionTest, Integration

from .scenes import make_integration, queries, text

PAGE = "/time/export/"


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        ({"absences": True, "timesheets": True}, "As absences"),
        ({"absences": False, "timesheets": True}, "As timesheet lines"),
        ({"absences": False, "timesheets": False}, "As a file to import"),
        ({}, "Not known"),
    ],
)
def test_the_best_way_that_payroll_offers_is_shown(
    alice: Client, integration: Integration, offered: dict[str, bool], words: str
) -> None:
    ConnectionTest.objects.create(
        integration=integration, at=timezone.now(), target={"capabilities": offered}
    )
    page = text(alice, PAGE)
    assert words in page
    assert "Time off is not exported yet" in page


def test_other_organisations_are_not_listed(charlie: Client, integration: Integration) -> None:
    assert "No integrations yet" in text(charlie, PAGE)


def test_many_integrations_take_no_more_queries(bob: Client, integration: Integration) -> None:
    before = len(queries(bob, PAGE))
    for number in range(5):
        make_integration(integration.organisation, f"Another {number}")
    assert len(queries(bob, PAGE)) == before
