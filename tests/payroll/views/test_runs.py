"""The page of one run, its live part, and the history of runs."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from integration_hub.core.crypto import new_key
from payroll.models import Integration, SyncRun
from payroll.pages.change_tabs import counted_tabs

from .scenes import (
    BANK_ACCOUNT,
    NATIONAL_ID,
    NOW,
    make_change,
    make_run,
    queries,
    running,
    text,
)

HTMX = {"HX-Request": "true"}


# --- one run -------------------------------------------------------------------------------------


def test_a_run_says_how_it_ended_what_it_counted_and_what_it_took(
    alice: Client, integration: Integration
) -> None:
    run = make_run(
        integration,
        source_count=251,
        target_count=228,
        in_scope=240,
        unchanged=212,
        left_out={"not in scope": 8},
        requests={"simployer": 7, "xledger": 9},
        seconds={"read": 1.4, "plan": 0.1, "apply": 190.0, "total": 191.5},
    )
    page = text(alice, f"/runs/{run.pk}/")
    assert "Succeeded" in page
    assert "251 people in Simployer One, 228 in X-ledger" in page
    assert "212 people" in page
    assert "8 not in scope" in page
    assert "7 to Simployer One and 9 to X-ledger" in page
    assert "3 min 12 s (read 1.4 s, compare 0.1 s, send 3 min 10 s)" in page
    assert "Nobody had a change or a problem" in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Everything else went its way."),
        ({"status": "with_problems"}, "Everything else went its way."),
        ({"preview": True}, "Everything else would be sent."),
        ({"status": "failed", "error": "The token is refused."}, ""),
        ({"status": "held", "finished_at": None}, ""),
    ],
)
def test_a_run_says_what_it_does_not_send_at_all_and_claims_no_more(
    alice: Client, integration: Integration, columns: dict[str, Any], words: str
) -> None:
    run = make_run(integration, withheld=["Pay rates are not sent: map “Pay” as well."], **columns)
    page = text(alice, f"/runs/{run.pk}/")
    assert f"Pay rates are not sent: map “Pay” as well. {words}".strip() in page
    assert "Everything else" in page if words else "Everything else" not in page
    assert (
        f"/settings/integrations/{integration.pk}/setup/fields/"
        in alice.get(f"/runs/{run.pk}/").content.decode()
    )


def test_a_failed_run_says_why(alice: Client, integration: Integration) -> None:
    run = make_run(integration, status="failed", planned_at=None, error="The token is refused.")
    page = text(alice, f"/runs/{run.pk}/")
    assert "The token is refused." in page
    assert "nothing was sent to X-ledger" in page


def test_a_run_that_is_over_says_which_was_the_last_good_one_and_when_the_next_is(
    alice: Client, integration: Integration
) -> None:
    failed = make_run(integration, status="failed", queued_at=NOW + timedelta(hours=2))
    assert "Last good run: none yet. Next run: none planned." in text(alice, f"/runs/{failed.pk}/")
    good = make_run(integration, queued_at=NOW)
    Integration.objects.update(next_run_at=NOW + timedelta(days=1))
    page = text(alice, f"/runs/{failed.pk}/")
    assert f'Last good run: <a href="/runs/{good.pk}/">Mon 23 Nov 2026, 06:00</a>.' in page
    assert "Next run: Tue 24 Nov 2026, 06:00 Oslo time." in page
    assert "Last good run: this one." in text(alice, f"/runs/{good.pk}/")


def test_a_change_shows_each_field_before_and_after(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    fields = {
        "email": {"before": "a@x.example", "after": "b@x.example", "drifted": True},
        "employmentTo": ("2026-12-31", None),
        "text1": {"before": None, "after": "x", "unreadable": True, "first": True},
    }
    make_change(run, fields=fields)
    page = text(alice, f"/runs/{run.pk}/")
    assert "E-mail, Employment to and Text 1" in page
    assert "a@x.example" in page
    assert "b@x.example" in page
    assert "Changed in X-ledger since we last sent it." in page
    assert "31 Dec 2026" in page
    assert ">blank<" in page
    assert "not shown by X-ledger" in page
    assert "First confirmation" in page


def test_a_field_edited_in_payroll_says_since_when(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    email = {"before": "a@x.example", "after": "b@x.example", "drifted": True}
    make_change(run, fields={"email": email | {"sent_on": "2026-11-03"}})
    page = text(alice, f"/runs/{run.pk}/")
    assert "Changed in X-ledger since we sent it on 3 Nov 2026." in page


def test_sensitive_values_are_masked_for_everybody(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    make_change(run, fields={"socialSec": (None, NATIONAL_ID), "bankAccount": (None, BANK_ACCOUNT)})
    page = text(alice, f"/runs/{run.pk}/")
    assert NATIONAL_ID not in page
    assert BANK_ACCOUNT not in page
    assert "010190*****" in page
    assert "••••• 7947" in page


def test_a_difference_hidden_by_the_mask_is_said(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    make_change(run, fields={"bankAccount": ("96011117947", BANK_ACCOUNT)})
    assert "The difference is in the hidden part." in text(alice, f"/runs/{run.pk}/")


def test_names_are_shown_as_text_and_never_as_markup(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    change = make_change(run, fields={"firstName": (None, "<script>alert(1)</script>")})
    change.details = change.details | {"first_name": "<b>Kari</b>"}
    change.save()
    page = text(alice, f"/runs/{run.pk}/")
    assert "<script>alert" not in page
    assert "&lt;b&gt;Kari&lt;/b&gt;" in page


def test_a_field_that_payroll_no_longer_has_is_masked(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(run, fields={"formerField": (None, "a secret of old")})
    page = text(alice, f"/runs/{run.pk}/")
    assert "formerField" in page
    assert "a secret of old" not in page


def test_nothing_of_a_plan_is_shown_before_it_is_complete(
    alice: Client, integration: Integration
) -> None:
    run = running(integration, planned_at=None, phase=SyncRun.Phase.READING)
    make_change(run, outcome="")
    assert "Nordmann" not in text(alice, f"/runs/{run.pk}/")


def _variety(run: SyncRun) -> None:
    make_change(run, "1", kind="create")
    make_change(run, "2")
    make_change(run, "3", kind="end")
    make_change(run, "4", outcome="rejected", problems=["Payroll refused: no such code."])
    make_change(run, "5", outcome="failed")
    make_change(run, "6", outcome="unknown", kind="create")
    make_change(run, "7", outcome="held", sendable=False, kind="none", fields={})
    make_change(run, "8", outcome="skipped", sendable=False, kind="none", fields={})
    make_change(run, "9", flagged=True)
    make_change(run, "10", outcome="")


@pytest.mark.parametrize("preview", [False, True])
def test_the_tabs_count_as_the_run_itself_does(integration: Integration, preview: bool) -> None:
    run = make_run(integration, preview=preview)
    _variety(run)
    counts, tabs = run.counts(), counted_tabs(run)
    for key in ("created", "updated", "ended", "skipped", "flagged", "held", "rejected", "failed"):
        assert tabs[key].people == counts[key], key
    assert tabs["all"].people == 10
    assert tabs["waiting"].people == (0 if preview else 1)


@pytest.mark.parametrize(
    ("tab", "numbers"),
    [
        ("created", ["1"]),
        ("updated", ["2", "9"]),
        ("ended", ["3"]),
        ("rejected", ["4"]),
        ("failed", ["5", "6"]),
        ("held", ["7"]),
        ("skipped", ["8"]),
        ("flagged", ["9"]),
        ("waiting", ["10"]),
        ("nonsense", [str(number) for number in range(1, 11)]),
    ],
)
def test_a_tab_holds_its_people(
    alice: Client, integration: Integration, tab: str, numbers: list[str]
) -> None:
    run = make_run(integration)
    _variety(run)
    rows = alice.get(f"/runs/{run.pk}/?show={tab}").context["people"].rows
    assert [row.number for row in rows] == numbers


def test_a_problem_is_told_in_words(alice: Client, integration: Integration) -> None:
    run = make_run(integration, status="with_problems")
    _variety(run)
    page = text(alice, f"/runs/{run.pk}/")
    assert "Payroll refused: no such code." in page
    assert "4 people need attention" in page


def test_a_person_is_found_by_number(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    for number in ("20001", "20002"):
        make_change(run, number)
    found = alice.get(f"/runs/{run.pk}/?number=20002").context["people"].rows
    assert [row.number for row in found] == ["20002"]
    assert "Nobody here has an employee number" in text(alice, f"/runs/{run.pk}/?number=99")


def test_a_number_that_no_database_takes_finds_as_if_it_were_not_there(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(run, "20001")
    for typed in ("%00", "200%0001", "%00%2020001"):
        people = alice.get(f"/runs/{run.pk}/?number={typed}").context["people"]
        assert [row.number for row in people.rows] == ["20001"]
        assert "\x00" not in people.number


def test_a_person_sent_when_the_run_ended_is_shown_as_an_answer_lost(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, status="interrupted", error="The program stopped.")
    make_change(run, "1", outcome="", sent_at=NOW)
    make_change(run, "2", outcome="", sent_at=NOW, kind="create")
    make_change(run, "3", outcome="")
    rows = alice.get(f"/runs/{run.pk}/").context["people"].rows
    lost = "Answer lost: sent, not confirmed"
    assert [row.outcome.label for row in rows] == [lost, lost, "Not sent"]
    assert [len(row.problems) for row in rows] == [1, 1, 1]
    assert rows[2].problems == ["Not sent: The program stopped."]
    assert [row.try_id for row in rows] == ["1", "2", "3"]
    assert "Payroll did not answer when this person was created" in rows[1].problems[0]
    tabs = counted_tabs(run)
    assert (tabs["failed"].people, tabs["waiting"].people) == (2, 1)
    [line] = alice.get("/activity/").context["lines"]
    assert line.troubled == 2


def test_a_person_on_the_way_in_a_run_that_goes_on_is_not_lost(
    alice: Client, integration: Integration
) -> None:
    run = running(integration)
    make_change(run, "1", outcome="", sent_at=NOW)
    [row] = alice.get(f"/runs/{run.pk}/").context["people"].rows
    assert (row.outcome.label, row.problems) == ("Waiting", [])
    assert counted_tabs(run)["failed"].people == 0


def test_what_was_stored_with_a_lost_key_is_said_in_words(
    alice: Client,
    integration: Integration,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = make_run(integration)
    make_change(run)
    settings.ENCRYPTION_KEYS = [base64.urlsafe_b64encode(new_key()).decode()]
    response = alice.get(f"/runs/{run.pk}/")
    page = " ".join(response.content.decode().split())
    assert response.status_code == 500
    assert "stored with a key that is not in ENCRYPTION_KEYS" in page
    assert "add the key that was in use" in page
    assert "Traceback" not in page + caplog.text
    assert "payroll.change.details" in caplog.text


def test_another_error_of_ours_stays_an_error(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    make_change(run, outcome="applied")
    run.changes.update(kind="nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        alice.get(f"/runs/{run.pk}/")


def test_many_people_come_in_pages_and_tabs_keep_them(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    for number in range(51):
        make_change(run, str(number))
    first = alice.get(f"/runs/{run.pk}/?show=updated")
    assert len(first.context["people"].rows) == 50
    assert "?show=updated&amp;page=2" in first.content.decode()
    assert len(alice.get(f"/runs/{run.pk}/?show=updated&page=2").context["people"].rows) == 1
    assert len(alice.get(f"/runs/{run.pk}/?page=99").context["people"].rows) == 1


def test_a_run_takes_as_many_queries_for_many_people_as_for_one(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(run)
    one = queries(alice, f"/runs/{run.pk}/")
    for number in range(30):
        make_change(run, str(number))
    many = queries(alice, f"/runs/{run.pk}/")
    assert len(many) == len(one)


# --- live progress -------------------------------------------------------------------------------


def test_a_run_in_progress_asks_again_each_second(alice: Client, integration: Integration) -> None:
    run = running(integration)
    make_change(run, "1")
    make_change(run, "2", outcome="")
    for url in (f"/runs/{run.pk}/", f"/runs/{run.pk}/progress/"):
        page = text(alice, url)
        assert f'hx-get="/runs/{run.pk}/progress/?seen=running.sending.1"' in page
        assert 'hx-trigger="every 1s"' in page
        assert "Sending to X-ledger: 1 of 2 people." in page
        assert f'<a href="/runs/{run.pk}/">Refresh</a>' in page


def test_a_run_in_progress_renews_itself_without_javascript(
    alice: Client, integration: Integration
) -> None:
    run = running(integration)
    assert '<noscript><meta http-equiv="refresh"' in text(alice, f"/runs/{run.pk}/")


def test_progress_says_nothing_where_nothing_is_new(
    alice: Client, integration: Integration
) -> None:
    run = running(integration)
    make_change(run, outcome="")
    seen = f"/runs/{run.pk}/progress/?seen=running.sending.0"
    assert alice.get(seen, headers=HTMX).status_code == 204
    run.changes.update(outcome="applied")
    assert alice.get(seen, headers=HTMX).status_code == 200


def test_progress_stops_and_loads_the_page_when_the_run_is_over(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    live = alice.get(f"/runs/{run.pk}/progress/?seen=running.sending.0", headers=HTMX)
    assert live["HX-Refresh"] == "true"
    for url in (f"/runs/{run.pk}/", f"/runs/{run.pk}/progress/"):
        page = text(alice, url)
        assert "hx-trigger" not in page
        assert "hx-get" not in page


def test_progress_opens_no_change(alice: Client, integration: Integration) -> None:
    run = running(integration)
    make_change(run)
    assert not any("details" in sql for sql in queries(alice, f"/runs/{run.pk}/progress/"))


def test_progress_after_the_login_has_run_out_loads_the_page_and_not_the_login_inside_it(
    client: Client, integration: Integration
) -> None:
    run = running(integration)
    response = client.get(f"/runs/{run.pk}/progress/", headers=HTMX, follow=True)
    assert response["HX-Refresh"] == "true"
    assert response.content == b""


# --- history -------------------------------------------------------------------------------------


def test_history_shows_newest_first_with_what_each_run_did(
    alice: Client, integration: Integration
) -> None:
    older = make_run(integration, queued_at=NOW - timedelta(days=1), trigger="scheduled")
    newer = make_run(integration, preview=True)
    make_change(older)
    make_change(older, outcome="rejected")
    make_change(newer, outcome="")
    lines = alice.get("/activity/").context["lines"]
    assert [(line.run, line.sent, line.troubled) for line in lines] == [
        (newer, 1, 0),
        (older, 1, 1),
    ]
    page = text(alice, "/activity/")
    assert "Preview, nothing sent" in page
    assert "Schedule" in page


def test_history_counts_nothing_of_an_incomplete_plan(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, planned_at=None, preview=True, status="failed")
    make_change(run, outcome="")
    [line] = alice.get("/activity/").context["lines"]
    assert (line.sent, line.troubled) == (0, 0)


def test_history_comes_in_pages(alice: Client, integration: Integration) -> None:
    for hours in range(26):
        make_run(integration, queued_at=NOW - timedelta(hours=hours))
    assert len(alice.get("/activity/").context["lines"]) == 25
    assert len(alice.get("/activity/?page=2").context["lines"]) == 1
    assert "1–25 of 26" in text(alice, "/activity/")


def test_history_takes_as_many_queries_for_many_runs_as_for_one_and_opens_no_change(
    alice: Client, integration: Integration
) -> None:
    make_change(make_run(integration))
    one = queries(alice, "/activity/")
    for hours in range(20):
        make_change(make_run(integration, queued_at=NOW - timedelta(hours=hours)))
    many = queries(alice, "/activity/")
    assert len(many) == len(one)
    assert not any("details" in sql for sql in many)


def test_an_interrupted_run_and_the_one_that_made_it_good_name_each_other(
    alice: Client, integration: Integration
) -> None:
    first = make_run(integration, status="interrupted")
    later = NOW + timedelta(minutes=5)
    second = make_run(integration, queued_at=later, continues=first)
    was = text(alice, f"/runs/{first.pk}/")
    assert f'<a href="/runs/{second.pk}/">sync of Mon 23 Nov 2026, 06:05</a> went on' in was
    now = text(alice, f"/runs/{second.pk}/")
    assert f'where the <a href="/runs/{first.pk}/">sync of Mon 23 Nov 2026, 06:00</a> was' in now
