"""The page One person: who may open it, how somebody is found, what it shows and starts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry
from payroll.models import EmployeeLink, FieldMapping, Integration, SyncRun
from payroll.records import Employment, Identity, Period, PickListEntry, TargetEmployee
from tests.payroll.people import NATIONAL_ID, person
from tests.payroll.readings import keep_reading

from .conftest import UseBroker
from .scenes import make_change, make_run, queries, running, text

pytestmark = pytest.mark.django_db
LISTS = {
    "employeeGroup": (PickListEntry("F", "Fast ansatt"),),
    "positionValue": (PickListEntry("M", "Montør"),),
}


def address(integration: Integration, who: str = "") -> str:
    page = reverse("one_person", args=[integration.pk])
    return f"{page}?who={who}" if who else page


def sync(integration: Integration) -> str:
    return reverse("sync_person", args=[integration.pk])


@pytest.fixture
def read(integration: Integration) -> Integration:
    """An integration whose people were read a minute ago: Kari twice, Ola once."""
    people = [
        person("1001", national_id=NATIONAL_ID, pay_amount="512345"),
        person("1002", first_name="Kari", last_name="Berg"),
        person("1003", first_name="Ola", last_name="Dahl", email=None),
    ]
    now = timezone.now() - timedelta(minutes=1)
    keep_reading(integration, people, now, pick_lists=LISTS)
    return integration


def test_an_admin_may_a_viewer_not_and_a_stranger_sees_nothing(
    alice: Client, bob: Client, charlie: Client, read: Integration
) -> None:
    assert alice.get(address(read, "e1001")).status_code == 200
    for client, status in ((bob, 403), (charlie, 404)):
        assert client.get(address(read, "e1001")).status_code == status
        assert client.post(sync(read), {"who": "e1001"}).status_code == status
    assert alice.get(sync(read)).status_code == 405
    assert not SyncRun.objects.exists()


def test_without_the_add_on_nobody_opens_it(alice: Client, read: Integration) -> None:
    read.organisation.switch_addon(on=False, now=timezone.now())
    assert alice.get(address(read)).status_code == 403
    assert alice.post(sync(read), {"who": "e1001"}).status_code == 403


def test_where_nobody_was_read_it_asks_to_read(alice: Client, integration: Integration) -> None:
    assert "People have not been read yet" in text(alice, address(integration, "e1001"))
    read = alice.post(
        reverse("read_people", args=[integration.pk]), {"next": "person", "who": "e1001"}
    )
    assert read["Location"] == address(integration, "e1001")


def test_a_number_leads_to_the_person_at_once(alice: Client, read: Integration) -> None:
    assert alice.post(address(read), {"q": "1003"})["Location"] == address(read, "e1003")


def test_a_name_that_several_have_offers_them_all(alice: Client, read: Integration) -> None:
    page = alice.post(address(read), {"q": "kari"}).content.decode()
    assert address(read, "e1001") in page
    assert address(read, "e1002") in page
    assert "2 people found" in page


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("nobody of that name", "Nobody is called “nobody of that name”"),
        ("", "Write a name or an employee number."),
        ("x" * 101, "at most 100 characters"),
        ("a\x00b", "Null characters"),
    ],
)
def test_a_search_that_finds_nobody_says_so_and_keeps_the_entry(
    alice: Client, read: Integration, entered: str, words: str
) -> None:
    answer = alice.post(address(read), {"q": entered})
    assert answer.status_code == 200
    assert words in answer.content.decode()


@pytest.mark.parametrize("who", ["e9999", "%00", "../../", "<script>"])
def test_somebody_unknown_is_not_shown_and_not_synced(
    alice: Client, read: Integration, who: str
) -> None:
    assert "HR does not have this person" in text(alice, address(read, who))
    alice.post(sync(read), {"who": who})
    assert not SyncRun.objects.exists()


def test_it_shows_three_steps_with_values_masked(alice: Client, read: Integration) -> None:
    shown = text(alice, address(read, "e1001"))
    assert "New person" in shown
    assert "Would be sent" in shown
    assert NATIONAL_ID not in shown
    assert f"{NATIONAL_ID[:6]}*****" in shown
    assert "512345" not in shown
    assert "Montør" in shown


def test_of_several_employments_the_first_step_says_which_counts(
    alice: Client, integration: Integration
) -> None:
    side = Employment("side", Period(date(2025, 6, 1), None), "Timelønnet")
    someone = replace(person("1001"), other_employments=(side,))
    keep_reading(integration, [someone], timezone.now(), pick_lists=LISTS)
    shown = text(alice, address(integration, "e1001"))
    assert "HR has 2 employments at once." in shown
    assert "the one from 1 June 2025 (Timelønnet) is not sent." in shown


def test_it_says_why_nothing_would_be_sent(alice: Client, read: Integration) -> None:
    shown = text(alice, address(read, "e1003"))
    assert "Skipped" in shown
    assert "E-mail" in shown.split("3. What would be sent")[1]


def test_an_own_field_that_goes_to_a_masked_field_is_masked_in_the_first_step(
    alice: Client, integration: Integration
) -> None:
    integration.mappings.filter(target="bankAccount").update(source="custom.konto")
    someone = person("1001")
    someone = replace(someone, fields={**someone.fields, "custom.konto": "86011117947"})
    keep_reading(integration, [someone], timezone.now(), pick_lists=LISTS)
    shown = text(alice, address(integration, "e1001"))
    assert "86011117947" not in shown
    assert "7947" in shown


def test_a_manager_is_shown_by_number_and_by_name(alice: Client, integration: Integration) -> None:
    FieldMapping.objects.create(
        integration=integration, position=99, source="manager", target="superior"
    )
    boss = person("1000", birth_date=None)
    there = [
        TargetEmployee("71", boss.identity, {"code": "1000"}),
        TargetEmployee("72", person("1001").identity, {"code": "1001", "superior": "73"}),
        TargetEmployee("73", Identity("1005", "Per", "Lie"), {}),
    ]
    for source_id, target_id in (("e1000", "71"), ("e1001", "72")):
        EmployeeLink.objects.create(
            integration=integration, source_id=source_id, target_id=target_id
        )
    people = [boss, person("1001", manager="1000")]
    keep_reading(integration, people, timezone.now(), there, LISTS)
    shown = text(alice, address(integration, "e1001"))
    mapped, planned = shown.split("2. What the field table")[1].split("3. What would be sent")
    assert re.search(r"Manager</th>.*Manager \(employee number\).*1000", mapped)
    assert re.search(r"Manager</th>.*1005 Per Lie.*1000 Kari Nordmann 1000", planned)


def test_the_button_starts_one_run_however_often_it_is_pressed(
    alice: Client, read: Integration
) -> None:
    for _ in range(2):
        answer = alice.post(sync(read), {"who": "e1001"})
        assert answer["Location"] == address(read, "e1001")
    run = SyncRun.objects.get()
    assert (run.trigger, run.only, run.preview) == (SyncRun.Trigger.SINGLE, ["e1001"], False)
    entry = AuditEntry.objects.get(action=AuditEntry.Action.SINGLE_STARTED)
    assert "Kari" not in str(entry.after) + entry.subject
    assert "nothing was started" not in text(alice, address(read, "e1001"))


def test_while_another_run_is_in_progress_nothing_starts(alice: Client, read: Integration) -> None:
    other = running(read)
    alice.post(sync(read), {"who": "e1001"})
    assert SyncRun.objects.get() == other
    shown = text(alice, address(read, "e1001"))
    assert "nothing was started for this person" in shown
    assert "A sync is in progress" in shown


@pytest.mark.django_db(transaction=True)
def test_without_a_queue_it_says_that_nothing_was_sent(
    alice: Client, read: Integration, use_broker: UseBroker, closed_port: int
) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    alice.post(sync(read), {"who": "e1001"})
    run = SyncRun.objects.get()
    assert run.status == SyncRun.Status.FAILED
    assert run.error.split(".")[0] in text(alice, address(read, "e1001"))


def test_a_draft_shows_the_steps_and_starts_nothing(alice: Client, read: Integration) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    shown = text(alice, address(read, "e1001"))
    assert "Sync this person now" not in shown
    assert "4. What was sent" not in shown
    alice.post(sync(read), {"who": "e1001"})
    assert not SyncRun.objects.exists()


def sent(integration: Integration, **columns: object) -> SyncRun:
    """A run of the person alone that is over, a moment ago."""
    usual = {"queued_at": timezone.now(), "finished_at": timezone.now(), "only": ["e1001"]}
    return make_run(integration, trigger=SyncRun.Trigger.SINGLE, **(usual | columns))


def test_what_was_read_back_is_compared_with_what_was_sent(
    alice: Client, read: Integration
) -> None:
    fields = {
        "firstName": ("Kari", "Karin"),
        "description": ("", "Karin N"),
        "text1": (None, "K"),
        "phone": (None, "+4791111111"),
        "socialSec": (None, NATIONAL_ID),
    }
    make_change(sent(read), "1001", source_id="e1001", fields=fields)
    baseline = {
        "firstName": ("Karin", "Karin"),
        "description": ("Karin N", "KARIN N"),
        "text1": ("K", None),
        "phone": ("+4791111111", None),
        "socialSec": ("digest", "digest"),
    }
    EmployeeLink.objects.create(
        integration=read, source_id="e1001", target_id="7", baseline=baseline
    )
    shown = text(alice, address(read, "e1001")).split("5. What X-ledger answered")[1]
    assert re.search(r"First name.*Karin.*As sent.*Description.*KARIN N.*another form", shown)
    assert "Sent. X-ledger does not show this field" in shown
    assert "Sent, but X-ledger shows it empty or hides it" in shown
    assert f"{NATIONAL_ID[:6]}*****" in shown
    assert "digest" not in shown


def test_a_lost_answer_is_told_as_no_answer(alice: Client, read: Integration) -> None:
    run = sent(read, status=SyncRun.Status.WITH_PROBLEMS)
    make_change(run, "1001", source_id="e1001", outcome="unknown", problems=["Not known."])
    assert "gave no clear answer" in text(alice, address(read, "e1001"))


def test_a_plan_that_waits_for_a_person_is_told_as_such(alice: Client, read: Integration) -> None:
    run = sent(read, status=SyncRun.Status.HELD)
    make_change(run, "1001", source_id="e1001", outcome="")
    shown = text(alice, address(read, "e1001"))
    assert "a person must look first" in shown
    assert "Nothing was sent, so nothing came back" in shown
    assert "no clear answer" not in shown


def test_while_it_runs_the_page_renews_itself_and_can_be_loaded_again(
    alice: Client, read: Integration
) -> None:
    run = sent(read, status=SyncRun.Status.RUNNING, phase="reading", finished_at=None)
    shown = text(alice, address(read, "e1001"))
    assert f"/runs/{run.pk}/progress/" in shown
    assert f'href="{address(read, "e1001")}">Load this page again' in shown
    assert "Sync this person now" not in shown


def test_looking_at_a_person_stores_nothing_and_asks_as_much_for_many(
    alice: Client, read: Integration
) -> None:
    few = len(queries(alice, address(read, "e1001")))
    people = [person(str(number)) for number in range(1001, 1041)]
    keep_reading(read, people, timezone.now(), pick_lists=LISTS)
    assert len(queries(alice, address(read, "e1001"))) == few
    assert not EmployeeLink.objects.exists()
    assert not SyncRun.objects.exists()


# --- the way there from a run ------------------------------------------------------------------


def test_a_run_offers_to_try_again_whoever_went_without(
    alice: Client, bob: Client, integration: Integration
) -> None:
    run = make_run(integration, status=SyncRun.Status.WITH_PROBLEMS)
    for outcome in ("rejected", "failed", "skipped", "applied", "held"):
        make_change(run, outcome, source_id=f"e-{outcome}", outcome=outcome, problems=["Why."])
    page = text(alice, f"/runs/{run.pk}/")
    offered = set(re.findall(r"person/\?who=(e-\w+)", page))
    assert offered == {"e-rejected", "e-failed", "e-skipped"}
    assert "who=" not in text(bob, f"/runs/{run.pk}/")


def test_a_preview_and_a_draft_offer_nothing_to_try(
    alice: Client, integration: Integration
) -> None:
    preview = make_run(integration, preview=True)
    make_change(preview, outcome="skipped")
    assert "Try this person" not in text(alice, f"/runs/{preview.pk}/")
    run = make_run(integration)
    make_change(run, outcome="skipped")
    Integration.objects.update(state=Integration.State.DRAFT)
    assert "Try this person" not in text(alice, f"/runs/{run.pk}/")


def test_offering_it_costs_a_run_no_query(alice: Client, integration: Integration) -> None:
    run = make_run(integration)
    make_change(run, "1", outcome="rejected")
    one = len(queries(alice, f"/runs/{run.pk}/"))
    for number in range(2, 30):
        make_change(run, str(number), outcome="rejected")
    assert len(queries(alice, f"/runs/{run.pk}/")) == one


def test_the_run_says_that_it_was_of_one_person(
    alice: Client, bob: Client, read: Integration
) -> None:
    run = sent(read)
    shown = text(alice, f"/runs/{run.pk}/")
    assert "a sync of one person only" in shown
    assert address(read, "e1001") in shown
    assert address(read) not in text(bob, f"/runs/{run.pk}/")
    assert "One person" in text(alice, "/activity/")
    assert "Trial of" not in text(alice, "/activity/")
