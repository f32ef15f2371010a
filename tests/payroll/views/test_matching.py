"""The step First match: every group on a page, every button told, nobody else's people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.core.searching import sealed
from payroll.models import EmployeeLink, Integration
from payroll.records import Employee, TargetEmployee
from tests.payroll.people import NATIONAL_ID, PICK_LISTS, in_payroll, person
from tests.payroll.readings import keep_reading

from .scenes import make_integration, make_run, queries, running, text

pytestmark = pytest.mark.django_db
KARI = person("1001", national_id=NATIONAL_ID, title="Montør")
KEY = "e1001|te1001"


def read(
    integration: Integration, people: Sequence[Employee], there: Sequence[TargetEmployee] = ()
) -> None:
    """This is who is in both systems."""
    keep_reading(integration, people, timezone.now(), there, PICK_LISTS)


def page(integration: Integration, query: str = "") -> str:
    return reverse("integration_step", args=[integration.pk, "matching"]) + query


def press(client: Client, integration: Integration, **posted: Any) -> str:
    """The page after a button, with its white space flattened."""
    url = reverse("decide_match", args=[integration.pk])
    answer = client.post(url, posted, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def probable(integration: Integration) -> Integration:
    """With Kari under another number in payroll."""
    read(integration, [KARI], [in_payroll(KARI, code="2001")])
    return integration


def test_before_people_are_read_the_page_teaches(alice: Client, integration: Integration) -> None:
    assert "People have not been read yet" in text(alice, page(integration))


@pytest.mark.parametrize(
    "show",
    [
        "probable",
        "conflict",
        "duplicate",
        "number",
        "linked",
        "only_hr",
        "only_payroll",
        "apart",
        "nonsense",
    ],
)
def test_a_group_with_nobody_in_it_says_what_it_means(
    alice: Client, integration: Integration, show: str
) -> None:
    read(integration, [])
    assert "Find" not in text(alice, page(integration, f"?show={show}"))


def test_a_probable_match_stands_side_by_side_without_the_national_id(
    alice: Client, probable: Integration
) -> None:
    shown = text(alice, page(probable))
    assert "Same person" in shown
    assert "Cannot be two people" in shown
    assert "2001" in shown
    assert NATIONAL_ID not in shown


def test_the_button_links_and_the_link_can_be_taken_back(
    alice: Client, probable: Integration
) -> None:
    told = press(alice, probable, same=KEY, view="show=probable&find=kari&evil=1")
    assert "is linked to 2001 in payroll. Nothing was sent." in told
    assert "Confirmed by alice@alice.example" in text(alice, page(probable, "?show=linked"))
    assert "Taken back" in press(alice, probable, undo=KEY, view="show=linked")
    assert not probable.links.exists()


def test_a_link_to_whom_another_integration_keeps_can_be_taken_back(
    alice: Client, probable: Integration
) -> None:
    press(alice, probable, same=KEY)
    other = make_integration(probable.organisation, "Xledger Sverige")
    EmployeeLink.objects.create(integration=other, source_id="x", target_id="te1001")
    shown = text(alice, page(probable, "?show=conflict"))
    assert "Already kept by the integration “Xledger Sverige”" in shown
    assert "Taken back" in press(alice, probable, undo=KEY, view="show=conflict")
    assert not probable.links.exists()


def test_a_double_submit_is_told_and_harmless(alice: Client, probable: Integration) -> None:
    press(alice, probable, same=KEY)
    assert "Nothing was changed" in press(alice, probable, same=KEY)
    assert probable.links.count() == 1


def test_the_page_comes_back_as_it_was(alice: Client, probable: Integration) -> None:
    posted = {"same": KEY, "view": "show=probable&find=k%C3%A5&page=2&next=//evil"}
    answer = alice.post(reverse("decide_match", args=[probable.pk]), posted)
    assert answer["Location"] == page(probable, "?show=probable&find=k%C3%A5&page=2")


def test_several_ticked_pairs_are_linked_together(alice: Client, integration: Integration) -> None:
    ola = person("1002", first_name="Ola")
    read(integration, [KARI, ola], [in_payroll(KARI, code="2001"), in_payroll(ola, code="2002")])
    assert "Link the ticked pairs" in text(alice, page(integration))
    told = press(alice, integration, chosen="same", pair=[KEY, "e1002|te1002"])
    assert "2 people are linked" in told


def test_ticking_nobody_is_told(alice: Client, probable: Integration) -> None:
    assert "Nobody was chosen" in press(alice, probable, chosen="same")


def test_different_people_are_kept_apart_and_shown(alice: Client, integration: Integration) -> None:
    kari = person("1001")
    read(integration, [kari], [in_payroll(kari, code="2001")])
    assert "kept apart" in press(alice, integration, different=KEY)
    assert "Kept apart by" in text(alice, page(integration, "?show=apart"))
    read(integration, [], [])
    assert "no longer" in text(alice, page(integration, "?show=apart"))


def test_during_a_run_the_buttons_are_gone_and_refused(
    alice: Client, probable: Integration
) -> None:
    running(probable)
    shown = text(alice, page(probable))
    assert "A run is under way" in shown
    assert 'name="same"' not in shown
    assert "Nothing was changed" in press(alice, probable, same=KEY)
    assert not probable.links.exists()


def test_a_sync_since_the_reading_is_told(alice: Client, probable: Integration) -> None:
    assert "Read again to see who" not in text(alice, page(probable))
    make_run(probable, planned_at=timezone.now())
    assert "Read again to see who" in text(alice, page(probable))


def test_people_are_found_by_name_and_number_in_either_system(
    alice: Client, integration: Integration
) -> None:
    ola = person("77", first_name="Ola", last_name="Hansen")
    read(integration, [KARI, ola])
    for wanted in ("NORDMANN kari", "1001"):
        shown = text(alice, page(integration, f"?show=only_hr&find={sealed(wanted)}"))
        assert "Kari Nordmann" in shown
        assert "Ola Hansen" not in shown
    assert "Nobody in this group has" in text(
        alice, page(integration, f"?show=only_hr&find={sealed('zzz')}")
    )


def test_people_are_sorted_and_paged(alice: Client, integration: Integration) -> None:
    read(integration, [person(str(n), last_name=f"N{n:03}") for n in range(1, 61)])
    first = text(alice, page(integration, "?show=only_hr&sort=-number"))
    assert first.index("N060") < first.index("N059")
    assert "1–50 of 60" in first
    assert "N010" in text(alice, page(integration, "?show=only_hr&sort=-name&page=2"))


def test_a_page_takes_as_many_queries_for_one_as_for_many(
    alice: Client, integration: Integration
) -> None:
    def count(number: int) -> int:
        people = [person(str(n), birth_date=None) for n in range(1, number + 1)]
        read(integration, people, [in_payroll(each, code=f"9{n}") for n, each in enumerate(people)])
        return len(queries(alice, page(integration)))

    assert count(1) == count(40)


@pytest.mark.parametrize("show", ["probable", "only_payroll"])
def test_names_are_only_text(alice: Client, integration: Integration, show: str) -> None:
    evil = person("1001", first_name="<script>", last_name="alert(1)")
    other = replace(in_payroll(evil, code="2001"), id="t2")
    read(integration, [evil] if show != "only_payroll" else [], [other])
    shown = text(alice, page(integration, f"?show={show}"))
    assert "<script>alert" not in shown.replace("<script> ", "<script>")


def test_only_those_who_may_configure_decide(
    bob: Client, charlie: Client, probable: Integration
) -> None:
    url = reverse("decide_match", args=[probable.pk])
    assert bob.get(page(probable)).status_code == 403
    assert charlie.get(page(probable)).status_code == 404
    assert bob.post(url, {"same": KEY}).status_code == 403
    assert charlie.post(url, {"same": KEY}).status_code == 404
    assert not probable.links.exists()


def test_a_decision_is_never_taken_by_following_a_link(
    alice: Client, probable: Integration
) -> None:
    assert alice.get(reverse("decide_match", args=[probable.pk])).status_code == 405
