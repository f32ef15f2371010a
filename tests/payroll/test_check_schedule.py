"""`check_schedule` says what is late and mails about it, whatever of the Hub still runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from integration_hub.accounts.models import Organisation
from integration_hub.celery import app
from payroll.models import Integration
from tests.payroll.views.scenes import make_integration, make_run


@pytest.fixture
def integration(db: None, monkeypatch: pytest.MonkeyPatch) -> Integration:
    """Its time passed two hours ago, and there is no queue."""
    monkeypatch.setattr(app.conf, "broker_url", None)
    organisation = Organisation.objects.create(name="Fjord AS", addon_since=timezone.now())
    return make_integration(
        organisation,
        recipients=["payroll@fjord.example"],
        schedule_days=["mon"],
        next_run_at=timezone.now() - timedelta(hours=2),
    )


def check() -> int:
    """The exit code."""
    try:
        call_command("check_schedule")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_missed_run_is_printed_mailed_once_and_exits_1(
    integration: Integration, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check() == 1
    printed = capsys.readouterr().out
    assert printed.startswith("Fjord AS, Xledger Norge: the sync due ")
    assert "has not started; nobody queued it." in printed
    assert check() == 1  # as long as it lasts
    assert len(mail.outbox) == 1


def test_all_well_exits_0(integration: Integration, capsys: pytest.CaptureFixture[str]) -> None:
    Integration.objects.update(next_run_at=timezone.now() + timedelta(days=1))
    assert check() == 0
    assert capsys.readouterr().out == "Every scheduled sync has started.\n"
    assert mail.outbox == []


def test_it_also_tells_of_runs_where_no_worker_does(integration: Integration) -> None:
    Integration.objects.update(next_run_at=None)
    now = timezone.now()
    make_run(integration, status="failed", queued_at=now, started_at=now, finished_at=now)
    assert check() == 0
    assert [message.subject for message in mail.outbox] == ["Xledger Norge: the sync failed"]


def test_a_mail_server_that_is_down_changes_no_answer(
    integration: Integration, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.payroll.test_notify.Down"
    assert check() == 1
