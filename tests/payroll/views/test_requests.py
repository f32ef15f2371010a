"""Requests of the month on an integration's page and on a run's."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from payroll.models import Integration
from payroll.request_counts import count

from .scenes import NOW, make_run, queries, text


def test_the_months_requests_stand_beside_what_the_price_list_includes(
    alice: Client, integration: Integration
) -> None:
    count(integration, {"simployer": 132, "xledger": 85}, timezone.now())
    shown = text(alice, f"/settings/integrations/{integration.pk}/")
    assert f"<dt>Requests in {timezone.now():%B %Y}</dt>" in shown
    assert "132 to Simployer One" in shown
    assert "85 to X-ledger" in shown
    assert "of about 5,000 a month that X-ledger&#x27;s UK price list includes" in shown
    assert "% used" not in shown


def test_a_month_that_has_nearly_used_its_allowance_is_marked(
    alice: Client, integration: Integration
) -> None:
    count(integration, {"xledger": 4_100}, timezone.now())
    assert "82 % used" in text(alice, f"/settings/integrations/{integration.pk}/")


def test_a_run_shows_its_own_requests_and_those_of_its_month(
    alice: Client, integration: Integration
) -> None:
    count(integration, {"simployer": 132, "xledger": 85}, NOW)
    run = make_run(integration, requests={"simployer": 5, "xledger": 3})
    shown = text(alice, f"/runs/{run.pk}/")
    assert "5 to Simployer One and 3 to X-ledger" in shown
    assert "<dt>Requests in November 2026</dt>" in shown
    assert "132 to Simployer One and 85 to X-ledger; X-ledger&#x27;s UK price list" in shown
    assert "includes about 5,000 a month to X-ledger" in shown


def test_a_run_from_before_requests_were_counted_tells_of_no_month(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, requests={"simployer": 5, "xledger": 3})
    shown = text(alice, f"/runs/{run.pk}/")
    assert "Requests in" not in shown


def test_the_month_takes_one_query(alice: Client, integration: Integration) -> None:
    counted = [
        sql
        for sql in queries(alice, f"/settings/integrations/{integration.pk}/")
        if "payroll_requestcount" in sql
    ]
    assert len(counted) == 1
