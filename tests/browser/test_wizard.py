"""A fresh organisation, from Add integration to a finished first sync, in the browser alone."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll.models import Integration, SyncRun
from tests.journeys.world import World

from .conftest import PASSWORD, log_in
from .test_sync_now import PATIENCE, keep_screenshot

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("at_work")]


@pytest.fixture
def owner(customer: World) -> User:
    """Somebody who owns an organisation in which nothing is set up yet."""
    organisation = Organisation.objects.create(name="Nordlys AS", addon_since=timezone.now())
    user = User.objects.create_user("owner@nordlys.example", PASSWORD, name="Owner")
    Membership.objects.create(user=user, organisation=organisation, role=Role.OWNER)
    return user


def test_from_nothing_to_a_finished_first_sync(page: Page, owner: User, customer: World) -> None:
    log_in(page, owner)
    page.get_by_role("link", name="Add integration").click()
    page.get_by_label("X-ledger").check()
    page.get_by_role("button", name="Next").click()

    page.get_by_label("Name").fill("Nordlys lønn")
    page.get_by_label("Simployer One access token").fill("a-simployer-token")
    page.get_by_label("X-ledger API token").fill("an-xledger-token")
    keep_screenshot(page, "wizard-connection.png")
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_label("On the weekdays chosen below").check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one weekday")
    page.get_by_label("Monday").check()
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("nothing was sent", exact=False).first).to_be_visible(timeout=PATIENCE)
    draft = Integration.objects.get(label="Nordlys lønn")
    assert draft.links.count() == 0

    page.goto(f"/settings/integrations/{draft.pk}/setup/review/")
    keep_screenshot(page, "wizard-review.png")
    page.get_by_role("button", name="Activate").click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Succeeded", exact=True).first).to_be_visible(timeout=PATIENCE)
    run = SyncRun.objects.get(integration=draft, preview=False)
    assert run.counts()["created"] > 0
    assert draft.links.count() > 200
