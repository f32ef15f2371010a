"""The button Read people and its progress: who may, where it leads, what a screen reader hears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payroll.models import Integration, Snapshot
from payroll.models.kept_reading import KEPT_FOR
from payroll.models.lease import LEASE

from .conftest import UseBroker
from .scenes import text

pytestmark = pytest.mark.django_db


def url(name: str, integration: Integration, *rest: str) -> str:
    return reverse(name, args=[integration.pk, *rest])


@pytest.fixture
def snapshot(integration: Integration) -> Callable[..., Snapshot]:
    """A reading that stands as it is told."""

    def make(**columns: object) -> Snapshot:
        now = timezone.now()
        usual = {"requested_at": now, "heartbeat_at": now, "read_at": now, "fence": 1}
        return Snapshot.objects.create(integration=integration, **(usual | columns))

    return make


def test_an_admin_may_a_viewer_not_and_a_stranger_sees_nothing(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    for client, status in ((bob, 403), (charlie, 404)):
        assert client.post(url("read_people", integration)).status_code == status
        assert client.get(url("read_progress", integration)).status_code == status
    assert not Snapshot.objects.exists()
    assert alice.get(url("read_people", integration)).status_code == 405
    assert alice.post(url("read_people", integration)).status_code == 302
    asked = Snapshot.objects.get()
    assert asked.status == Snapshot.Status.QUEUED
    assert asked.requested_by is not None
    assert asked.requested_by.email == "alice@alice.example"


def test_nobody_reads_without_logging_in(client: Client, integration: Integration) -> None:
    assert client.post(url("read_people", integration)).status_code == 302
    assert not Snapshot.objects.exists()


def test_without_the_add_on_nobody_reads(alice: Client, integration: Integration) -> None:
    integration.organisation.switch_addon(on=False, now=timezone.now())
    assert alice.post(url("read_people", integration)).status_code == 403
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "step"),
    [("matching", "matching"), ("", "connection"), ("//elsewhere.example", "connection")],
)
def test_it_leads_back_to_the_step_it_was_pressed_on(
    alice: Client, integration: Integration, wanted: str, step: str
) -> None:
    answer = alice.post(url("read_people", integration), {"next": wanted})
    assert answer["Location"] == url("integration_step", integration, step)


def test_it_leads_back_to_the_list_of_who_is_ready(alice: Client, integration: Integration) -> None:
    answer = alice.post(url("read_people", integration), {"next": "readiness"})
    assert answer["Location"] == url("readiness", integration)


def test_two_clicks_are_one_reading(alice: Client, integration: Integration) -> None:
    for _ in range(2):
        alice.post(url("read_people", integration))
    assert Snapshot.objects.get().fence == 1


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_is_told_and_the_next_click_works(
    alice: Client, integration: Integration, use_broker: UseBroker, closed_port: int
) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    page = alice.post(url("read_people", integration), {"next": "scope"}, follow=True)
    assert "The queue that hands out work could not be reached" in page.content.decode()
    use_broker("memory://")
    alice.post(url("read_people", integration))
    assert Snapshot.objects.get().status == Snapshot.Status.QUEUED


def test_before_any_reading_the_step_offers_one(alice: Client, integration: Integration) -> None:
    page = text(alice, url("integration_step", integration, "scope"))
    assert "People have not been read yet" in page
    assert "Read people</button>" in page


@pytest.mark.parametrize("status", Snapshot.UNDER_WAY)
def test_while_it_reads_the_page_shows_how_far_with_and_without_scripts(
    alice: Client, integration: Integration, snapshot: Callable[..., Snapshot], status: str
) -> None:
    snapshot(status=status)
    page = text(alice, url("integration_step", integration, "scope"))
    assert '<a href="">Load the page again</a>' in page
    assert "http-equiv" not in page  # which would take what is being entered below
    assert f"?seen={status}.0" in page


def test_the_count_grows_in_silence_and_a_new_state_is_announced(
    alice: Client, integration: Integration, snapshot: Callable[..., Snapshot]
) -> None:
    snapshot(status=Snapshot.Status.READING, requests=7)
    page = text(alice, url("integration_step", integration, "scope"))
    announced = page.partition('id="reading-state" role="status">')[2].partition("</p>")[0]
    assert "Reading everyone" in announced
    assert "request" not in announced
    assert "aria-live" not in page.partition('aria-label="People read"')[2].partition("<div")[0]

    def poll(seen: str) -> str:
        return text(alice, f"{url('read_progress', integration)}?seen={seen}")

    assert alice.get(f"{url('read_progress', integration)}?seen=reading.7").status_code == 204
    assert "7 requests so far" in poll("reading.6")
    assert "reading-state" not in poll("reading.6").replace('data-into="reading-state"', "")
    assert 'id="reading-state" hx-swap-oob="innerHTML"' in poll("queued.0")
    assert "7 requests so far" in poll("")


@pytest.mark.parametrize("status", [Snapshot.Status.READY, Snapshot.Status.FAILED])
def test_once_it_is_over_the_page_is_loaded_again(
    alice: Client, integration: Integration, snapshot: Callable[..., Snapshot], status: str
) -> None:
    snapshot(status=status)
    answer = alice.get(url("read_progress", integration))
    assert answer["HX-Refresh"] == "true"
    assert "no-store" in answer["Cache-Control"]


def test_a_failed_reading_says_why_and_offers_another(
    alice: Client, integration: Integration, snapshot: Callable[..., Snapshot]
) -> None:
    snapshot(status=Snapshot.Status.FAILED, error="Simployer One isn't answering.")
    page = text(alice, url("integration_step", integration, "scope"))
    assert "Simployer One isn&#x27;t answering." in page
    assert "Read people again</button>" in page


def test_one_that_fell_silent_is_told_as_failed(
    alice: Client, integration: Integration, snapshot: Callable[..., Snapshot]
) -> None:
    snapshot(status=Snapshot.Status.READING, heartbeat_at=timezone.now() - LEASE)
    assert alice.get(url("read_progress", integration))["HX-Refresh"] == "true"
    page = text(alice, url("integration_step", integration, "scope"))
    assert "stopped before its end" in page
    alice.post(url("read_people", integration))
    assert Snapshot.objects.get().fence == 2


def test_what_is_older_than_a_day_counts_as_never_read(
    alice: Client, integration: Integration, snapshot: Callable[..., Snapshot]
) -> None:
    old = timezone.now() - KEPT_FOR - timedelta(seconds=1)
    snapshot(status=Snapshot.Status.READY, requested_at=old, read_at=old, source_count=42)
    page = text(alice, url("integration_step", integration, "scope"))
    assert "People have not been read yet" in page
    assert "42 people" not in page
