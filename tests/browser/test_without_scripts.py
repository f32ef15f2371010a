"""The same way from nothing to a finished first sync in a browser that runs no scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from integration_hub.accounts.models import User
from payroll.models import Integration, SyncRun
from tests.journeys.world import World

from .conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]
PATIENCE = 60  # seconds for a worker


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window in which no script runs."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_from_nothing_to_a_finished_first_sync(page: Page, founder: User, customer: World) -> None:
    log_in(page, founder)
    page.get_by_role("link", name="Add integration").click()
    page.get_by_label("X-ledger").check()
    page.get_by_role("button", name="Next").click()
    connect(page)
    choose_who(page)
    choose_fields(page)
    decide_who_is_who(page)
    choose_weekdays(page)
    draft = Integration.objects.get(label="Nordlys lønn")
    preview_the_plan(page, draft)
    activate_and_sync(page, draft)


def connect(page: Page) -> None:
    """Connection: tokens in, both systems tested."""
    page.get_by_label("Name", exact=True).fill("Nordlys lønn")
    page.get_by_label("Simployer One access token").fill("a-simployer-token")
    page.get_by_label("X-ledger API token").fill("an-xledger-token")
    press(page, "Save and test connection")
    expect(page.get_by_text("Works", exact=True)).to_have_count(2)
    save(page, "Who")


def choose_who(page: Page) -> None:
    """Who: looks at a choice before it is saved, and finds somebody to leave out."""
    load_until(page, page.get_by_text("Shown as read"))
    count = page.locator("#headcount")
    before = count.inner_text()
    page.get_by_label("Bergen").check()
    press(page, "Show who this is")
    expect(count).not_to_have_text(before, use_inner_text=True)
    expect(page.get_by_label("Bergen")).to_be_checked()
    page.get_by_label("Bergen").uncheck()
    page.get_by_label("Find a person").fill("10009")
    press(page, "Find")
    press(page, "Leave out")
    expect(page.get_by_label("Always leave out")).to_have_value("10009")
    save(page, "Fields")


def choose_fields(page: Page) -> None:
    """Fields: a word of HR that X-ledger does not know gets its code, in a folded row."""
    expect(page.get_by_text("This stops 1 person")).to_be_visible()
    page.get_by_role("link", name="Employee group").click()
    page.get_by_label("“Styremedlem”").select_option(index=2)
    save(page, "First match")


def decide_who_is_who(page: Page) -> None:
    """First match: one person stands in X-ledger under another number."""
    press(page, "Same person")
    expect(page.get_by_role("status").first).to_contain_text("linked")
    page.get_by_role("link", name="Go on to When").click()


def choose_weekdays(page: Page) -> None:
    """When: the mistake is told in place, and the next run is shown before saving."""
    page.get_by_label("On the weekdays chosen below").check()
    press(page, "Save and go on")
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one weekday")
    page.get_by_label("Monday").check()
    press(page, "Show the next run")
    expect(page.locator("#planned")).to_contain_text("the first run is Mon")
    save(page, "Review")


def preview_the_plan(page: Page, draft: Integration) -> None:
    """Review: the whole plan, with nothing sent; the page of a run loads itself anew."""
    press(page, "Preview")
    load_until(page, page.get_by_text("nothing was sent", exact=False).first)
    page.get_by_role("link", name="Back to Review").click()
    assert SyncRun.objects.get(integration=draft).preview


def activate_and_sync(page: Page, draft: Integration) -> None:
    """Everyone."""
    press(page, "Activate")
    press(page, "Sync now")
    load_until(page, page.get_by_text("1 person needs attention").first)
    assert SyncRun.objects.get(integration=draft, preview=False).counts()["created"] > 0
    assert draft.links.filter(target_id__gt="").count() > 40


def press(page: Page, name: str) -> None:
    """The first button of that name that can be seen."""
    page.get_by_role("button", name=name).first.click()


def save(page: Page, following: str) -> None:
    """Saves the step and lands on the next."""
    press(page, "Save and go on")
    expect(page.get_by_role("heading", level=1)).to_have_text(following)


def load_until(page: Page, wanted: Locator) -> None:
    """Loads the page again, as it says, until the worker is done."""
    end = time.monotonic() + PATIENCE
    while not wanted.count() and time.monotonic() < end:
        again = page.get_by_role("link", name="Load the page again")
        if again.count():
            again.click()
        else:
            page.wait_for_timeout(500)
            page.reload()
    expect(wanted).to_be_visible()
