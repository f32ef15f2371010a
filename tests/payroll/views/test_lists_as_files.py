"""What waits and what is pinned as files: as on the page, masked as on the page, and audited."""

from __future__ import annotations

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry
from payroll.models import Integration

from .scenes import BANK_ACCOUNT, make_pin, make_waiting, text
from .test_downloads import body, noted, queries_of_all, rows, unzipped

LISTS = ("waiting", "pins")


def file(integration: Integration, which: str, query: str = "?format=csv") -> str:
    return f"/settings/integrations/{integration.pk}/{which}/download/{query}"


@pytest.fixture
def listed(integration: Integration) -> Integration:
    """Two people of whom something waits, and two with a pinned value."""
    integration.set_waits(["bank_account", "pay"], integration.created_at)
    integration.save()
    drifted = {"before": BANK_ACCOUNT, "after": "15030204074", "drifted": True}
    make_waiting(integration, "00123", fields={"bankAccount": drifted})
    pay = {"value1": {"before": "51000", "after": "52500", "sensitive": True, "first": True}}
    make_waiting(integration, "20002", subject="pay", fields=pay)
    make_waiting(integration, "20003", state="declined", decided_at=integration.created_at)
    make_pin(integration, "00123", fields={"fullAddress": ("Sjøgata 2", "=Storgata 1")})
    make_pin(integration, "20002")
    return integration


def test_what_waits_is_downloaded_as_shown(alice: Client, listed: Integration) -> None:
    table = rows(alice, file(listed, "waiting"))
    assert table[0] == {
        "Employee number": "00123",
        "Name": "Kari Nordmann",
        "Change": "Bank account",
        "Field": "Bank account",
        "Before": "••••• 7947",
        "After": "••••• 4074",
        "Note": "Changed in X-ledger since we last sent it.",
        "Since (Oslo time)": "2026-11-23 06:00:00",
        "Decided": "",
    }
    assert (table[1]["Employee number"], table[1]["After"]) == ("20002", "52500")
    assert table[1]["Note"] == "It was never sent from here before."
    [declined] = rows(alice, file(listed, "waiting", "?show=declined&format=csv"))
    assert declined["Decided"].startswith("Declined by somebody on")
    assert [row["Employee number"] for row in table] == ["00123", "20002"]


def test_pins_are_downloaded_as_shown(alice: Client, listed: Integration) -> None:
    table = rows(alice, file(listed, "pins"))
    assert table[0] == {
        "Employee number": "00123",
        "Name": "Kari Nordmann",
        "Field": "Address",
        "Restored to": "'=Storgata 1",
        "Instead of": "Sjøgata 2",
        "Note": "",
        "Since (Oslo time)": "2026-11-23 06:00:00",
        "By": "somebody",
    }
    found = rows(alice, file(listed, "pins", "?number=2000&format=csv"))
    assert [row["Employee number"] for row in found] == ["20002"]


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_account_is_in_a_file_and_a_viewer_gets_no_names_and_no_values(
    alice: Client, bob: Client, listed: Integration, which: str, form: str
) -> None:
    def content(client: Client) -> str:
        found = body(client.get(file(listed, which, f"?format={form}")))
        return (unzipped(found) if form == "xlsx" else found).decode()

    assert BANK_ACCOUNT not in content(alice)
    assert "Kari" in content(alice)
    hidden = content(bob)
    assert "00123" in hidden
    for word in ("Kari", "Nordmann", "7947", "4074", "52500", "51000", "gata", "+4790"):
        assert word not in hidden


@pytest.mark.parametrize("which", LISTS)
def test_strangers_find_nothing_and_nothing_is_audited(
    charlie: Client, client: Client, listed: Integration, which: str
) -> None:
    assert charlie.get(file(listed, which)).status_code == 404
    assert client.get(file(listed, which)).status_code == 302
    assert not AuditEntry.objects.filter(action=AuditEntry.Action.DOWNLOADED).exists()


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("waiting", {"table": "Waiting for approval", "group": "Waiting", "changes": 2}),
        ("pins", {"table": "Pinned values", "values": 2}),
    ],
)
def test_a_download_is_audited_in_numbers(
    alice: Client, listed: Integration, which: str, said: dict[str, object]
) -> None:
    body(alice.get(file(listed, which, "?format=xlsx")))
    assert (noted().subject, noted().actor) == ("Xledger Norge", "alice@alice.example")
    assert noted().after == said | {"format": "XLSX"}


@pytest.mark.parametrize("which", LISTS)
def test_the_page_leads_to_its_files_and_an_empty_one_has_none(
    alice: Client, bob: Client, listed: Integration, which: str
) -> None:
    address = f"/settings/integrations/{listed.pk}/{which}/"
    for client in (alice, bob):
        assert f'href="{file(listed, which)}"' in text(client, address)
    nobody = alice.get(file(listed, which, "?number=nobody&format=csv"), follow=True)
    assert nobody.redirect_chain == [(f"{address}?number=nobody", 302)]
    assert "nothing is listed here" in nobody.content.decode()
    assert "/download/" not in text(alice, f"{address}?number=nobody")


@pytest.mark.parametrize("which", LISTS)
def test_more_rows_take_no_more_queries(alice: Client, listed: Integration, which: str) -> None:
    few = len(queries_of_all(alice, file(listed, which)))
    for number in range(30):
        make_waiting(listed, str(30_000 + number))
        make_pin(listed, str(30_000 + number))
    assert len(queries_of_all(alice, file(listed, which))) == few
