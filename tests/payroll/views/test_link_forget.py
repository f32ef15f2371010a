"""Forgetting a link on its page: who may, what is told first, where the way there stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry
from payroll import reasons
from payroll.models import EmployeeLink, Integration, SyncRun
from payroll.records import Problem
from tests.payroll.people import NATIONAL_ID, PICK_LISTS, in_payroll, person
from tests.payroll.readings import keep_reading

from .scenes import make_change, make_run, text

pytestmark = pytest.mark.django_db
KARI = person("1001", national_id=NATIONAL_ID)
OLA = person("1002", first_name="Ola", last_name="Hansen", birth_date=None)
FORGET = "Forget this link"


@pytest.fixture
def doubted(integration: Integration) -> Integration:
    """With Kari linked to Ola, and nobody else in payroll."""
    keep_reading(integration, [KARI], timezone.now(), [in_payroll(OLA)], PICK_LISTS)
    EmployeeLink.objects.create(integration=integration, source_id="e1001", target_id="te1002")
    return integration


def address(integration: Integration, who: str = "e1001") -> str:
    return f"{reverse('forget_link', args=[integration.pk])}?who={who}"


def press(client: Client, integration: Integration, **posted: str) -> str:
    url = reverse("forget_link", args=[integration.pk])
    answer = client.post(url, {"who": "e1001"} | posted, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_it_is_and_what_happens_next(alice: Client, doubted: Integration) -> None:
    shown = text(alice, address(doubted))
    for words in ("Kari Nordmann 1001, 1001", "Ola Hansen, 1002", "another person"):
        assert words in shown
    assert "it creates this person" in shown
    assert "nobody is changed, ended or deleted" in shown
    assert NATIONAL_ID not in shown


def test_who_may_be_created_is_looked_for_in_payroll_first(
    alice: Client, doubted: Integration
) -> None:
    told = press(alice, doubted)
    assert "Look in payroll first" in told
    assert FORGET in told
    assert doubted.links.exists()
    assert "The link is forgotten. Nothing was sent" in press(alice, doubted, looked="yes")
    assert not doubted.links.exists()
    assert AuditEntry.objects.filter(action="match.forgotten").count() == 1
    assert "Nothing was changed" in press(alice, doubted, looked="yes")


def test_who_is_matched_by_number_needs_no_tick(alice: Client, doubted: Integration) -> None:
    there = [in_payroll(OLA), in_payroll(KARI)]
    keep_reading(doubted, [KARI], timezone.now(), there, PICK_LISTS)
    shown = text(alice, address(doubted))
    assert "The next sync links these two" in shown
    assert 'name="looked"' not in shown
    assert "The link is forgotten" in press(alice, doubted)


def test_who_is_like_somebody_is_asked_about_and_not_created(
    alice: Client, doubted: Integration
) -> None:
    there = [in_payroll(OLA), in_payroll(KARI, code="2001")]
    keep_reading(doubted, [KARI], timezone.now(), there, PICK_LISTS)
    assert "Nothing is sent about them and nobody is created until" in text(alice, address(doubted))


def test_only_those_who_may_configure_see_and_forget(
    bob: Client, charlie: Client, doubted: Integration
) -> None:
    for client, status in ((bob, 403), (charlie, 404)):
        assert client.get(address(doubted)).status_code == status
        posted = {"who": "e1001", "looked": "yes"}
        assert client.post(address(doubted), posted).status_code == status
    assert doubted.links.exists()


def test_the_way_there_stands_where_the_person_is_told(alice: Client, doubted: Integration) -> None:
    way = address(doubted)
    matching = reverse("integration_step", args=[doubted.pk, "matching"])
    assert way in text(alice, f"{matching}?show=conflict")
    person_page = f"{reverse('one_person', args=[doubted.pk])}?who=e1001"
    assert way in text(alice, person_page)


def test_somebody_gone_from_payroll_has_it_among_the_linked(
    alice: Client, doubted: Integration
) -> None:
    keep_reading(doubted, [KARI], timezone.now(), [], PICK_LISTS)
    matching = reverse("integration_step", args=[doubted.pk, "matching"])
    assert address(doubted) in text(alice, f"{matching}?show=linked")


@pytest.mark.parametrize(
    "problem", [reasons.GONE_FROM_PAYROLL, reasons.LINKED_TO_ANOTHER, reasons.ID_OF_ANOTHER]
)
def test_a_run_leads_there_for_those_who_may(
    alice: Client, bob: Client, doubted: Integration, problem: Problem
) -> None:
    before = timezone.now() - timedelta(hours=1)
    run = make_run(doubted, queued_at=before, planned_at=before, finished_at=before)
    change = make_change(run, kind="none", outcome="held", source_id="e1001", sendable=False)
    assert address(doubted) not in text(alice, f"/runs/{run.pk}/")
    told = {"code": problem.code, "message": problem.message, "field": "", "blocking": True}
    change.details = {**change.details, "problems": [told]}
    change.save()
    shown = text(alice, f"/runs/{run.pk}/")
    assert address(doubted) in shown
    assert FORGET in problem.message
    assert address(doubted) not in text(bob, f"/runs/{run.pk}/")


def test_a_sync_since_the_reading_leads_to_reading_again(
    alice: Client, doubted: Integration
) -> None:
    make_run(doubted, planned_at=timezone.now())
    answer = alice.get(address(doubted), follow=True)
    assert answer.redirect_chain[-1][0].endswith("/setup/matching/")
    assert "read people again" in answer.content.decode()


def test_during_a_run_nothing_is_forgotten(alice: Client, doubted: Integration) -> None:
    make_run(doubted, status=SyncRun.Status.RUNNING, finished_at=None)
    assert "A run of this integration is under way" in press(alice, doubted, looked="yes")
    assert doubted.links.exists()
