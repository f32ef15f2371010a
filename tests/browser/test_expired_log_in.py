"""The log-in expires in the middle of a step: nothing that was entered is lost."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from integration_hub.accounts.models import User
from payroll.models import Snapshot
from tests.journeys.world import World

from .conftest import PASSWORD, log_in
from .test_sync_now import keep_screenshot

pytestmark = pytest.mark.browser


@pytest.fixture
def schedule(customer: World) -> str:
    """The address of the step When."""
    return f"/settings/integrations/{customer.integration.pk}/setup/schedule/"


def enter_days(page: Page, schedule: str) -> None:
    """Tuesday and Friday, not saved."""
    page.goto(schedule)
    page.get_by_label("Monday").uncheck()
    page.get_by_label("Wednesday").uncheck()
    page.get_by_label("Tuesday").check()
    page.get_by_label("Friday").check()


def log_in_here(page: Page, user: User) -> None:
    """On the page that asks for it now."""
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def expect_saved(customer: World) -> None:
    customer.integration.refresh_from_db()
    assert customer.integration.schedule_days == ["tue", "fri"]


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_entered_is_saved_after_logging_in_again(
    browser: Browser,
    live_server: LiveServer,
    admin: User,
    customer: World,
    schedule: str,
    scripts: bool,
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=scripts)
    page = context.new_page()
    log_in(page, admin)
    enter_days(page, schedule)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("what you entered is kept")).to_be_visible()
    keep_screenshot(page, "log-in-again.png")
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill("mistyped")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("do not belong together")).to_be_visible()
    log_in_here(page, admin)
    expect(page.get_by_role("heading", name="Your entries are kept")).to_be_visible()
    keep_screenshot(page, "entries-kept.png")
    page.get_by_role("button", name="Go on with my entries").click()
    expect(page.get_by_text("When: saved")).to_be_visible()
    expect_saved(customer)
    context.close()


def test_a_log_in_in_another_tab_meanwhile_loses_nothing(
    page: Page, admin: User, customer: World, schedule: str
) -> None:
    log_in(page, admin)
    enter_days(page, schedule)
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    log_in(other, admin)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Go on with my entries").click()
    expect(page.get_by_text("When: saved")).to_be_visible()
    expect_saved(customer)


def test_without_cookies_the_way_that_the_page_tells_saves_it(
    page: Page, admin: User, customer: World, schedule: str
) -> None:
    log_in(page, admin)
    enter_days(page, schedule)
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Nothing was saved yet")).to_be_visible()
    keep_screenshot(page, "log-in-newer.png")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="log in in a new tab").click()
    log_in_here(opened.value, admin)
    expect(opened.value.get_by_role("heading", name="Integrations")).to_be_visible()

    page.go_back()
    expect(page.get_by_label("Friday")).to_be_checked()
    expect(page.get_by_label("Monday")).not_to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("When: saved")).to_be_visible()
    expect_saved(customer)


def test_a_live_part_that_finds_the_log_in_expired_leaves_the_entries_alone(
    page: Page, admin: User, customer: World, schedule: str
) -> None:
    log_in(page, admin)
    page.goto(schedule)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Friday").check()
    expect(page.get_by_text("You were logged out meanwhile")).to_be_visible()
    expect(page.get_by_label("Friday")).to_be_checked()


def test_the_end_of_a_reading_takes_nothing_from_somebody_who_is_editing(
    page: Page, admin: User, customer: World
) -> None:
    now = timezone.now()
    snapshot = Snapshot.objects.create(
        integration=customer.integration, requested_at=now, heartbeat_at=now, fence=1
    )
    log_in(page, admin)
    page.goto(f"/settings/integrations/{customer.integration.pk}/setup/scope/")
    region = page.locator("#reading-state")
    expect(region).to_contain_text("Waiting for its turn")
    region.evaluate("element => { window.before = element; }")
    Snapshot.objects.update(status=Snapshot.Status.READING, requests=3)
    expect(region).to_contain_text("Reading everyone")
    expect(page.get_by_text("3 requests so far")).to_be_visible()
    assert region.evaluate("element => element === window.before")

    page.evaluate(
        """() => document.querySelector('main form[method=post] input:not([type=hidden])')
            ?.dispatchEvent(new Event('input', {bubbles: true}))"""
    )
    Snapshot.objects.filter(pk=snapshot.pk).update(status=Snapshot.Status.FAILED, error="Down.")
    expect(region).to_contain_text("The reading is over")
