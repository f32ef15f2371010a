"""Settings pages of a large customer: a hundred times the people ask the database no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts.models import Organisation
from payroll.models import Integration
from payroll.records import Employee, Place, TargetEmployee
from payroll.wizard import STEPS
from tests.payroll.people import PICK_LISTS, in_payroll, person
from tests.payroll.readings import keep_reading

from .scenes import make_integration, queries

pytestmark = pytest.mark.django_db
FEW, MANY = 50, 5_000


def crowd(size: int) -> tuple[list[Employee], list[TargetEmployee]]:
    """Most under the same number in payroll, a fifth only in HR, a tenth under another number."""
    people = [
        person(str(10_000 + each), placements={"departments": Place(f"d{each % 40}", ("Nett",))})
        for each in range(size)
    ]
    there = [in_payroll(each, title="Montør") for each in people[: size * 7 // 10]]
    moved = people[size * 7 // 10 : size * 8 // 10]
    there += [in_payroll(each, code=f"9{each.identity.number}") for each in moved]
    return people, there


def read(integration: Integration, size: int) -> None:
    """So many people are in both systems."""
    people, there = crowd(size)
    keep_reading(integration, people, timezone.now(), there, PICK_LISTS)


def pages(integration: Integration) -> Iterator[str]:
    """Every address that shows people."""
    for step in STEPS:
        yield reverse("integration_step", args=[integration.pk, step.key])
    matching = reverse("integration_step", args=[integration.pk, "matching"])
    yield from (f"{matching}?show={tab}" for tab in ("number", "only_hr", "only_payroll"))
    yield reverse("readiness", args=[integration.pk])


@pytest.fixture
def integration(organisation: Organisation) -> Integration:
    draft = make_integration(organisation, state=Integration.State.DRAFT, schedule_days=["mon"])
    for side in ("source", "target"):
        draft.set_secrets(side, {"token": f"a {side} token"}, timezone.now())
    return draft


def test_many_people_cost_no_more_queries_than_few(alice: Client, integration: Integration) -> None:
    counts = {}
    for size in (FEW, MANY):
        read(integration, size)
        counts[size] = {page: len(queries(alice, page)) for page in pages(integration)}
    assert counts[MANY] == counts[FEW]
