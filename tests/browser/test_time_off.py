"""Choose leaves, export them, see them in payroll, correct them: in a browser, with a worker."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from integration_hub.accounts.models import User
from payroll.connection import try_both
from payroll.models import TimeOffExport, TimeOffLine
from payroll.records import Period
from payroll.timeoff import readings
from payroll.timeoff.records import Channel
from tests.journeys.world import World
from xledger.capabilities import CAPABILITIES

from .conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]
PATIENCE = 60_000  # milliseconds for a worker
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture
def customer(small: World) -> World:
    """Few people, all linked; payroll offers absences; every type of leave has a code."""
    offers = [each.name for each in CAPABILITIES if each.name not in {"positions", "pay_rates"}]
    small.xledger.switches.set({"offers": offers, "burst_limit": None})
    small.run()
    user = User.objects.create_user(email="tester@fjordkraft.example", password="unused secret")
    assert try_both(small.integration, user, lambda: small.now)
    found = readings.types_shown(small.read_time_off(OCTOBER, Channel.ABSENCES))
    assert found
    code = found.codes[0].code
    small.integration.time_off = {"codes": {kind.id: {"": code} for kind in found.types}}
    small.integration.save(update_fields=["time_off"])
    return small


def read(page: Page, way: str) -> None:
    """Reads October, to go by that way."""
    page.get_by_label("First day").fill("2026-10-01")
    page.get_by_label("Last day").fill("2026-10-31")
    page.get_by_label("How it goes to payroll").select_option(label=way)
    page.get_by_role("button", name="Read").last.click()


def wait_until_over(page: Page) -> TimeOffExport:
    """The page of an export loads itself anew when it is over."""
    expect(page.get_by_role("heading", name="In numbers")).to_be_visible(timeout=PATIENCE)
    export = TimeOffExport.objects.latest("queued_at")
    assert not export.is_active
    return export


def test_leaves_are_chosen_exported_and_corrected(page: Page, admin: User, customer: World) -> None:
    before = len(customer.xledger.absences)
    log_in(page, admin)
    page.get_by_role("link", name="Export time off").click()
    read(page, "As absences")
    all_of_page = page.get_by_label("Select all on this page")
    expect(all_of_page).to_be_visible(timeout=PATIENCE)
    all_of_page.check()
    expect(page.locator("[data-totals]")).to_contain_text("chosen:")
    page.get_by_role("button", name="Export chosen…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review the export")
    assert not TimeOffExport.objects.exists()
    page.get_by_role("button", name="Export ").click()
    export = wait_until_over(page)
    counts = export.counts()
    assert counts["added"] > 0
    assert len(customer.xledger.absences) == before + counts["added"]
    correct_at_the_source(page, customer)


def correct_at_the_source(page: Page, customer: World) -> None:
    """HR makes a leave shorter; the correction is offered, and changes payroll once chosen."""
    reading = readings.newest_reading(customer.integration, timezone.now())
    assert reading
    shown = readings.leaves_shown(reading)
    leave = next(each for each in shown if each.group == "exported" and each.days >= 3)
    end = date.fromisoformat(leave.start) + timedelta(days=1)
    edited = {"endDate": f"{end}T00:00:00.000Z", "localEndDate": str(end)}
    customer.simployer.store.edit("leave", leave.id, edited)
    rows = TimeOffLine.objects.live().filter(leave_id=leave.id).count()
    page.get_by_role("link", name="Export time off").first.click()
    page.get_by_role("button", name="Read again").click()
    tab = page.get_by_role("link", name="1 Changed since export")
    expect(tab).to_be_visible(timeout=PATIENCE)
    tab.click()
    expect(page.get_by_text("Exported to X-ledger on")).to_be_visible()
    page.get_by_role("button", name="Export all 1").click()
    expect(page.get_by_role("heading", name="What goes")).to_be_visible()
    page.get_by_role("button", name="Export 1 leave").click()
    expect(page.get_by_role("heading", name="In numbers")).to_be_visible(timeout=PATIENCE)
    assert TimeOffExport.objects.latest("queued_at").status == "succeeded"
    assert TimeOffLine.objects.live().filter(leave_id=leave.id).count() < rows


def test_a_file_is_made_downloaded_and_undone_without_scripts(
    browser: Browser, live_server: LiveServer, admin: User, customer: World
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, admin)
    page.get_by_role("link", name="Export time off").click()
    read(page, "As a file to import")
    load_until(page, "Export all")
    expect(page.get_by_label("Select all on this page")).to_be_hidden()
    page.get_by_role("button", name="Export all").click()
    expect(page.get_by_role("heading", name="How the file begins")).to_be_visible()
    page.get_by_role("button", name="Make the file").click()
    load_until(page, "In numbers")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file (CSV)").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbfEmployee number;")
    assert TimeOffLine.objects.live().exists()
    page.get_by_role("link", name="Undo file…").click()
    page.get_by_role("button", name="Nobody imported it").click()
    expect(page.get_by_text("The file is undone.")).to_be_visible()
    assert not TimeOffLine.objects.live().exists()
    context.close()


def load_until(page: Page, words: str) -> None:
    """Loads the page again, as its refresh does, until it says these words."""
    for _ in range(120):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words).first).to_be_visible()
