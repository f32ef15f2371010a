"""An export in whose middle the program stopped goes on by itself, and sends nothing twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from integration_hub.accounts.models import User
from payroll.continuing import MOST_IN_A_ROW
from payroll.models import Integration, TimeOffExport
from payroll.pages.export_words import progress
from payroll.timeoff import starting
from payroll.timeoff.export import export_time_off
from payroll.timeoff.records import Channel, LeaveStatus

from .exporting import export, ledger_days, outcomes, shown
from .fake import NOVEMBER, NOW, Offices, integration, leave

pytestmark = pytest.mark.django_db
THEN = NOW + timedelta(minutes=4)  # the heartbeat has stopped long enough
DAYS = (2, 3, 4, 5, 6, 9, 10)


class Killed(BaseException):
    """The process is gone: nothing of ours is told."""


def killed(both: Offices, mine: Integration, *, at: str = "after_write") -> TimeOffExport:
    """Seven leaves of a day, of which three are with payroll when the worker dies."""
    days = [date(2026, 11, day) for day in DAYS]
    both.put(*(leave(f"D{day.day:02}", day, day) for day in days))

    def kill() -> None:
        if len(both.there()) >= 3:
            raise Killed

    setattr(both, at, kill)
    with pytest.raises(Killed):
        export(mine)
    setattr(both, at, lambda: None)
    assert len(both.there()) == 3
    return TimeOffExport.objects.get()


def work(made: TimeOffExport, now: datetime) -> TimeOffExport:
    """What a worker does with one that is queued."""
    export_time_off(made, lambda: now, lambda _: None)
    made.refresh_from_db()
    return made


def swept(made: TimeOffExport, now: datetime = THEN) -> TimeOffExport:
    starting.sweep(now)
    made.refresh_from_db()
    return made


def test_what_the_killed_worker_sent_is_found_and_the_rest_goes(both: Offices) -> None:
    mine = integration()
    made = swept(killed(both, mine))
    assert (made.status, made.error, made.finished_at) == ("queued", "", None)
    assert "The program stopped" in progress(made).sentence
    assert "goes on by itself" in progress(made).sentence
    assert work(made, THEN).status == "succeeded"
    assert [outcome for _, outcome, _ in outcomes(made)] == ["applied"] * 7
    assert len(both.there()) == 7
    assert list(ledger_days(mine).values()) == ["sent"] * 7


def test_what_surely_is_not_there_yet_waits_in_doubt_while_the_rest_goes(both: Offices) -> None:
    mine = integration()
    made = work(swept(killed(both, mine, at="before_write")), THEN)
    assert [outcome for _, outcome, _ in outcomes(made)] == [
        *["applied"] * 3,
        *["unknown"] * 3,
        "applied",
    ]
    assert len(both.there()) == 4
    assert not any(each.sendable for each in shown(mine, now=THEN).values())


def test_killed_before_anything_was_planned_it_starts_again(both: Offices) -> None:
    mine = integration()
    both.put(leave())
    chosen = {key: each.digest for key, each in shown(mine).items()}
    made, _ = starting.open_export(mine, NOVEMBER, Channel.ABSENCES, chosen, NOW)
    assert made.claim(NOW)
    assert work(swept(made), THEN).status == "succeeded"
    assert len(both.there()) == 1


def test_what_hr_took_back_meanwhile_does_not_go(both: Offices) -> None:
    mine = integration()
    made = swept(killed(both, mine))
    both.put(leave("D10", date(2026, 11, 10), date(2026, 11, 10), status=LeaveStatus.DENIED))
    assert outcomes(work(made, THEN))[-1][:2] == ("add", "skipped")
    assert len(both.there()) == 6


def test_one_that_ends_every_worker_it_meets_is_left_to_a_person(both: Offices) -> None:
    mine = integration()
    made, now = killed(both, mine), NOW
    for _ in range(MOST_IN_A_ROW):
        now += timedelta(minutes=4)
        assert swept(made, now).status == "queued"
        assert made.claim(now)
    now += timedelta(minutes=4)
    assert swept(made, now).status == "interrupted"
    assert outcomes(made)[-1] == ("add", "failed", "interrupted")
    assert made.error


def test_one_that_a_person_cancelled_is_not_taken_up(both: Offices) -> None:
    made = killed(both, integration())
    assert made.ask_cancel(User.objects.create_user("hr@fjordkraft.example"), NOW)
    assert swept(made).status == "interrupted"
    assert outcomes(made)[-1] == ("add", "failed", "interrupted")


def test_cancelled_before_it_goes_on_what_may_have_gone_is_in_doubt(both: Offices) -> None:
    made = swept(killed(both, integration()))
    user = User.objects.create_user("hr@fjordkraft.example")
    assert starting.cancel_export(made, user, THEN)
    codes = [(outcome, code) for _, outcome, code in outcomes(made)]
    in_doubt, cancelled = ("unknown", "unconfirmed"), ("skipped", "export_cancelled")
    assert codes == [*[in_doubt] * 3, *[cancelled] * 4]
    starting.look_up_open(THEN)
    work(TimeOffExport.objects.active().get(), THEN)
    assert [outcome for _, outcome, _ in outcomes(made)] == [*["applied"] * 3, *["skipped"] * 4]


def test_one_that_a_person_followed_with_another_is_not_taken_up(both: Offices) -> None:
    mine = integration()
    made = killed(both, mine)
    starting.open_export(mine, NOVEMBER, Channel.ABSENCES, {"D10": "x"}, THEN)
    assert swept(made).status == "interrupted"


@pytest.mark.parametrize("switched", ["addon", "draft"])
def test_nothing_is_taken_up_where_nothing_may_be_sent(both: Offices, switched: str) -> None:
    mine = integration()
    made = killed(both, mine)
    if switched == "addon":
        mine.organisation.switch_addon(on=False, now=NOW)
    else:
        Integration.objects.update(state=Integration.State.DRAFT)
    assert swept(made).status == "interrupted"


def test_what_was_interrupted_long_ago_is_left_to_a_person(both: Offices) -> None:
    made = killed(both, integration())
    TimeOffExport.objects.interrupt_stale(THEN)
    assert swept(made, THEN + timedelta(hours=2)).status == "interrupted"
