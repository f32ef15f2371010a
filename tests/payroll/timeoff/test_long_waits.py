"""A vendor asks for minutes: the export lets go of its worker and later sends the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from integration_hub.accounts.models import User
from integration_hub.core.errors import TransientError
from payroll import queue
from payroll.models import Integration, TimeOffExport, TimeOffLine
from payroll.pages.export_words import progress
from payroll.records import Period
from payroll.runs import open_run
from payroll.timeoff import ledger, starting
from payroll.timeoff.export import MOVED, export_time_off
from payroll.timeoff.records import Channel, ChannelRights, LeaveStatus, TimeOffThere

from .exporting import export, ledger_days, outcomes, shown
from .fake import NOVEMBER, NOW, SICK, Offices, integration, leave

pytestmark = pytest.mark.django_db
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))
WAIT = timedelta(minutes=20)
THEN = NOW + timedelta(minutes=22)


def waits(both: Offices, after: int = 0, seconds: float = 1200) -> Callable[[], None]:
    """From now on payroll takes so many requests that write, and then asks to wait."""
    taken = len(both.writes) + after

    def ask() -> None:
        if len(both.writes) >= taken:
            error = TransientError("Payroll asks the Hub to slow down.", wait=seconds)
            error.system = "Payroll"
            raise error

    both.before_write = ask
    return ask


def goes_on(both: Offices, made: TimeOffExport, now: datetime = THEN) -> TimeOffExport:
    """The export once payroll takes requests again and a worker was handed it."""
    both.before_write = lambda: None
    export_time_off(made, lambda: now, lambda _: None)
    made.refresh_from_db()
    return made


def days(both: Offices, count: int = 7) -> None:
    """So many leaves of one day, each in a row of its own: payroll takes three at a time."""
    mondays = (date(2026, 11, 2), date(2026, 11, 9))
    each = [monday + timedelta(days=n) for monday in mondays for n in range(5)][:count]
    both.put(*(leave(f"D{day.day:02}", day, day) for day in each))


def paused(both: Offices, mine: Integration, after: int = 1) -> TimeOffExport:
    """An export of seven rows that waits after so many batches."""
    days(both)
    waits(both, after)
    made = export(mine)
    assert made.is_paused
    return made


def test_it_lets_go_and_later_sends_the_rest(both: Offices) -> None:
    mine = integration()
    made = paused(both, mine)
    assert (made.status, made.phase, made.error) == ("queued", "waiting", "")
    assert made.finished_at is None
    assert (made.resume_at, made.paused_for) == (NOW + timedelta(minutes=21), "Payroll")
    assert len(both.there()) == 3
    assert set(ledger_days(mine).values()) == {"sent"}
    assert not made.results.filter(outcome="", sent_at__isnull=False).exists()
    rows = set(made.results.values_list("pk", flat=True))
    spent, seconds = made.requests, made.seconds

    assert goes_on(both, made, NOW + timedelta(minutes=5)).is_paused  # not before its time
    goes_on(both, made)
    assert (made.status, made.resume_at) == ("succeeded", None)
    assert outcomes(made) == [("add", "applied", "")] * 7
    assert set(made.results.values_list("pk", flat=True)) == rows
    assert len(both.there()) == 7
    assert list(ledger_days(mine).values()) == ["sent"] * 7
    assert made.started_at == NOW
    assert made.requests["fakepay"] > spent["fakepay"]
    assert made.seconds >= seconds
    assert not any(each.sendable for each in shown(mine, now=THEN).values())


def test_a_short_wait_still_fails(both: Offices) -> None:
    days(both)
    waits(both, seconds=20)
    assert export(integration()).status == "failed"


def test_one_that_waits_while_it_reads_plans_when_it_goes_on(
    both: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    days(both)
    mine = integration()
    slow = waits(both)
    with monkeypatch.context() as patch:
        made = export(mine, between=lambda: patch.setattr(Offices, "there", lambda *_: slow()))
    assert made.is_paused
    assert not made.results.exists()
    assert "nothing was sent yet" in progress(made).sentence
    assert goes_on(both, made).status == "succeeded"
    assert len(both.there()) == 7


def test_it_may_have_to_wait_again_but_not_for_more_than_a_day(both: Offices) -> None:
    made = paused(both, integration(), after=0)
    waits(both)
    for hours in (1, 12, 23):
        export_time_off(made, lambda at=NOW + timedelta(hours=hours): at, lambda _: None)  # type: ignore[misc]
        made.refresh_from_db()
        assert made.is_paused
    export_time_off(made, lambda: NOW + timedelta(hours=24), lambda _: None)
    made.refresh_from_db()
    assert (made.status, made.error) == ("failed", "Payroll asks the Hub to slow down.")
    assert {each[1] for each in outcomes(made)} == {"failed"}
    assert (both.there(), ledger_days(made.integration)) == ([], {})


def test_its_page_says_until_when_and_how_far(both: Offices) -> None:
    made = paused(both, integration())
    told = progress(made)
    assert told.sentence == (
        "Waits for Payroll until 09:21, as Payroll asked. 3 of 7 rows are through; then it goes "
        "on by itself."
    )
    goes_on(both, made)
    assert progress(made).version != told.version


def test_whatever_hr_changed_meanwhile_is_not_sent(both: Offices) -> None:
    mine = integration()
    made = paused(both, mine)
    both.put(
        leave("D05", date(2026, 11, 5), date(2026, 11, 5), status=LeaveStatus.CANCELLED),
        leave("D06", date(2026, 11, 6), date(2026, 11, 6), grade=Decimal(50)),
        leave("D09", date(2026, 11, 9), date(2026, 11, 9), type_id=SICK.id),
    )
    del both.leaves["D10"]
    goes_on(both, made)
    assert made.status == "succeeded"
    assert outcomes(made)[3:] == [
        ("add", "skipped", "cancelled"),
        ("add", "skipped", "changed_meanwhile"),
        ("add", "skipped", "changed_meanwhile"),
        ("add", "skipped", "changed_meanwhile"),
    ]
    assert len(both.there()) == 3
    assert len(ledger_days(mine)) == 3


def test_a_longer_leave_is_left_to_the_next_export(both: Offices) -> None:
    both.put(leave(end=date(2026, 11, 11)))
    mine = integration()
    waits(both)
    made = export(mine)
    both.put(leave(end=date(2026, 11, 13)))
    goes_on(both, made)
    assert [(row.start.day, row.end.day) for row in both.there()] == [(9, 11)]
    export(mine, now=THEN)
    assert [(row.start.day, row.end.day) for row in both.there()] == [(9, 11), (12, 13)]


def test_what_a_clerk_entered_meanwhile_does_not_go_twice(both: Offices) -> None:
    made = paused(both, integration(), after=2)
    fresh = TimeOffThere("H1", "E1", "200", date(2026, 11, 10), date(2026, 11, 10), Decimal(100))
    both.rows[Channel.ABSENCES]["H1"] = fresh
    goes_on(both, made)
    assert outcomes(made)[-1] == ("add", "skipped", "in_payroll")
    assert len(both.there()) == 7


def test_after_a_change_of_settings_nothing_more_goes(both: Offices) -> None:
    mine = integration()
    made = paused(both, mine)
    mine.config_version += 1
    mine.save(update_fields=["config_version"])
    goes_on(both, TimeOffExport.objects.get(pk=made.pk))
    assert outcomes(made)[3:] == [("add", "skipped", "settings_changed")] * 4
    assert len(both.there()) == 3


def test_nothing_is_sent_to_another_payroll(both: Offices) -> None:
    made = paused(both, integration())
    TimeOffExport.objects.update(target_account="another:fakepay:there")
    goes_on(both, TimeOffExport.objects.get(pk=made.pk))
    made.refresh_from_db()
    assert (made.status, made.error) == ("failed", MOVED)
    assert len(both.there()) == 3


# --- corrections ---------------------------------------------------------------------------------


def exported(both: Offices, mine: Integration) -> None:
    """A week is in payroll, and HR makes it a shorter one of another grade."""
    both.put(leave())
    export(mine)
    both.put(leave(end=date(2026, 11, 10), grade=Decimal(50)))


def test_a_change_and_a_removal_go_once_it_goes_on(both: Offices) -> None:
    mine = integration()
    both.put(leave("gone", date(2026, 11, 23), date(2026, 11, 24), employee_id="P2"))
    exported(both, mine)
    del both.leaves["gone"]
    waits(both, 1)
    made = export(mine)
    assert made.is_paused
    assert [each.outcome for each in made.results.order_by("kind")] == ["", "applied"]
    goes_on(both, made)
    assert sorted(each[:2] for each in outcomes(made)) == [
        ("change", "applied"),
        ("remove", "applied"),
    ]
    assert [(row.end.day, row.percent) for row in both.there()] == [(10, Decimal(50))]


def test_a_row_that_was_removed_for_another_is_followed_by_it(both: Offices) -> None:
    both.rights[Channel.ABSENCES] = ChannelRights(add=True, remove=True)
    mine = integration()
    exported(both, mine)
    waits(both, 1)
    made = export(mine)
    assert both.there() == []
    goes_on(both, made)
    assert [(row.end.day, row.percent) for row in both.there()] == [(10, Decimal(50))]
    assert shown(mine, now=THEN)["L1"].group == "exported"


def test_so_it_is_in_a_period_that_is_closed(both: Offices) -> None:
    both.rights[Channel.ABSENCES] = ChannelRights(add=True, remove=True)
    mine = integration()
    exported(both, mine)
    mine.time_off = mine.time_off | {"closed_until": "2026-11-30"}
    mine.save()
    waits(both, 1)
    made = export(mine, period=DECEMBER)
    assert (made.is_paused, both.there()) == (True, [])
    goes_on(both, made)
    (row,) = both.there()
    assert (row.end.day, row.text) == (10, "Correction of a closed period: Ferie")


def test_a_row_that_somebody_entered_instead_is_not_added(both: Offices) -> None:
    both.rights[Channel.ABSENCES] = ChannelRights(add=True, remove=True)
    mine = integration()
    exported(both, mine)
    mine.time_off = mine.time_off | {"closed_until": "2026-11-30"}
    mine.save()
    waits(both, 1)
    made = export(mine, period=DECEMBER)
    by_hand = TimeOffThere("H1", "E1", "200", date(2026, 11, 9), date(2026, 11, 10), Decimal(50))
    both.rows[Channel.ABSENCES]["H1"] = by_hand
    goes_on(both, made)
    assert outcomes(made)[-1] == ("add", "skipped", "in_payroll")
    assert len(both.there()) == 1


def test_a_row_that_somebody_edited_meanwhile_is_left_alone(both: Offices) -> None:
    mine = integration()
    exported(both, mine)
    waits(both)
    made = export(mine)
    ((key, row),) = both.rows[Channel.ABSENCES].items()
    both.rows[Channel.ABSENCES][key] = replace(row, percent=Decimal(80))
    goes_on(both, made)
    assert outcomes(made) == [("change", "skipped", "edited_in_payroll")]
    assert both.there()[0].percent == 80


def test_a_leave_let_go_meanwhile_is_not_changed(both: Offices) -> None:
    mine = integration()
    exported(both, mine)
    waits(both)
    made = export(mine)
    both.rows[Channel.ABSENCES].clear()
    ledger.release(mine, "L1", NOW)
    goes_on(both, made)
    assert outcomes(made) == [("change", "skipped", "changed_meanwhile")]
    assert both.there() == []


# --- lost answers, killed workers, cancelling ----------------------------------------------------


@pytest.mark.parametrize("happened", [True, False])
def test_an_answer_lost_before_the_wait_is_looked_up_after_it(
    both: Offices, happened: bool
) -> None:
    mine = integration()
    days(both)
    both.loses = [happened]
    waits(both, 1)
    made = export(mine)
    assert made.is_paused
    assert [each[1] for each in outcomes(made)] == ["unknown"] * 3 + [""] * 4
    goes_on(both, made)
    expected = "applied" if happened else "unknown"
    assert [each[1] for each in outcomes(made)] == [expected] * 3 + ["applied"] * 4
    both.commit_late()
    later = THEN + timedelta(minutes=11)
    starting.look_up_open(later)
    for waiting in TimeOffExport.objects.active():
        export_time_off(waiting, lambda: later, lambda _: None)
    assert [each[1] for each in outcomes(made)] == ["applied"] * 7
    assert len(both.there()) == len(ledger_days(mine)) == 7


class Killed(BaseException):
    """The process is gone: nothing of ours is told."""


def test_a_worker_killed_once_it_went_on_leaves_nothing_twice_and_nothing_lost(
    both: Offices,
) -> None:
    mine = integration()
    made = paused(both, mine)

    def kill() -> None:
        raise Killed

    both.before_write, both.after_write = lambda: None, kill
    with pytest.raises(Killed):
        export_time_off(made, lambda: THEN, lambda _: None)
    both.after_write = lambda: None
    assert len(both.there()) == 6
    starting.sweep(THEN + timedelta(minutes=10))
    made.refresh_from_db()
    assert (made.status, outcomes(made)[-1]) == ("queued", ("add", "", ""))
    later = THEN + timedelta(minutes=11)
    export_time_off(made, lambda: later, lambda _: None)
    made.refresh_from_db()
    assert (made.status, len(both.there())) == ("succeeded", 7)
    assert list(ledger_days(mine).values()) == ["sent"] * 7


def test_while_it_waits_it_is_neither_lost_nor_stale_and_then_it_is_handed_on(
    both: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_on: list[str] = []
    monkeypatch.setattr(queue, "send", lambda task, **ids: handed_on.append(ids["export_id"]))
    mine = integration()
    made = paused(both, mine)
    assert made.resume_at
    starting.sweep(made.resume_at - timedelta(seconds=1))
    assert handed_on == []
    assert starting.open_export(mine, NOVEMBER, Channel.ABSENCES, {"L1": "x"}, NOW)[1] is False
    starting.sweep(made.resume_at)
    assert handed_on == [str(made.pk)]


def test_a_sync_to_the_same_payroll_need_not_wait_for_it(both: Offices) -> None:
    mine = integration()
    made = paused(both, mine)
    run, _ = open_run(mine, NOW)
    assert run.claim(NOW)
    assert goes_on(both, made).is_paused
    run.finish(run.Status.SUCCEEDED, NOW)
    assert goes_on(both, made).status == "succeeded"


def test_who_cancels_while_it_waits_ends_it(both: Offices) -> None:
    alice = User.objects.create_user("alice@fjordkraft.example", name="Alice")
    mine = integration()
    made = paused(both, mine)
    assert starting.cancel_export(made, alice, NOW)
    made.refresh_from_db()
    assert made.status == "cancelled"
    assert outcomes(made) == (
        [("add", "applied", "")] * 3 + [("add", "skipped", "export_cancelled")] * 4
    )
    assert goes_on(both, made).status == "cancelled"
    assert len(both.there()) == 3
    export(mine, now=THEN)
    assert len(both.there()) == 7


def test_who_cancels_as_the_wait_begins_is_heard(
    both: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = User.objects.create_user("alice@fjordkraft.example", name="Alice")
    let_go = TimeOffExport.pause

    def asked_before(self: TimeOffExport, *args: object, **columns: object) -> bool:
        starting.cancel_export(TimeOffExport.objects.get(pk=self.pk), alice, NOW)
        return let_go(self, *args, **columns)  # type: ignore[arg-type]

    monkeypatch.setattr(TimeOffExport, "pause", asked_before)
    days(both)
    waits(both, 1)
    made = export(integration())
    assert made.status == "cancelled"
    assert outcomes(made)[-1] == ("add", "skipped", "export_cancelled")


def test_a_file_is_made_once_it_goes_on(both: Offices) -> None:
    mine = integration()
    exported(both, mine)
    both.put(leave("new", date(2026, 11, 23), date(2026, 11, 24), employee_id="P2"))
    waits(both)
    made = export(mine, Channel.FILE)
    assert made.is_paused
    assert not TimeOffLine.objects.filter(state="in_file").exists()
    goes_on(both, made)
    assert made.file.rows == 1
    assert ledger_days(mine)["new", date(2026, 11, 23)] == "in_file"
