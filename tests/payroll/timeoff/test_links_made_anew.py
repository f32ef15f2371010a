"""A person is linked to somebody else in payroll after their time off went there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from payroll.models import EmployeeLink, Integration
from payroll.timeoff import ledger
from payroll.timeoff.records import Channel, ChannelRights, LeaveStatus

from .exporting import export, ledger_days, outcomes, shown
from .fake import NOW, Offices, integration, leave

pytestmark = pytest.mark.django_db
WAYS = [Channel.ABSENCES, Channel.TIMESHEETS]


def link_anew(mine: Integration, **people: str) -> None:
    """Ids in payroll by ids in HR, in place of what was linked."""
    mine.links.all().delete()
    EmployeeLink.objects.bulk_create(
        EmployeeLink(integration=mine, source_id=key, target_id=there)
        for key, there in people.items()
    )


def whose(both: Offices, channel: Channel) -> set[str]:
    """On whom in payroll the rows stand."""
    return {row.employee for row in both.there(channel)}


def told(mine: Integration, channel: Channel, leave_id: str = "L1") -> tuple[str, str, bool]:
    now = shown(mine, channel)[leave_id]
    return now.group, now.reason[0], now.sendable


@pytest.mark.parametrize("channel", WAYS)
@pytest.mark.parametrize("end", [13, 11], ids=["as it was", "shortened since"])
def test_what_stands_on_another_is_neither_moved_nor_removed_nor_sent_again(
    both: Offices, channel: Channel, end: int
) -> None:
    both.put(leave())
    mine = integration()
    export(mine, channel)
    link_anew(mine, P1="E9")
    both.put(leave(end=date(2026, 11, end)))
    assert told(mine, channel) == ("conflict", "stands_on_another", False)
    made = export(mine, channel, only=["L1"])
    assert {outcome for _, outcome, _ in outcomes(made)} == {"skipped"}
    assert whose(both, channel) == {"E1"}


@pytest.mark.parametrize("channel", WAYS)
def test_linked_to_the_same_one_again_it_is_as_it_was(both: Offices, channel: Channel) -> None:
    both.put(leave())
    mine = integration()
    export(mine, channel)
    link_anew(mine)
    assert told(mine, channel) == ("not_linked", "not_linked", False)
    link_anew(mine, P1="E1")
    assert told(mine, channel) == ("exported", "exported", False)


@pytest.mark.parametrize("channel", WAYS)
def test_what_was_removed_there_goes_to_the_right_person_once_somebody_says_so(
    both: Offices, channel: Channel
) -> None:
    both.put(leave())
    mine = integration()
    export(mine, channel)
    days = len(both.there(channel))
    link_anew(mine, P1="E9")
    both.rows[channel].clear()
    assert told(mine, channel) == ("conflict", "gone_from_payroll", False)
    ledger.release(mine, "L1", NOW)
    export(mine, channel)
    assert (whose(both, channel), len(both.there(channel))) == ({"E9"}, days)


@pytest.mark.parametrize("channel", WAYS)
def test_what_was_moved_there_by_hand_is_exported_and_corrected_like_any(
    both: Offices, channel: Channel
) -> None:
    both.put(leave())
    mine = integration()
    export(mine, channel)
    link_anew(mine, P1="E9")
    rows = both.rows[channel]
    rows.update({key: replace(row, employee="E9") for key, row in rows.items()})
    assert told(mine, channel) == ("exported", "exported", False)
    both.put(leave(end=date(2026, 11, 10)))
    assert told(mine, channel) == ("changed", "changed", True)
    export(mine, channel)
    assert whose(both, channel) == {"E9"}
    assert {day.day for _, day in ledger_days(mine)} == {9, 10}
    assert told(mine, channel) == ("exported", "exported", False)


def test_a_withdrawn_leave_is_taken_back_where_it_stands_and_the_list_says_where(
    both: Offices,
) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    link_anew(mine, P1="E9")
    both.put(leave(status=LeaveStatus.CANCELLED))
    now = shown(mine)["L1"]
    assert (now.group, now.sendable) == ("withdrawn", True)
    assert [code for code, _ in now.others] == ["stands_on_another"]
    export(mine)
    assert both.there() == []


@pytest.mark.parametrize("linked", [{"P2": "E1"}, {"P1": "E9", "P2": "E1"}])
def test_nobody_gets_a_day_on_which_a_row_of_somebody_else_stands(
    both: Offices, linked: dict[str, str]
) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    link_anew(mine, **linked)
    both.put(leave("L2", employee_id="P2"))
    now = shown(mine)["L2"]
    assert (now.group, now.reason[0], now.sendable) == ("conflict", "in_payroll", False)
    assert "for somebody else, who was linked to this person then" in now.reason[1]
    both.rows[Channel.ABSENCES].clear()
    assert shown(mine)["L2"].sendable


def test_what_went_into_a_file_went_by_number_whoever_is_linked(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine, Channel.FILE)
    link_anew(mine, P1="E9")
    assert told(mine, Channel.FILE) == ("exported", "exported", False)


def test_a_row_that_somebody_put_right_by_hand_is_left_where_they_put_it(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    mine.time_off_lines.update(target_row="")
    both.rights = {Channel.ABSENCES: ChannelRights(add=True)}
    link_anew(mine, P1="E9")
    assert told(mine, Channel.ABSENCES) == ("exported", "exported", False)
