"""Where most people fail three times, the schedule only tries; it comes back by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from payroll import notify, probing, queue, runs
from payroll.missed import missed_runs
from payroll.models import Integration, SyncRun
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import World
from xledger import target

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
States = Integration.State


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit to wait for, and no broker: a test does what lies in the queue."""
    monkeypatch.setattr(target, "BURST_REQUESTS", 1_000_000)
    monkeypatch.setattr(queue, "send", lambda task, **ids: None)


def refuse_everybody(customer: World) -> None:
    customer.xledger.faults.add("all_rows", ext_code="INVALID_VALUE", message="not accepted")


def quarantined(customer: World) -> Integration:
    """The integration after three bad days."""
    Integration.objects.update(recipients=["pay@fjordkraft.example"])
    refuse_everybody(customer)
    for _ in range(3):
        assert state_of(customer) == States.ACTIVE
        customer.run()
        customer.now += DAY
    customer.now -= DAY
    customer.integration.refresh_from_db()
    assert customer.integration.state == States.QUARANTINED
    return customer.integration


def state_of(customer: World) -> str:
    return Integration.objects.values_list("state", flat=True).get(pk=customer.integration.pk)


def probed(customer: World) -> SyncRun | None:
    """The probe that the schedule begins now, done; None where it begins nothing."""
    runs.start_due(customer.now)
    probing.start_probes(customer.now)
    probing.start_probes(customer.now)
    run = customer.integration.runs.active().first()
    if run is None:
        return None
    assert (run.probe, run.trigger) == (True, SyncRun.Trigger.SCHEDULED)
    run_sync(run, lambda: customer.now)
    run.refresh_from_db()
    return run


def told(customer: World) -> list[str]:
    """Subjects of the mails since the last look."""
    notify.tell_of_changes(customer.now)
    notify.send_waiting(lambda: customer.now)
    subjects = [each.subject.partition(": ")[2] for each in mail.outbox]
    mail.outbox.clear()
    return subjects


def test_after_three_bad_runs_the_schedule_only_tries_after_6_12_and_24_hours(
    customer: World,
) -> None:
    integration = quarantined(customer)
    assert told(customer)[-1] == "quarantined: too many people fail"
    Integration.objects.update(next_run_at=customer.now)  # what the schedule missed stays due
    for wait in (6, 12, 24, 24):
        begun = customer.now
        customer.now = begun + wait * HOUR - timedelta(seconds=1)
        assert probed(customer) is None
        assert missed_runs(customer.now) == []
        customer.now = begun + wait * HOUR
        run = probed(customer)
        assert run is not None
        assert not run.preview
        assert state_of(customer) == States.QUARANTINED
        assert told(customer) == []
    customer.xledger.faults.clear()
    customer.now += DAY
    assert probed(customer) is not None
    integration.refresh_from_db()
    assert (integration.state, integration.failing_runs) == (States.ACTIVE, 0)
    assert integration.next_run_at is not None
    assert integration.next_run_at > customer.now  # the probe was the sync that was due
    assert told(customer) == ["it works again"]


def test_sync_now_is_a_probe_and_ends_the_quarantine(customer: World) -> None:
    integration = quarantined(customer)
    bad = customer.run()
    integration.refresh_from_db()
    assert (bad.probe, integration.state) == (True, States.QUARANTINED)
    assert integration.probe_at == customer.now + 12 * HOUR
    customer.xledger.faults.clear()
    assert not customer.run(preview=True).probe
    assert state_of(customer) == States.QUARANTINED
    good = customer.run()
    assert (good.probe, state_of(customer)) == (True, States.ACTIVE)
    assert probed(customer) is None


def test_one_good_run_between_bad_ones_begins_the_count_anew(customer: World) -> None:
    for bad in (True, True, False, True, True):
        customer.xledger.faults.clear()
        if bad:
            refuse_everybody(customer)
            for row in customer.xledger.employees:
                if row["email"]:
                    edited = {"email": f"{customer.now:%d}@drift.example"}
                    customer.xledger.edit(row["dbId"], edited)
        customer.run()
        customer.now += DAY
        assert state_of(customer) == States.ACTIVE


def test_a_few_refused_people_quarantine_nobody_else(customer: World) -> None:
    customer.run()
    for code in ("10001", "10002", "10003", "10004"):
        row = customer.xledger.by_code(code)
        customer.xledger.edit(row["dbId"], {"email": "typo@drift.example"})
        customer.xledger.faults.add("bad_row", code=code, ext_code="INVALID_VALUE", times=None)
    for _ in range(4):
        customer.now += DAY
        customer.run()
    assert state_of(customer) == States.ACTIVE


def test_without_weekdays_nothing_is_synced_unasked(customer: World) -> None:
    quarantined(customer)
    Integration.objects.update(schedule_days=[])
    customer.now += 2 * DAY
    assert probed(customer) is None


@pytest.mark.parametrize("state", [States.PAUSED, States.DRAFT, States.ACTIVE])
def test_who_is_moved_elsewhere_is_probed_no_more(customer: World, state: str) -> None:
    quarantined(customer)
    Integration.objects.update(state=state, next_run_at=None)
    customer.now += 2 * DAY
    assert probed(customer) is None


def test_without_the_add_on_nothing_is_probed(customer: World) -> None:
    integration = quarantined(customer)
    integration.organisation.addon_since = None
    integration.organisation.save()
    customer.now += 2 * DAY
    assert probed(customer) is None


def test_a_refused_token_is_tried_once_a_day_reading_only_and_then_the_missed_sync_runs(
    customer: World,
) -> None:
    Integration.objects.update(recipients=["pay@fjordkraft.example"])
    customer.run()
    told(customer)
    customer.now += HOUR
    customer.xledger.faults.add("expired_token", times=None)
    customer.run()
    assert state_of(customer) == States.NEEDS_ATTENTION
    assert told(customer) == ["a token or setting must be mended"]
    Integration.objects.update(next_run_at=customer.now + HOUR)
    writes = people_written(customer)
    for _ in range(2):
        customer.now += DAY - HOUR
        assert probed(customer) is None
        customer.now += HOUR
        run = probed(customer)
        assert run is not None
        assert (run.preview, run.status) == (True, SyncRun.Status.FAILED)
        assert told(customer) == []
    customer.xledger.faults.clear()
    customer.now += DAY
    run = probed(customer)
    assert run is not None
    assert run.status == SyncRun.Status.SUCCEEDED
    assert people_written(customer) == writes
    assert state_of(customer) == States.ACTIVE

    runs.start_due(customer.now)
    missed = customer.integration.runs.active().get()
    assert not missed.probe
    run_sync(missed, lambda: customer.now)
    missed.refresh_from_db()
    assert (missed.status, missed.error) == (SyncRun.Status.SUCCEEDED, "")
    assert told(customer) == ["it works again"]


def people_written(customer: World) -> int:
    return len([each for each in customer.xledger.log if each.operation == "mutation"])


def test_a_probe_waits_for_the_run_in_progress(customer: World) -> None:
    integration = quarantined(customer)
    customer.now += 6 * HOUR
    preview, _ = open_run(integration, customer.now, preview=True)
    probing.start_probes(customer.now)
    assert list(integration.runs.active()) == [preview]
    SyncRun.objects.filter(pk=preview.pk).update(status=SyncRun.Status.CANCELLED)
    assert probed(customer) is not None
