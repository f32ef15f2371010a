"""Time off over real HTTP against the sandbox: rights, codes, reading, adding, correcting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from fjordkraft.serving import running
from integration_hub.core.errors import (
    BatchRefused,
    ConfigurationError,
    IncompleteRead,
    OutcomeUnknown,
    TransientError,
)
from payroll.records import Period
from payroll.timeoff.ports import takes_time_off
from payroll.timeoff.records import Channel, ChannelRights, TimeOffThere, TimeOffWrite
from tests.xledger.calling import Clock
from tests.xledger.test_target import connection
from xledger.capabilities import CAPABILITIES
from xledger.sandbox import Sandbox
from xledger.target import XledgerTarget

TODAY = date(2026, 3, 2)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
EVERYTHING = [
    each.name for each in CAPABILITIES if each.name.startswith(("absences", "timesheets"))
]
BOTH = [Channel.ABSENCES, Channel.TIMESHEETS]
ALL = ChannelRights(add=True, change=True, remove=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    made = Sandbox(employees=60, today=TODAY, clock=clock)
    made.switches.set({"offers": EVERYTHING, "burst_limit": None})
    return made


@pytest.fixture
def target(sandbox: Sandbox) -> Iterator[XledgerTarget]:
    with running(sandbox.wsgi) as address:
        connected = XledgerTarget.connect(connection(f"{address}/graphql"))
        yield connected
        connected.close()


def person(sandbox: Sandbox, number: int = 0) -> str:
    return str(sandbox.employees[number]["dbId"])


def write(sandbox: Sandbox, channel: Channel, client_id: str = "a", **values: Any) -> TimeOffWrite:
    """A full week of sickness, or one day of it on a timesheet."""
    day = date(2026, 3, 9)
    plain = TimeOffWrite(client_id, person(sandbox), "SYK", day, day, text="Sykmelding")
    if channel is Channel.ABSENCES:
        plain = replace(plain, end=date(2026, 3, 13), percent=Decimal("62.5"))
    else:
        plain = replace(plain, hours=Decimal("7.5"))
    return replace(plain, **values)


def kept(sandbox: Sandbox, channel: Channel) -> list[dict[str, Any]]:
    """The rows written in the test: those of the sandbox's history are a year old."""
    rows = sandbox.absences if channel is Channel.ABSENCES else sandbox.timesheets
    return [row for row in rows if (row.get("fromDate") or row["assignmentDate"]) >= "2026"]


def there(target: XledgerTarget, channel: Channel, code_field: str = "") -> Sequence[TimeOffThere]:
    return target.time_off_there(channel, MARCH, code_field)


# --- what it can do -------------------------------------------------------------------------------


def test_the_target_takes_time_off() -> None:
    assert takes_time_off(XledgerTarget)
    assert XledgerTarget.time_off_channels[-1] is Channel.FILE


def test_nothing_known_leaves_only_the_file() -> None:
    rights = XledgerTarget.channel_rights({})
    assert rights == {each: ChannelRights() for each in BOTH} | {
        Channel.FILE: ChannelRights(add=True)
    }


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize(
    ("suffix", "right"), [("", "add"), ("_change", "change"), ("_remove", "remove")]
)
def test_each_right_is_found_by_itself_in_the_schema(
    channel: Channel, suffix: str, right: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"offers": [f"{channel.value}{suffix}"]})
    rights = XledgerTarget.channel_rights(target.check_connection().capabilities)
    assert rights[channel] == ChannelRights(**{right: True})


def test_a_schema_with_everything_gives_every_right_but_to_the_file(target: XledgerTarget) -> None:
    rights = XledgerTarget.channel_rights(target.check_connection().capabilities)
    file = ChannelRights(add=True)
    assert rights == {Channel.ABSENCES: ALL, Channel.TIMESHEETS: ALL, Channel.FILE: file}


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "code_field", "code"),
    [
        (Channel.ABSENCES, "", "EGM"),
        (Channel.TIMESHEETS, "", "NORMAL"),
        (Channel.TIMESHEETS, "timeType", "NORMAL"),
        (Channel.TIMESHEETS, "activity", "900"),
        (Channel.FILE, "", "EGM"),
    ],
)
def test_codes_are_those_of_the_kind_in_use(
    channel: Channel, code_field: str, code: str, target: XledgerTarget
) -> None:
    codes = [entry.code for entry in target.time_off_codes(channel, code_field)]
    assert code in codes
    assert len(codes) == len(set(codes))
    assert target.requests_sent == 2


@pytest.mark.parametrize("channel", [*BOTH, Channel.FILE])
def test_where_no_row_shows_a_kind_there_are_no_codes(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    for table in ("absences", "timesheets"):
        sandbox.store.tables[table].clear()
    assert not target.time_off_codes(channel)


def test_a_file_needs_no_right_to_read_absences(sandbox: Sandbox, target: XledgerTarget) -> None:
    sandbox.switches.set({"denied_fields": ["absences"]})
    assert target.time_off_codes(Channel.FILE) == ()
    with pytest.raises(ConfigurationError):
        target.time_off_codes(Channel.ABSENCES)


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", BOTH)
def test_what_was_added_is_read_back_as_it_was_sent(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sent = write(sandbox, channel, time_from=time(8), time_to=time(12, 30))
    [written] = target.add_time_off(channel, [sent])
    [row] = there(target, channel)
    assert written.target_id == row.target_id == str(kept(sandbox, channel)[0]["dbId"])
    for name in ("employee", "code", "start", "end", "percent", "hours", "text"):
        assert getattr(row, name) == getattr(sent, name)
    assert (row.time_from, row.time_to) == (time(8), time(12, 30))


@pytest.mark.parametrize(
    ("start", "end", "touching"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), False),
        (date(2026, 1, 1), date(2026, 3, 1), True),
        (date(2026, 1, 1), date(2026, 6, 1), True),
        (date(2026, 3, 31), date(2026, 4, 1), True),
        (date(2026, 4, 1), date(2026, 4, 2), False),
    ],
)
def test_an_absence_is_read_where_it_touches_the_period(
    start: date, end: date, touching: bool, sandbox: Sandbox, target: XledgerTarget
) -> None:
    target.add_time_off(Channel.ABSENCES, [write(sandbox, Channel.ABSENCES, start=start, end=end)])
    assert bool(there(target, Channel.ABSENCES)) is touching


def test_an_absence_without_an_end_is_read_however_old(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    [db_id] = [row["dbId"] for row in sandbox.absences[:1]]
    sandbox.store.update("absences", db_id, {"toDate": None})
    [row] = there(target, Channel.ABSENCES)
    assert (row.target_id, row.end) == (str(db_id), MARCH.end)


@pytest.mark.parametrize("channel", BOTH)
def test_rows_are_read_in_pages_to_their_end(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    rows = [write(sandbox, channel, str(n), employee=person(sandbox, n)) for n in range(7)]
    target.add_time_off(channel, rows)
    sandbox.switches.set({"page_cap": 3})
    assert len(there(target, channel)) == 7


@pytest.mark.parametrize("channel", BOTH)
def test_a_month_is_read_in_one_request(channel: Channel, target: XledgerTarget) -> None:
    there(target, channel)
    assert target.requests_sent == 1


def test_a_schema_without_the_guessed_filter_is_read_without_it(
    sandbox: Sandbox, target: XledgerTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.add_time_off(Channel.ABSENCES, [write(sandbox, Channel.ABSENCES)])
    declared: Any = sandbox.schema.type_map["Absence_Filter"]
    monkeypatch.delitem(declared.fields, "fromDate_lt")
    sandbox._documents.clear()
    assert len(there(target, Channel.ABSENCES)) == 1
    assert [entry.roots for entry in sandbox.log[1:]] == [[], ["absences"]]


def test_a_row_without_a_person_makes_the_read_incomplete(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    target.add_time_off(Channel.ABSENCES, [write(sandbox, Channel.ABSENCES)])
    sandbox.store.update(
        "absences", kept(sandbox, Channel.ABSENCES)[0]["dbId"], {"employeeDbId": 1}
    )
    with pytest.raises(IncompleteRead):
        there(target, Channel.ABSENCES)


def test_a_read_that_fails_gives_no_part(sandbox: Sandbox, target: XledgerTarget) -> None:
    sandbox.faults.add("truncated", times=None, root="absences")
    with pytest.raises(TransientError):
        there(target, Channel.ABSENCES)


# --- adding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code_field", ["", "timeType", "activity"])
def test_the_code_of_a_timesheet_goes_where_the_admin_chose(
    code_field: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    code = "900" if code_field == "activity" else "SYK"
    sent = write(sandbox, Channel.TIMESHEETS, code=code, code_field=code_field)
    target.add_time_off(Channel.TIMESHEETS, [sent])
    [row] = kept(sandbox, Channel.TIMESHEETS)
    assert row[code_field or "timeType"] == code
    [read] = there(target, Channel.TIMESHEETS, code_field)
    assert read.code == code


@pytest.mark.parametrize("channel", BOTH)
def test_a_note_goes_only_where_there_is_one(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    rows = [write(sandbox, channel), write(sandbox, channel, "b", note="to the doctor")]
    rows[1] = replace(rows[1], employee=person(sandbox, 1))
    target.add_time_off(channel, rows)
    silent, noted = kept(sandbox, channel)
    assert "comment" not in silent
    assert noted["comment"] == "to the doctor"


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize("order", ["input", "reversed", "shuffled"])
def test_every_row_is_confirmed_in_the_order_sent(
    channel: Channel, order: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"edge_order": order})
    rows = [write(sandbox, channel, f"c{n}", employee=person(sandbox, n)) for n in range(5)]
    written = target.add_time_off(channel, rows)
    assert [each.client_id for each in written] == [row.client_id for row in rows]
    by_id = {str(row["dbId"]): str(row["employeeDbId"]) for row in kept(sandbox, channel)}
    assert [by_id[each.target_id] for each in written] == [row.employee for row in rows]


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("values", "path"), [({"code": "syk"}, "code"), ({"employee": "1"}, "employee")]
)
def test_an_unknown_code_or_person_refuses_the_batch(
    channel: Channel,
    status: int,
    values: dict[str, str],
    path: str,
    sandbox: Sandbox,
    target: XledgerTarget,
) -> None:
    sandbox.switches.set({"lookup_status": status})
    rows = [write(sandbox, channel), write(sandbox, channel, "b", **values)]
    with pytest.raises(BatchRefused) as refused:
        target.add_time_off(channel, rows)
    assert refused.value.path == path
    assert refused.value.value == rows[1].values[path]
    assert refused.value.done == ()
    assert kept(sandbox, channel) == []


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize("given_back", ["node", "clientId"])
def test_rows_kept_beside_a_refused_one_are_told(
    channel: Channel, given_back: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"batch": "partial", "given_back": given_back})
    rows = [write(sandbox, channel), write(sandbox, channel, "b", code="NONE")]
    with pytest.raises(BatchRefused) as refused:
        target.add_time_off(channel, rows)
    [done] = refused.value.done
    [row] = kept(sandbox, channel)
    assert (done.client_id, done.target_id) == ("a", str(row["dbId"]))


def test_a_refusal_of_the_day_names_the_day(sandbox: Sandbox, target: XledgerTarget) -> None:
    backwards = write(sandbox, Channel.ABSENCES, end=date(2026, 3, 1))
    with pytest.raises(BatchRefused) as refused:
        target.add_time_off(Channel.ABSENCES, [backwards])
    assert refused.value.path == "end"


@pytest.mark.parametrize("channel", BOTH)
def test_without_the_mutation_nothing_is_sent_but_a_setting_is_wrong(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"offers": []})
    with pytest.raises(ConfigurationError):
        target.add_time_off(channel, [write(sandbox, channel)])
    assert kept(sandbox, channel) == []


# --- answers that say too little ------------------------------------------------------------------


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize("rounded", [False, True])
def test_where_no_dbid_comes_back_the_row_is_found_and_added_once(
    channel: Channel, rounded: bool, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"given_back": "clientId", "round_time_off": rounded})
    rows = [write(sandbox, channel, f"c{n}", employee=person(sandbox, n)) for n in range(4)]
    written = target.add_time_off(channel, rows)
    by_id = {str(row["dbId"]): str(row["employeeDbId"]) for row in kept(sandbox, channel)}
    assert [by_id[each.target_id] for each in written] == [row.employee for row in rows]
    assert len(by_id) == 4


def test_rows_of_the_same_days_are_told_apart_by_what_they_say(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"given_back": "clientId"})
    early = write(sandbox, Channel.TIMESHEETS, hours=Decimal(2))
    late = write(sandbox, Channel.TIMESHEETS, "b", hours=Decimal(3))
    written = target.add_time_off(Channel.TIMESHEETS, [early, late])
    hours = {str(r["dbId"]): r["workingHours"] for r in kept(sandbox, Channel.TIMESHEETS)}
    assert [hours[each.target_id] for each in written] == ["2.0000", "3.0000"]


@pytest.mark.parametrize("channel", BOTH)
def test_a_row_that_cannot_be_told_from_anothers_is_unknown_and_not_added_again(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    target.add_time_off(channel, [write(sandbox, channel, "somebody else's")])
    sandbox.switches.set({"given_back": "clientId"})
    rows = [write(sandbox, channel), write(sandbox, channel, "b", employee=person(sandbox, 1))]
    with pytest.raises(OutcomeUnknown) as unknown:
        target.add_time_off(channel, rows)
    assert [each.client_id for each in unknown.value.done] == ["b"]
    assert len(kept(sandbox, channel)) == 3


@pytest.mark.parametrize("channel", BOTH)
def test_a_read_back_that_fails_leaves_the_outcome_unknown(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"given_back": "clientId"})
    sandbox.faults.add("500", times=None, when="query")
    with pytest.raises(OutcomeUnknown):
        target.add_time_off(channel, [write(sandbox, channel)])
    assert len(kept(sandbox, channel)) == 1


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize(
    ("fault", "rows"),
    [("drop_before", 0), ("drop_after", 1), ("truncated", 1), ("html", 0), ("unknown_error", 0)],
)
def test_a_lost_answer_is_unknown_and_never_sent_again(
    channel: Channel, fault: str, rows: int, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.faults.add(fault, when="mutation")
    with pytest.raises(OutcomeUnknown):
        target.add_time_off(channel, [write(sandbox, channel)])
    assert len(kept(sandbox, channel)) == rows
    assert len([entry for entry in sandbox.log if entry.operation == "mutation"]) == 1


@pytest.mark.parametrize("channel", BOTH)
def test_a_row_that_payroll_commits_a_minute_late_is_read_then(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget, clock: Clock
) -> None:
    sandbox.faults.add("delayed_commit", when="mutation")
    with pytest.raises(OutcomeUnknown):
        target.add_time_off(channel, [write(sandbox, channel)])
    assert not there(target, channel)
    clock.advance(61)
    assert len(there(target, channel)) == 1


def test_a_limit_is_waited_out_and_the_row_added_once(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.faults.add("burst", when="mutation")
    target.add_time_off(Channel.ABSENCES, [write(sandbox, Channel.ABSENCES)])
    assert len(kept(sandbox, Channel.ABSENCES)) == 1


# --- changing and removing ------------------------------------------------------------------------


def added(sandbox: Sandbox, target: XledgerTarget, channel: Channel) -> TimeOffWrite:
    sent = write(sandbox, channel, time_from=time(8), time_to=time(10), note="old")
    [written] = target.add_time_off(channel, [sent])
    return replace(sent, target_id=written.target_id)


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize("given_back", ["node", "clientId"])
def test_a_change_gives_every_field_and_clears_the_times(
    channel: Channel, given_back: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    before = added(sandbox, target, channel)
    sandbox.switches.set({"given_back": given_back})
    after = replace(before, code="FER", time_from=None, time_to=None, note="", text="Ferie")
    [written] = target.change_time_off(channel, [after])
    assert written.target_id == before.target_id
    [row] = there(target, channel)
    assert (row.code, row.time_from, row.time_to, row.text) == ("FER", None, None, "Ferie")
    assert kept(sandbox, channel)[0]["comment"] == "old"


@pytest.mark.parametrize("channel", BOTH)
def test_an_approved_row_refuses_change_and_removal(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"approves": True})
    row = added(sandbox, target, channel)
    with pytest.raises(BatchRefused):
        target.remove_time_off(channel, [row.target_id])
    with pytest.raises(BatchRefused):
        target.change_time_off(channel, [replace(row, code="FER")])
    assert [each.code for each in there(target, channel)] == ["SYK"]


@pytest.mark.parametrize("channel", BOTH)
@pytest.mark.parametrize("unknown", ["ignore", "refuse"])
def test_what_is_removed_or_was_not_there_is_gone(
    channel: Channel, unknown: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"unknown_removed": unknown})
    row = added(sandbox, target, channel)
    assert list(target.remove_time_off(channel, [row.target_id])) == [row.target_id]
    assert kept(sandbox, channel) == []
    assert list(target.remove_time_off(channel, [row.target_id])) == [row.target_id]


@pytest.mark.parametrize("channel", BOTH)
def test_a_removal_refused_for_a_missing_row_tells_which_is_gone(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"unknown_removed": "refuse"})
    row = added(sandbox, target, channel)
    with pytest.raises(BatchRefused) as refused:
        target.remove_time_off(channel, [row.target_id, "42"])
    assert refused.value.done == ("42",)
    assert len(kept(sandbox, channel)) == 1


@pytest.mark.parametrize("channel", BOTH)
def test_a_lost_answer_to_a_removal_is_unknown(
    channel: Channel, sandbox: Sandbox, target: XledgerTarget
) -> None:
    row = added(sandbox, target, channel)
    sandbox.faults.add("drop_after", when="mutation")
    with pytest.raises(OutcomeUnknown):
        target.remove_time_off(channel, [row.target_id])
    assert not there(target, channel)


def test_a_day_is_not_lost_where_the_clock_changes(sandbox: Sandbox, target: XledgerTarget) -> None:
    sunday = date(2026, 3, 29)
    sent = write(sandbox, Channel.TIMESHEETS, start=sunday, end=sunday)
    target.add_time_off(Channel.TIMESHEETS, [sent])
    assert [row.start for row in there(target, Channel.TIMESHEETS)] == [sunday]
