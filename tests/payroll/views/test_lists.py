"""Lists: sorted, narrowed and paged by the address, and written as the reader writes."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from integration_hub.accounts.models import Organisation
from payroll.models import Integration, SyncRun

from .scenes import NOW, make_change, make_integration, make_run, queries, text

NORWEGIAN = {"Accept-Language": "nb-NO,nb;q=0.9"}


def _numbers(client: Client, url: str) -> list[str]:
    return [row.number for row in client.get(url).context["people"].rows]


def _runs(client: Client, asked: str) -> list[SyncRun]:
    return [line.run for line in client.get(f"/activity/?{asked}").context["lines"]]


# --- the reader's way of writing -----------------------------------------------------------------


def test_dates_and_numbers_follow_each_request_and_words_stay_english(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, source_count=12345)
    page = alice.get(f"/runs/{run.pk}/", headers=NORWEGIAN)
    words = " ".join(page.content.decode().split())
    assert '<span lang="nb">man. 23. nov. 2026, 06:00</span>' in words
    assert "12 345 people in Simployer One" in words
    assert "Accept-Language" in page["Vary"]
    assert "Mon 23 Nov 2026, 06:00" in text(alice, f"/runs/{run.pk}/")
    assert "12,345 people in Simployer One" in text(alice, f"/runs/{run.pk}/")


def test_a_decimal_value_is_written_as_the_reader_does(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(run, fields={"value1": ("1200", "37.5")})
    [row] = alice.get(f"/runs/{run.pk}/", headers=NORWEGIAN).context["people"].rows
    assert (row.fields[0].before, row.fields[0].after) == ("1\N{NO-BREAK SPACE}200", "37,5")


def test_a_decimal_field_that_holds_no_number_is_shown_as_it_is(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(run, fields={"value1": ("NaN", "1" * 60)})
    [row] = alice.get(f"/runs/{run.pk}/", headers=NORWEGIAN).context["people"].rows
    assert (row.fields[0].before, row.fields[0].after) == ("NaN", "1" * 60)


# --- the people of a run -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("number", ["7", "999", "1000", "1001"]),
        ("-number", ["1001", "1000", "999", "7"]),
        ("kind", ["1000", "999", "1001", "7"]),
        ("outcome", ["7", "1001", "1000", "999"]),
        ("-outcome", ["1000", "999", "1001", "7"]),
        ("name", ["1000", "7", "999", "1001"]),
        ("details", ["1000", "7", "999", "1001"]),
    ],
)
def test_people_are_sorted_as_asked_and_else_as_planned(
    alice: Client, integration: Integration, sort: str, numbers: list[str]
) -> None:
    run = make_run(integration)
    make_change(run, "1000", kind="create")
    make_change(run, "7", kind="none", outcome="rejected")
    make_change(run, "999")
    make_change(run, "1001", kind="end", outcome="failed")
    assert _numbers(alice, f"/runs/{run.pk}/?sort={sort}") == numbers


def test_the_order_is_said_and_kept_by_tab_search_and_page(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    for number in range(101):
        make_change(run, str(number))
    page = text(alice, f"/runs/{run.pk}/?show=updated&number=1&sort=-number")
    assert '<th scope="col" aria-sort="descending"><a class="hub-sort" href="?show=updated' in page
    assert '<input type="hidden" name="sort" value="-number">' in page
    assert 'href="?show=all&amp;number=1&amp;sort=-number#people"' in page
    paged = text(alice, f"/runs/{run.pk}/?sort=-number")
    assert 'href="?sort=-number&amp;page=3#people">Last</a>' in paged
    assert 'name="page" type="number" min="1" max="3"' in paged


def test_sorting_takes_no_query_more(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    for number in range(3):
        make_change(run, str(number))
    plain = queries(alice, f"/runs/{run.pk}/")
    assert len(queries(alice, f"/runs/{run.pk}/?sort=-outcome")) == len(plain)


# --- activity ------------------------------------------------------------------------------------


def test_activity_is_narrowed_to_what_is_asked(alice: Client, integration: Integration) -> None:
    other = make_integration(integration.organisation, "Another")
    full = make_run(integration, status="failed")
    trial = make_run(integration, only=["1"], queued_at=NOW - timedelta(days=1))
    preview = make_run(other, preview=True, queued_at=NOW - timedelta(days=2))
    assert _runs(alice, f"integration={integration.pk}") == [full, trial]
    assert _runs(alice, "status=failed") == [full]
    assert _runs(alice, "kind=sync") == [full]
    assert _runs(alice, "kind=trial") == [trial]
    assert _runs(alice, "kind=preview") == [preview]
    assert _runs(alice, "since=2026-11-22&until=2026-11-22") == [trial]
    assert _runs(alice, "sort=started") == [preview, trial, full]
    assert _runs(alice, "sort=nonsense") == [full, trial, preview]


def test_a_restore_is_a_kind_of_its_own(alice: Client, integration: Integration) -> None:
    restore = make_run(integration, trigger="restore", only=["1"])
    of_nobody = make_run(integration, trigger="restore", queued_at=NOW - timedelta(days=1))
    trial = make_run(integration, only=["1"], queued_at=NOW - timedelta(days=2))
    assert _runs(alice, "kind=restore") == [restore, of_nobody]
    assert _runs(alice, "kind=trial") == [trial]
    assert _runs(alice, "kind=sync") == []


def test_a_day_of_the_period_is_a_day_in_oslo(alice: Client, integration: Integration) -> None:
    midnight = NOW.replace(hour=23, minute=0) - timedelta(days=1)  # 00:00 on the 23rd
    run = make_run(integration, queued_at=midnight)
    assert _runs(alice, "since=2026-11-23") == [run]
    assert _runs(alice, "until=2026-11-22") == []


def test_a_list_with_nothing_in_it_says_why_and_how_to_see_all(
    alice: Client, integration: Integration
) -> None:
    assert "Nothing has run yet" in text(alice, "/activity/")
    make_run(integration)
    page = text(alice, "/activity/?status=held")
    assert "No run is like that" in page
    assert '<a class="btn btn-link" href="/activity/">Clear</a>' in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("since=2026-11-20&until=2026-11-01", "This is before the day in From."),
        ("since=0001-01-01", "Choose a day between 2000 and 2100."),
        ("until=9999-12-31", "Choose a day between 2000 and 2100."),
        ("since=yesterday", "Enter a valid date."),
        ("status=odd", "There is no such choice"),
        ("kind=%00", "There is no such choice"),
    ],
)
def test_what_makes_no_sense_is_told_beside_the_field_and_hides_nothing(
    alice: Client, integration: Integration, asked: str, words: str
) -> None:
    run = make_run(integration)
    assert words in text(alice, f"/activity/?{asked}")
    assert _runs(alice, asked) == [run]


def test_activity_offers_no_strangers_integration(
    alice: Client, charlie: Client, integration: Integration
) -> None:
    make_run(integration)
    assert str(integration.pk) in text(alice, "/activity/")
    assert charlie.get(f"/activity/?integration={integration.pk}").status_code == 404
    assert alice.get(f"/activity/?integration={quote('x' * 99)}").status_code == 404


# --- integrations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "labels"),
    [
        ("name", ["a draft", "B paused", "C needs somebody", "Xledger Norge"]),
        ("-name", ["Xledger Norge", "C needs somebody", "B paused", "a draft"]),
        ("state", ["C needs somebody", "Xledger Norge", "B paused", "a draft"]),
        ("-state", ["a draft", "B paused", "Xledger Norge", "C needs somebody"]),
        ("__class__", ["a draft", "B paused", "C needs somebody", "Xledger Norge"]),
    ],
)
def test_integrations_are_sorted_by_name_or_by_what_needs_somebody(
    alice: Client,
    organisation: Organisation,
    integration: Integration,
    sort: str,
    labels: list[str],
) -> None:
    make_integration(organisation, "B paused", state="paused")
    make_integration(organisation, "a draft", state="draft")
    make_integration(organisation, "C needs somebody", state="needs_attention")
    shown = alice.get(f"/settings/integrations/?sort={sort}").context["overviews"]
    assert [each.integration.label for each in shown] == labels
