"""Which changes wait, in a document: optional, checked, given back, and set by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from integration_hub.accounts.models import AuditEntry, User
from payroll import configuration
from payroll.models import Integration
from tests.journeys.world import NOW, document, fresh_tokens


@pytest.fixture(autouse=True)
def environments(settings: Settings) -> None:
    settings.SIMPLOYER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/v1"}
    settings.XLEDGER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/graphql"}


def stored(**changes: Any) -> Integration:
    return configuration.store(configuration.parse(document(**changes), fresh_tokens()), NOW)


def test_what_waits_is_stored_exported_and_noted(db: None) -> None:
    assert "approvals" not in configuration.export(stored())
    integration = stored(approvals=["pay", "bank_account", "pay"])
    assert integration.waits_for == ["bank_account", "pay"]
    assert configuration.export(integration)["approvals"] == ["bank_account", "pay"]
    entry = AuditEntry.objects.filter(action=AuditEntry.Action.CONFIGURED).get()
    assert (entry.before, entry.after) == ({}, {"approvals": ["bank_account", "pay"]})
    assert stored().waits_for == []


def test_a_shell_counts_as_nobody_and_the_same_setting_is_still_whose_it_was(db: None) -> None:
    integration = stored(approvals=["pay"])
    assert (integration.waits_set_by, integration.waits_set_at) == (None, NOW)
    user = User.objects.create_user("hr@fjordkraft.example")
    integration.set_waits(["pay", "end_date"], NOW, user)
    integration.save()
    assert stored(approvals=["end_date", "pay"]).waits_set_by == user
    assert stored(approvals=["pay"]).waits_set_by is None


@pytest.mark.parametrize("wrong", ["pay", {"pay": True}, ["salary"], [5], [["pay"]]])
def test_a_wrong_entry_is_told_by_its_key(wrong: Any, db: None) -> None:
    with pytest.raises(configuration.InvalidConfiguration, match=r"^approvals: "):
        stored(approvals=wrong)
