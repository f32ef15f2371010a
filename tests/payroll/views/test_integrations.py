"""The list of integrations and the page of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from integration_hub.accounts.models import Organisation
from integration_hub.celery import app
from payroll.models import Integration, SyncRun
from payroll.standing import CONDUCT, Standing

from .conftest import UseBroker
from .scenes import NOW, make_change, make_integration, make_run, queries, running, text


def _page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/"


# --- list ----------------------------------------------------------------------------------------


def test_the_list_says_state_last_good_run_and_next_run(
    alice: Client, organisation: Organisation
) -> None:
    integration = make_integration(
        organisation, next_run_at=datetime(2026, 11, 25, 5, 7, tzinfo=UTC)
    )
    make_run(integration, queued_at=NOW - timedelta(days=1))
    make_run(integration, status=SyncRun.Status.FAILED)
    page = text(alice, "/settings/integrations/")
    assert "Simployer One → X-ledger" in page
    assert "Active" in page
    assert "Sun 22 Nov 2026, 06:00" in page
    assert "Failed" in page
    assert "Wed 25 Nov 2026, 06:00 Oslo time" in page


def test_a_preview_is_no_good_run(alice: Client, integration: Integration) -> None:
    make_run(integration, preview=True)
    row = text(alice, "/settings/integrations/")
    assert "None yet" in row
    assert "Preview" in row


def test_an_empty_list_teaches_what_an_integration_is(alice: Client) -> None:
    assert "Nobody is ever deleted" in text(alice, "/settings/integrations/")


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    alice: Client, organisation: Organisation
) -> None:
    make_run(make_integration(organisation, "first"))
    one = queries(alice, "/settings/integrations/")
    for number in range(12):
        integration = make_integration(organisation, f"number {number}")
        make_change(make_run(integration))
        make_run(integration)
    many = queries(alice, "/settings/integrations/")
    assert len(many) == len(one)
    assert not any("payroll_change" in sql for sql in many)


# --- one integration -----------------------------------------------------------------------------


def test_the_page_says_in_words_when_and_whom(alice: Client, organisation: Organisation) -> None:
    integration = make_integration(
        organisation,
        schedule_days=["wed", "mon"],
        scope={"departments": ["Drift"], "exclude": ["10001"], "leaver_days": 1},
        next_run_at=datetime(2026, 7, 1, 4, 9, tzinfo=UTC),
    )
    page = text(alice, _page(integration))
    assert "Mondays and Wednesdays: queued at 06:00 Oslo time and starts shortly after." in page
    assert "Wed 1 Jul 2026, 06:00 Oslo time" in page
    assert "Everyone in department Drift." in page
    assert "Never: 10001." in page
    assert "Leavers for 1 day after" in page


def test_the_field_table_shows_rows_constants_and_what_is_not_sent(
    alice: Client, integration: Integration
) -> None:
    mapping = integration.mappings.get(target="employeeGroup")
    mapping.value_map = {"Fast ansatt": "FAST"}
    mapping.save()
    page = text(alice, _page(integration))
    assert "Employee number (Code)" in page
    assert "Clears it in X-ledger" in page
    assert "Fast ansatt → FAST" in page
    assert "Locked:</span> Timesheet" in page
    assert "Locked:</span> Currency" in page
    assert "Goes into X-ledger&#x27;s employee positions" in page


def test_an_integration_that_needs_attention_says_why_and_the_cure(
    alice: Client, integration: Integration
) -> None:
    integration.needs_attention("X-ledger refused the API token.", NOW)
    page = text(alice, _page(integration))
    assert "X-ledger refused the API token." in page
    assert "Set a new token" in page


def test_one_integrations_page_opens_no_change(alice: Client, integration: Integration) -> None:
    make_change(make_run(integration))
    one = queries(alice, _page(integration))
    for _ in range(9):
        make_change(make_run(integration))
    many = queries(alice, _page(integration))
    assert len(many) == len(one)
    assert not any("details" in sql for sql in many)


def test_a_long_label_is_shown_whole(alice: Client, organisation: Organisation) -> None:
    label = "Nordvestlandets" * 6
    page = text(alice, _page(make_integration(organisation, label)))
    assert f'<h1 class="hub-break">{label}</h1>' in page


@pytest.mark.parametrize("standing", [each for each in CONDUCT if CONDUCT[each].title])
def test_every_state_says_what_is_so_and_what_to_do(
    alice: Client, integration: Integration, standing: Standing
) -> None:
    if standing is Standing.ADDON_OFF:
        Organisation.objects.update(addon_since=None)
    else:
        days = ["mon"]
        Integration.objects.update(state=standing.value, probe_at=NOW, schedule_days=days)
    page = unescape(text(alice, _page(integration)))
    conduct = CONDUCT[standing]
    assert all(words in page for words in (conduct.label, conduct.title, conduct.means))
    assert conduct.cure in page
    probed = standing in (Standing.NEEDS_ATTENTION, Standing.QUARANTINED)
    assert ("Next probe: Mon 23 Nov 2026, 06:00" in page) is probed
    listed = text(alice, "/settings/integrations/")
    assert conduct.label in listed
    assert ("06:00 Oslo time, a probe" in listed) is probed


# --- buttons -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sync_now_queues_one_run_and_shows_it(alice: Client, integration: Integration) -> None:
    response = alice.post(f"{_page(integration)}sync/")
    run = SyncRun.objects.get()
    assert response["Location"] == f"/runs/{run.pk}/"
    assert run.status == SyncRun.Status.QUEUED
    assert not run.preview
    assert str(run.started_by) == "alice@alice.example"
    with app.connection_for_write() as connection:
        message = connection.SimpleQueue("sync").get(block=False)
    assert message.payload[1] == {"run_id": str(run.pk)}


def test_pressing_twice_starts_one_run(alice: Client, integration: Integration) -> None:
    first = alice.post(f"{_page(integration)}sync/")
    second = alice.post(f"{_page(integration)}sync/", follow=True)
    assert SyncRun.objects.count() == 1
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "A sync is already in progress" in second.content.decode()


def test_a_preview_does_not_start_beside_a_sync(alice: Client, integration: Integration) -> None:
    run = running(integration, heartbeat_at=datetime.now(UTC))
    response = alice.post(f"{_page(integration)}preview/", follow=True)
    assert response.redirect_chain == [(f"/runs/{run.pk}/", 302)]
    assert SyncRun.objects.count() == 1


def test_preview_is_marked_as_one(alice: Client, integration: Integration) -> None:
    alice.post(f"{_page(integration)}preview/")
    assert SyncRun.objects.get().preview


def test_a_draft_is_previewed_but_not_synced(alice: Client, integration: Integration) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    refused = alice.post(f"{_page(integration)}sync/", follow=True)
    assert "A draft can be previewed, but not synced" in refused.content.decode()
    assert SyncRun.objects.count() == 0
    alice.post(f"{_page(integration)}preview/")
    assert SyncRun.objects.get().preview


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_is_said_in_words_and_leaves_nothing_stuck(
    alice: Client, integration: Integration, use_broker: UseBroker, closed_port: int
) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    response = alice.post(f"{_page(integration)}sync/", follow=True)
    assert response.status_code == 200
    assert "The queue that hands out work could not be reached" in response.content.decode()
    assert SyncRun.objects.get().status == SyncRun.Status.FAILED
    use_broker("memory://")
    alice.post(f"{_page(integration)}sync/")
    assert SyncRun.objects.active().count() == 1


def test_without_a_queue_nothing_is_started(
    alice: Client, integration: Integration, use_broker: UseBroker
) -> None:
    use_broker("")
    response = alice.post(f"{_page(integration)}preview/", follow=True)
    assert "The queue that hands out work could not be reached" in response.content.decode()
    assert not SyncRun.objects.active().exists()


# --- the place of every setting -------------------------------------------------------------------


def test_every_setting_is_found_from_the_page(
    alice: Client, bob: Client, integration: Integration
) -> None:
    of_admin, of_viewer = text(alice, _page(integration)), text(bob, _page(integration))
    for key in ("connection", "scope", "fields", "matching", "schedule"):
        assert f'href="{_page(integration)}setup/{key}/"' in of_admin
        assert f'href="{_page(integration)}setup/{key}/"' not in of_viewer
    assert "Name and access tokens</a>" in of_admin
    assert "Everyone in HR." in of_viewer


def test_a_draft_goes_on_at_the_first_step_that_is_not_done(
    alice: Client, integration: Integration
) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    assert "Go on setting it up: Connection" in text(alice, _page(integration))
    for side in ("source", "target"):
        integration.set_secrets(side, {"token": f"a {side} token"}, NOW)
    assert "Go on setting it up: Who" in text(alice, _page(integration))
    integration.links.create(source_id="a", target_id="b")
    Integration.objects.update(scope={"future_days": 30}, schedule_days=["mon"])
    assert "Go on setting it up: Review" in text(alice, _page(integration))


def test_without_the_addon_no_setting_is_linked(alice: Client, integration: Integration) -> None:
    Organisation.objects.update(addon_since=None)
    page = text(alice, _page(integration))
    assert "add-on is not activated" in page
    assert "/setup/" not in page


def test_a_trial_is_no_good_run(alice: Client, integration: Integration) -> None:
    make_run(integration, only=["1"])
    assert "None yet" in text(alice, _page(integration))
