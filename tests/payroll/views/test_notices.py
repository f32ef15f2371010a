"""The page of who is told by e-mail, and what pages say of a schedule that is late."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from integration_hub.accounts.models import AuditEntry
from payroll import configuration
from payroll.models import ConfigVersion, Integration, Notice, SyncRun
from tests.journeys.world import document

from .scenes import NOW, make_integration, make_run, queries, text


def page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/notices/"


def save(client: Client, integration: Integration, recipients: str, **entered: object) -> str:
    """The page that saving leads to."""
    data = {"version": integration.config_version, "recipients": recipients} | entered
    response = client.post(page(integration), data, follow=True)
    assert response.status_code == 200
    integration.refresh_from_db()
    return " ".join(response.content.decode().split())


# --- who ------------------------------------------------------------------------------------------


def test_addresses_are_saved_one_a_line_and_the_change_is_noted(
    alice: Client, integration: Integration
) -> None:
    said = save(alice, integration, "a@x.example\r\n\r\n b@x.example; A@x.example", every_run="on")
    assert "Saved" in said
    assert integration.recipients == ["a@x.example", "b@x.example"]
    assert integration.mail_every_run
    noted = AuditEntry.objects.get(action=AuditEntry.Action.CONFIGURED)
    assert noted.after == {
        "notices": {"recipients": ["a@x.example", "b@x.example"], "every_run": True}
    }
    assert "2 addresses" in text(alice, f"/settings/integrations/{integration.pk}/")


def test_each_address_that_is_wrong_is_named_and_the_entries_stay(
    alice: Client, integration: Integration
) -> None:
    said = save(alice, integration, "good@x.example\nkari@\n<b>x</b>\n")
    assert "“kari@” is no e-mail address." in said
    assert "“&lt;b&gt;x&lt;/b&gt;” is no e-mail address." in said
    assert "“good@x.example”" not in said
    assert "good@x.example kari@" in said
    assert integration.recipients == []


def test_more_than_twenty_are_too_many(alice: Client, integration: Integration) -> None:
    many = "\n".join(f"{number}@x.example" for number in range(21))
    assert "at most 20" in save(alice, integration, many)
    assert integration.recipients == []


def test_every_run_needs_somebody_to_tell(alice: Client, integration: Integration) -> None:
    assert "Enter who is to be told" in save(alice, integration, "", every_run="on")
    assert not integration.mail_every_run


def test_a_change_from_another_tab_is_not_overwritten(
    alice: Client, integration: Integration
) -> None:
    said = save(alice, integration, "a@x.example", version=99)
    assert "Somebody changed this integration" in said
    assert "a@x.example" in said
    assert integration.recipients == []


def test_only_those_who_may_configure_see_it(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    for client, status in ((alice, 200), (bob, 403), (charlie, 404)):
        assert client.get(page(integration)).status_code == status
        posted = client.post(f"{page(integration)}test/")
        assert posted.status_code == (302 if status == 200 else status)
    assert "alice@alice.example" in text(alice, page(integration))


# --- the test mail -------------------------------------------------------------------------------


def test_a_test_mail_goes_to_whom_is_told(alice: Client, integration: Integration) -> None:
    said = alice.post(f"{page(integration)}test/", follow=True).content.decode()
    assert "A test mail went to alice@alice.example." in said
    Integration.objects.update(recipients=["a@x.example", "b@x.example"])
    said = alice.post(f"{page(integration)}test/", follow=True).content.decode()
    assert "A test mail went to a@x.example and b@x.example." in said
    assert [message.to for message in mail.outbox] == [
        ["alice@alice.example"],
        ["a@x.example"],
        ["b@x.example"],
    ]


def test_a_mail_server_that_is_down_is_said(
    alice: Client, integration: Integration, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    said = alice.post(f"{page(integration)}test/", follow=True).content.decode()
    assert "The mail server did not take the mail." in said


def test_what_was_told_is_listed_with_what_did_not_arrive(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, status="failed")
    mails: dict[str, dict[str, Any]] = {
        "a@x.example": {"sent_at": NOW},
        "b@x.example": {},
        "c@x.example": {"tries": 8},
    }
    for address, columns in mails.items():
        Notice.objects.create(
            integration=integration,
            run=run,
            kind="failing",
            about=str(run.pk),
            recipient=address,
            made_at=NOW,
            try_at=NOW,
            **columns,
        )
    said = text(alice, page(integration))
    assert said.count("The sync failed</a>") == 1
    assert "Not sent yet</span> b@x.example" in said
    assert "Could not be sent</span> c@x.example" in said


# --- in a document -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("SIMPLOYER_TOKEN", "a")
    monkeypatch.setenv("XLEDGER_TOKEN", "b")
    settings.SIMPLOYER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/v1"}
    settings.XLEDGER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/graphql"}


def applied(**changes: Any) -> Integration:
    return configuration.store(configuration.parse(document(**changes), os.environ), NOW)


@pytest.mark.django_db
def test_a_document_takes_and_gives_them_and_says_nothing_where_none_are_set() -> None:
    assert "notices" not in configuration.export(applied())
    told = {"recipients": ["a@x.example"], "every_run": True}
    integration = applied(notices=told)
    assert configuration.export(integration)["notices"] == told
    again = configuration.export(applied(notices=told))
    assert json.loads(json.dumps(again))["notices"] == told
    assert ConfigVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("notices", "words"),
    [
        ({"recipients": "a@x.example"}, "notices.recipients: a list"),
        ({"recipients": ["nobody"]}, "notices.recipients: “nobody” is no e-mail address"),
        ({"recipients": [f"{n}@x.example" for n in range(21)]}, "notices.recipients: 21 addresses"),
        ({"every_run": 1}, "notices.every_run: true or false"),
        ({"who": []}, "notices.who: unknown key"),
    ],
)
def test_a_mistake_in_a_document_is_named(notices: Mapping[str, Any], words: str) -> None:
    with pytest.raises(configuration.InvalidConfiguration, match=words):
        configuration.parse(document(notices=notices), os.environ)


# --- a schedule that is late ---------------------------------------------------------------------

LIST = "/settings/integrations/"


def test_a_run_that_has_not_started_is_said_where_people_look(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    Integration.objects.update(next_run_at=timezone.now() - timedelta(minutes=59))
    assert "has not started" not in text(alice, LIST)
    Integration.objects.update(next_run_at=timezone.now() - timedelta(hours=2))
    for client in (alice, bob):
        assert "has not started" in text(client, LIST)
        assert "has not started" in text(client, f"{LIST}{integration.pk}/")
    assert "has not started" not in text(charlie, LIST)


def test_a_queued_run_that_no_worker_takes_is_said_too(
    alice: Client, integration: Integration
) -> None:
    due = timezone.now() - timedelta(hours=2)
    make_run(
        integration,
        status="queued",
        trigger="scheduled",
        due_at=due,
        queued_at=due,
        started_at=None,
    )
    for address in (LIST, f"{LIST}{integration.pk}/"):
        assert "no worker takes it" in text(alice, address)


def test_lateness_costs_the_list_no_query(alice: Client, integration: Integration) -> None:
    before = len(queries(alice, LIST))
    late = timezone.now() - timedelta(hours=2)
    for number in range(5):
        make_integration(integration.organisation, f"Number {number}", next_run_at=late)
    assert len(queries(alice, LIST)) == before


def test_a_late_run_is_marked_in_lists_and_on_its_page(
    alice: Client, integration: Integration
) -> None:
    run = make_run(
        integration, trigger="scheduled", due_at=NOW, started_at=NOW + timedelta(minutes=132)
    )
    for address in ("/activity/", f"{LIST}{integration.pk}/", f"/runs/{run.pk}/"):
        assert "Late: due 06:00, started 08:12" in text(alice, address)
    SyncRun.objects.update(started_at=NOW + timedelta(minutes=60))
    assert "Late:" not in text(alice, "/activity/")


def test_a_run_that_is_tried_again_says_when(alice: Client, integration: Integration) -> None:
    due = NOW + timedelta(seconds=integration.offset)
    run = make_run(integration, trigger="scheduled", status="failed", due_at=due, planned_at=None)
    again = NOW + timedelta(minutes=40)
    Integration.objects.update(next_run_at=again, schedule_days=["mon"])
    assert "The schedule tries it again at 06:40." in text(alice, f"/runs/{run.pk}/")
    Integration.objects.update(next_run_at=NOW + timedelta(days=7))
    assert "tries it again" not in text(alice, f"/runs/{run.pk}/")
