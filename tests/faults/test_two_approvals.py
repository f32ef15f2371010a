"""Several people approve the same change at the same moment: it is approved and sent once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role, User
from integration_hub.celery import app
from payroll.models import SyncRun, WaitingChange
from payroll.verdicts import decide
from payroll.waiting import hand_on
from tests.payroll.views.scenes import NOW, make_integration, make_waiting

from .threads import together

PEOPLE = 4
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_url", "memory://")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


def members(organisation: Organisation) -> Callable[[], Membership]:
    """One after the other, each somebody else."""
    made = [
        Membership.objects.create(
            user=User.objects.create_user(f"p{number}@fjord.example"),
            organisation=organisation,
            role=Role.ADMIN,
        )
        for number in range(PEOPLE)
    ]
    return made.pop


def test_the_same_change_is_approved_once_and_one_run_sends_it() -> None:
    organisation = Organisation.objects.create(name="Fjord AS", addon_since=timezone.now())
    integration = make_integration(organisation)
    change, somebody = make_waiting(integration), members(organisation)

    def approve() -> int:
        number = decide(integration.pk, [change.pk], somebody(), NOW, approved=True)
        if number:
            hand_on(integration, NOW)
        return number

    assert sorted(together(approve, times=PEOPLE)) == [0, 0, 0, 1]
    assert SyncRun.objects.count() == 1
    assert AuditEntry.objects.filter(action=AuditEntry.Action.CHANGES_APPROVED).count() == 1
    change.refresh_from_db()
    assert change.state == WaitingChange.State.APPROVED


def test_of_a_yes_and_a_no_at_once_one_counts() -> None:
    organisation = Organisation.objects.create(name="Fjord AS", addon_since=timezone.now())
    integration = make_integration(organisation)
    change, somebody = make_waiting(integration), members(organisation)
    words = [True, False, True, False]

    def say() -> int:
        return decide(integration.pk, [change.pk], somebody(), NOW, approved=words.pop())

    assert sum(together(say, times=PEOPLE)) == 1
    assert AuditEntry.objects.count() == 1
