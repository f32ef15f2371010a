"""The page Who is ready."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.core.searching import sealed
from payroll.models import EmployeeLink, Integration, MatchDecision
from payroll.records import Identity, PickListEntry, TargetEmployee
from tests.payroll.people import person
from tests.payroll.readings import keep_reading

from .conftest import UseBroker
from .scenes import queries, text

LISTS = {"employeeGroup": (PickListEntry("F", "Fast ansatt"),)}


def page(integration: Integration, query: str = "") -> str:
    return f"/settings/integrations/{integration.pk}/readiness/{query}"


@pytest.fixture
def read(integration: Integration) -> Integration:
    """The integration with a reading of people in every state."""
    later = timezone.now().date() + timedelta(days=90)
    people = [
        person("101", gender="F"),
        person("102", title=None, first_name="Bjørn"),
        person("103", employment_type="Lærling"),
        person("104", hire_date=later, employment_start=later),
    ]
    keep_reading(integration, people, timezone.now(), pick_lists=LISTS)
    return integration


def test_everyone_in_scope_is_listed_with_what_is_missing(alice: Client, read: Integration) -> None:
    shown = text(alice, page(read))
    assert "Missing in HR: Job title" in shown
    assert "“Lærling” has no counterpart" in shown
    assert "Bjørn Nordmann 102" in shown
    assert "will be sent from" in shown


def test_a_group_a_search_and_an_order_go_together(alice: Client, read: Integration) -> None:
    shown = text(alice, page(read, f"?show=not_ready&find={sealed('bjørn')}&sort=-number"))
    assert "102" in shown
    assert "Nordmann 103" not in shown
    assert 'aria-sort="descending"' in shown
    assert "Nobody here has “zzz”" in text(alice, page(read, f"?find={sealed('zzz')}"))


def test_a_viewer_sees_numbers_and_fields_but_no_people(bob: Client, read: Integration) -> None:
    shown = text(bob, page(read, f"?find={sealed('bjørn')}"))
    assert "Nobody here" in shown
    shown = text(bob, page(read))
    assert "Missing: Job title" in shown
    assert not any(word in shown for word in ("Bjørn", "Nordmann", "Lærling", "Read again"))


def test_whoever_may_be_somebody_in_payroll_is_not_ready_until_that_is_decided(
    alice: Client, integration: Integration
) -> None:
    people = [person("201"), person("202"), person("203")]
    there = [
        TargetEmployee("E9", Identity("901", emails=people[0].identity.emails), {}),
        TargetEmployee("E2", Identity("202", "Ola", "Dahl"), {}),
    ]
    keep_reading(integration, people, timezone.now(), there, LISTS)
    shown = text(alice, page(integration, "?show=not_ready"))
    assert "<b>2</b> Not ready" in shown
    assert "someone with the same e-mail address under employee number 901" in shown
    assert "another person under employee number 202: the names differ" in shown

    decision = {"source_id": people[0].id, "target_id": "E9", "at": timezone.now()}
    MatchDecision.objects.create(integration=integration, same=False, **decision)
    EmployeeLink.objects.create(integration=integration, source_id=people[1].id, target_id="E2")
    assert "<b>0</b> Not ready" in text(alice, page(integration))


def test_strangers_find_nothing(charlie: Client, read: Integration) -> None:
    assert charlie.get(page(read)).status_code == 404


def test_without_a_reading_the_page_says_how_to_get_one(
    alice: Client, bob: Client, integration: Integration
) -> None:
    assert "Read people</button>" in text(alice, page(integration))
    assert "People have not been read" in text(bob, page(integration))


def test_reading_people_from_here_leads_back_here(
    alice: Client, integration: Integration, use_broker: UseBroker
) -> None:
    use_broker("")  # nothing is queued that another test would find
    url = f"/settings/integrations/{integration.pk}/people/read/"
    assert alice.post(url, {"next": "readiness"})["Location"] == page(integration)


def test_more_people_take_no_more_queries(alice: Client, read: Integration) -> None:
    few = len(queries(alice, page(read)))
    keep_reading(read, [person(str(n)) for n in range(400)], timezone.now())
    assert len(queries(alice, page(read))) == few


def test_the_words_of_a_search_stay_out_of_the_address(alice: Client, read: Integration) -> None:
    answer = alice.post(page(read, "?show=not_ready&page=2"), {"find": " bjørn "})
    assert "bjørn" not in unquote(answer["Location"])  # sealed text may hold any two letters
    assert "show=not_ready" in answer["Location"]
    assert "page=" not in answer["Location"]
    assert "102" in text(alice, answer["Location"].partition("#")[0])


def test_a_search_that_is_not_sealed_finds_everybody(alice: Client, read: Integration) -> None:
    assert "Bjørn Nordmann 102" in text(alice, page(read, "?find=zzz"))
    assert alice.post(page(read), {"find": ""})["Location"].endswith("?#people")
