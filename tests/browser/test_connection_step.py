"""The step Connection in a real browser: the second button, what it says while it asks, once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from payroll.models import ConnectionTest, Integration
from tests.journeys.world import World

from .conftest import log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page: Page, owner: User, customer: World) -> Page:
    """The step of an active integration, opened by an owner."""
    log_in(page, owner)
    page.goto(f"/settings/integrations/{customer.integration.pk}/setup/connection/")
    return page


def test_it_says_that_it_asks_and_a_second_click_does_nothing(
    opened: Page, customer: World
) -> None:
    button = opened.get_by_role("button", name="Save and test connection")
    asking = opened.get_by_text("Asking both systems.")
    expect(asking).to_have_count(0)
    # Kept from leaving, the page shows what it does while it waits.
    opened.evaluate("window.addEventListener('submit', (event) => event.preventDefault())")
    button.click()
    button.click()
    expect(asking).to_have_count(1)
    expect(opened.get_by_role("progressbar", name="Asking both systems")).to_be_visible()
    opened.reload()
    expect(asking).to_have_count(0)


def test_the_result_stands_beside_the_tokens(opened: Page, customer: World) -> None:
    opened.get_by_role("button", name="Save and test connection").click()
    expect(opened.get_by_text("Works", exact=True)).to_have_count(2)
    expect(opened.get_by_role("heading", name="What else it can take")).to_be_visible()
    assert ConnectionTest.objects.count() == 1
    assert Integration.objects.get().label == customer.integration.label
