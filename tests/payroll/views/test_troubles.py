"""Set aside and refused: who is listed, what is hidden from whom, and the buttons Try again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry
from payroll.models import Integration, Trouble

from .scenes import NOW, make_change, make_run, queries, text
from .test_downloads import body, noted, rows, unzipped

WORDS = "Payroll refused this person: “no such group for Kari”"


def trouble(integration: Integration, number: str, **columns: Any) -> Trouble:
    """Somebody refused twice, with the refusal of the last run, unless `columns` say otherwise."""
    run = integration.runs.first() or make_run(integration, status="with_problems")
    change = make_change(run, number, outcome="rejected")
    problem = {"code": "rejected", "message": WORDS, "field": "", "blocking": True}
    change.details = change.details | {"problems": [problem]}
    change.save()
    usual = {"first_at": NOW - timedelta(days=3), "last_at": NOW, "attempts": 2}
    return Trouble.objects.create(integration=integration, source_id=number, **(usual | columns))


@pytest.fixture
def refused(integration: Integration) -> Trouble:
    return trouble(integration, "20001")


@pytest.fixture
def set_aside(integration: Integration) -> Trouble:
    return trouble(integration, "20002", attempts=3, quarantined_at=NOW)


@pytest.fixture
def page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/troubles/"


def test_each_is_listed_with_age_attempts_and_payrolls_words(
    alice: Client, page: str, refused: Trouble, set_aside: Trouble
) -> None:
    shown = text(alice, page)
    assert shown.index("20002") < shown.index("20001")
    assert "Kari Nordmann" in shown
    assert "2 times" in shown
    assert "since 20 Nov 2026" in shown
    assert shown.count(WORDS) == 2
    assert shown.count("> Set aside</span>") == 1
    assert shown.count("In the next sync") == 1
    assert shown.count('name="person"') == 1


def test_a_viewer_sees_numbers_and_neither_names_nor_words_nor_buttons(
    bob: Client, page: str, set_aside: Trouble
) -> None:
    shown = text(bob, page)
    assert "20002" in shown
    assert "Name hidden" in shown
    assert "Payroll refused a value." in shown
    assert "Kari" not in shown
    assert "Try again</" not in shown
    assert 'name="person"' not in shown
    assert bob.post(f"{page}again/", {"all": "1"}).status_code == 403


def test_strangers_find_nothing(charlie: Client, page: str, set_aside: Trouble) -> None:
    assert charlie.get(page).status_code == 404
    assert charlie.post(f"{page}again/", {"all": "1"}).status_code == 404


def test_nobody_refused_is_said(alice: Client, page: str, integration: Integration) -> None:
    assert "Nobody is refused, and nobody fails" in text(alice, page)
    assert "troubles/" not in text(alice, f"/settings/integrations/{integration.pk}/")


def test_the_page_of_the_integration_has_one_line_with_the_counts(
    bob: Client, integration: Integration, page: str, refused: Trouble, set_aside: Trouble
) -> None:
    shown = text(bob, f"/settings/integrations/{integration.pk}/")
    assert "X-ledger refused 2 people; 1 of them is set aside." in shown
    assert f'href="{page}"' in shown


def test_try_again_frees_one_and_is_audited_without_a_name(
    alice: Client, page: str, integration: Integration, set_aside: Trouble
) -> None:
    other = trouble(integration, "20003", attempts=3, quarantined_at=NOW)
    answer = alice.post(f"{page}again/", {"person": str(set_aside.pk)}, follow=True)
    assert "The next sync tries this person again. Nothing was sent now." in answer.content.decode()
    set_aside.refresh_from_db()
    other.refresh_from_db()
    assert (set_aside.quarantined_at, set_aside.attempts) == (None, 0)
    assert other.quarantined_at
    assert "Freed by hand" in text(alice, page)
    entry = AuditEntry.objects.get(action=AuditEntry.Action.FREED)
    assert (entry.subject, entry.after) == ("Xledger Norge", {"people": 1})


def test_all_are_freed_at_once(
    alice: Client, page: str, integration: Integration, refused: Trouble, set_aside: Trouble
) -> None:
    assert "Try all" not in text(alice, page)
    trouble(integration, "20003", attempts=3, quarantined_at=NOW)
    assert "Try all 2 again" in text(alice, page)
    answer = alice.post(f"{page}again/", {"all": "1"}, follow=True)
    assert "The next sync tries 2 people again." in answer.content.decode()
    assert not Trouble.objects.filter(quarantined_at__isnull=False).exists()


@pytest.mark.parametrize("person", ["", "nonsense", "d013066a-b5de-441c-bafb-4202847f5c8e"])
def test_nobody_to_free_is_told_and_not_audited(
    alice: Client, page: str, set_aside: Trouble, person: str
) -> None:
    answer = alice.post(f"{page}again/", {"person": person}, follow=True)
    assert "Nobody was set aside any more" in answer.content.decode()
    set_aside.refresh_from_db()
    assert set_aside.quarantined_at
    assert not AuditEntry.objects.filter(action=AuditEntry.Action.FREED).exists()


def test_a_person_of_another_integration_is_not_freed(
    alice: Client, integration: Integration, set_aside: Trouble
) -> None:
    other = integration.organisation.integrations.create(
        label="Other", source_kind="simployer", target_kind="xledger"
    )
    url = f"/settings/integrations/{other.pk}/troubles/again/"
    alice.post(url, {"person": str(set_aside.pk)})
    set_aside.refresh_from_db()
    assert set_aside.quarantined_at


def test_a_refusal_whose_run_is_no_longer_kept_is_still_listed(
    alice: Client, page: str, set_aside: Trouble, integration: Integration
) -> None:
    integration.runs.all().delete()
    shown = text(alice, page)
    assert "No name kept" in shown
    assert "Its words are no longer kept." in shown


def test_the_row_of_a_run_says_how_often_somebody_was_refused(
    alice: Client, integration: Integration, refused: Trouble
) -> None:
    run = integration.runs.get()
    make_change(run, "20009")
    shown = text(alice, f"/runs/{run.pk}/")
    assert shown.count("Refused 2 times since 20 Nov 2026, for 3 days.") == 1


@pytest.mark.parametrize("where", ["troubles", "run", "integration"])
def test_many_people_take_no_more_queries_than_one(
    alice: Client, integration: Integration, refused: Trouble, page: str, where: str
) -> None:
    run = integration.runs.get()
    url = {
        "troubles": page,
        "run": f"/runs/{run.pk}/",
        "integration": f"/settings/integrations/{integration.pk}/",
    }[where]
    few = len(queries(alice, url))
    for number in range(30001, 30031):
        trouble(integration, str(number), attempts=3, quarantined_at=NOW)
    assert len(queries(alice, url)) == few


def test_the_list_is_downloaded_as_shown_and_audited(
    alice: Client, page: str, refused: Trouble, set_aside: Trouble
) -> None:
    assert f'href="{page}download/?format=xlsx"' in text(alice, page)
    first, second = rows(alice, f"{page}download/?format=csv")
    assert first == {
        "Employee number": "20002",
        "Name": "Kari Nordmann",
        "State": "Set aside",
        "What it was": "Refused",
        "Times": "3",
        "First (Oslo time)": "2026-11-20 06:00:00",
        "Last (Oslo time)": "2026-11-23 06:00:00",
        "What happened, and what to do": WORDS,
    }
    assert (second["Employee number"], second["State"]) == ("20001", "In the next sync")
    assert noted().after == {"table": "Set aside and refused", "people": 2, "format": "CSV"}
    assert "20001" in unzipped(body(alice.get(f"{page}download/?format=xlsx"))).decode()


def test_a_viewer_downloads_numbers_a_stranger_nothing(
    bob: Client, charlie: Client, page: str, set_aside: Trouble
) -> None:
    [row] = rows(bob, f"{page}download/?format=csv")
    assert row["Employee number"] == "20002"
    assert "Kari" not in str(row)
    assert charlie.get(f"{page}download/?format=csv").status_code == 404


def test_an_empty_list_has_nothing_to_download(alice: Client, page: str) -> None:
    answer = alice.get(f"{page}download/?format=csv", follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "nothing is listed here" in answer.content.decode()
