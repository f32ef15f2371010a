"""A fresh organisation, from Add integration to a finished first sync, in the browser alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from payroll.models import Integration, SyncRun
from tests.journeys.world import World

from .conftest import log_in
from .test_sync_now import PATIENCE, keep_screenshot

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]


def test_from_nothing_to_a_finished_first_sync(page: Page, founder: User, customer: World) -> None:
    log_in(page, founder)
    page.get_by_role("link", name="Add integration").click()
    page.get_by_label("X-ledger").check()
    page.get_by_role("button", name="Next").click()

    connect(page)
    choose_who(page)
    choose_fields(page)
    confirm_the_probable_match(page)
    choose_weekdays(page)
    draft = Integration.objects.get(label="Nordlys lønn")
    preview_the_plan(page, draft)
    begin_with_one_person(page, draft)
    go_on_to_everyone(page, draft)


def connect(page: Page) -> None:
    """Connection: tokens in, both systems tested."""
    page.get_by_label("Name", exact=True).fill("Nordlys lønn")
    page.get_by_label("Simployer One access token").fill("a-simployer-token")
    page.get_by_label("X-ledger API token").fill("an-xledger-token")
    page.get_by_role("button", name="Save and test connection").click()
    expect(page.get_by_text("Works", exact=True)).to_have_count(2, timeout=PATIENCE)
    expect(page.get_by_text("Fjordkraft Demo AS").first).to_be_visible()
    keep_screenshot(page, "wizard-connection.png")
    save(page, "Who")


def choose_who(page: Page) -> None:
    """Who: leaves one department out, and sees the number follow."""
    expect(page.get_by_text("Shown as read")).to_be_visible(timeout=PATIENCE)
    count = page.locator("#headcount")
    before = count.inner_text()
    page.get_by_label("Bergen").check()
    expect(count).not_to_have_text(before, use_inner_text=True)
    page.get_by_label("Bergen").uncheck()
    save(page, "Fields")


def choose_fields(page: Page) -> None:
    """Fields: a word of HR that X-ledger does not know gets its code."""
    expect(page.get_by_text("This stops 1 person")).to_be_visible()
    page.get_by_role("link", name="Employee group").click()
    page.get_by_label("“Styremedlem”").select_option(index=2)
    save(page, "First match")
    page.get_by_role("link", name="Fields").click()
    expect(page.get_by_text("This stops 1 person")).to_have_count(0)
    page.get_by_role("link", name="First match").click()


def confirm_the_probable_match(page: Page) -> None:
    """First match: one person stands in X-ledger under another number."""
    page.get_by_role("button", name="Same person").click()
    expect(page.get_by_role("status").first).to_contain_text("linked")
    page.get_by_role("link", name="Go on to When").click()


def choose_weekdays(page: Page) -> None:
    """When: a schedule needs a day."""
    page.get_by_label("On the weekdays chosen below").check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one weekday")
    page.get_by_label("Monday").check()
    save(page, "Review")


def preview_the_plan(page: Page, draft: Integration) -> None:
    """Review: the whole plan, with nothing sent."""
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("nothing was sent", exact=False).first).to_be_visible(timeout=PATIENCE)
    assert draft.links.count() == 1
    page.get_by_role("link", name="Back to Review").click()
    keep_screenshot(page, "wizard-review.png")


def begin_with_one_person(page: Page, draft: Integration) -> None:
    """A trial: one new person, and nobody else."""
    preview = SyncRun.objects.get(integration=draft)
    newcomer = preview.changes.filter(kind="create", outcome="")[0].employee_number
    page.get_by_label("Employee number", exact=False).first.fill(newcomer)
    page.get_by_role("button", name="Start with these people").click()
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible(timeout=PATIENCE)
    assert SyncRun.objects.get(integration=draft, preview=False).counts()["created"] == 1


def go_on_to_everyone(page: Page, draft: Integration) -> None:
    """And then everyone; the linked person's other number waits for somebody to decide."""
    page.get_by_role("button", name="Sync everyone").click()
    expect(page.get_by_text("Also switch", exact=False)).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text("1 person needs attention")).to_be_visible(timeout=PATIENCE)
    run = SyncRun.objects.filter(integration=draft, preview=False, only=[]).get()
    assert run.counts()["created"] > 0
    assert draft.links.filter(target_id__gt="").count() > 40


def save(page: Page, following: str) -> None:
    """Saves the step and lands on the next."""
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(following)
