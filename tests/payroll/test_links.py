"""What a link remembers of each field: what was sent, what came of it, and on which day."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest
from pytest_django import Settings

from integration_hub.accounts.models import Organisation
from integration_hub.core.crypto import new_key
from payroll.diff import Sent
from payroll.links import LinkBook, baseline_of
from payroll.models import EmployeeLink, Integration

from .views.scenes import NOW, make_integration

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # 3 November in Oslo


@pytest.fixture
def integration() -> Integration:
    return make_integration(Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW))


def send(integration: Integration, now: datetime, **sent: str) -> None:
    seen = {key: text.upper() for key, text in sent.items()}
    LinkBook(integration).confirm([("e1", "t1", sent, seen)], now)


def kept(integration: Integration) -> dict[str, Sent]:
    [state] = LinkBook(integration).states()
    return dict(state.baseline)


def test_the_day_of_sending_is_that_of_oslo(integration: Integration) -> None:
    send(integration, MIDNIGHT, description="Kari")
    assert kept(integration)["description"].on == date(2026, 11, 3)


def test_a_field_sent_later_leaves_the_day_of_the_others(integration: Integration) -> None:
    send(integration, MIDNIGHT, description="Kari", phone="22334455")
    send(integration, NOW, phone="22334466")
    baseline = kept(integration)
    assert baseline["description"].on == date(2026, 11, 3)
    assert baseline["phone"].on == date(2026, 11, 23)


def test_what_was_stored_without_a_day_is_still_what_was_sent(integration: Integration) -> None:
    link = EmployeeLink(integration=integration, source_id="e1", target_id="t1")
    link.baseline = {"description": ["Kari", "KARI"]}
    link.save()
    [state] = LinkBook(integration).states()
    assert state.baseline == {"description": Sent("Kari", "KARI")}
    assert state.baseline["description"].on is None
    LinkBook(integration).remember([state])
    assert baseline_of(EmployeeLink.objects.get()) == state.baseline


def test_a_link_that_is_remembered_keeps_its_days(integration: Integration) -> None:
    send(integration, MIDNIGHT, description="Kari")
    before = kept(integration)
    LinkBook(integration).remember(LinkBook(integration).states())
    assert kept(integration)["description"].on == before["description"].on


def test_the_day_decides_nothing() -> None:
    assert Sent("a", "A", date(2026, 1, 1)) == Sent("a", "A")


def test_rotating_the_encryption_keys_changes_nothing_that_is_remembered(
    integration: Integration, settings: Settings
) -> None:
    send(integration, MIDNIGHT, description="Kari", socialSec="01019010046")
    before = kept(integration)
    settings.ENCRYPTION_KEYS = [
        base64.urlsafe_b64encode(new_key()).decode(),
        *settings.ENCRYPTION_KEYS,
    ]
    rotated = Integration.objects.get()
    assert kept(rotated) == before
    LinkBook(rotated).remember(LinkBook(rotated).states())
    rotated.organisation.save()
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert kept(Integration.objects.get(pk=integration.pk))["description"].on == date(2026, 11, 3)
