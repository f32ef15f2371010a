"""A browser, a person who can log in, and a worker that does what the buttons ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll.configuration.editing import begin
from payroll.models import Integration, SyncRun
from payroll.records import Period
from tests import chromium
from tests.journeys.world import NOW, World, world
from tests.payroll.views.scenes import make_integration
from tests.queue.broker import broker, sending_to
from tests.queue.worker import worker

from .every_page import Scene, make_awkward

PASSWORD = "a-password-of-this-test"


def pytest_runtest_setup(item: pytest.Item) -> None:
    chromium.require(item)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    # Playwright keeps an event loop in this thread; the tests still use Django in it, in turns.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.path(), args=list(chromium.ARGUMENTS)
        )
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh window on the site; any error of the page's own scripts fails the test."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 960}, locale="en-GB"
    )
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def customer(small: World) -> World:
    """Few people, but every awkward case."""
    return small


@pytest.fixture
def large(transactional_db: None) -> Iterator[World]:
    """As many people as a company of some size has."""
    with world() as made:
        yield made


@pytest.fixture(autouse=True)
def planned_from_now_on(request: pytest.FixtureRequest) -> None:
    """The server's clock is the machine's: on no day has a customer missed a sync already."""
    if "customer" in request.fixturenames:
        customer: World = request.getfixturevalue("customer")
        customer.integration.plan_next_run(timezone.now())


@pytest.fixture
def admin(customer: World) -> User:
    """Somebody who may press the buttons."""
    user = User.objects.create_user("hr@fjordkraft.example", PASSWORD, name="HR")
    Membership.objects.create(
        user=user, organisation=customer.integration.organisation, role=Role.ADMIN
    )
    return user


@pytest.fixture
def owner(customer: World) -> User:
    """Somebody who may also set tokens and delete."""
    user = User.objects.create_user("owner@fjordkraft.example", PASSWORD, name="Owner")
    Membership.objects.create(
        user=user, organisation=customer.integration.organisation, role=Role.OWNER
    )
    return user


@pytest.fixture
def viewer(customer: World) -> User:
    """Somebody who may only look."""
    user = User.objects.create_user("viewer@fjordkraft.example", PASSWORD, name="Viewer")
    Membership.objects.create(
        user=user, organisation=customer.integration.organisation, role=Role.VIEWER
    )
    return user


@pytest.fixture
def founder(customer: World) -> User:
    """Somebody who owns an organisation in which nothing is set up yet."""
    organisation = Organisation.objects.create(name="Nordlys AS", addon_since=timezone.now())
    user = User.objects.create_user("owner@nordlys.example", PASSWORD, name="Owner")
    Membership.objects.create(user=user, organisation=organisation, role=Role.OWNER)
    return user


@pytest.fixture
def newcomer(transactional_db: None) -> User:
    """Somebody who can log in and is a member of nothing yet."""
    return User.objects.create_user("new@fjordkraft.example", PASSWORD, name="New")


@pytest.fixture
def without_addon(owner: User) -> Integration:
    """An integration of an organisation whose add-on was taken away."""
    organisation = Organisation.objects.create(name="Another AS")
    Membership.objects.create(user=owner, organisation=organisation, role=Role.OWNER)
    return make_integration(organisation, "Xledger Sverige")


@pytest.fixture
def preview(customer: World) -> SyncRun:
    """What the first sync would do."""
    return customer.run(preview=True)


@pytest.fixture
def troubled(customer: World, preview: SyncRun) -> SyncRun:
    """A first sync in which payroll refused a person."""
    refused = preview.changes.filter(kind="create")[0].employee_number
    customer.xledger.faults.add(
        "bad_row", code=refused, message="not accepted", ext_code="INVALID_VALUE", times=None
    )
    run = customer.run()
    assert run.status == SyncRun.Status.WITH_PROBLEMS
    return run


@pytest.fixture
def draft(customer: World, owner: User) -> Integration:
    """One that is still being set up."""
    organisation = customer.integration.organisation
    return begin(organisation, "simployer", "xledger", owner, timezone.now())


@pytest.fixture
def scene(
    customer: World,
    preview: SyncRun,
    troubled: SyncRun,
    draft: Integration,
    without_addon: Integration,
) -> Scene:
    """Something on every page."""
    make_awkward(customer)
    customer.read_people()
    november = Period(NOW.date().replace(day=1), NOW.date().replace(day=30))
    customer.choose_codes(["Ferie", "Sykmelding", "Egenmelding"], november)
    customer.read_time_off(november)
    return Scene(preview, troubled, draft, without_addon)


@pytest.fixture
def at_work(customer: World, tmp_path: Path) -> Iterator[None]:
    """A worker on a queue that the site sends to."""
    with broker() as url, sending_to(url), worker(url, tmp_path):
        yield


def log_in(page: Page, user: User) -> None:
    """Through the log-in page, as a person does."""
    page.goto("/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
