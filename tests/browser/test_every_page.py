"""Every page fits its window, in light and dark, on a phone and on a wide screen."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from tests.journeys.world import World

from .conftest import PASSWORD, log_in
from .every_page import Scene, Shown

pytestmark = pytest.mark.browser

WINDOWS = {"desktop": (1440, 900), "phone": (390, 844)}
BEYOND_THE_EDGE = "document.scrollingElement.scrollWidth - window.innerWidth"
STARTS = (
    ("/settings/integrations/", "Integrations"),
    ("/settings/integrations/add/", "Integrate with payroll system"),
    ("/activity/", "Activity"),
    ("/settings/audit/", "Audit log"),
)


@pytest.fixture(params=[(window, scheme) for window in WINDOWS for scheme in ("light", "dark")])
def screen(request: pytest.FixtureRequest, page: Page) -> tuple[Page, str]:
    """A window of one size and colour scheme, and what its pictures are called after."""
    window, scheme = request.param
    width, height = WINDOWS[window]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    return page, f"{window}-{scheme}"


def test_no_page_is_wider_than_its_window(
    screen: tuple[Page, str], owner: User, scene: Scene, subtests: pytest.Subtests
) -> None:
    """Keeps a picture of each in the folder that SCREENSHOTS names, if it names one."""
    log_in(screen[0], owner)
    look_at(screen, scene.pages(), subtests)


def test_no_page_of_a_viewer_is_wider_than_its_window(
    screen: tuple[Page, str], viewer: User, scene: Scene, subtests: pytest.Subtests
) -> None:
    log_in(screen[0], viewer)
    look_at(screen, scene.pages_of_a_viewer(), subtests)


def test_no_page_of_a_newcomer_is_wider_than_its_window(
    screen: tuple[Page, str], newcomer: User, subtests: pytest.Subtests
) -> None:
    log_in(screen[0], newcomer)
    pages = (
        Shown(f"empty-{number}", address, heading)
        for number, (address, heading) in enumerate(STARTS, 1)
    )
    look_at(screen, pages, subtests)


def test_no_page_about_logging_in_is_wider_than_its_window(
    screen: tuple[Page, str], admin: User, customer: World
) -> None:
    page, _ = screen
    page.goto("/login/")
    expect_to_fit(screen, "log-in")
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    expect_to_fit(screen, "log-in-failed")
    log_in(page, admin)
    page.goto(f"/settings/integrations/{customer.integration.pk}/setup/schedule/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You were logged out")).to_be_visible()
    expect_to_fit(screen, "log-in-kept")
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your entries are kept")
    expect_to_fit(screen, "kept")


def look_at(screen: tuple[Page, str], pages: Iterable[Shown], subtests: Any) -> None:
    """Opens each, does on it what is to be done, and expects it to fit."""
    page, _ = screen
    for shown in pages:
        page.goto(shown.address)
        with subtests.test(shown.name):
            expect(page.get_by_role("heading", level=1)).to_contain_text(shown.heading)
            shown.act(page)
            expect_to_fit(screen, shown.name)


def expect_to_fit(screen: tuple[Page, str], name: str) -> None:
    """Fails where the page as it is now has to be scrolled sideways."""
    page, looks = screen
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{looks}.png", full_page=True)
    assert page.evaluate(BEYOND_THE_EDGE) <= 0
