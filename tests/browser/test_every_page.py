"""Every page fits its window, in light and dark, on a phone and on a wide screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from tests.journeys.world import World

from .conftest import log_in
from .every_page import Scene

pytestmark = pytest.mark.browser

WINDOWS = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
BEYOND_THE_EDGE = "document.scrollingElement.scrollWidth - window.innerWidth"


@pytest.fixture
def customer(small: World) -> World:
    """Few people, but every awkward case."""
    return small


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_is_wider_than_its_window(
    page: Page,
    owner: User,
    scene: Scene,
    window: str,
    scheme: Literal["light", "dark"],
    subtests: pytest.Subtests,
) -> None:
    """Keeps a picture of each in the folder that SCREENSHOTS names, if it names one."""
    width, height = WINDOWS[window]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    log_in(page, owner)
    for shown in scene.pages():
        page.goto(shown.address)
        with subtests.test(shown.name):
            expect(page.get_by_role("heading", level=1)).to_contain_text(shown.heading)
            _keep_picture(page, f"{shown.name}-{window}-{scheme}")
            assert page.evaluate(BEYOND_THE_EDGE) <= 0


def _keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
