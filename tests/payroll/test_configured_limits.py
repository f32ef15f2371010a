"""The guard's limits in a document: optional, checked, and given back as they were."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from integration_hub.accounts.models import AuditEntry
from payroll import configuration
from payroll.configuration import InvalidConfiguration
from payroll.models import Integration
from tests.journeys.world import document, fresh_tokens


@pytest.fixture(autouse=True)
def environments(settings: Settings) -> None:
    settings.SIMPLOYER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/v1"}
    settings.XLEDGER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/graphql"}


END = {"percent": 8, "people": None, "floor": 2}


def stored(**changes: Any) -> Integration:
    return configuration.store(
        configuration.parse(document(**changes), fresh_tokens()), timezone.now()
    )


def test_limits_are_stored_exported_and_read_again(db: None) -> None:
    integration = stored(limits={"end": END})
    assert integration.limits == {"end": END}
    assert configuration.export(integration)["limits"] == {"end": END}


def test_what_a_document_leaves_out_is_as_usual(db: None) -> None:
    integration = stored(limits={"end": {"percent": 8}, "create": {"percent": 30}})
    assert integration.limits == {"end": {"percent": 8, "people": 10, "floor": 5}}


def test_a_document_without_limits_goes_back_to_the_usual_ones_and_that_is_noted(db: None) -> None:
    stored(limits={"end": END})
    integration = stored()
    assert integration.limits == {}
    assert "limits" not in configuration.export(integration)
    entry = AuditEntry.objects.filter(action=AuditEntry.Action.CONFIGURED).first()
    assert entry is not None
    assert (entry.before, entry.after) == ({"limits": {"end": END}}, {})


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ([], "limits: an object"),
        ({"first": {}}, "limits.first: unknown key"),
        ({"end": 5}, "limits.end: an object"),
        ({"end": {"share": 5}}, "limits.end.share: unknown key"),
        ({"end": {"percent": None}}, "limits.end.percent: a whole number from 0 to 100"),
        ({"end": {"percent": True}}, "limits.end.percent: a whole number"),
        ({"end": {"percent": 5.5}}, "limits.end.percent: a whole number"),
        ({"end": {"people": -1}}, "limits.end.people: a whole number from 0 to 10000"),
        ({"end": {"floor": 51}}, "limits.end.floor: a whole number from 0 to 50"),
    ],
)
def test_a_wrong_limit_is_named(limits: Any, words: str) -> None:
    with pytest.raises(InvalidConfiguration, match=words):
        configuration.parse(document(limits=limits), fresh_tokens())
