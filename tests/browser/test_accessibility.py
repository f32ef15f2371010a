"""Every page can be read and used by everybody: axe-core finds nothing, the keyboard gets there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from payroll.models import SyncRun
from tests.journeys.world import World
from tests.payroll.views.scenes import running

from .answers import unfold as open_everything
from .conftest import log_in
from .every_page import Scene

pytestmark = pytest.mark.browser

NOT_TOLERATED = {"serious", "critical"}
INTERACTIVE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"


@pytest.fixture(params=["light", "dark"])
def screen(request: pytest.FixtureRequest, page: Page) -> Page:
    """A window of somebody who prefers one colour scheme, and colours that do not fade in."""
    page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    return page


def test_a_barrier_is_told_by_rule_impact_and_place(page: Page) -> None:
    page.set_content("<p style='color: #777; background: #888'>Faint</p><input id='nameless'>")
    with pytest.raises(AssertionError) as failure:
        expect_no_barrier(page)
    told = str(failure.value)
    assert re.search(r"color-contrast \(serious, 1 times\): <p .*>Faint</p>", told)
    assert re.search(r"label \(critical, 1 times\): <input id=.nameless.", told)


def test_logging_in_has_no_barrier(screen: Page, newcomer: User, subtests: pytest.Subtests) -> None:
    screen.goto("/login/")
    with subtests.test("log-in page"):
        expect_no_barrier(screen)
    screen.get_by_label("E-mail").fill(newcomer.email)
    screen.get_by_label("Password").fill("not the password")
    screen.get_by_role("button", name="Log in").click()
    expect(screen.get_by_role("alert")).to_be_visible()
    with subtests.test("log-in page after a wrong password"):
        expect_no_barrier(screen)


def test_a_customers_pages_have_no_barrier(
    screen: Page, owner: User, scene: Scene, subtests: pytest.Subtests
) -> None:
    log_in(screen, owner)
    for shown in scene.pages():
        screen.goto(shown.address)
        expect(screen.get_by_role("heading", level=1)).to_contain_text(shown.heading)
        shown.act(screen)
        open_everything(screen)
        with subtests.test(shown.name):
            expect_no_barrier(screen)


def test_a_newcomers_pages_have_no_barrier(
    screen: Page, newcomer: User, subtests: pytest.Subtests
) -> None:
    log_in(screen, newcomer)
    expect(screen.get_by_text("No integrations yet")).to_be_visible()
    with subtests.test("no integrations"):
        expect_no_barrier(screen)
    screen.get_by_role("link", name="Activity").click()
    expect(screen.get_by_text("Nothing has run yet")).to_be_visible()
    with subtests.test("empty activity"):
        expect_no_barrier(screen)


def test_tab_visits_everything_on_a_runs_page_in_reading_order(
    page: Page, admin: User, troubled: SyncRun
) -> None:
    log_in(page, admin)
    page.goto(f"/runs/{troubled.pk}/")
    names: list[str] = page.evaluate(
        """selector => {
            window.stops = [...document.querySelectorAll(selector)].filter(
                each => each.checkVisibility() && !each.disabled);
            return window.stops.map(each => (each.innerText || each.id).trim());
        }""",
        INTERACTIVE,
    )
    assert names[0] == "Skip to the content"
    assert {"Integrations", "Audit log", "Activity", "Log out", "number", "Find"} <= set(names)
    assert len([name for name in names if "fields" in name or "values" in name]) > 0

    visited = []
    for _ in names:
        page.keyboard.press("Tab")
        visited.append(page.evaluate("window.stops.indexOf(document.activeElement)"))
    assert visited == list(range(len(names)))


def test_the_skip_link_jumps_over_the_navigation(page: Page, newcomer: User) -> None:
    log_in(page, newcomer)
    page.goto("/activity/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()


def test_progress_is_announced_by_a_region_that_stays(
    page: Page, admin: User, customer: World
) -> None:
    run = running(customer.integration, phase=SyncRun.Phase.READING)
    log_in(page, admin)
    page.goto(f"/runs/{run.pk}/")
    region = page.get_by_role("region", name="How it stands")
    expect(region).to_have_attribute("aria-live", "polite")
    before = region.locator("#progress").inner_text()
    region.evaluate("element => { window.before = element; }")

    SyncRun.objects.filter(pk=run.pk).update(phase=SyncRun.Phase.SENDING)
    expect(region.locator("#progress")).not_to_have_text(before, use_inner_text=True)
    assert region.evaluate("element => element === window.before")


def expect_no_barrier(page: Page) -> None:
    """Fails with every serious or critical finding of axe-core on the page as it is now."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    barriers = [
        f"{rule['id']} ({rule['impact']}, {len(rule['nodes'])} times): {rule['nodes'][0]['html']}"
        for rule in found
        if rule["impact"] in NOT_TOLERATED
    ]
    assert not barriers, "\n".join(barriers)
