"""What an integration forgets when it reaches other systems than before."""

from __future__ import annotations

from payroll.models import ConnectionTest, Integration, Snapshot


def may_move(integration: Integration) -> bool:
    """Whether it may go to another environment: nobody is linked there, nor is being linked."""
    return not integration.links.exists() and not integration.runs.active().exists()


def forget_pairs(integration: Integration) -> None:
    """In another environment the same ids are other people: no word on a pair is taken along."""
    integration.match_decisions.all().delete()


def forget_readings(integration: Integration) -> None:
    """What was seen over another connection says nothing about this one."""
    Snapshot.objects.filter(integration=integration).delete()
    ConnectionTest.objects.filter(integration=integration).delete()
