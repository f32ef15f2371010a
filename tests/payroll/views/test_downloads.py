"""Tables as files: the same people as on the page, masked as on the page, and audited."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role, User
from payroll.models import Change, Integration, SyncRun
from payroll.retention import purge
from payroll.views.table_files import XLSX_TYPE
from tests.integration_hub.core.test_fields import fresh_key
from tests.payroll.people import person
from tests.payroll.readings import keep_reading

from .scenes import BANK_ACCOUNT, NATIONAL_ID, NOW, make_change, make_run, queries, text

DOWNLOADED = AuditEntry.Action.DOWNLOADED


@pytest.fixture
def run(integration: Integration) -> SyncRun:
    """A run with one person updated, one rejected and one new."""
    made = make_run(integration)
    make_change(
        made,
        "00123",
        fields={
            "positionValue": ("Konsulent", "Seniorkonsulent"),
            "employmentTo": (None, "2026-12-31"),
            "email": {
                "before": "typo@x.example",
                "after": "kari@x.example",
                "drifted": True,
                "sent_on": "2026-11-03",
            },
        },
    )
    make_change(made, "20002", outcome="rejected", problems=["=cmd() is taken.", "Mend it."])
    make_change(made, "20003", kind="create", fields={"socialSec": (None, NATIONAL_ID)})
    return made


def page(run: SyncRun, query: str = "?format=csv") -> str:
    return f"/runs/{run.pk}/download/{query}"


def ready(integration: Integration, query: str = "?format=csv") -> str:
    return f"/settings/integrations/{integration.pk}/readiness/download/{query}"


def body(response: Any) -> bytes:
    assert response.status_code == 200
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


def rows(client: Client, url: str) -> list[dict[str, str]]:
    """The table by its headings."""
    content = body(client.get(url)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))


def noted() -> AuditEntry:
    return AuditEntry.objects.get(action=DOWNLOADED)


# --- a run ---------------------------------------------------------------------------------------


def test_each_field_of_each_person_has_a_row(alice: Client, run: SyncRun) -> None:
    table = rows(alice, page(run))
    assert [(row["Employee number"], row["Field"]) for row in table] == [
        ("00123", "Position"),
        ("00123", "Employment to"),
        ("00123", "E-mail"),
        ("20002", "Position"),
        ("20003", "National id"),
    ]
    assert table[0] == {
        "Employee number": "00123",
        "Name": "Kari Nordmann",
        "Change": "Update",
        "Outcome": "Sent",
        "Field": "Position",
        "Before": "Konsulent",
        "After": "Seniorkonsulent",
        "Note": "",
        "Problem": "",
    }
    assert table[1]["After"] == "2026-12-31"
    assert table[2]["Note"] == "Changed in X-ledger since we sent it on 2026-11-03."
    assert table[3]["Problem"] == "'=cmd() is taken. Mend it."


def test_a_day_is_written_alike_for_readers_of_every_language(alice: Client, run: SyncRun) -> None:
    answer = alice.get(page(run), headers={"accept-language": "en-us"})
    assert b";2026-12-31;" in body(answer)


def test_sensitive_values_are_masked_for_everybody(alice: Client, run: SyncRun) -> None:
    make_change(run, "20004", fields={"bankAccount": (None, BANK_ACCOUNT)})
    for form in ("csv", "xlsx"):
        file = body(alice.get(page(run, f"?format={form}")))
        content = unzipped(file) if form == "xlsx" else file
        assert b"010190*****" in content
        assert NATIONAL_ID.encode() not in content
        assert BANK_ACCOUNT.encode() not in content


def test_a_viewer_gets_no_names_and_no_values(bob: Client, run: SyncRun) -> None:
    table = rows(bob, page(run))
    assert "Name" not in table[0]
    assert (table[2]["Before"], table[2]["After"]) == ("•••••", "•••••")
    everything = str(table)
    hidden = ("Kari", "Nordmann", "x.example", "Dec 2026", "2026-12-31", "cmd", "010190")
    assert not any(word in everything for word in hidden)


def test_the_chosen_group_and_search_are_downloaded_on_all_pages(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    for number in range(60):
        make_change(run, str(30_000 + number), outcome="rejected" if number % 2 else "applied")
    assert len(rows(alice, page(run))) == 60
    assert len(rows(alice, page(run, "?show=rejected&format=csv&page=2"))) == 30
    assert len(rows(alice, page(run, "?show=rejected&number=3000&format=csv"))) == 5
    numbers = [row["Employee number"] for row in rows(alice, page(run, "?sort=-number&format=csv"))]
    assert numbers == sorted(numbers, reverse=True)


def test_the_page_leads_to_the_files_of_what_it_shows(alice: Client, run: SyncRun) -> None:
    shown = text(alice, f"/runs/{run.pk}/?show=rejected&page=7")
    assert f'href="/runs/{run.pk}/download/?show=rejected&amp;format=csv"' in shown
    assert f'href="/runs/{run.pk}/download/?show=rejected&amp;format=xlsx"' in shown


def test_a_workbook_holds_the_same_rows(alice: Client, run: SyncRun) -> None:
    response = alice.get(page(run, "?format=xlsx"))
    assert response["Content-Type"] == XLSX_TYPE
    content = unzipped(body(response)).decode()
    assert "Seniorkonsulent" in content
    assert ">00123<" in content
    assert content.count("<row ") == 6


def unzipped(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as workbook:
        return workbook.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Xledger Norge", 'filename="xledger-norge-run-2026-11-23.csv"'),
        ('A"; x=\r\nSet-Cookie: y', 'filename="a-x-set-cookie-y-run-2026-11-23.csv"'),
        ("Løsøre", "filename*=utf-8''l%C3%B8s%C3%B8re-run-2026-11-23.csv"),
        ("!!!", 'filename="run-2026-11-23.csv"'),
    ],
)
def test_the_file_has_a_name_that_is_safe_in_a_header(
    alice: Client, run: SyncRun, label: str, name: str
) -> None:
    Integration.objects.update(label=label)
    response = alice.get(page(run))
    assert response["Content-Disposition"] == f"attachment; {name}"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    body(response)


def test_a_download_is_audited_without_names(alice: Client, run: SyncRun) -> None:
    body(alice.get(page(run, "?show=rejected&format=xlsx")))
    assert noted().subject == "Xledger Norge"
    assert noted().actor == "alice@alice.example"
    assert noted().after == {
        "table": "People of the run of 2026-11-23 06:00",
        "group": "Rejected",
        "people": 1,
        "format": "XLSX",
    }


def test_strangers_find_nothing_and_nothing_is_audited(
    charlie: Client, client: Client, run: SyncRun
) -> None:
    assert charlie.get(page(run)).status_code == 404
    assert charlie.get(ready(run.integration)).status_code == 404
    assert client.get(page(run)).status_code == 302
    assert not AuditEntry.objects.filter(action=DOWNLOADED).exists()


@pytest.mark.parametrize("asked", ["", "?format=", "?format=pdf", "?format=CSV", "?format=%00"])
def test_a_format_that_does_not_exist_is_told(alice: Client, run: SyncRun, asked: str) -> None:
    answer = alice.get(page(run, f"{asked}{'&' if asked else '?'}show=rejected"), follow=True)
    assert answer.redirect_chain == [(f"/runs/{run.pk}/?show=rejected", 302)]
    assert "is no format of a table. Choose CSV or XLSX." in answer.content.decode()
    assert not AuditEntry.objects.filter(action=DOWNLOADED).exists()


def test_a_run_without_a_plan_has_nothing_to_download(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration, planned_at=None, status="failed")
    make_change(run)
    assert "has not planned anything" in alice.get(page(run), follow=True).content.decode()


def test_a_run_whose_names_were_deleted_says_so(alice: Client, run: SyncRun) -> None:
    purge(NOW + timedelta(days=95))
    shown = text(alice, f"/runs/{run.pk}/")
    assert "Names and values were deleted 94 days after this run, on 26 Feb 2027." in shown
    assert "<dt>Rejected</dt><dd>1</dd>" in shown
    assert "download" not in shown
    assert "00123" not in shown
    assert "were deleted" in alice.get(page(run), follow=True).content.decode()


def test_a_lost_key_is_told_instead_of_a_broken_file(
    alice: Client, run: SyncRun, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [fresh_key()]
    for form in ("csv", "xlsx"):
        answer = alice.get(page(run, f"?format={form}"))
        assert answer.status_code == 500
        assert "ENCRYPTION_KEYS" in answer.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_more_people_take_no_more_queries(alice: Client, run: SyncRun, form: str) -> None:
    def taken() -> int:
        return len(queries_of_all(alice, page(run, f"?format={form}")))

    few = taken()
    Change.objects.bulk_create(
        Change(
            run=run,
            position=1_000 + number,
            kind="update",
            outcome="applied",
            source_id=str(number),
            employee_number=str(number),
            details={"first_name": "Ola", "last_name": "Nordmann", "fields": {}, "problems": []},
        )
        for number in range(1_200)
    )
    assert taken() == few


def queries_of_all(client: Client, url: str) -> list[str]:
    """The SQL of a download to its end."""

    class Whole(Client):
        def get(self, *args: Any, **kwargs: Any) -> Any:
            response = super().get(*args, **kwargs)
            body(response)
            return response

    whole = Whole()
    whole.cookies = client.cookies
    return queries(whole, url)


# --- who is ready --------------------------------------------------------------------------------


@pytest.fixture
def read(integration: Integration) -> Integration:
    people = [person("101", gender="F"), person("102", title=None, first_name="Bjørn")]
    keep_reading(integration, people, timezone.now())
    return integration


def test_who_is_ready_is_downloaded_as_shown(alice: Client, read: Integration) -> None:
    [row] = rows(alice, ready(read, "?show=not_ready&find=bjørn&format=csv"))
    assert (row["Employee number"], row["Name"]) == ("102", "Bjørn Nordmann 102")
    assert row["State"] == "Not ready"
    assert "Job title" in row["What is missing, and why"]
    assert noted().after["people"] == 1  # type: ignore[index]


def test_a_viewer_gets_who_is_ready_without_names(bob: Client, read: Integration) -> None:
    table = rows(bob, ready(read))
    assert {"Name"} & table[0].keys() == set()
    assert not any(word in str(table) for word in ("Bjørn", "Nordmann"))
    assert "Missing: Job title." in str(table)
    assert rows(bob, ready(read, "?find=bjørn&format=csv")) == []


def test_the_page_of_who_is_ready_leads_to_its_files(alice: Client, read: Integration) -> None:
    shown = text(alice, f"/settings/integrations/{read.pk}/readiness/?find=101")
    assert f'href="{ready(read, "")}?find=101&amp;format=xlsx"' in shown


def test_without_a_reading_there_is_nothing_to_download(
    alice: Client, integration: Integration
) -> None:
    answer = alice.get(ready(integration), follow=True)
    assert "people have not been read" in answer.content.decode()


# --- the audit log -------------------------------------------------------------------------------

AUDIT = "/settings/audit/download/?format=csv"


@pytest.fixture
def entry(organisation: Organisation) -> AuditEntry:
    return AuditEntry.write(
        organisation,
        AuditEntry.Action.CONFIGURED,
        NOW,
        subject="Xledger Norge",
        before={"active": False},
        after={"active": True},
    )


def test_the_audit_log_is_downloaded_by_those_who_may(
    alice: Client, bob: Client, entry: AuditEntry
) -> None:
    assert bob.get(AUDIT).status_code == 403
    assert "audit/download/" not in text(bob, "/settings/audit/")
    assert "/settings/audit/download/?format=csv" in text(alice, "/settings/audit/")
    [row] = rows(alice, AUDIT)
    assert row == {
        "When (Oslo time)": "2026-11-23 06:00:00",
        "Who": "operator, from a shell",
        "Organisation": "Fjordkraft Demo AS",
        "What": "Changed the configuration",
        "On": "Xledger Norge",
        "Changes": "Active: no → yes",
    }
    assert noted().after == {"table": "Audit log", "entries": 1, "format": "CSV"}


def test_only_organisations_where_one_is_owner_or_admin_are_in_it(
    alice: Client, entry: AuditEntry
) -> None:
    other = Organisation.objects.create(name="Only looked at AS")
    user = User.objects.get(email="alice@alice.example")
    Membership.objects.create(user=user, organisation=other, role=Role.VIEWER)
    AuditEntry.write(other, AuditEntry.Action.ADDON_ON, NOW)
    foreign = Organisation.objects.create(name="Foreign AS")
    AuditEntry.write(foreign, AuditEntry.Action.ADDON_ON, NOW)
    assert {row["Organisation"] for row in rows(alice, AUDIT)} == {"Fjordkraft Demo AS"}
    assert rows(alice, f"{AUDIT}&organisation={other.pk}") == []
    assert noted().organisation.name == "Fjordkraft Demo AS"


def test_the_audit_log_is_downloaded_as_narrowed(alice: Client, entry: AuditEntry) -> None:
    assert rows(alice, f"{AUDIT}&since=2026-11-24") == []
    assert len(rows(alice, f"{AUDIT}&action={entry.action}")) == 1
