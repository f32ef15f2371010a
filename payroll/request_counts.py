"""Requests to each system by month, to be held against what its vendor's price list includes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import Error, transaction
from django.db.models import F

from . import schedule
from .models import Integration, RequestCount
from .ports import Allowance

log = logging.getLogger(__name__)

NEARLY_ALL = 80  # percent of an allowance from which on a person is warned


@dataclass(frozen=True, slots=True)
class MonthOfRequests:
    """Requests of one integration to one system in a month, and what a month includes if known."""

    label: str
    month: date
    requests: int
    allowance: Allowance | None

    @property
    def percent(self) -> int:
        """How much of the allowance is used, rounded down; 0 where there is none."""
        return self.requests * 100 // self.allowance.requests if self.allowance else 0

    @property
    def runs_low(self) -> bool:
        """Whether the allowance is nearly or wholly used."""
        return self.percent >= NEARLY_ALL


def month_of(moment: datetime) -> date:
    """The first day of the month that it is in Oslo."""
    return moment.astimezone(schedule.ZONE).date().replace(day=1)


def count(integration: Integration, sent: Mapping[str, int], now: datetime) -> None:
    """Adds requests by system kind to this month's; several processes may at once.

    Raises nothing of the database: a figure is no reason to lose what a run found out.
    """
    month = month_of(now)
    try:
        with transaction.atomic():
            for kind, requests in sorted(sent.items()):  # in one order: nobody waits in a circle
                if requests:
                    _add(integration, kind, month, requests)
    except Error as error:
        log.warning("requests of integration %s not counted: %s", integration.pk, error)


def _add(integration: Integration, kind: str, month: date, requests: int) -> None:
    row = RequestCount(integration=integration, kind=kind, month=month)
    RequestCount.objects.bulk_create([row], ignore_conflicts=True)  # there from now on, once
    RequestCount.objects.filter(integration=integration, kind=kind, month=month).update(
        requests=F("requests") + requests
    )


def month_of_requests(integration: Integration, month: date) -> list[MonthOfRequests]:
    """Source and target, in one query."""
    rows = RequestCount.objects.filter(integration=integration, month=month)
    sent = dict(rows.values_list("kind", "requests"))
    return [
        MonthOfRequests(each.label, month, sent.get(each.kind, 0), each.monthly_allowance)
        for each in (integration.source, integration.target)
    ]
