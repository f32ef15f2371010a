"""The add-on is bought separately: without it nothing is created or run, and nothing is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role, User
from integration_hub.core.errors import ConfigurationError
from payroll.models import Integration, SyncRun
from payroll.runs import open_run
from tests.journeys.world import World, document


def switch(state: str) -> None:
    call_command("addon", "Fjordkraft Demo AS", state)


def test_switched_off_nothing_runs_and_everything_is_kept(small: World) -> None:
    small.sync()
    links = small.integration.links.count()
    switch("off")
    small.integration.refresh_from_db()
    small.integration.organisation.refresh_from_db()
    with pytest.raises(ConfigurationError, match="add-on is not activated"):
        open_run(small.integration, small.now)
    with pytest.raises(CommandError, match="add-on is not activated"):
        call_command("sync", str(small.integration.pk))
    assert small.integration.links.count() == links

    switch("on")
    call_command("sync", str(small.integration.pk))


def test_switched_off_the_schedule_waits(small: World) -> None:
    later = small.now + timedelta(days=30)
    assert Integration.objects.due(later).exists()
    switch("off")
    assert not Integration.objects.due(later).exists()


def test_switched_off_nothing_is_created_from_a_file(
    small: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch("off")
    for name in ("SIMPLOYER_TOKEN", "XLEDGER_TOKEN"):
        monkeypatch.setenv(name, "a-token")
    file = tmp_path / "integration.json"
    file.write_text(json.dumps(document(label="Second")), encoding="utf-8")
    with pytest.raises(CommandError, match="has no payroll add-on"):
        call_command("apply_config", str(file))
    assert Integration.objects.count() == 1


def test_the_page_says_so_and_offers_no_button(small: World, client: Client) -> None:
    user = User.objects.create_user("hr@fjordkraft.example", "a long enough password")
    Membership.objects.create(
        user=user, organisation=small.integration.organisation, role=Role.ADMIN
    )
    client.force_login(user)
    switch("off")
    page = reverse("integration", args=[small.integration.pk])
    assert "add-on is not activated" in client.get(page).content.decode()
    assert "Sync now</button>" not in client.get(page).content.decode()

    pressed = client.post(reverse("integration_sync", args=[small.integration.pk]), follow=True)
    assert "add-on is not activated" in pressed.content.decode()
    assert not SyncRun.objects.exists()


@pytest.mark.django_db
def test_switching_is_noted_and_switching_twice_is_not() -> None:
    Organisation.objects.create(name="Fjordkraft Demo AS")
    switch("on")
    switch("on")
    switch("off")
    noted = list(AuditEntry.objects.order_by("at").values_list("action", flat=True))
    assert noted == ["addon.on", "addon.off"]


@pytest.mark.django_db
def test_an_unknown_organisation_is_said() -> None:
    with pytest.raises(CommandError, match="no organisation"):
        switch("on")
