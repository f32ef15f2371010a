"""Who sees and who may do what: an admin, a viewer, a stranger, and somebody not logged in."""

from __future__ import annotations

import pytest
from django.test import Client

from payroll.models import Integration, SyncRun

from .scenes import make_change, make_run, text

PAGES = (
    "/settings/integrations/{integration}/",
    "/settings/integrations/{integration}/waiting/",
    "/settings/integrations/{integration}/pins/",
    "/runs/{run}/",
    "/runs/{run}/progress/",
    "/settings/integrations/{integration}/month/",
)
BUTTONS = (
    "/settings/integrations/{integration}/sync/",
    "/settings/integrations/{integration}/preview/",
)


def _url(pattern: str, integration: Integration) -> str:
    run = integration.runs.first() or make_run(integration)
    return pattern.format(integration=integration.pk, run=run.pk)


@pytest.mark.parametrize("page", PAGES)
def test_colleagues_see_a_page_and_strangers_get_nothing(
    page: str, alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    url = _url(page, integration)
    assert alice.get(url).status_code == 200
    assert bob.get(url).status_code == 200
    assert charlie.get(url).status_code == 404


@pytest.mark.parametrize("page", ["/settings/integrations/", "/activity/"])
def test_a_list_holds_only_what_belongs_to_the_reader(
    page: str, bob: Client, charlie: Client, integration: Integration
) -> None:
    make_run(integration)
    assert "Xledger Norge" in text(bob, page)
    assert "Xledger Norge" not in text(charlie, page)


def test_activity_of_a_strangers_integration_is_not_found(
    alice: Client, charlie: Client, integration: Integration
) -> None:
    url = f"/activity/?integration={integration.pk}"
    assert alice.get(url).status_code == 200
    assert charlie.get(url).status_code == 404
    assert alice.get("/activity/?integration=nonsense").status_code == 404


@pytest.mark.parametrize("button", BUTTONS)
def test_only_those_who_may_run_can_press_a_button(
    button: str, alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    url = button.format(integration=integration.pk)
    refused = bob.post(url)
    assert refused.status_code == 403
    assert "owner or admin" in refused.content.decode()
    assert charlie.post(url).status_code == 404
    assert SyncRun.objects.count() == 0
    assert alice.post(url).status_code == 302
    assert SyncRun.objects.count() == 1


def test_a_viewer_is_refused_on_a_draft_before_anything_else(
    bob: Client, integration: Integration
) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    assert bob.post(f"/settings/integrations/{integration.pk}/sync/").status_code == 403


def test_a_button_cannot_be_followed_as_a_link(alice: Client, integration: Integration) -> None:
    assert alice.get(f"/settings/integrations/{integration.pk}/sync/").status_code == 405
    assert SyncRun.objects.count() == 0


def test_a_form_from_another_site_is_refused(alice: Client, integration: Integration) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    refused = strict.post(f"/settings/integrations/{integration.pk}/sync/")
    assert refused.status_code == 403
    assert "Nothing was done" in refused.content.decode()
    assert SyncRun.objects.count() == 0


def test_a_viewer_sees_no_buttons(alice: Client, bob: Client, integration: Integration) -> None:
    url = f"/settings/integrations/{integration.pk}/"
    assert "Sync now</button>" in text(alice, url)
    assert "Sync now</button>" not in text(bob, url)
    assert "Preview</button>" not in text(bob, url)


def test_a_viewer_sees_numbers_and_fields_but_no_people(
    alice: Client, bob: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(
        run,
        "20001",
        fields={
            "email": ("old@x.example", "new@x.example"),
            "birthday": (None, "1990-01-01"),
            "fullAddress": (None, "Storgata 1"),
            "positionValue": (None, "KONSULENT"),
        },
    )
    personal = ("Kari", "Nordmann", "old@x.example", "new@x.example", "1 Jan 1990", "Storgata 1")
    seen, masked = (text(client, f"/runs/{run.pk}/") for client in (alice, bob))
    assert all(value in seen for value in personal)
    assert not any(value in masked for value in personal)
    assert all(word in masked for word in ("20001", "Name hidden", "E-mail", "KONSULENT"))


def test_a_viewer_is_told_the_kind_of_a_problem_and_not_its_words(
    alice: Client, bob: Client, integration: Integration
) -> None:
    run = make_run(integration)
    change = make_change(run, outcome="rejected")
    words = ["“Kari Nordmann” is taken", "“Styremedlem” has no counterpart", "Strange."]
    codes = ["rejected", "unmapped_value", "never_seen"]
    change.details |= {
        "problems": [
            {"code": code, "message": text, "field": "", "blocking": False}
            for code, text in zip(codes, words, strict=True)
        ]
    }
    change.save()
    seen, masked = (text(client, f"/runs/{run.pk}/") for client in (alice, bob))
    assert all(word in seen for word in words)
    assert not any(word in masked for word in words)
    assert "Payroll refused a value." in masked
    assert "A value has no counterpart in payroll&#x27;s list." in masked
    assert "Something about this person needs attention." in masked


@pytest.mark.parametrize("page", ["/", "/settings/integrations/", "/activity/", *PAGES])
def test_every_page_asks_for_a_login(page: str, client: Client, integration: Integration) -> None:
    response = client.get(_url(page, integration))
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


def test_a_page_that_is_not_there_says_so_in_words(alice: Client) -> None:
    response = alice.get("/nope/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_pages_forbid_scripts_and_styles_from_elsewhere(
    alice: Client, integration: Integration
) -> None:
    response = alice.get(f"/settings/integrations/{integration.pk}/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    body = response.content.decode()
    assert "style=" not in body
    assert "<style" not in body
    assert "<script>" not in body
    assert "onclick" not in body
