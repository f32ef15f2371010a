"""From the list to payroll by a browser: choose, review, export, see, undo, correct by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role, User
from integration_hub.core.errors import TransientError
from payroll.models import (
    EmployeeLink,
    Integration,
    TimeOffByHand,
    TimeOffExport,
    TimeOffLine,
    TimeOffReading,
)
from payroll.timeoff.export import export_time_off
from payroll.timeoff.purging import purge
from payroll.timeoff.records import Channel, LeaveStatus
from tests.payroll.timeoff.exporting import read_now
from tests.payroll.timeoff.fake import HOLIDAY, SICK, UNUSED, Offices, leave
from tests.payroll.timeoff.fake import integration as make_time_off

from .scenes import make_by_hand, make_export, make_integration, queries, text
from .test_downloads import body, queries_of_all, rows, unzipped


@pytest.fixture
def mine(organisation: Organisation, both: Offices) -> Integration:
    """An integration of alice's organisation, with two leaves that can go and one that cannot."""
    made = make_time_off()
    assert made.organisation == organisation
    both.put(
        leave("one"),
        leave("two", employee_id="P2", type_id=SICK.id, grade=Decimal(50)),
        leave("no code", date(2026, 11, 23), date(2026, 11, 24), type_id=UNUSED.id),
    )
    return made


def page_of(integration: Integration, rest: str = "") -> str:
    return f"/time/export/{integration.pk}/{rest}"


def seen(page: str) -> str:
    """What the form of a page says of the reading it was made from."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def posted(client: Client, url: str, **data: Any) -> str:
    response = client.post(url, data)
    assert response.status_code == 200, response.headers
    return " ".join(response.content.decode().split())


def start(client: Client, integration: Integration, query: str = "", **data: Any) -> TimeOffExport:
    """Through the review to an export that no worker has taken yet."""
    review = posted(client, page_of(integration, f"review/{query}"), **data)
    answer = client.post(page_of(integration, f"start/{query}"), data | {"seen": seen(review)})
    assert answer.status_code == 302
    return TimeOffExport.objects.get(pk=answer.headers["Location"].split("/")[-2])


def work(export: TimeOffExport) -> TimeOffExport:
    """What a worker does with it."""
    export_time_off(export, timezone.now, lambda _: None)
    export.refresh_from_db()
    assert not export.is_active
    return export


def exported(
    client: Client, integration: Integration, channel: Channel = Channel.ABSENCES
) -> TimeOffExport:
    read_now(integration, channel)
    return work(start(client, integration, "?show=all", every="1"))


def of(export: TimeOffExport, rest: str = "") -> str:
    return f"/time/exports/{export.pk}/{rest}"


# --- choosing and reviewing ----------------------------------------------------------------------


def test_what_can_go_has_a_box_and_the_rest_has_none(alice: Client, mine: Integration) -> None:
    read_now(mine)
    page = text(alice, page_of(mine, "?show=all"))
    assert page.count('name="leave"') == 2
    assert "Export all 2 that match" in page


def test_a_viewer_has_no_boxes_and_may_not_export(bob: Client, mine: Integration) -> None:
    read_now(mine)
    page = text(bob, page_of(mine, "?show=all"))
    assert 'name="leave"' not in page
    assert "Export chosen" not in page
    for address in ("review/", "start/"):
        assert bob.post(page_of(mine, address), {"every": "1"}).status_code == 403
    assert not TimeOffExport.objects.exists()


def test_the_review_says_what_goes_and_what_does_not_and_sends_nothing(
    alice: Client, mine: Integration, both: Offices
) -> None:
    read_now(mine)
    page = posted(alice, page_of(mine, "review/?show=all"), every="1")
    for words in (
        "2 of 2 people",
        "10 working days",
        "56.25 hours",
        "New rows</dt><dd>2",
        "“Velferd” has no payroll code",
        "Export 2 leaves",
        "18.75 h",
    ):
        assert words in page, words
    assert both.writes == []
    assert not TimeOffExport.objects.exists()


def test_only_the_ticked_leaves_go(alice: Client, mine: Integration, both: Offices) -> None:
    read_now(mine)
    export = work(start(alice, mine, leave=["two"]))
    assert [(row.employee, row.percent) for row in both.there()] == [("E2", Decimal(50))]
    assert list(export.chosen) == ["two"]
    assert "Chosen one by one" in text(alice, of(export))


def test_all_that_match_go_across_the_filters_of_the_address(
    alice: Client, mine: Integration, both: Offices
) -> None:
    read_now(mine)
    export = work(start(alice, mine, f"?type={HOLIDAY.id}", every="1"))
    assert list(export.chosen) == ["one"]
    assert "Type of leave: Ferie" in text(alice, of(export))


def many(mine: Integration, both: Offices, leaves: int) -> None:
    """One day of vacation each, of as many linked people."""
    day, kari = date(2026, 11, 2), both.people["P1"]
    both.leaves.clear()
    both.put(*(leave(f"L{each}", day, day, employee_id=f"P{each}") for each in range(leaves)))
    both.people = {f"P{each}": replace(kari, id=f"P{each}") for each in range(leaves)}
    both.weeks = dict.fromkeys(both.people, both.weeks["P1"])
    mine.links.all().delete()
    EmployeeLink.objects.bulk_create(
        EmployeeLink(integration=mine, source_id=f"P{each}", target_id=f"E{each}")
        for each in range(leaves)
    )
    read_now(mine, Channel.FILE)


def test_ten_thousand_leaves_are_chosen_in_as_many_queries_as_a_few(
    alice: Client, mine: Integration, both: Offices
) -> None:
    taken = {}
    for leaves in (3, 10_000):
        TimeOffExport.objects.all().delete()
        many(mine, both, leaves)
        listed = len(queries(alice, page_of(mine)))
        with CaptureQueriesContext(connection) as captured:
            export = start(alice, mine, every="1")
        assert len(export.chosen) == leaves
        taken[leaves] = (listed, len(captured))
    assert taken[10_000] == taken[3]


def test_a_search_for_a_name_is_told_without_the_name(alice: Client, mine: Integration) -> None:
    read_now(mine)
    found = alice.post(page_of(mine), {"find": "ola"}).headers["Location"]
    query = found.partition("?")[2].partition("#")[0]
    export = start(alice, mine, f"?{query}", every="1")
    assert list(export.chosen) == ["two"]
    assert export.filters["how"] == "Ready; found by a search"
    assert "ola" not in str(export.filters).casefold()


def test_without_a_choice_the_list_says_so(alice: Client, mine: Integration) -> None:
    read_now(mine)
    answer = alice.post(page_of(mine, "review/?show=all"), {})
    assert answer.headers["Location"] == page_of(mine, "?show=all#people")
    assert "Nothing was chosen" in text(alice, page_of(mine))


def test_what_was_read_anew_meanwhile_is_shown_again_before_it_goes(
    alice: Client, mine: Integration, both: Offices
) -> None:
    read_now(mine)
    review = posted(alice, page_of(mine, "review/"), leave=["one"])
    both.put(leave("one", end=date(2026, 11, 10)))
    read_now(mine)
    again = posted(alice, page_of(mine, "start/"), leave=["one"], seen=seen(review))
    assert "read anew meanwhile" in again
    assert "2 working days" in again
    assert not TimeOffExport.objects.exists()
    answer = alice.post(page_of(mine, "start/"), {"leave": ["one"], "seen": seen(again)})
    assert answer.status_code == 302


def test_a_second_press_shows_the_export_that_is_in_progress(
    alice: Client, mine: Integration
) -> None:
    read_now(mine)
    first = start(alice, mine, every="1")
    second = start(alice, mine, leave=["one"])
    assert second == first
    assert "in progress" in text(alice, of(first))
    assert TimeOffExport.objects.count() == 1


def test_without_a_reading_the_review_leads_back(alice: Client, mine: Integration) -> None:
    for address in ("review/", "start/"):
        assert alice.post(page_of(mine, address), {"every": "1"}).status_code == 302
    assert "Read the period again" in text(alice, page_of(mine))


def test_a_file_is_previewed_in_its_layout(alice: Client, mine: Integration) -> None:
    read_now(mine, Channel.FILE)
    page = posted(alice, page_of(mine, "review/"), every="1")
    for words in ("How the file begins", "Leave percentage", "20261109", "Engineer", "Sykmelding"):
        assert words in page, words


# --- an export -----------------------------------------------------------------------------------


def test_the_page_follows_an_export_to_its_end(alice: Client, mine: Integration) -> None:
    read_now(mine)
    export = start(alice, mine, every="1")
    page = text(alice, of(export))
    assert "Waiting for its turn" in page
    assert 'http-equiv="refresh"' in page
    version = re.search(r"progress/\?seen=([^\"]+)", page)
    assert version
    htmx = {"HX-Request": "true"}
    assert alice.get(of(export, f"progress/?seen={version[1]}"), headers=htmx).status_code == 204
    work(export)
    over = alice.get(of(export, f"progress/?seen={version[1]}"), headers=htmx)
    assert over.headers["HX-Refresh"] == "true"
    page = text(alice, of(export))
    for words in ("Succeeded", "Kari Nordmann", "2</b> New", "Chosen</dt>"):
        assert words in page, words
    assert "Exported to Payroll on" in text(alice, page_of(mine, "?show=exported"))


def test_a_viewer_sees_outcomes_but_no_name_and_no_button(
    alice: Client, bob: Client, mine: Integration, both: Offices
) -> None:
    both.refused.add("100")
    export = exported(alice, mine)
    page = text(bob, of(export))
    assert "101" in page
    assert "Nordmann" not in page
    assert "again…" not in page
    assert bob.post(of(export, "cancel/")).status_code == 403


@pytest.mark.parametrize("rest", ["", "progress/", "download/?format=csv", "file/csv/", "undo/"])
def test_strangers_find_no_export(
    alice: Client, charlie: Client, mine: Integration, rest: str
) -> None:
    export = exported(alice, mine, Channel.FILE)
    assert charlie.get(of(export, rest)).status_code == 404
    for button in ("cancel/", "undo/"):
        assert charlie.post(of(export, button)).status_code == 404
    assert charlie.get(page_of(mine, f"review/?again={export.pk}")).status_code == 404


def test_a_queued_export_is_cancelled_at_once(
    alice: Client, mine: Integration, both: Offices
) -> None:
    read_now(mine)
    export = start(alice, mine, every="1")
    alice.post(of(export, "cancel/"))
    page = text(alice, of(export))
    assert "Cancelled before it began" in page
    export_time_off(export, timezone.now, lambda _: None)
    assert both.writes == []


def test_what_was_refused_is_chosen_again_and_nothing_else(
    alice: Client, mine: Integration, both: Offices
) -> None:
    both.refused.add("100")
    export = exported(alice, mine)
    page = text(alice, of(export, "?show=rejected"))
    assert "Payroll refused it" in page
    assert "1 leave was chosen and did not go" in page
    both.refused.clear()
    review = text(alice, page_of(mine, f"review/?again={export.pk}"))
    assert "Export 1 leave<" in review
    assert "Ola Nordmann" in review
    assert "Kari Nordmann" not in review
    data = {"again": str(export.pk), "seen": seen(review)}
    answer = alice.post(page_of(mine, "start/"), data)
    again = TimeOffExport.objects.get(pk=answer.headers["Location"].split("/")[-2])
    work(again)
    assert len(both.there()) == 2


def test_choosing_again_reads_the_period_of_that_export_first(
    alice: Client, mine: Integration, both: Offices
) -> None:
    both.refused.add("100")
    export = exported(alice, mine)
    TimeOffReading.objects.all().delete()
    review = page_of(mine, f"review/?again={export.pk}")
    assert "Read the period again" in text(alice, review)
    entered = {"start": "2026-11-01", "end": "2026-11-30", "channel": "absences"}
    answer = alice.post(page_of(mine, "read/"), entered | {"again": str(export.pk)})
    assert answer.headers["Location"] == review
    assert "Waiting for its turn" in text(alice, review)
    assert alice.get(page_of(mine, "review/?again=nonsense")).status_code == 404


def test_the_rows_are_downloaded_masked_and_audited(
    alice: Client, bob: Client, mine: Integration
) -> None:
    export = exported(alice, mine)
    whole = body(alice.get(of(export, "download/?format=csv"))).decode("utf-8-sig")
    assert "Kari Nordmann" in whole
    masked = body(bob.get(of(export, "download/?format=csv"))).decode("utf-8-sig")
    assert "101" in masked
    assert "Nordmann" not in masked
    assert body(alice.get(of(export, "download/?format=xlsx"))).startswith(b"PK")
    noted = AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED)
    assert noted.count() == 3
    assert "Nordmann" not in str(list(noted.values()))
    assert alice.get(of(export, "download/?format=csv&show=failed")).status_code == 302


def amounts(client: Client, export: TimeOffExport, query: str = "") -> list[list[str]]:
    """What was done, from when to when, and how much, of each line of the downloaded rows."""
    titles = ("Done", "First day", "Last day", "Percent", "Hours")
    table = rows(client, of(export, f"download/?format=csv{query}"))
    return [[row[title] for title in titles] for row in table]


def test_days_percent_and_hours_are_cells_that_can_be_added_up(
    alice: Client, mine: Integration
) -> None:
    export = exported(alice, mine)
    assert amounts(alice, export) == [
        ["New", "2026-11-09", "2026-11-13", "100", "37,5"],
        ["New", "2026-11-09", "2026-11-13", "50", "18,75"],
    ]
    sheet = unzipped(body(alice.get(of(export, "download/?format=xlsx")))).decode()
    for number in (100, 37.5, 50, 18.75, 46335, 46339):  # Excel counts days from 1900
        assert f"<v>{number}</v>" in sheet, number


def test_what_is_removed_from_payroll_has_days_and_no_hours(
    alice: Client, mine: Integration, both: Offices
) -> None:
    exported(alice, mine)
    both.put(leave("one", end=date(2026, 11, 11)), leave("two", status=LeaveStatus.CANCELLED))
    export = exported(alice, mine)
    assert amounts(alice, export) == [
        ["Change", "2026-11-09", "2026-11-11", "100", "22,5"],
        ["Removal", "2026-11-09", "2026-11-13", "", ""],
    ]


# --- files ---------------------------------------------------------------------------------------


def test_a_file_is_the_same_each_time_and_each_download_is_audited(
    alice: Client, bob: Client, mine: Integration
) -> None:
    export = exported(alice, mine, Channel.FILE)
    assert "Import it into Payroll" in text(alice, of(export))
    for form, kind in (("csv", "text/csv"), ("not-sent", "text/csv"), ("xlsx", "spreadsheetml")):
        first, second = (alice.get(of(export, f"file/{form}/")) for _ in range(2))
        assert first.content == second.content
        assert kind in first.headers["Content-Type"]
        assert "attachment" in first.headers["Content-Disposition"]
        assert bob.get(of(export, f"file/{form}/")).status_code == 403
    assert AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED).count() == 6
    assert alice.get(of(export, "file/zip/")).status_code == 404
    assert "Velferd" in alice.get(of(export, "file/not-sent/")).content.decode("utf-8-sig")
    assert "In file 1 of" in text(alice, page_of(mine, "?show=exported"))


def test_a_file_that_is_no_longer_kept_says_so(alice: Client, mine: Integration) -> None:
    export = exported(alice, mine, Channel.FILE)
    purge(timezone.now() + timedelta(days=400))
    assert alice.get(of(export, "file/csv/")).status_code == 302
    page = text(alice, of(export))
    for words in ("nothing to download", "no longer kept"):
        assert words in page, words
    assert "Nordmann" not in page


def test_a_file_is_undone_only_after_a_warning(
    alice: Client, bob: Client, mine: Integration
) -> None:
    export = exported(alice, mine, Channel.FILE)
    assert "Only for a file that nobody imported" in text(alice, of(export, "undo/"))
    assert bob.post(of(export, "undo/")).status_code == 403
    assert TimeOffLine.objects.live().exists()
    alice.post(of(export, "undo/"))
    assert "Undone" in text(alice, of(export))
    assert not TimeOffLine.objects.live().exists()
    assert "Export all 2 that match" in text(alice, page_of(mine))
    assert alice.post(of(export, "undo/")).status_code == 302
    assert "undone already" in text(alice, of(export))
    assert AuditEntry.objects.filter(action=AuditEntry.Action.TIME_OFF_UNDONE).count() == 1


def test_an_export_without_a_file_has_nothing_to_undo(alice: Client, mine: Integration) -> None:
    export = exported(alice, mine)
    assert alice.get(of(export, "undo/")).status_code == 404
    assert alice.get(of(export, "file/csv/")).status_code == 404


# --- removed in payroll --------------------------------------------------------------------------


def test_what_somebody_removed_in_payroll_is_let_go_again_and_nothing_else(
    alice: Client, bob: Client, mine: Integration, both: Offices
) -> None:
    exported(alice, mine)
    release = page_of(mine, "release/?show=conflict")
    assert alice.post(release, {"leave": "one"}).headers["Location"].startswith(page_of(mine))
    assert "Nothing was changed" in text(alice, page_of(mine))
    row = next(row for row in both.there() if row.employee == "E1")
    del both.rows[Channel.ABSENCES][row.target_id]
    read_now(mine)
    assert "Send again" in text(alice, page_of(mine, "?show=conflict"))
    assert "Send again<" not in text(bob, page_of(mine, "?show=conflict"))
    assert bob.post(release, {"leave": "one"}).status_code == 403
    alice.post(release, {"leave": "one"})
    assert "Export all 1 that matches" in text(alice, page_of(mine))
    assert AuditEntry.objects.filter(action=AuditEntry.Action.TIME_OFF_RELEASED).count() == 1
    work(start(alice, mine, every="1"))
    assert len(both.there()) == 2


# --- by hand -------------------------------------------------------------------------------------


@pytest.fixture
def by_hand(alice: Client, mine: Integration, both: Offices) -> TimeOffByHand:
    """A leave in a file was shortened in HR, and the correction chosen."""
    exported(alice, mine, Channel.FILE)
    both.put(leave("one", end=date(2026, 11, 11)))
    exported(alice, mine, Channel.FILE)
    return TimeOffByHand.objects.waiting().get()


def test_what_is_to_be_done_by_hand_is_listed_and_ticked_off(
    alice: Client, mine: Integration, by_hand: TimeOffByHand
) -> None:
    assert "1 correction waits" in text(alice, page_of(mine))
    page = text(alice, f"/time/by-hand/?integration={mine.pk}")
    for words in ("Kari Nordmann", "Code 200: 9 Nov 2026 – 13 Nov 2026", "11 Nov 2026"):
        assert words in page, words
    alice.post("/time/by-hand/done/", {"action": [str(by_hand.pk)], "integration": str(mine.pk)})
    assert "Nothing to do by hand" in text(alice, "/time/by-hand/")
    done = text(alice, "/time/by-hand/?show=done")
    assert "by alice@alice.example" in done
    assert "correction waits" not in text(alice, page_of(mine))
    entry = AuditEntry.objects.get(action=AuditEntry.Action.TIME_OFF_BY_HAND)
    assert entry.user == User.objects.get(email="alice@alice.example")
    alice.post("/time/by-hand/done/", {"action": [str(by_hand.pk), "nonsense"]})
    assert "Nothing was ticked" in text(alice, "/time/by-hand/")


def test_a_viewer_sees_what_is_to_be_done_without_names_and_ticks_nothing(
    bob: Client, by_hand: TimeOffByHand
) -> None:
    page = text(bob, "/time/by-hand/")
    assert "Name hidden" in page
    assert "Nordmann" not in page
    assert bob.post("/time/by-hand/done/", {"action": [str(by_hand.pk)]}).status_code == 403


def test_strangers_find_nothing_to_do(
    charlie: Client, mine: Integration, by_hand: TimeOffByHand
) -> None:
    assert "Nothing to do by hand" in text(charlie, "/time/by-hand/")
    assert charlie.get(f"/time/by-hand/?integration={mine.pk}").status_code == 404
    charlie.post("/time/by-hand/done/", {"action": [str(by_hand.pk)]})
    by_hand.refresh_from_db()
    assert by_hand.done_at is None


def test_the_menu_says_how_many_wait(
    alice: Client, charlie: Client, by_hand: TimeOffByHand
) -> None:
    assert "To do by hand (1)" in text(alice, "/activity/")
    assert "To do by hand" not in text(charlie, "/activity/")


BY_HAND_FILE = "/time/by-hand/download/?format=csv"


def test_what_is_to_be_done_by_hand_is_downloaded_as_shown(
    alice: Client, mine: Integration, by_hand: TimeOffByHand
) -> None:
    assert f'href="{BY_HAND_FILE}"' in text(alice, "/time/by-hand/")
    [row] = rows(alice, f"{BY_HAND_FILE}&integration={mine.pk}")
    assert row.pop("Listed (Oslo time)")
    assert row == {
        "Employee number": "101",
        "Name": "Kari Nordmann",
        "Integration": mine.label,
        "Type": "Ferie",
        "Closed period": "No",
        "Stands in payroll": "Code 200: 9 Nov 2026 – 13 Nov 2026",
        "Should be": "Code 200: 9 Nov 2026 – 11 Nov 2026, 22.5\N{NO-BREAK SPACE}h",
        "First day": "2026-11-09",
        "Last day": "2026-11-11",
        "Percent": "100",
        "Hours": "22,5",
    }
    nothing = alice.get(f"{BY_HAND_FILE}&show=done", follow=True)
    assert nothing.redirect_chain == [("/time/by-hand/?show=done", 302)]
    assert "nothing is listed here" in nothing.content.decode()
    alice.post("/time/by-hand/done/", {"action": [str(by_hand.pk)]})
    [done] = rows(alice, f"{BY_HAND_FILE}&show=done")
    assert (done["By"], done["Hours"]) == ("alice@alice.example", "22,5")
    assert done["Stood in payroll"] == "9 Nov 2026 – 13 Nov 2026"


def test_what_is_to_be_removed_by_hand_says_so_and_adds_no_hours(
    alice: Client, mine: Integration, both: Offices
) -> None:
    exported(alice, mine, Channel.FILE)
    both.put(leave("one", status=LeaveStatus.CANCELLED))
    exported(alice, mine, Channel.FILE)
    [row] = rows(alice, BY_HAND_FILE)
    assert (row["Should be"], row["Last day"]) == ("Nothing: remove it", "2026-11-13")
    assert (row["Percent"], row["Hours"]) == ("", "")


def test_nothing_is_said_to_be_removed_where_the_content_is_no_longer_kept(
    alice: Client, by_hand: TimeOffByHand
) -> None:
    alice.post("/time/by-hand/done/", {"action": [str(by_hand.pk)]})
    purge(timezone.now() + timedelta(days=400))
    page = text(alice, "/time/by-hand/?show=done")
    assert "No longer kept" in page
    assert "remove it" not in page
    [row] = rows(alice, f"{BY_HAND_FILE}&show=done")
    assert (row["Should be"], row["First day"], row["Hours"]) == ("No longer kept", "", "")


def test_a_download_of_what_is_to_be_done_by_hand_is_masked_and_audited(
    alice: Client, bob: Client, charlie: Client, mine: Integration, by_hand: TimeOffByHand
) -> None:
    downloads = AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED)
    assert charlie.get(BY_HAND_FILE).status_code == 302
    assert charlie.get(f"{BY_HAND_FILE}&integration={mine.pk}").status_code == 404
    assert not downloads.exists()
    masked = body(bob.get(BY_HAND_FILE)).decode("utf-8-sig")
    assert "101" in masked
    assert "Nordmann" not in masked
    assert "Name" not in masked
    workbook = unzipped(body(bob.get("/time/by-hand/download/?format=xlsx"))).decode()
    assert "Nordmann" not in workbook
    body(alice.get(BY_HAND_FILE))
    said = {"table": "To correct by hand", "group": "To do", "corrections": 1}
    found = list(downloads.order_by("at"))
    assert [entry.after for entry in found] == [
        said | {"format": form} for form in ("CSV", "XLSX", "CSV")
    ]
    assert {entry.organisation_id for entry in found} == {mine.organisation_id}


def test_a_download_over_two_organisations_goes_by_the_role_in_each(
    alice: Client, mine: Integration, by_hand: TimeOffByHand
) -> None:
    other = Organisation.objects.create(name="Other AS", addon_since=timezone.now())
    user = User.objects.get(email="alice@alice.example")
    Membership.objects.create(user=user, organisation=other, role=Role.VIEWER)
    theirs = make_integration(other)
    make_by_hand(make_export(theirs))
    make_by_hand(make_export(theirs))
    table = rows(alice, BY_HAND_FILE)
    names = sorted((row["Integration"], row["Name"]) for row in table)
    assert names == [(mine.label, "Kari Nordmann"), (theirs.label, ""), (theirs.label, "")]
    downloads = AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED)
    told = {each.organisation: (each.after or {})["corrections"] for each in downloads}
    assert told == {mine.organisation: 1, other: 2}


def test_more_corrections_by_hand_take_no_more_queries(
    alice: Client, by_hand: TimeOffByHand
) -> None:
    few = len(queries_of_all(alice, BY_HAND_FILE))
    assert by_hand.export
    for _ in range(5):
        make_by_hand(by_hand.export)
    assert len(rows(alice, BY_HAND_FILE)) == 6
    assert len(queries_of_all(alice, BY_HAND_FILE)) == few


# --- history -------------------------------------------------------------------------------------


def test_exports_are_listed_for_colleagues_alone(
    alice: Client, bob: Client, charlie: Client, mine: Integration
) -> None:
    assert "No time off has been exported yet" in text(alice, "/activity/time-off/")
    exported(alice, mine, Channel.FILE)
    page = text(bob, f"/activity/time-off/?integration={mine.pk}&status=succeeded&channel=file")
    for words in ("alice@alice.example", "As a file to import", "File 1", "Succeeded"):
        assert words in page, words
    assert "No export is like that" in text(bob, "/activity/time-off/?status=failed")
    assert mine.label not in text(charlie, "/activity/time-off/")
    assert charlie.get(f"/activity/time-off/?integration={mine.pk}").status_code == 404
    assert "Exports of time off" in text(alice, "/activity/")


def test_no_export_is_looked_for_by_a_status_that_none_has(
    alice: Client, mine: Integration
) -> None:
    exported(alice, mine)
    page = text(alice, "/activity/time-off/")
    assert "Finished with problems" in page
    assert "Held" not in page


def test_many_exports_and_rows_take_no_more_queries(
    alice: Client, mine: Integration, both: Offices
) -> None:
    export = exported(alice, mine)
    listed, one = len(queries(alice, "/activity/time-off/")), len(queries(alice, of(export)))
    newest = export
    for last_day in range(9, 13):
        both.put(leave("one", end=date(2026, 11, last_day)))
        newest = exported(alice, mine)
    assert len(queries(alice, "/activity/time-off/")) == listed
    assert len(queries(alice, of(newest))) == one


def test_an_export_that_waits_for_payroll_says_so_and_can_be_cancelled(
    alice: Client, mine: Integration, both: Offices
) -> None:
    def slow() -> None:
        if both.writes:
            error = TransientError("Payroll asks the Hub to slow down.", wait=1200)
            error.system = "Payroll"
            raise error

    both.put(*(leave(f"L{n}", date(2026, 11, n), date(2026, 11, n)) for n in (16, 17, 18)))
    both.before_write = slow
    read_now(mine)
    export = start(alice, mine, "?show=all", every="1")
    export_time_off(export, timezone.now, lambda _: None)
    page = text(alice, of(export))
    assert re.search(r"Waits for Payroll until \d\d:\d\d, as Payroll asked\.", page)
    assert "3 of 5 rows are through; then it goes on by itself." in page
    assert "An export is in progress" in text(alice, page_of(mine, "?show=all"))
    page = posted_through(alice, of(export, "cancel/"))
    assert "Cancelled while it waited. What had been sent stays sent." in page
    assert "2 leaves were chosen and did not go" in page
    assert len(both.there()) == 3


def posted_through(client: Client, url: str) -> str:
    """The page that a button leads to."""
    return " ".join(client.post(url, follow=True).content.decode().split())
