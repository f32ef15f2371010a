"""One person in a real browser: read, find, look, send, and see it come back without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from integration_hub.accounts.models import User
from payroll.models import SyncRun
from tests.journeys.world import World

from .conftest import log_in
from .test_accessibility import expect_no_barrier

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]
PATIENCE = 30_000  # milliseconds


def find_somebody_new(page: Page, customer: World) -> str:
    """Reads people by the button and opens somebody whom payroll does not know; their number."""
    preview = customer.run(preview=True)
    number = preview.changes.filter(kind="create", flagged=False)[0].employee_number
    page.goto(f"/settings/integrations/{customer.integration.pk}/")
    page.get_by_role("link", name="One person").click()
    page.get_by_role("button", name="Read people").click()
    page.get_by_label("Name or employee number").fill(number, timeout=PATIENCE)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name=f"number {number}")).to_be_visible()
    return number


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_person_is_sent_and_read_back_before_ones_eyes(
    page: Page, admin: User, customer: World, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    log_in(page, admin)
    number = find_somebody_new(page, customer)
    expect(page.get_by_text("→ Would be sent")).to_be_visible()
    expect_no_barrier(page)
    page.get_by_role("button", name="Sync this person now").dblclick()
    expect(page.get_by_text("As sent", exact=True).first).to_be_visible(timeout=PATIENCE)
    expect_no_barrier(page)
    assert len(customer.xledger.with_code(number)) == 1
    assert SyncRun.objects.filter(trigger=SyncRun.Trigger.SINGLE).count() == 1
    assert "who=" in page.url


def test_it_works_without_javascript(
    browser: Browser, live_server: LiveServer, admin: User, customer: World
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, admin)
    number = find_somebody_new(page, customer)
    page.get_by_role("button", name="Sync this person now").click()
    expect(page.get_by_text("As sent", exact=True).first).to_be_visible(timeout=PATIENCE)
    assert len(customer.xledger.with_code(number)) == 1
    context.close()
