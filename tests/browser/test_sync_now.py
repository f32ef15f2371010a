"""Log in, press Sync now, see what it did."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from payroll.models import SyncRun
from tests.journeys.world import World

from .conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]
PATIENCE = 30_000  # milliseconds for a sync of 250 people to end on the page


@pytest.fixture
def customer(large: World) -> World:
    return large


def keep_screenshot(page: Page, name: str) -> None:
    """Keeps a picture in the folder that SCREENSHOTS names, if it names one."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / name)


def test_a_person_logs_in_syncs_and_sees_the_result(
    page: Page, admin: User, customer: World
) -> None:
    log_in(page, admin)
    page.get_by_role("link", name="Xledger Norge").click()
    page.get_by_role("button", name="Sync now").click()

    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible(timeout=PATIENCE)
    run = SyncRun.objects.get()
    counts = run.counts()
    for label in ("Created", "Updated", "Ended", "Skipped"):
        tab = page.get_by_role("link", name=f"{counts[label.lower()]} {label}")
        expect(tab).to_be_visible()
    keep_screenshot(page, "run.png")

    page.get_by_role("link", name="Created").click()
    page.locator("summary").first.click()
    national_id = page.get_by_role("row", name="National id").first
    expect(national_id).to_contain_text("*****")
    assert counts["created"] > 0
    assert len(customer.xledger.employees) > counts["created"]


def test_a_preview_shows_the_plan_and_sends_nothing(
    page: Page, admin: User, customer: World
) -> None:
    before = customer.xledger.employees
    log_in(page, admin)
    page.get_by_role("link", name="Xledger Norge").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("nothing was sent", exact=False).first).to_be_visible(timeout=PATIENCE)
    assert SyncRun.objects.get().preview
    assert customer.xledger.employees == before
