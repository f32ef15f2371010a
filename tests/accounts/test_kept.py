"""An expired log-in in the middle of a form loses nothing and tells nobody anything."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts import kept
from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll.configuration.editing import begin
from payroll.models import Integration, SyncRun

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"
SECRET = "an-xledger-token"
FORM = "application/x-www-form-urlencoded"
OURS = {"Origin": "http://testserver"}


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Fjordkraft AS", addon_since=timezone.now())


@pytest.fixture
def owner(organisation: Organisation) -> User:
    return member("owner", organisation)


@pytest.fixture
def colleague(organisation: Organisation) -> User:
    return member("colleague", organisation)


@pytest.fixture
def draft(organisation: Organisation, owner: User) -> Integration:
    return begin(organisation, "simployer", "xledger", owner, timezone.now())


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's, as careful about forms as the real site."""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    log_in(client, owner)
    return client


def member(name: str, organisation: Organisation) -> User:
    user = User.objects.create_user(f"{name}@fjordkraft.example", PASSWORD)
    Membership.objects.create(user=user, organisation=organisation, role=Role.OWNER)
    return user


def send(client: Client, path: str, form: dict[str, Any], **headers: str) -> Any:
    """A form of a page that this browser has just loaded."""
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    body = urlencode({"csrfmiddlewaretoken": token, **form}, doseq=True)
    return client.generic("POST", path, body, FORM, headers=headers)


def log_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return send(client, "/login/", {"username": user.email, "password": password, **more})


def hidden(answer: Any) -> dict[str, str]:
    """What the page's form carries without showing it; never anything that was entered."""
    page = answer.content.decode()
    assert answer.status_code in (200, 403, 429)
    assert SECRET not in page
    found = re.findall(r'<input type="hidden" name="(kept|next)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def go_on(client: Client, page: Any, path: str) -> Any:
    """Presses the button of the page that comes after logging in."""
    assert f'action="{path}"' in page.content.decode()
    return send(client, path, {"kept": hidden(page)["kept"]})


def step(draft: Integration, key: str) -> str:
    return reverse("integration_step", args=[draft.pk, key])


def days(draft: Integration, *chosen: str) -> dict[str, Any]:
    return {"version": draft.config_version, "mode": "scheduled", "days": chosen}


def interrupted(client: Client, path: str, form: dict[str, Any], **headers: str) -> Any:
    """The log-in expires, and then the form is sent."""
    Session.objects.all().delete()
    return send(client, path, form, **headers)


def test_what_was_entered_is_saved_after_logging_in_again(
    browser: Client, owner: User, draft: Integration
) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon", "fri"))
    assert "what you entered is kept" in page.content.decode()
    again = log_in(browser, owner, **hidden(page))
    draft.refresh_from_db()
    assert draft.schedule_days == []

    answer = go_on(browser, again, step(draft, "schedule"))
    assert answer["Location"] == step(draft, "review")
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon", "fri"]


def test_a_token_is_kept_and_never_shown(browser: Client, owner: User, draft: Integration) -> None:
    form = {
        "version": draft.config_version,
        "label": "Lønn & ære",
        "source_environment": draft.source_environment,
        "target_environment": draft.target_environment,
        "target_token": SECRET,
    }
    page = interrupted(browser, step(draft, "connection"), form)
    go_on(browser, log_in(browser, owner, **hidden(page)), step(draft, "connection"))
    draft.refresh_from_db()
    assert draft.label == "Lønn & ære"
    assert draft.secrets("target") == {"token": SECRET}
    assert not any(SECRET in str(row.get_decoded()) for row in Session.objects.all())


def test_a_wrong_password_first_loses_nothing(
    browser: Client, owner: User, draft: Integration
) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    wrong = log_in(browser, owner, "mistyped", **hidden(page))
    assert "do not belong together" in wrong.content.decode()
    assert hidden(wrong) == hidden(page)
    go_on(browser, log_in(browser, owner, **hidden(wrong)), step(draft, "schedule"))
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


def test_a_lock_out_loses_nothing(browser: Client, owner: User, draft: Integration) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    for _ in range(9):
        log_in(browser, owner, "mistyped", **hidden(page))
    locked = log_in(browser, owner, "mistyped", **hidden(page))
    assert locked.status_code == 429
    again = send(browser, "/login/", hidden(locked))
    assert "This field is required" not in again.content.decode()
    AccessAttempt.objects.all().delete()  # as after 15 minutes
    go_on(browser, log_in(browser, owner, **hidden(again)), step(draft, "schedule"))
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


def test_bad_input_comes_back_with_its_error(
    browser: Client, owner: User, draft: Integration
) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft))
    answer = go_on(browser, log_in(browser, owner, **hidden(page)), step(draft, "schedule"))
    assert "Choose at least one weekday" in answer.content.decode()


def test_what_somebody_changed_meanwhile_is_not_overwritten(
    browser: Client, owner: User, draft: Integration
) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    again = log_in(browser, owner, **hidden(page))
    Integration.objects.update(config_version=7, schedule_days=["wed"])
    answer = go_on(browser, again, step(draft, "schedule"))
    assert "Somebody changed this integration" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.schedule_days == ["wed"]


def test_an_address_with_a_question_mark_keeps_its_entries(
    browser: Client, owner: User, draft: Integration
) -> None:
    path = step(draft, "schedule") + "?from=review"
    page = interrupted(browser, path, days(draft, "mon"))
    go_on(browser, log_in(browser, owner, **hidden(page)), path)
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


def test_a_log_in_that_expires_again_before_going_on_loses_nothing(
    browser: Client, owner: User, draft: Integration
) -> None:
    path = step(draft, "schedule")
    page = interrupted(browser, path, days(draft, "mon"))
    again = log_in(browser, owner, **hidden(page))
    page = interrupted(browser, path, {"kept": hidden(again)["kept"]})
    assert hidden(page)["kept"] == hidden(again)["kept"]
    go_on(browser, log_in(browser, owner, **hidden(page)), path)
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


def test_another_account_is_not_offered_them(
    browser: Client, colleague: User, draft: Integration
) -> None:
    path = step(draft, "schedule")
    page = interrupted(browser, path, days(draft, "mon"))
    answer = log_in(browser, colleague, **hidden(page))
    assert answer["Location"] == path
    assert "belongs to another account" in browser.get(path).content.decode()

    answer = send(browser, path, {"kept": hidden(page)["kept"]})
    assert answer["Location"] == path
    draft.refresh_from_db()
    assert draft.schedule_days == []


def test_a_page_from_before_an_unknown_log_in_is_kept_for_nobody(
    browser: Client, owner: User, draft: Integration
) -> None:
    browser.cookies[kept.COOKIE] = signing.dumps(str(owner.pk), salt="of another log-in")
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    assert page.status_code == 302
    assert "Log in and do it again" in browser.get(page["Location"]).content.decode()


def test_after_an_hour_they_are_gone(
    browser: Client, owner: User, draft: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = step(draft, "schedule")
    page = interrupted(browser, path, days(draft, "mon"))
    monkeypatch.setattr(kept, "KEPT_FOR", -timedelta(seconds=1))
    assert log_in(browser, owner, **hidden(page))["Location"] == path
    assert "kept for an hour, which is over" in browser.get(path).content.decode()


@pytest.mark.parametrize("other", ["review", "connection"])
def test_they_open_only_where_they_were_sent_to(
    browser: Client, owner: User, draft: Integration, other: str
) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    log_in(browser, owner)
    send(browser, step(draft, other), {"kept": hidden(page)["kept"]})
    draft.refresh_from_db()
    assert (draft.schedule_days, draft.config_version) == ([], 1)


def test_nobody_is_sent_to_another_site(browser: Client, owner: User, draft: Integration) -> None:
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    stolen = hidden(page) | {"next": "https://elsewhere.example/"}
    assert log_in(browser, owner, **stolen)["Location"] == "/"


@pytest.mark.parametrize("sealed", ["x", "1:nokey:eHg=", "1", "é" * 10, ":::"])
def test_what_is_no_sealed_text_is_refused(
    browser: Client, draft: Integration, sealed: str
) -> None:
    path = step(draft, "schedule")
    assert send(browser, path, {"kept": sealed})["Location"] == path
    assert "could not be brought back" in browser.get(path).content.decode()


def test_sealed_entries_need_the_forms_own_protection_too(
    browser: Client, owner: User, draft: Integration
) -> None:
    path = step(draft, "schedule")
    page = interrupted(browser, path, days(draft, "mon"))
    again = log_in(browser, owner, **hidden(page))
    forged = {"kept": hidden(again)["kept"], "csrfmiddlewaretoken": "x" * 32}
    assert send(browser, path, forged, Origin="https://elsewhere.example").status_code == 403
    draft.refresh_from_db()
    assert draft.schedule_days == []


def test_too_much_is_not_kept_and_the_page_says_so(
    browser: Client, draft: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LARGEST", 30)
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"))
    told = browser.get(page["Location"]).content.decode()
    assert "nothing was done" in told
    assert "go back to the page and copy it" in told


def test_the_largest_that_is_kept_comes_back_whole(
    browser: Client, owner: User, draft: Integration
) -> None:
    form = days(draft, "mon") | {"filling": "x" * (kept.LARGEST - 100)}
    page = interrupted(browser, step(draft, "schedule"), form)
    go_on(browser, log_in(browser, owner, **hidden(page)), step(draft, "schedule"))
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


@pytest.mark.parametrize("button", ["integration_sync", "integration_preview", "read_people"])
def test_a_button_starts_nothing_after_logging_in(
    browser: Client, owner: User, draft: Integration, button: str
) -> None:
    Integration.objects.update(state=Integration.State.ACTIVE)
    detail = reverse("integration", args=[draft.pk])
    page = interrupted(
        browser, reverse(button, args=[draft.pk]), {}, Referer=f"http://testserver{detail}"
    )
    assert page["Location"] == f"/login/?next={detail}"
    assert log_in(browser, owner, next=detail)["Location"] == detail
    assert "nothing was done" in browser.get(detail).content.decode()
    assert not SyncRun.objects.exists()


def test_the_page_before_is_never_another_sites(browser: Client, draft: Integration) -> None:
    path = reverse("integration_sync", args=[draft.pk])
    page = interrupted(browser, path, {}, Referer="https://elsewhere.example/login/")
    assert page["Location"] == "/login/?next=/"


def test_activating_is_not_done_later(browser: Client, draft: Integration) -> None:
    page = interrupted(browser, step(draft, "review"), {"version": draft.config_version})
    assert page.status_code == 302


def test_a_fragment_is_not_kept(browser: Client, draft: Integration) -> None:
    headers = {"HX-Request": "true"}
    page = interrupted(browser, step(draft, "schedule"), days(draft, "mon"), **headers)
    assert page.status_code == 302


def test_a_log_in_in_another_tab_loses_nothing(
    browser: Client, owner: User, draft: Integration
) -> None:
    path = step(draft, "schedule")
    old = {"csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    Session.objects.all().delete()
    log_in(browser, owner)
    page = send(browser, path, days(draft, "mon") | old, **OURS)
    draft.refresh_from_db()
    assert draft.schedule_days == []
    go_on(browser, page, path)
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


def test_the_log_in_page_itself_survives_a_log_in_in_another_tab(
    browser: Client, owner: User, draft: Integration
) -> None:
    path = step(draft, "schedule")
    page = interrupted(browser, path, days(draft, "mon"))
    old = {"csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    log_in(browser, owner)
    again = send(browser, "/login/", {"password": "any", **old, **hidden(page)}, **OURS)
    go_on(browser, again, path)
    draft.refresh_from_db()
    assert draft.schedule_days == ["mon"]


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_form_of_another_site_is_refused_and_not_kept(
    browser: Client, draft: Integration, headers: dict[str, str]
) -> None:
    forged = days(draft, "mon") | {"csrfmiddlewaretoken": "x" * 32}
    page = send(browser, step(draft, "schedule"), forged, **headers)
    assert page.status_code == 403
    assert hidden(page) == {}


def test_without_any_cookie_the_page_says_how_to_save_it(draft: Integration) -> None:
    page = Client(enforce_csrf_checks=True).post(step(draft, "schedule"), days(draft, "mon"))
    assert page.status_code == 403
    assert "log in in a new tab" in page.content.decode()
    assert hidden(page) == {}


def test_nothing_entered_is_logged(
    browser: Client, owner: User, draft: Integration, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        page = interrupted(browser, step(draft, "connection"), {"target_token": SECRET})
        go_on(browser, log_in(browser, owner, **hidden(page)), step(draft, "connection"))
    assert SECRET not in caplog.text
    assert hidden(page)["kept"] not in caplog.text
