"""Requests by month: counted once whoever counts, and held against what the vendor includes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from integration_hub.accounts.models import Organisation, User
from payroll.connection import try_both
from payroll.models import Integration, RequestCount
from payroll.ports import Allowance
from payroll.request_counts import MonthOfRequests, count, month_of, month_of_requests
from tests.faults.threads import together
from tests.journeys.world import World

from .views.scenes import NOW, make_integration

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def integration(db: None) -> Integration:
    return make_integration(Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW))


def counted(month: date) -> dict[str, int]:
    return dict(RequestCount.objects.filter(month=month).values_list("kind", "requests"))


def test_requests_add_up_within_a_month(integration: Integration) -> None:
    count(integration, {"simployer": 5, "xledger": 2}, NOW)
    count(integration, {"simployer": 1, "xledger": 0}, NOW)
    assert counted(NOVEMBER) == {"simployer": 6, "xledger": 2}


def test_a_month_begins_at_midnight_in_oslo() -> None:
    assert month_of(datetime(2026, 10, 31, 22, 59, tzinfo=UTC)) == date(2026, 10, 1)
    assert month_of(datetime(2026, 10, 31, 23, 0, tzinfo=UTC)) == NOVEMBER


def test_nothing_is_lost_when_many_count_at_once(transactional_db: None) -> None:
    made = make_integration(Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW))
    together(lambda: count(made, {"simployer": 3, "xledger": 4}, NOW), times=6)
    assert counted(NOVEMBER) == {"simployer": 18, "xledger": 24}


def test_counting_for_an_integration_that_is_gone_raises_nothing(
    transactional_db: None,
) -> None:
    made = make_integration(Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW))
    gone = Integration.objects.get(pk=made.pk)
    made.delete()
    count(gone, {"xledger": 4}, NOW)
    assert counted(NOVEMBER) == {}


def test_both_systems_are_told_with_what_their_vendor_includes(integration: Integration) -> None:
    count(integration, {"xledger": 85}, NOW)
    source, target = month_of_requests(integration, NOVEMBER)
    assert (source.requests, source.allowance, source.runs_low) == (0, None, False)
    assert (target.requests, target.percent, target.runs_low) == (85, 1, False)
    assert target.allowance is not None
    assert "UK price list" in target.allowance.source


@pytest.mark.parametrize(("requests", "low"), [(3_999, False), (4_000, True), (6_000, True)])
def test_a_person_is_warned_from_four_fifths_on(requests: int, low: bool) -> None:
    month = MonthOfRequests("X", NOVEMBER, requests, Allowance(5_000, "a list"))
    assert month.runs_low is low


def test_every_request_of_runs_readings_and_tests_is_counted(small: World) -> None:
    small.sync()
    small.sync(preview=True)
    small.read_people()
    assert counted(month_of(small.now)) == {
        "simployer": len(small.simployer.log),
        "xledger": len(small.xledger.log),
    }
    RequestCount.objects.all().delete()
    before = len(small.simployer.log), len(small.xledger.log)
    assert try_both(small.integration, User.objects.create(email="x@x.example"), timezone.now)
    assert counted(month_of(timezone.now())) == {
        "simployer": len(small.simployer.log) - before[0],
        "xledger": len(small.xledger.log) - before[1],
    }


def test_a_run_that_fails_counts_what_it_sent(small: World) -> None:
    small.xledger.faults.add("expired_token", when="mutation", times=None)
    assert small.sync()["status"] == "failed"
    sent = counted(month_of(small.now))
    assert sent["simployer"] == len(small.simployer.log)
    assert sent["xledger"] == len(small.xledger.log) > 0
