"""The step Fields in the browser: from a value nobody knows to a saved translation."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import User
from tests.journeys.world import World

from .conftest import log_in
from .test_sync_now import PATIENCE

pytestmark = pytest.mark.browser


def test_an_unknown_value_is_translated_and_looking_at_others_loses_nothing(
    page: Page, admin: User, customer: World
) -> None:
    customer.now = timezone.now()
    customer.read_people()
    log_in(page, admin)
    page.goto(f"/settings/integrations/{customer.integration.pk}/setup/fields/")
    unknown = page.get_by_role("region", name="Values that X-ledger does not know")
    expect(unknown).to_contain_text("Styremedlem")
    unknown.get_by_role("link", name="Employee group").click()
    page.get_by_label("“Styremedlem”").select_option("10")

    page.get_by_label("Another person").fill("nordmann no such person")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nobody is called")).to_be_visible(timeout=PATIENCE)
    expect(unknown).not_to_contain_text("Styremedlem")
    assert customer.integration.mappings.get(target="employeeGroup").value_map == {}

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Fields: saved")).to_be_visible(timeout=PATIENCE)
    translated = customer.integration.mappings.get(target="employeeGroup").value_map
    assert translated == {"Styremedlem": "10"}
