"""The database bears a sync, people clicking, heartbeats and ticks at once; none waits for HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from threading import Event
from typing import Any

import pytest
import requests
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll import configuration, runs
from payroll.models import Integration, SyncRun
from payroll.runs import open_run
from tests.journeys.world import NOW, World, document, fresh_tokens
from tests.queue.broker import broker, sending_to
from xledger import target

from . import long_form

SECONDS = 60 if long_form() else 10
FEWEST = 10  # rounds that each of them gets to, or it was no load


@pytest.fixture
def busy(customer: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A customer whose syncs take many small steps, and a queue."""
    settings.XLEDGER_BATCH_SIZE = 1
    monkeypatch.setattr(target, "BURST_REQUESTS", 1_000_000)
    customer.xledger.switches.set({"concurrency_limit": None})
    with broker() as url, sending_to(url):
        yield customer


def another(label: str) -> Integration:
    """An integration of another customer: of one customer's payroll only one run may write."""
    body = document(label=label, organisation=label)
    return configuration.store(configuration.parse(body, fresh_tokens()), NOW)


def admin() -> User:
    """Somebody who may press the buttons."""
    user = User.objects.create_user("admin@fjordkraft.example", "a long enough password")
    for organisation in Organisation.objects.all():
        Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    return user


def stopped(integration: Integration) -> None:
    """Makes room for the next run of the integration."""
    integration.runs.active().update(status=SyncRun.Status.CANCELLED)


def syncs(customer: World) -> Callable[[], None]:
    """Each finds five values that somebody edited in payroll, and puts them right."""
    assert customer.sync()["status"] == "succeeded"
    drifting = [customer.xledger.by_code(str(code)) for code in range(10001, 10006)]

    def once() -> None:
        for person in drifting:
            customer.xledger.edit(person["dbId"], {"email": "typo@fjordkraft.example"})
        result = customer.sync()
        assert (result["status"], result["updated"]) == ("succeeded", 5)

    return once


def views(customer: World, user: User) -> Callable[[], None]:
    """Each shows the next page, that of the newest run among them."""
    client = Client()
    client.force_login(user)
    pages = cycle(["integrations", "integration", "activity", "run", "run_progress"])

    def once() -> None:
        page = next(pages)
        pk = {
            "integration": customer.integration.pk,
            "run": customer.integration.runs.latest("queued_at").pk,
        }.get(page.partition("_")[0])
        assert client.get(reverse(page, args=[pk] if pk else [])).status_code == 200

    return once


def clicks(integration: Integration, user: User) -> Callable[[], None]:
    """Each presses Sync now."""
    client = Client()
    client.force_login(user)

    def once() -> None:
        before = integration.runs.count()
        answer = client.post(reverse("integration_sync", args=[integration.pk]))
        assert answer.status_code == 302
        assert integration.runs.count() == before + 1
        assert integration.runs.active().exists()
        stopped(integration)

    return once


def beats(integration: Integration) -> Callable[[], None]:
    """Each says that a long run is still alive."""
    run, _ = open_run(integration, NOW)
    assert run.claim(NOW)
    return lambda: run.beat(NOW)


def ticks(integration: Integration) -> Callable[[], None]:
    """Each finds one integration due, starts it, and sweeps."""

    def once() -> None:
        Integration.objects.filter(pk=integration.pk).update(next_run_at=NOW - timedelta(hours=1))
        runs.start_due(NOW)
        runs.sweep(NOW)
        assert integration.runs.active().exists()
        stopped(integration)

    return once


def rounds(call: Callable[[], None], over: Event) -> int:
    """Calls until it is over, and often enough; how often that was. Raises what a call raised."""
    count = 0
    try:
        while count < FEWEST or not over.is_set():
            call()
            count += 1
    finally:
        connections.close_all()
    return count


def test_nothing_is_locked_while_everybody_works_at_once(
    busy: World, caplog: pytest.LogCaptureFixture
) -> None:
    clicked = another("Clicked")
    user = admin()
    work = {
        "syncs": syncs(busy),
        "views": views(busy, user),
        "more views": views(busy, user),
        "clicks": clicks(clicked, user),
        "beats": beats(another("Beating")),
        "ticks": ticks(another("Due")),
    }
    over = Event()
    with ThreadPoolExecutor(len(work)) as pool:
        going = {name: pool.submit(rounds, call, over) for name, call in work.items()}
        over.wait(SECONDS)
        over.set()
    assert all(future.result() >= FEWEST for future in going.values())
    assert "locked" not in caplog.text
    assert not SyncRun.objects.filter(status=SyncRun.Status.FAILED).exists()


@pytest.mark.parametrize("fault", ["none", "refused", "lost", "unknown"])
def test_no_request_leaves_inside_a_transaction(
    customer: World, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    faults = customer.xledger.faults
    if fault == "refused":
        bad = customer.run(preview=True).changes.filter(kind="create")[0].employee_number
        faults.add("bad_row", code=bad, message="no", ext_code="INVALID_VALUE", times=None)
    elif fault == "lost":
        faults.add("drop_after", when="mutation", root="addEmployees")
    elif fault == "unknown":
        faults.add("unknown_error", when="mutation", root="updateEmployees")
    open_transaction: list[bool] = []
    send = requests.Session.send

    def watched(self: requests.Session, request: Any, **options: Any) -> requests.Response:
        open_transaction.append(connection.in_atomic_block)
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", watched)
    result = customer.sync()
    assert len(open_transaction) == sum(result["requests"].values()) > 5
    assert not any(open_transaction)
