"""Restoring before a run, and its pins, on the pages: who may, what is told first, what starts."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry
from payroll.models import EmployeeLink, Integration, Pin, SyncRun

from .scenes import BANK_ACCOUNT, make_change, make_pin, make_run, queries, running, text

PHONE = {"phone": ("+4790000001", "+4790000002")}


def finished(integration: Integration) -> SyncRun:
    """A run that changed two linked people and created one."""
    run = make_run(integration)
    for number in ("20001", "20002"):
        make_change(run, number, target_id=number, fields=PHONE)
        EmployeeLink.objects.create(integration=integration, source_id=number, target_id=number)
    make_change(run, "20003", kind="create", fields={"phone": (None, "+4790000003")})
    return run


def page(run: SyncRun) -> str:
    return f"/runs/{run.pk}/restore/"


def pins(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/pins/"


def test_only_those_who_may_run_see_what_can_be_restored(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    run = finished(integration)
    assert alice.get(page(run)).status_code == 200
    for verb in ("get", "post"):
        assert getattr(bob, verb)(page(run)).status_code == 403
        assert getattr(charlie, verb)(page(run)).status_code == 404
    assert SyncRun.objects.count() == 1
    assert "Restore the values" in text(alice, f"/runs/{run.pk}/")
    assert "Restore the values" not in text(bob, f"/runs/{run.pk}/")


def test_the_page_lists_what_goes_back_and_what_cannot(
    alice: Client, integration: Integration
) -> None:
    run = finished(integration)
    unreadable = {"before": None, "after": "x", "unreadable": True}
    make_change(
        run,
        "20001",
        target_id="20001",
        position=9,
        fields={
            "employmentTo": (None, "2026-12-31"),
            "bankAccount": (None, BANK_ACCOUNT),
            "superior": ("1", "20009"),
            "phone": unreadable,
            "gone": ("a", "b"),
        },
    )
    make_change(run, "20004", fields=PHONE)
    seen = text(alice, page(run))
    assert '+4790000002 <span aria-hidden="true">→</span>' in seen
    assert "<strong>+4790000001 </strong>" in seen
    for words in (
        "created this person in payroll",
        "HR decides who has left",
        "was empty before",
        "other people depend on it",
        "does not show what it had",
        "no longer sent by this integration",
        "No longer linked",
        "1 person was created by this run and stays",
    ):
        assert words in seen
    assert BANK_ACCOUNT not in seen


def test_confirming_starts_one_run_that_names_what_it_restores(
    alice: Client, integration: Integration
) -> None:
    run = finished(integration)
    answer = alice.post(page(run))
    started = SyncRun.objects.get(trigger="restore")
    assert answer["Location"] == f"/runs/{started.pk}/"
    assert (started.restores, started.only) == (run, ["20001", "20002", "20003"])
    again = alice.post(page(run), follow=True)
    assert "under way already" in again.content.decode()
    assert SyncRun.objects.count() == 2
    entry = AuditEntry.objects.get(action=AuditEntry.Action.RESTORE_STARTED)
    assert entry.after == {"people": 3}


def test_one_person_is_restored_alone_and_a_stranger_to_the_run_is_not_found(
    alice: Client, integration: Integration
) -> None:
    run = finished(integration)
    assert "20002" not in text(alice, f"{page(run)}?who=20001")
    alice.post(page(run), {"who": "20001"})
    assert SyncRun.objects.get(trigger="restore").only == ["20001"]
    assert alice.get(f"{page(run)}?who=nobody").status_code == 404


def test_a_run_of_something_else_in_progress_is_shown_instead(
    alice: Client, integration: Integration
) -> None:
    run = finished(integration)
    busy = running(integration, heartbeat_at=timezone.now())
    answer = alice.post(page(run), follow=True)
    assert answer.redirect_chain[-1][0] == f"/runs/{busy.pk}/"
    assert "Nothing was restored" in answer.content.decode()
    assert alice.get(page(busy))["Location"] == f"/runs/{busy.pk}/"


def test_a_purged_run_and_one_that_only_created_start_nothing(
    alice: Client, integration: Integration
) -> None:
    purged = finished(integration)
    SyncRun.objects.update(purged_at=timezone.now())
    purged.changes.all().delete()
    make_change(purged, fields={})
    created = make_run(integration)
    make_change(created, kind="create")
    assert "no longer kept" in text(alice, page(purged))
    for run in (purged, created):
        assert "nothing was started" in alice.post(page(run)).content.decode()
    assert not SyncRun.objects.filter(trigger="restore").exists()


def test_the_page_takes_as_many_queries_for_many_people_as_for_few(
    alice: Client, integration: Integration
) -> None:
    run = finished(integration)
    few = len(queries(alice, page(run)))
    for number in range(40):
        make_change(run, str(number), fields=PHONE)
    assert len(queries(alice, page(run))) == few


def test_pins_are_listed_for_colleagues_and_masked_for_viewers(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    make_pin(integration, fields=PHONE)
    seen, masked = text(alice, pins(integration)), text(bob, pins(integration))
    assert all(word in seen for word in ("Kari Nordmann", "+4790000002", "Phone", "20001"))
    assert all(word in masked for word in ("Name hidden", "Phone", "20001"))
    assert not any(word in masked for word in ("Kari", "+47900", "Unpin chosen"))
    assert charlie.get(pins(integration)).status_code == 404
    for client in (alice, bob):
        assert "1 restored and not sent" in text(
            client, f"/settings/integrations/{integration.pk}/"
        )


def test_only_those_who_may_run_unpin_and_only_their_own(
    alice: Client, bob: Client, charlie: Client, integration: Integration
) -> None:
    pin = make_pin(integration, fields=PHONE)
    address, chosen = f"{pins(integration)}unpin/", {"pin": [str(pin.pk), "nonsense"]}
    assert bob.post(address, chosen).status_code == 403
    assert charlie.post(address, chosen).status_code == 404
    assert Pin.objects.count() == 1
    assert "1 value unpinned" in alice.post(address, chosen, follow=True).content.decode()
    assert "Nothing was chosen" in alice.post(address, chosen, follow=True).content.decode()
    assert not Pin.objects.exists()
    assert AuditEntry.objects.get(action=AuditEntry.Action.UNPINNED).after == {"values": 1}


def test_every_run_says_what_it_left_alone(alice: Client, integration: Integration) -> None:
    run = make_run(integration, pinned={"phone": 3, "glObject1": 1})
    seen = text(alice, f"/runs/{run.pk}/")
    assert "4 values are pinned and not sent: " in seen
    assert "Phone (3)" in seen


def test_a_restore_is_called_one_wherever_it_is_named(
    alice: Client, integration: Integration
) -> None:
    wrong = finished(integration)
    run = make_run(integration, trigger="restore", restores=wrong, only=["20001"])
    make_change(run, "20001", target_id="20001", fields=PHONE)
    shown = text(alice, f"/runs/{run.pk}/")
    when = "Mon 23 Nov 2026, 06:00"
    assert f"Restore of {when}</h1>" in shown
    assert "<title>Restore of Xledger Norge" in shown
    assert f"the sync of {when}" in shown
    assert "Sync of" not in shown
    again = make_run(integration, trigger="restore", restores=run, only=["20001"])
    assert f"the restore of {when}" in text(alice, f"/runs/{again.pk}/")
    assert f"Restore of {when}</a>" in text(alice, page(run))
    assert "whom the restore of" in text(alice, page(run))
    assert "Restore</div>" in text(alice, "/activity/")
    file = alice.get(f"/runs/{run.pk}/download/?format=csv")
    assert "restore-2026-11-23" in file["Content-Disposition"]


def test_a_restore_in_progress_and_one_cancelled_do_not_promise_that_a_sync_goes_on(
    alice: Client, integration: Integration
) -> None:
    run = running(integration, trigger="restore", only=["20001"])
    shown = text(alice, f"/runs/{run.pk}/")
    assert "Cancel this restore" in shown
    run.status, run.cancel_asked_at = SyncRun.Status.CANCELLED, run.queued_at
    run.finished_at = run.queued_at
    run.save()
    over = text(alice, f"/runs/{run.pk}/")
    assert "whoever is left can be restored later" in over
    assert "goes on from there" not in shown + over
