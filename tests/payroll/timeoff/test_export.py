"""An export from the choice to payroll: what goes, what does not, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection

from integration_hub.core.errors import OurFault
from payroll.models import TimeOffByHand, TimeOffExport, TimeOffLine, TimeOffResult
from payroll.records import Period
from payroll.runs import open_run
from payroll.timeoff import by_hand, ledger, starting
from payroll.timeoff.export import export_time_off
from payroll.timeoff.records import Channel, ChannelRights, Duration, Half, LeaveStatus

from .exporting import export, ledger_days, outcomes, shown
from .fake import NOVEMBER, NOW, SICK, Offices, integration, leave

pytestmark = pytest.mark.django_db
ADD_ONLY = ChannelRights(add=True)
LATER = NOW + timedelta(minutes=11)
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))


def spans(both: Offices, channel: Channel = Channel.ABSENCES) -> list[tuple[str, int, int]]:
    """Payroll's rows: whose, and from which day of the month to which."""
    return [(row.employee, row.start.day, row.end.day) for row in both.there(channel)]


def test_an_absence_is_one_row_and_is_not_sent_again(both: Offices) -> None:
    both.put(leave(end=date(2026, 11, 18), note="influensa"))
    mine = integration()
    made = export(mine)
    assert (made.status, outcomes(made)) == ("succeeded", [("add", "applied", "")])
    (row,) = both.there()
    assert (row.code, row.percent, row.text) == ("200", Decimal(100), "Ferie")
    assert spans(both) == [("E1", 9, 18)]
    assert set(ledger_days(mine).values()) == {"sent"}
    assert len(ledger_days(mine)) == 8
    again = shown(mine)["L1"]
    assert (again.group, again.sendable) == ("exported", False)


def test_timesheets_get_a_line_for_each_working_day(both: Offices) -> None:
    both.put(leave(type_id=SICK.id, grade=Decimal(50)))
    made = export(integration(), Channel.TIMESHEETS)
    assert [each[1] for each in outcomes(made)] == ["applied"] * 5
    rows = both.there(Channel.TIMESHEETS)
    assert [(row.start.day, row.hours) for row in rows] == [
        (day, Decimal("3.75")) for day in range(9, 14)
    ]
    assert {row.time_to for row in rows} == {max(row.time_to for row in rows if row.time_to)}


def test_half_a_day_goes_with_its_times(both: Offices) -> None:
    monday = date(2026, 11, 9)
    half = leave(end=monday, duration=Duration.HALF_DAY, half=Half.AFTERNOON)
    both.put(half)
    export(integration())
    (row,) = both.there()
    assert row.percent == 50
    assert (str(row.time_from), str(row.time_to)) == ("12:15:00", "16:00:00")


def test_a_leave_over_a_months_end_goes_in_two_exports(both: Offices) -> None:
    both.put(leave(start=date(2026, 11, 26), end=date(2026, 12, 2)))
    mine = integration()
    export(mine)
    export(mine, period=DECEMBER)
    assert spans(both) == [("E1", 26, 30), ("E1", 1, 2)]
    assert shown(mine, period=Period(NOVEMBER.start, DECEMBER.end))["L1"].group == "exported"


def test_an_overlapping_export_sends_only_the_missing_days(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine, period=Period(date(2026, 11, 10), date(2026, 11, 11)))
    made = export(mine)
    assert spans(both) == [("E1", 9, 9), ("E1", 10, 11), ("E1", 12, 13)]
    assert [each[0] for each in outcomes(made)] == ["add", "add"]


def test_only_what_was_chosen_goes(both: Offices) -> None:
    both.put(leave("one"), leave("two", employee_id="P2"))
    export(integration(), only=["two"])
    assert spans(both) == [("E2", 9, 13)]


def test_what_changed_after_it_was_shown_is_not_sent(both: Offices) -> None:
    both.put(leave())
    made = export(integration(), between=lambda: both.put(leave(end=date(2026, 11, 11))))
    assert outcomes(made) == [("none", "skipped", "changed_meanwhile")]
    assert both.there() == []


def test_notes_stay_here_unless_they_are_switched_on(both: Offices) -> None:
    both.put(leave(note="allowed", about_child=True))
    export(integration())
    ((_, (write,)),) = both.writes
    assert write.note == ""
    both.put(leave("L2", date(2026, 11, 23), date(2026, 11, 24), note="allowed"))
    export(integration(notes=True))
    assert both.writes[-1][1][0].note == "allowed"


# --- corrections ---------------------------------------------------------------------------------


def test_an_edited_leave_is_changed_in_place(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(end=date(2026, 11, 11)))
    assert shown(mine)["L1"].group == "changed"
    assert outcomes(export(mine)) == [("change", "applied", "")]
    assert spans(both) == [("E1", 9, 11)]
    assert shown(mine)["L1"].group == "exported"


def test_a_withdrawn_leave_is_removed(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    del both.leaves["L1"]
    assert shown(mine)["L1"].group == "withdrawn"
    assert outcomes(export(mine)) == [("remove", "applied", "")]
    assert both.there() == []
    assert ledger_days(mine) == {}


@pytest.mark.parametrize(
    "status", [LeaveStatus.DENIED, LeaveStatus.CANCELLED, LeaveStatus.DELETED, LeaveStatus.PENDING]
)
def test_a_leave_that_is_no_longer_approved_is_withdrawn(
    both: Offices, status: LeaveStatus
) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(status=status))
    assert shown(mine)["L1"].group == "withdrawn"


def test_without_change_a_row_is_removed_and_added_anew(both: Offices) -> None:
    both.rights[Channel.ABSENCES] = ChannelRights(add=True, remove=True)
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(type_id=SICK.id, grade=Decimal(60)))
    assert [each[:2] for each in outcomes(export(mine))] == [
        ("remove", "applied"),
        ("add", "applied"),
    ]
    assert [(row.code, row.percent) for row in both.there()] == [("100", Decimal(60))]


def test_a_leave_that_moves_out_of_the_period_is_corrected(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(start=date(2026, 12, 14), end=date(2026, 12, 15)))
    assert shown(mine)["L1"].group == "changed"
    export(mine)
    assert both.there() == []


def test_what_payroll_cannot_change_is_listed_to_be_done_by_hand_once(both: Offices) -> None:
    both.rights[Channel.ABSENCES] = ADD_ONLY
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(end=date(2026, 11, 16)))  # a longer one is only added to
    assert outcomes(export(mine)) == [("add", "applied", "")]
    both.put(leave(end=date(2026, 11, 10)))
    made = export(mine)
    assert made.status == "with_problems"
    assert [each[:2] for each in outcomes(made)] == [("by_hand", "held")] * 2
    listed = shown(mine)["L1"]
    assert (listed.group, listed.sendable, listed.reason[0]) == ("changed", False, "by_hand")
    for action in TimeOffByHand.objects.waiting():
        assert by_hand.done_by_hand(action, None, NOW)
    assert sorted(day.day for _, day in ledger_days(mine)) == [9, 10]
    both.rows[Channel.ABSENCES].clear()  # the clerk entered it anew
    assert shown(mine)["L1"].group == "exported"


def test_what_hr_takes_back_need_not_be_done_by_hand(both: Offices) -> None:
    both.rights[Channel.ABSENCES] = ADD_ONLY
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(end=date(2026, 11, 10)))
    export(mine)
    both.put(leave(), leave("L2", employee_id="P2"))
    export(mine)
    assert not TimeOffByHand.objects.waiting().exists()


def test_a_correction_goes_by_the_channel_that_sent_the_line(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    both.put(leave(end=date(2026, 11, 10)))
    export(mine, Channel.TIMESHEETS)
    assert (spans(both), both.there(Channel.TIMESHEETS)) == ([("E1", 9, 10)], [])


def test_a_correction_to_a_closed_period_goes_into_the_next_marked(both: Offices) -> None:
    both.put(leave(), leave("late", date(2026, 11, 23), date(2026, 11, 24), employee_id="P2"))
    mine = integration()
    export(mine, only=["L1"])
    mine.time_off = mine.time_off | {"closed_until": "2026-11-30"}
    mine.save()
    both.put(leave(end=date(2026, 11, 10)))
    closed = shown(mine)
    assert closed["late"].group == "closed"
    _, words = closed["late"].reason
    assert "closed for 23 November 2026 to 24 November 2026" in words
    assert "Enter them by hand" in words
    assert "set the closed date back under Time off codes" in words
    next_month = shown(mine, period=DECEMBER)
    assert (next_month["L1"].group, next_month["L1"].late) == ("changed", True)
    export(mine, period=DECEMBER)
    (row,) = both.there()
    assert (row.end.day, row.text) == (10, "Correction of a closed period: Ferie")


@pytest.mark.parametrize("period", [DECEMBER, NOVEMBER])
def test_what_a_correction_took_out_of_a_closed_period_can_go_again(
    both: Offices, period: Period
) -> None:
    both.rights[Channel.ABSENCES] = ChannelRights(add=True, remove=True)
    both.put(leave())
    mine = integration()
    export(mine)
    mine.time_off = mine.time_off | {"closed_until": "2026-11-30"}
    mine.save()
    both.put(leave(end=date(2026, 11, 11), grade=Decimal(50)))

    def cancel() -> None:
        TimeOffExport.objects.update(cancel_asked_at=NOW)

    both.after_write = cancel
    made = export(mine, period=DECEMBER)
    both.after_write = lambda: None
    assert [each[:2] for each in outcomes(made)] == [("remove", "applied"), ("add", "skipped")]
    assert (both.there(), ledger_days(mine)) == ([], {})
    left = shown(mine, period=period)["L1"]
    assert (left.group, left.late) == ("ready", True)
    export(mine, period=period)
    assert spans(both) == [("E1", 9, 11)]
    assert both.there()[0].text == "Correction of a closed period: Ferie"
    assert shown(mine)["L1"].group == "exported"
    assert "L1" not in shown(mine, period=DECEMBER)


def test_days_that_were_never_in_payroll_stay_closed(both: Offices) -> None:
    both.put(leave(end=date(2026, 11, 11)))
    mine = integration()
    export(mine)
    mine.time_off = mine.time_off | {"closed_until": "2026-11-30"}
    mine.save()
    both.put(leave(end=date(2026, 11, 10)))
    export(mine, period=DECEMBER)
    both.put(leave(end=date(2026, 11, 13)))
    export(mine, period=DECEMBER)
    assert spans(both) == [("E1", 9, 10), ("E1", 11, 11)]
    told = shown(mine)["L1"]
    assert told.group == "closed"
    assert "closed for 12 November 2026 to 13 November 2026" in told.reason[1]


def test_what_was_approved_late_goes_once_the_closed_date_is_set_back(both: Offices) -> None:
    both.put(leave(end=date(2026, 11, 16)))
    mine = integration(closed_until="2026-11-13")
    told = shown(mine)["L1"]
    assert (told.group, [code for code, _ in told.others]) == ("ready", ["period_closed"])
    export(mine)
    assert spans(both) == [("E1", 16, 16)]
    assert shown(mine)["L1"].group == "closed"
    mine.time_off = mine.time_off | {"closed_until": None}
    mine.save()
    export(mine)
    assert spans(both) == [("E1", 9, 13), ("E1", 16, 16)]


def test_a_leave_somebody_removed_in_payroll_goes_again_only_when_told(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    both.rows[Channel.ABSENCES].clear()
    assert shown(mine)["L1"].reason[0] == "gone_from_payroll"
    assert ledger.release(mine, "L1", NOW) == 5
    export(mine)
    assert spans(both) == [("E1", 9, 13)]


def test_a_row_somebody_edited_in_payroll_is_a_conflict(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    ((key, row),) = both.rows[Channel.ABSENCES].items()
    both.rows[Channel.ABSENCES][key] = replace(row, percent=Decimal(40))
    assert shown(mine)["L1"].reason[0] == "edited_in_payroll"


def look_up(moment: datetime) -> None:
    """What the sweep and a worker do about open rows."""
    starting.look_up_open(moment)
    for waiting in TimeOffExport.objects.active():
        export_time_off(waiting, lambda: moment, lambda _: None)


# --- refusals and lost answers -------------------------------------------------------------------


def weeks(both: Offices, count: int) -> None:
    """One leave of a day for each of so many days."""
    both.put(
        *(
            leave(
                f"D{n:02}",
                date(2026, 11, 2) + timedelta(days=n),
                date(2026, 11, 2) + timedelta(days=n),
            )
            for n in range(count)
            if (date(2026, 11, 2) + timedelta(days=n)).weekday() < 5
        )
    )


def test_one_refused_row_holds_up_nobody(both: Offices) -> None:
    weeks(both, 4)
    both.put(leave("sick", date(2026, 11, 6), date(2026, 11, 6), type_id=SICK.id))
    both.refused = {"100"}
    made = export(integration())
    assert made.status == "with_problems"
    assert sorted(each[1] for each in outcomes(made)) == ["applied"] * 4 + ["rejected"]
    assert len(both.there()) == 4
    refused = made.results.get(outcome="rejected")
    assert "code 100" in refused.problems[-1].message


@pytest.mark.parametrize("happened", [True, False])
def test_a_lost_answer_is_looked_up_and_nothing_goes_twice(both: Offices, happened: bool) -> None:
    both.put(leave())
    both.loses = [happened]
    mine = integration()
    made = export(mine)
    if happened:
        assert outcomes(made) == [("add", "applied", "")]
        return
    assert outcomes(made) == [("add", "unknown", "unconfirmed")]
    assert shown(mine)["L1"].reason[0] == "unconfirmed"
    both.commit_late()  # a minute after
    starting.look_up_open(NOW + timedelta(minutes=5))
    assert TimeOffExport.objects.active().count() == 0  # too early to tell
    look_up(LATER)
    made.refresh_from_db()
    assert outcomes(made) == [("add", "applied", "")]
    assert spans(both) == [("E1", 9, 13)]
    assert shown(mine, now=LATER)["L1"].group == "exported"


def test_the_code_is_looked_up_in_the_field_that_carries_it(both: Offices) -> None:
    both.put(leave())
    both.loses = [True, True]
    mine = integration(code_fields={"timesheets": "task"})
    made = export(mine, Channel.TIMESHEETS)
    assert [each[1] for each in outcomes(made)] == ["applied"] * 5
    assert shown(mine, Channel.ABSENCES)["L1"].group == "exported"


def test_what_never_arrived_can_be_chosen_again(both: Offices) -> None:
    both.put(leave())
    both.loses = [False]
    mine = integration()
    made = export(mine)
    look_up(LATER)
    assert outcomes(made) == [("add", "failed", "never_arrived")]
    export(mine, now=LATER)
    assert spans(both) == [("E1", 9, 13)]


@pytest.mark.parametrize("verb", ["change", "remove"])
@pytest.mark.parametrize("happened", [True, False])
def test_a_lost_correction_is_looked_up_too(both: Offices, verb: str, happened: bool) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    if verb == "remove":
        both.leaves.clear()
    else:
        both.put(leave(end=date(2026, 11, 10)))
    both.loses = [happened]
    made = export(mine)
    if not happened:
        assert outcomes(made) == [(verb, "unknown", "unconfirmed")]
        look_up(LATER)
        assert outcomes(made)[0][1:] == ("failed", "never_arrived")
        made = export(mine, now=LATER)
    assert outcomes(made) == [(verb, "applied", "")]
    assert spans(both) == ([] if verb == "remove" else [("E1", 9, 10)])


class Killed(BaseException):
    """The process is gone: nothing of ours is told."""


@pytest.mark.parametrize("happened", [True, False])
def test_a_killed_worker_leaves_nothing_twice_and_nothing_lost(
    both: Offices, happened: bool
) -> None:
    weeks(both, 9)
    mine = integration()

    def kill() -> None:
        if len(both.there()) >= 3:
            raise Killed

    if happened:
        both.after_write = kill
    else:
        both.before_write = kill
    with pytest.raises(Killed):
        export(mine)
    both.before_write = both.after_write = lambda: None
    assert len(both.there()) == 3
    dead = TimeOffExport.objects.get()
    assert dead.status == "running"
    TimeOffExport.objects.interrupt_stale(NOW + timedelta(minutes=10))
    starting._say_of_the_interrupted(LATER)
    much_later = LATER + timedelta(minutes=11)
    for moment in (LATER, much_later):
        look_up(moment)
    export(mine, now=much_later)
    assert len(both.there()) == 7
    assert set(ledger_days(mine).values()) == {"sent"}
    assert len(ledger_days(mine)) == 7


def breaks(both: Offices, error: Exception) -> None:
    """It goes wrong on our side once payroll has taken three rows."""

    def fail() -> None:
        if len(both.there()) >= 3:
            raise error

    both.after_write = fail


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_lost_interrupts_the_export_and_nothing_goes_twice(
    both: Offices,
) -> None:
    weeks(both, 9)
    mine = integration()
    breaks(both, OperationalError("server closed the connection unexpectedly"))
    made = export(mine)
    both.after_write = lambda: None
    assert (made.status, made.error) == ("interrupted", made.INTERRUPTED_WORDS)
    starting._say_of_the_interrupted(LATER)
    look_up(LATER)
    export(mine, now=LATER + timedelta(minutes=11))
    assert len(both.there()) == 7
    assert set(ledger_days(mine).values()) == {"sent"}


def test_a_fault_of_ours_does_not_call_unsent_what_went(both: Offices) -> None:
    weeks(both, 9)
    mine = integration()
    breaks(both, ZeroDivisionError())
    made = export(mine)
    both.after_write = lambda: None
    assert (made.status, made.error) == ("failed", OurFault(made.pk).message)
    told = [(outcome, code) for _, outcome, code in outcomes(made)]
    assert told == [("unknown", "unconfirmed")] * 3 + [("failed", "not_sent")] * 4
    export(mine, now=LATER)
    assert len(both.there()) == 7
    assert set(ledger_days(mine).values()) == {"sent"}
    assert [each[1] for each in outcomes(made)][:3] == ["applied"] * 3


def test_cancelling_stops_between_batches_and_says_so(both: Offices) -> None:
    weeks(both, 9)
    mine = integration()

    def cancel() -> None:
        TimeOffExport.objects.update(cancel_asked_at=NOW)

    both.before_write = cancel
    made = export(mine)
    assert made.status == "cancelled"
    assert sorted({each[1:] for each in outcomes(made)}) == [
        ("applied", ""),
        ("skipped", "export_cancelled"),
    ]
    assert len(both.there()) == 3
    both.before_write = lambda: None
    export(mine)
    assert len(both.there()) == 7


# --- who may send --------------------------------------------------------------------------------


def test_two_integrations_of_one_payroll_never_send_a_leave_twice(both: Offices) -> None:
    both.put(leave())
    export(integration())
    other = shown(integration())["L1"]
    assert (other.group, other.reason[0]) == ("conflict", "belongs_to_another")


def test_one_export_is_in_progress_at_a_time(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    first, new = starting.open_export(mine, NOVEMBER, Channel.ABSENCES, {"L1": "x"}, NOW)
    second, again = starting.open_export(mine, NOVEMBER, Channel.ABSENCES, {"L1": "x"}, NOW)
    assert (new, again, first.pk == second.pk) == (True, False, True)


def test_an_export_waits_for_a_sync_of_the_same_payroll_and_the_other_way_round(
    both: Offices,
) -> None:
    both.put(leave())
    mine = integration()
    run, _ = open_run(mine, NOW)
    made, _ = starting.open_export(mine, NOVEMBER, Channel.ABSENCES, {"L1": "x"}, NOW)
    assert run.claim(NOW)
    assert not made.claim(NOW)
    run.finish(run.Status.SUCCEEDED, NOW)
    assert made.claim(NOW)
    other, _ = open_run(mine, NOW)
    assert not other.claim(NOW)


def test_the_ledger_outlives_its_integration(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    mine.delete()
    assert TimeOffLine.objects.live().count() == 5
    assert not TimeOffResult.objects.exists()
    assert shown(integration())["L1"].group == "exported"


def test_what_is_stored_of_a_row_is_sealed(both: Offices) -> None:
    both.put(leave(type_id=SICK.id))
    export(integration())
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payroll_timeoffline")
        stored = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT details FROM payroll_timeoffresult")
        stored += [row[0] for row in cursor.fetchall()]
    assert len(stored) == 6
    assert not any("Sykmelding" in text or '"100"' in text for text in stored)
