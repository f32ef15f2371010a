"""The step Who in the browser: the count follows, and nobody drops out unseen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from tests.journeys.world import World

from .answers import unfold as open_everything
from .conftest import log_in
from .test_accessibility import expect_no_barrier
from .test_sync_now import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def customer(large: World) -> World:
    return large


@pytest.fixture
def step(page: Page, admin: User, customer: World) -> Page:
    """The step of an integration that has run, with its people read."""
    customer.run()
    customer.read_people()
    log_in(page, admin)
    page.goto(f"/settings/integrations/{customer.integration.pk}/setup/scope/")
    return page


def test_the_count_follows_and_a_loss_is_confirmed(step: Page, customer: World) -> None:
    count, moves = step.locator("#headcount"), step.locator("#moves")
    expect(count).to_contain_text("247 of 248")
    step.get_by_role("checkbox", name="IT", exact=False).first.check()
    expect(count).to_contain_text("37 of 248", timeout=PATIENCE)
    expect(moves).to_contain_text("drop out")
    expect(step.locator("#chosen_departments")).to_have_text("1 of 8 ticked")
    open_everything(step)
    expect_no_barrier(step)

    step.get_by_role("button", name="Save", exact=True).click()
    expect(step.get_by_role("alert")).to_contain_text("Nothing was saved yet")
    expect_no_barrier(step)
    customer.integration.refresh_from_db()
    assert customer.integration.scope == {}
    step.get_by_role("button", name="people drop out").click()
    expect(step.get_by_text("Who: saved.")).to_be_visible()
    expect(step.get_by_text("Everyone in department IT.")).to_be_visible()


def test_a_person_is_found_and_left_out_without_leaving_the_place(step: Page) -> None:
    step.get_by_label("Find a person").fill("kristiansen")
    button = step.get_by_role("button", name="Leave out").first
    expect(button).to_be_visible(timeout=PATIENCE)
    button.click()
    expect(step.get_by_label("Always leave out")).not_to_have_value("", timeout=PATIENCE)
    expect(step.locator("#headcount")).to_contain_text("246 of 248")
    expect(button).to_be_focused()


def test_enter_in_a_field_shows_and_saves_nothing(step: Page, customer: World) -> None:
    step.get_by_label("New people").fill("7")
    step.get_by_label("New people").press("Enter")
    expect(step.get_by_label("New people")).to_have_value("7")
    expect(step.get_by_role("heading", level=1)).to_have_text("Who")
    customer.integration.refresh_from_db()
    assert customer.integration.scope == {}


def test_a_long_list_of_boxes_is_filtered(step: Page) -> None:
    step.locator("summary", has_text="Cost centres").click()
    boxes = step.locator("#boxes_cost_centers .form-check")
    everything = boxes.count()
    step.get_by_label("Filter cost centres").fill(boxes.last.inner_text().split()[0])
    expect(boxes.last).to_be_visible()
    assert step.locator("#boxes_cost_centers .form-check:visible").count() < everything


def test_the_readiness_list_has_no_barrier(step: Page) -> None:
    step.get_by_role("link", name="Who is ready").click()
    expect(step.get_by_role("heading", level=1)).to_have_text("Who is ready")
    expect_no_barrier(step)
    step.get_by_role("link", name="Name").click()
    expect(step.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
