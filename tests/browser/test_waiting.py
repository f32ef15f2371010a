"""A second person in a real browser: looks at what waits, approves it, and sees it sent."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from integration_hub.accounts.models import User
from payroll.models import SyncRun
from payroll.records import Subject
from payroll.waiting import waiting_for
from tests.journeys.accounts import NEW, account, move_account, wait_for
from tests.journeys.leavers import staying
from tests.journeys.world import World

from .conftest import log_in
from .test_accessibility import expect_no_barrier

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]
PATIENCE = 30_000  # milliseconds


@pytest.fixture
def customer(small: World) -> World:
    """Somebody has a new bank account, which waits."""
    wait_for(small, Subject.BANK_ACCOUNT)
    move_account(small, staying(small)[0], NEW)
    small.run()
    return small


def find(page: Page, customer: World) -> str:
    """From the integration to the list, by its link; the number of who is there."""
    page.goto(f"/settings/integrations/{customer.integration.pk}/")
    page.get_by_role("link", name="Waiting for approval").first.click()
    expect(page.get_by_text("••••• 4074")).to_be_visible()
    return waiting_for(customer.integration).get().employee_number


def approve(page: Page, number: str) -> None:
    """Ticks by the keyboard, and presses the button."""
    page.get_by_role("checkbox", name=re.compile(rf"{number}\s*: Bank account")).press("Space")
    page.get_by_role("button", name="Approve chosen").click()
    expect(page.get_by_text("Here is the run that sends it.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_account_is_approved_and_sent_before_ones_eyes(
    page: Page, admin: User, customer: World, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    log_in(page, admin)
    number = find(page, customer)
    expect_no_barrier(page)
    approve(page, number)
    expect(page.get_by_text("what was approved, and is still the same in HR")).to_be_visible(
        timeout=PATIENCE
    )
    expect_no_barrier(page)
    assert account(customer, number) == NEW
    assert SyncRun.objects.filter(trigger=SyncRun.Trigger.APPROVED).count() == 1
    page.locator("summary", has_text="Bank account").click()
    expect(page.get_by_text("Approved by HR.")).to_be_visible()
    page.get_by_role("link", name="Waiting for approval").click()
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    page.go_back()
    page.go_back()
    assert SyncRun.objects.filter(trigger=SyncRun.Trigger.APPROVED).count() == 1


def test_it_works_without_javascript(
    browser: Browser, live_server: LiveServer, admin: User, customer: World
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, admin)
    number = find(page, customer)
    approve(page, number)
    expect(page.get_by_text("Succeeded")).to_be_visible(timeout=PATIENCE)
    assert account(customer, number) == NEW
    context.close()
