"""This payroll month: what was sent before and after the cut-off, what waits, what lies ahead."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry
from payroll.models import Integration, SyncRun
from payroll.pages.month_groups import MonthOfIntegration, first_month
from payroll.pages.month_page import asked_month, month_page
from payroll.payroll_month import LAST_DAY, PayrollMonth
from payroll.schedule import ZONE

from .scenes import make_change, make_run, make_upcoming, make_waiting, queries, text

NOVEMBER = PayrollMonth(date(2026, 11, 1))
LATE = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
MIDNIGHT = datetime(2026, 11, 16, 0, 0, tzinfo=ZONE)  # the end of 15 November
TOUCHES = {"touches": ["2026-09-01", "2026-10-01"]}


def url(integration: Integration, query: str = "") -> str:
    return f"/settings/integrations/{integration.pk}/month/{query}"


def download(integration: Integration, query: str = "?format=csv") -> str:
    return f"/settings/integrations/{integration.pk}/month/download/{query}"


@pytest.fixture
def run(integration: Integration) -> SyncRun:
    """Begun before anything of the month, by an integration that was there then."""
    Integration.objects.update(created_at=datetime(2026, 9, 1, tzinfo=UTC), cut_off_day=15)
    integration.refresh_from_db()
    begun = datetime(2026, 11, 2, 5, tzinfo=UTC)
    return make_run(integration, queued_at=begun, planned_at=begun)


def shown(run: SyncRun, now: datetime = LATE, **asked: str) -> Any:
    run.integration.refresh_from_db()
    found = MonthOfIntegration(run.integration, NOVEMBER, now)
    return month_page(found, asked, sees_people=True)


def counts(run: SyncRun, now: datetime = LATE) -> dict[str, int]:
    sections = shown(run, now).sections
    return {group.key: group.rows for each in sections for group in each.groups if group.rows}


# --- the groups ----------------------------------------------------------------------------------


def test_what_is_sent_until_midnight_of_the_cut_off_day_is_in_time(run: SyncRun) -> None:
    make_change(run, "1", kind="create", settled_at=MIDNIGHT - timedelta(microseconds=1))
    make_change(run, "2", kind="update", settled_at=MIDNIGHT)
    make_change(run, "3", kind="end", settled_at=LATE)
    assert counts(run) == {"before_starters": 1, "after_changes": 1, "after_leavers": 1}


def test_a_month_holds_what_was_sent_in_it_on_the_clock_in_oslo(run: SyncRun) -> None:
    begins = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    ends = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    for number, at in enumerate([begins - moment, begins, ends - moment, ends]):
        make_change(run, str(number), settled_at=at)
    Integration.objects.update(cut_off_day=None)
    assert counts(run) == {"sent_changes": 2}
    assert [row.number for row in shown(run).rows] == ["2", "1"]


def test_what_was_not_sent_is_not_in_the_month(run: SyncRun, integration: Integration) -> None:
    make_change(run, "1", outcome="rejected", settled_at=LATE)
    make_change(run, "2", outcome="", settled_at=None)
    preview = make_run(integration, preview=True, planned_at=LATE)
    make_change(preview, "3", outcome="", settled_at=None)
    assert counts(run) == {}


def test_retroactive_changes_are_marked_with_their_months(run: SyncRun) -> None:
    entry = {"before": None, "after": "2026-09-30", **TOUCHES}
    fields = {"employmentTo": entry}
    make_change(run, "1", kind="end", settled_at=LATE, retroactive=True, fields=fields)
    assert counts(run) == {"after_leavers": 1, "after_retroactive": 1}
    [row] = shown(run, show="after_retroactive").rows
    assert row.reaches == "September and October 2026"


def test_the_newest_sync_tells_what_is_held_and_the_newest_plan_what_lies_ahead(
    run: SyncRun, integration: Integration
) -> None:
    make_change(run, "1", outcome="held")
    make_upcoming(run, "1")
    newer = make_run(integration, planned_at=LATE - timedelta(days=2), status="held")
    make_change(newer, "2", outcome="held")
    make_change(newer, "3", outcome="")
    preview = make_run(integration, planned_at=LATE - timedelta(days=1), preview=True)
    make_upcoming(preview, "4")
    make_upcoming(preview, "5")
    make_run(integration, planned_at=LATE, only=["9"])
    make_run(integration, planned_at=LATE, trigger="restore")
    assert counts(run) == {"held": 2, "upcoming": 2}
    assert {row.number for row in shown(run, show="held").rows} == {"2", "3"}


def test_the_next_day_to_go_is_listed_first(run: SyncRun) -> None:
    make_upcoming(run, "1", goes_on=date(2027, 3, 1))
    make_upcoming(run, "2", goes_on=date(2027, 1, 1))
    assert [row.number for row in shown(run, show="upcoming").rows] == ["2", "1"]
    turned = shown(run, show="upcoming", sort="-when").rows
    assert [row.number for row in turned] == ["1", "2"]


def test_a_month_that_is_over_shows_nothing_that_waits(run: SyncRun) -> None:
    make_upcoming(run, "1")
    assert "upcoming" not in counts(run, datetime(2026, 12, 1, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("now", "day", "cut_off", "left"),
    [
        (datetime(2026, 11, 12, 9, tzinfo=ZONE), 15, date(2026, 11, 15), 3),
        (MIDNIGHT - timedelta(seconds=1), 15, date(2026, 11, 15), 0),
        (MIDNIGHT, 15, date(2026, 12, 15), 29),
        (datetime(2026, 11, 30, 23, 59, tzinfo=ZONE), LAST_DAY, date(2026, 11, 30), 0),
    ],
)
def test_days_are_counted_to_the_next_cut_off(
    integration: Integration, now: datetime, day: int, cut_off: date, left: int
) -> None:
    integration.cut_off_day = day
    deadline = MonthOfIntegration(integration, NOVEMBER, now).deadline
    assert deadline
    assert (deadline.day, deadline.days_left) == (cut_off, left)


def test_months_go_back_as_far_as_names_are_kept(integration: Integration) -> None:
    integration.created_at = datetime(2020, 1, 1, tzinfo=UTC)
    assert str(first_month(integration, LATE)) == "2026-08"  # 90 days
    asked = {month: asked_month(month, integration, LATE) for month in ("2026-08", "2026-07")}
    assert str(asked["2026-08"]) == "2026-08"
    assert asked["2026-07"] is None
    assert asked_month("2026-12", integration, LATE) is None
    assert asked_month("", integration, LATE) == NOVEMBER
    assert asked_month("november", integration, LATE) is None


# --- the page ------------------------------------------------------------------------------------


def test_colleagues_see_the_month_and_strangers_get_nothing(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    for page in (url(integration), download(integration)):
        assert charlie.get(page).status_code == 404
    assert alice.get(url(integration)).status_code == 200
    assert bob.get(url(integration)).status_code == 200
    assert alice.get(url(integration, "?month=2019-01")).status_code == 404
    assert alice.get(f"/settings/integrations/{uuid4()}/month/").status_code == 404


def test_a_viewer_sees_neither_names_nor_values(
    alice: Client, bob: Client, integration: Integration
) -> None:
    now = timezone.now()
    run = make_run(integration, queued_at=now, planned_at=now)
    make_change(run, settled_at=now, fields={"email": ("a@x.example", "b@x.example")})
    make_waiting(integration, "20002")
    make_upcoming(run, "20003", fields={"email": ("c@x.example", "d@x.example")})
    for group in ("sent_changes", "to_approve", "upcoming"):
        page = url(integration, f"?show={group}")
        assert "Kari Nordmann" in text(alice, page)
        assert "Kari Nordmann" not in text(bob, page)
        assert "@x.example" not in text(bob, page)
    assert "d@x.example" in text(alice, url(integration, "?show=upcoming"))


def test_the_page_teaches_where_no_cut_off_is_chosen(
    alice: Client, bob: Client, integration: Integration
) -> None:
    page = text(alice, url(integration))
    assert "No cut-off day is chosen" in page
    assert "Choose a cut-off day" in page
    assert "Choose a cut-off day" not in text(bob, url(integration))
    assert "Nothing was sent to" in page


def test_what_waits_tells_the_days_left(alice: Client, integration: Integration) -> None:
    Integration.objects.update(cut_off_day=LAST_DAY)
    make_waiting(integration, "20002")
    page = text(alice, url(integration, "?show=to_approve"))
    assert "Until the cut-off on" in page
    assert "days left" in page or "1 day left" in page or "today is the last day" in page


@pytest.mark.parametrize("group", ["sent_changes", "to_approve", "held", "upcoming"])
def test_a_full_page_takes_as_many_queries_as_a_short_one(
    alice: Client, integration: Integration, group: str
) -> None:
    now = timezone.now()

    def add(numbers: range) -> None:
        run = make_run(integration, queued_at=now, planned_at=now)
        for number in numbers:
            make_change(run, f"1{number}", settled_at=now)
            make_change(run, f"2{number}", outcome="held")
            make_upcoming(run, f"3{number}")
            make_waiting(integration, f"4{number}")

    page = url(integration, f"?show={group}")
    add(range(2))
    few = len(queries(alice, page))
    add(range(10, 90))
    assert len(queries(alice, page)) == few


def test_the_runs_page_lists_the_soonest_that_wait_for_their_day(
    alice: Client, bob: Client, run: SyncRun
) -> None:
    for number in range(12):
        make_upcoming(run, f"7700{number}", goes_on=date(2027, 1, 1 + number))
    page = text(alice, f"/runs/{run.pk}/")
    assert "Waits for its day" in page
    assert "77009" in page
    assert "770010" not in page
    assert "And 2 more." in page
    assert "Kari" not in text(bob, f"/runs/{run.pk}/")


def test_a_runs_page_marks_retroactive_changes(alice: Client, run: SyncRun) -> None:
    fields = {"employmentTo": {"before": None, "after": "2026-09-30", **TOUCHES}}
    make_change(run, retroactive=True, fields=fields)
    assert "Touches September and October 2026." in text(alice, f"/runs/{run.pk}/")
    body = b"".join(alice.get(f"/runs/{run.pk}/download/?format=csv")).decode()
    assert "Retroactive: touches September and October 2026." in body


# --- the download --------------------------------------------------------------------------------


def table(client: Client, address: str) -> list[dict[str, str]]:
    content = b"".join(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))


def test_the_download_holds_every_section_and_is_noted(
    alice: Client, bob: Client, integration: Integration
) -> None:
    now = timezone.now()
    run = make_run(integration, queued_at=now, planned_at=now)
    make_change(
        run,
        "1",
        settled_at=now,
        fields={"email": {"before": None, "after": "n@x.example", **TOUCHES}},
    )
    make_change(run, "2", outcome="held")
    make_waiting(integration, "3")
    make_upcoming(run, "4")
    rows = table(alice, download(integration))
    assert [(row["Section"], row["Employee number"]) for row in rows] == [
        ("Sent this month", "1"),
        ("Waits for approval", "3"),
        ("Held", "2"),
        ("Waits for its day", "4"),
    ]
    assert rows[0]["Retroactive: touches"] == "September and October 2026"
    assert rows[0]["Name"] == "Kari Nordmann"
    assert rows[3]["Goes on"] == "2027-01-01"
    assert rows[3]["After"] == "•••••"
    entry = AuditEntry.objects.get(action=AuditEntry.Action.DOWNLOADED)
    assert entry.after
    assert entry.after["changes"] == 4
    assert entry.after["format"] == "CSV"
    seen = table(bob, download(integration))
    assert "Name" not in seen[0]
    assert "n@x.example" not in str(seen)


def test_the_workbook_is_one_too(alice: Client, integration: Integration) -> None:
    now = timezone.now()
    make_change(make_run(integration, queued_at=now), settled_at=now)
    answer = alice.get(download(integration, "?format=xlsx"))
    assert b"".join(answer).startswith(b"PK")
    assert ".xlsx" in answer["Content-Disposition"]


def test_an_empty_month_is_told_on_its_page(alice: Client, integration: Integration) -> None:
    answer = alice.get(download(integration), follow=True)
    assert "There is nothing to download" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED).exists()
