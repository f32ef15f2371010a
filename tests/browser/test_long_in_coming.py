"""A page that is long in coming says so, and a file that is downloaded does not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from integration_hub.accounts.models import User
from tests.journeys.world import World

from .conftest import log_in

pytestmark = pytest.mark.browser


TELL = """region => new MutationObserver(() => console.info(region.textContent))
    .observe(region, {childList: true})"""


def test_a_page_that_is_long_in_coming_says_so(page: Page, admin: User, customer: World) -> None:
    log_in(page, admin)
    page.locator("#on-its-way").evaluate(TELL)  # locators themselves wait for the page to come
    kept: list[Route] = []
    page.route("**/activity/", lambda route: kept.append(route))
    with page.expect_console_message(lambda message: message.text == "Loading…"):
        page.get_by_role("link", name="Activity").click(no_wait_after=True)
    kept.pop().continue_()
    expect(page.get_by_role("heading", name="Activity", level=1)).to_be_visible()
    expect(page.locator("#on-its-way")).to_be_empty()


def test_a_file_is_no_page_that_could_come(page: Page, admin: User, customer: World) -> None:
    log_in(page, admin)
    page.goto("/settings/audit/")
    with page.expect_download():
        page.get_by_role("link", name="CSV").click()
    page.wait_for_timeout(800)
    expect(page.locator("#on-its-way")).to_be_empty()
