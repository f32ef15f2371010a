"""Manage time → Export time off: a period is read, and every leave stands in its group."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll.configuration import InvalidConfiguration
from payroll.configuration.time_off import parse
from payroll.models import ConnectionTest, Integration, TimeOffReading
from payroll.timeoff.material import settings_of
from payroll.timeoff.records import Channel, LeaveStatus
from tests.payroll.timeoff.exporting import read_now
from tests.payroll.timeoff.fake import HOLIDAY, NOVEMBER, SICK, UNUSED, Offices, leave
from tests.payroll.timeoff.fake import integration as make_time_off

from .scenes import make_integration, queries, text

PAGE = "/time/export/"


@pytest.fixture
def mine(organisation: Organisation, both: Offices) -> Integration:
    """An integration of alice's organisation, with codes for vacation and sickness."""
    made = make_time_off()
    assert made.organisation == organisation
    return made


def of(integration: Integration, query: str = "") -> str:
    return f"{PAGE}{integration.pk}/{query}"


# --- where to ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        ({"absences": True, "timesheets": True}, "As absences"),
        ({"absences": False, "timesheets": True}, "As timesheet lines"),
        ({"absences": False, "timesheets": False}, "As a file to import"),
        ({}, "is not known yet"),
    ],
)
def test_of_several_integrations_the_best_way_of_each_is_shown(
    alice: Client, integration: Integration, offered: dict[str, bool], words: str
) -> None:
    make_integration(integration.organisation, "Another")
    ConnectionTest.objects.create(
        integration=integration, at=timezone.now(), target={"capabilities": offered}
    )
    assert words in text(alice, PAGE)


def test_the_only_integration_is_opened_at_once(alice: Client, integration: Integration) -> None:
    assert alice.get(PAGE).headers["Location"] == of(integration)


def test_other_organisations_are_not_listed(charlie: Client, integration: Integration) -> None:
    assert "No integrations yet" in text(charlie, PAGE)


def test_many_integrations_take_no_more_queries(bob: Client, integration: Integration) -> None:
    make_integration(integration.organisation, "Another")
    before = len(queries(bob, PAGE))
    for number in range(5):
        make_integration(integration.organisation, f"Another {number}")
    assert len(queries(bob, PAGE)) == before


# --- reading -------------------------------------------------------------------------------------


def test_a_period_is_read_by_a_worker_and_the_page_says_so(
    alice: Client, integration: Integration
) -> None:
    entered = {"start": "2026-11-01", "end": "2026-11-30", "channel": "file"}
    answer = alice.post(of(integration, "read/"), entered)
    assert answer.headers["Location"] == of(integration)
    reading = TimeOffReading.objects.get(integration=integration)
    assert (reading.period_start, reading.period_end) == (NOVEMBER.start, NOVEMBER.end)
    page = text(alice, of(integration))
    assert "Waiting for its turn" in page
    assert 'http-equiv="refresh"' in page
    progress = alice.get(of(integration, "progress/?seen=queued.0"), headers={"HX-Request": "true"})
    assert progress.status_code == 204


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-30", "2026-11-01", "before the first day"),
        ("2025-01-01", "2026-11-01", "more than a year"),
        ("", "2026-11-01", "This field is required"),
        ("nonsense", "2026-11-01", "Enter a valid date"),
    ],
)
def test_a_senseless_period_is_told_beside_the_day_and_reads_nothing(
    alice: Client, integration: Integration, start: str, end: str, words: str
) -> None:
    entered = {"start": start, "end": end, "channel": "file"}
    page = alice.post(of(integration, "read/"), entered).content.decode()
    assert words in page
    assert not TimeOffReading.objects.exists()


def test_without_the_add_on_nothing_is_read_and_the_page_says_why(
    alice: Client, integration: Integration
) -> None:
    integration.organisation.switch_addon(on=False, now=timezone.now())
    assert "add-on is off" in text(alice, of(integration))
    entered = {"start": "2026-11-01", "end": "2026-11-30", "channel": "file"}
    assert alice.post(of(integration, "read/"), entered).status_code == 403


@pytest.mark.parametrize("page", ["", "progress/"])
def test_strangers_find_nothing(charlie: Client, integration: Integration, page: str) -> None:
    assert charlie.get(of(integration, page)).status_code == 404


def test_a_viewer_reads_nothing_and_sets_nothing(bob: Client, integration: Integration) -> None:
    assert bob.post(of(integration, "read/"), {}).status_code == 403
    assert bob.get(f"/settings/integrations/{integration.pk}/time-off/").status_code == 403
    assert "Time off has not been read" in text(bob, of(integration))


# --- the list ------------------------------------------------------------------------------------


@pytest.fixture
def listed(mine: Integration, both: Offices) -> Integration:
    """One of each of several groups."""
    both.put(
        leave("ready", grade=Decimal(50), type_id=SICK.id),
        leave("no code", employee_id="P2", type_id=UNUSED.id),
        leave("nobody", employee_id="P3"),
        leave("later", date(2026, 11, 2), date(2026, 11, 3), status=LeaveStatus.PENDING),
    )
    read_now(mine)
    return mine


def test_what_is_ready_comes_first_with_its_days_hours_and_grade(
    alice: Client, listed: Integration
) -> None:
    page = text(alice, of(listed))
    for words in ("Kari Nordmann", "Sykmelding", "Code 100", "18.75", "50", "1 leave of 1 person"):
        assert words in page
    assert "Ola Nordmann" not in page


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("no_code", "“Velferd” has no payroll code"),
        ("not_linked", "Per Nordmann"),
        ("not_approved", "approve"),
    ],
)
def test_what_is_kept_back_stands_in_its_group_with_the_reason(
    alice: Client, listed: Integration, group: str, words: str
) -> None:
    assert words in text(alice, of(listed, f"?show={group}"))


def test_the_list_is_narrowed_by_type_and_by_a_search_that_stays_out_of_the_address(
    alice: Client, listed: Integration
) -> None:
    page = text(alice, of(listed, f"?show=all&type={HOLIDAY.id}"))
    assert "Per Nordmann" in page
    assert "Sykmelding</" not in page.partition("<tbody>")[2]
    answer = alice.post(of(listed, "?show=all"), {"find": "ola"})
    address = answer.headers["Location"]
    assert parse_qs(urlsplit(address).query)["find"] != ["ola"]
    found = text(alice, address.partition("#")[0]).partition("<tbody>")[2]
    assert "Ola Nordmann" in found
    assert "Kari Nordmann" not in found


def test_a_viewer_sees_no_name_and_finds_none(bob: Client, listed: Integration) -> None:
    page = text(bob, of(listed, "?show=all"))
    assert "Nordmann" not in page
    assert "101" in page
    found = bob.post(of(listed, "?show=all"), {"find": "kari"}).headers["Location"]
    assert "No leaves here" in text(bob, found.partition("#")[0])


def test_many_leaves_take_no_more_queries_and_come_in_pages(
    alice: Client, mine: Integration, both: Offices
) -> None:
    counts = {}
    for many in (5, 1_000):
        day = date(2026, 11, 2)
        both.leaves.clear()
        both.put(*(leave(f"L{each}", day, day) for each in range(many)))
        read_now(mine)
        counts[many] = len(queries(alice, of(mine, "?show=all&sort=-number&page=2")))
    assert counts[1_000] == counts[5]
    assert "Page" in text(alice, of(mine, "?show=all"))


# --- settings ------------------------------------------------------------------------------------


def settings_page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/time-off/"


def entries(integration: Integration, **changes: str) -> dict[str, str]:
    """The settings form as it stands, with changes."""
    return {
        "version": str(integration.config_version),
        "channel": "",
        "encoding": "utf-8",
        "delimiter": ";",
        "date_format": "%Y%m%d",
        "decimal_comma": "on",
        f"code_{SICK.id}_": "100",
        f"code_{HOLIDAY.id}_": "200",
        f"code_{UNUSED.id}_": "",
    } | changes


def test_a_code_that_is_chosen_makes_its_leaves_ready(alice: Client, listed: Integration) -> None:
    changed = entries(listed, **{f"code_{UNUSED.id}_": "200"})
    answer = alice.post(settings_page(listed), changed)
    assert answer.headers["Location"] == of(listed)
    assert "Ola Nordmann" in text(alice, of(listed))


def test_a_type_can_be_kept_from_payroll_for_good(alice: Client, listed: Integration) -> None:
    alice.post(settings_page(listed), entries(listed, **{f"code_{SICK.id}_": "-"}))
    listed.refresh_from_db()
    assert settings_of(listed).is_never(SICK)
    assert "Kari Nordmann" not in text(alice, of(listed))


def test_a_code_that_payroll_does_not_have_is_refused_and_nothing_is_lost(
    alice: Client, listed: Integration
) -> None:
    before = listed.time_off
    wrong = entries(listed, closed_until="2026-10-31", **{f"code_{UNUSED.id}_": "nonsense"})
    page = alice.post(settings_page(listed), wrong).content.decode()
    assert "nonsense is not one of the available choices" in page
    assert 'value="2026-10-31"' in page
    listed.refresh_from_db()
    assert listed.time_off == before


def test_an_e_mail_after_each_export_is_chosen_in_the_settings_and_in_the_document(
    alice: Client, listed: Integration
) -> None:
    assert "Send an e-mail after each export" in text(alice, settings_page(listed))
    alice.post(settings_page(listed), entries(listed, mail="on"))
    listed.refresh_from_db()
    assert settings_of(listed).mail
    document = {"mail": True}
    assert parse(document, listed.target) == document
    with pytest.raises(InvalidConfiguration, match=r"time_off\.mail"):
        parse({"mail": "yes"}, listed.target)


def test_the_other_settings_are_kept_and_audited(alice: Client, listed: Integration) -> None:
    changed = entries(
        listed, closed_until="2026-10-31", notes="on", encoding="windows-1252", channel="file"
    )
    alice.post(settings_page(listed), changed)
    listed.refresh_from_db()
    held = settings_of(listed)
    assert (held.closed_until, held.notes, held.channel) == (date(2026, 10, 31), True, Channel.FILE)
    assert held.file.encoding.value == "windows-1252"
    assert "Changed" in text(alice, "/settings/audit/")


def test_two_tabs_that_save_different_things_are_told(alice: Client, listed: Integration) -> None:
    first = entries(listed, notes="on")
    alice.post(settings_page(listed), first)
    page = alice.post(settings_page(listed), entries(listed, closed_until="2026-10-31"))
    assert "Somebody changed this integration" in page.content.decode()


def test_before_anything_was_read_the_page_says_what_to_do(
    alice: Client, integration: Integration
) -> None:
    assert "Read a period first" in text(alice, settings_page(integration))


def test_another_company_may_have_another_code(mine: Integration, both: Offices, db: None) -> None:
    owner = User.objects.create_user("ole@ole.example", "a long enough secret")
    Membership.objects.create(user=owner, organisation=mine.organisation, role=Role.OWNER)
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    person = both.people["P2"]
    both.people["P2"] = type(person)(
        id="P2",
        active=True,
        identity=person.identity,
        fields=person.fields,
        placements={"company": type(person.placements["company"])("C2", ("Nordlys AS",))},
    )
    both.put(leave("one"), leave("two", employee_id="P2"))
    read_now(mine)
    assert "Nordlys AS" in text(client, settings_page(mine))
    changed = entries(mine, **{f"code_{HOLIDAY.id}_C2": "100"})
    client.post(settings_page(mine), changed)
    mine.refresh_from_db()
    settings = settings_of(mine)
    assert (settings.code_of(HOLIDAY, "C1"), settings.code_of(HOLIDAY, "C2")) == ("200", "100")


def test_an_old_reading_is_not_shown(alice: Client, listed: Integration) -> None:
    TimeOffReading.objects.update(requested_at=timezone.now() - timedelta(hours=25))
    assert "Kari Nordmann" not in text(alice, of(listed))
