"""Simployer One's leaves become honest time off, whatever is null, absent, odd or contradictory."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.records import Period
from payroll.timeoff.records import Duration, Half, LeaveDay, LeaveStatus, TimeOff
from simployer.leave import read_leaves, touches
from simployer.leave_types import read_types
from simployer.sandbox import Switches
from simployer.sandbox.leave_wire import LeaveWire
from simployer.sandbox.resources import RESOURCES

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def leave(transactions: Any = None, **row: Any) -> TimeOff:
    """One leave: 16-20 March, approved, unless `row` says otherwise."""
    whole = {
        "id": "l",
        "employeeId": "e",
        "typeId": "t",
        "status": "APPROVED",
        "duration": "longer",
        "startDate": "2026-03-16T00:00:00.000Z",
        "endDate": "2026-03-20T00:00:00.000Z",
    }
    (read,) = read_leaves([whole | row], transactions or [])
    return read


def hourly(start: str, end: str, **row: Any) -> TimeOff:
    return leave(duration="minutes", startDate=start, endDate=end, **row)


def day(when: str, hours: object = Decimal("7.5"), extent: object = 100, **row: Any) -> Any:
    parent = {"id": "l", "type": "Leave"}
    return {"id": when, "parent": parent, "date": when, "hours": hours, "extent": extent, **row}


def codes(read: TimeOff) -> list[str]:
    return [doubt.code for doubt in read.doubts]


# --- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-16T00:00:00.000Z", "2026-03-20T00:00:00.000Z"),
        ("2026-03-15T23:00:00.000Z", "2026-03-19T23:00:00.000Z"),
        ("2026-03-16T00:00:00.000Z", "2026-03-20T23:59:59.999Z"),
        ("2026-03-15T23:00:00.000Z", "2026-03-20T22:59:59.000Z"),
        ("2026-03-16", "2026-03-20"),
        ("2026-03-16T00:00:00+01:00", "2026-03-20T23:59:00+01:00"),
    ],
)
def test_first_and_last_day_are_the_same_in_every_form(start: str, end: str) -> None:
    read = leave(startDate=start, endDate=end)
    assert (read.start, read.end, read.doubts) == (date(2026, 3, 16), date(2026, 3, 20), ())


def test_midnight_in_summer_is_two_hours_before_utc() -> None:
    read = leave(startDate="2026-06-30T22:00:00.000Z", endDate="2026-07-10T21:59:59.000Z")
    assert (read.start, read.end) == (date(2026, 7, 1), date(2026, 7, 10))


@pytest.mark.parametrize("local", ["2026-03-16", "2026-03-16T00:00:00", "2026-03-16T00:00:00.000Z"])
def test_a_local_date_that_agrees_raises_no_doubt(local: str) -> None:
    assert leave(localStartDate=local, startDate="2026-03-15T23:00:00Z").doubts == ()


def test_a_local_date_wins_and_a_contradiction_is_a_doubt() -> None:
    read = leave(localEndDate="2026-03-19", timezone="Europe/Oslo")
    assert read.end == date(2026, 3, 19)
    assert codes(read) == ["contradictory_date"]


def test_a_local_date_may_stand_alone() -> None:
    read = leave(startDate=None, localStartDate="2026-03-17")
    assert (read.start, read.doubts) == (date(2026, 3, 17), ())


def test_the_day_at_another_place_is_that_places_day() -> None:
    read = leave(
        startDate="2026-03-16T04:00:00Z",
        endDate="2026-03-21T03:59:59Z",
        localStartDate="2026-03-16T00:00:00",
        localEndDate="2026-03-20T23:59:59",
        timezone="America/New_York",
    )
    assert (read.start, read.end, read.doubts) == (date(2026, 3, 16), date(2026, 3, 20), ())


@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_leave_without_an_end_is_open(blank: object) -> None:
    assert leave(endDate=blank, localEndDate=blank).end is None


def test_a_single_day_without_an_end_ends_that_day() -> None:
    read = leave(duration="one_day", endDate=None)
    assert (read.end, read.doubts) == (read.start, ())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"endDate": "2026-03-13T00:00:00Z"}, "end_before_start"),
        ({"endDate": "9998-12-31T00:00:00Z"}, "too_long"),
        ({"duration": "one_day"}, "contradictory_length"),
        ({"duration": "half_day", "morning": True}, "contradictory_length"),
        ({"duration": "fortnight"}, "unreadable_duration"),
        ({"startDate": None}, "unreadable_start"),
        ({"startDate": "next week"}, "unreadable_start"),
        ({"startDate": "0000-00-00T00:00:00Z"}, "unreadable_start"),
        ({"endDate": 1773619200000}, "unreadable_end"),
        ({"endDate": "9999-12-31T23:59:59.999Z"}, "unreadable_end"),
        ({"localEndDate": "2026-13-01"}, "unreadable_end"),
        ({"gradePercentage": 0}, "unclear_grade"),
        ({"gradePercentage": 101}, "unclear_grade"),
        ({"gradePercentage": Decimal("0.5")}, "unclear_grade"),
        ({"gradePercentage": "half"}, "unclear_grade"),
        ({"gradePercentage": 50, "extent": 60}, "unclear_grade"),
        ({"morning": True}, "unclear_half"),
        ({"deleted": "yes"}, "unclear_deletion"),
        ({"id": "l\x00"}, "unreadable_id"),
        ({"employeeId": None}, "unreadable_id"),
        ({"typeId": "t\ud800"}, "unreadable_id"),
    ],
)
def test_what_cannot_be_right_is_a_doubt(row: dict[str, Any], code: str) -> None:
    read = leave(**row)
    assert codes(read) == [code]
    assert read.end is None or read.start <= read.end
    assert "\x00" not in read.id


@pytest.mark.parametrize(
    ("end", "shown"), [(None, True), ("?", True), ("2026-04-09", True), ("2026-02-09", False)]
)
def test_a_leave_without_a_readable_start_shows_up_in_every_period_until_its_end(
    end: str | None, shown: bool
) -> None:
    row = {"id": "l", "duration": "longer", "startDate": "?", "endDate": end}
    [lost] = read_leaves([row], lost=MARCH.start)
    assert touches(lost, MARCH) is shown
    assert "unreadable_start" in codes(lost)
    assert lost.end is None or lost.start <= lost.end


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        ("2026-02-20", "2026-03-01", True),
        ("2026-02-20", "2026-02-28", False),
        ("2026-03-31", "2026-04-09", True),
        ("2026-04-01", "2026-04-09", False),
        ("2026-01-01", None, True),
        ("2025-01-01", "2027-01-01", True),
    ],
)
def test_a_leave_touches_a_period_by_any_of_its_days(
    start: str, end: str | None, inside: bool
) -> None:
    assert touches(leave(startDate=start, endDate=end), MARCH) is inside


# --- halves and hours ----------------------------------------------------------------------------


@pytest.mark.parametrize("half", Half)
def test_a_half_day_says_which_half(half: Half) -> None:
    flags = {each.value: each is half for each in Half}
    read = leave(duration="half_day", endDate="2026-03-16T00:00:00Z", **flags)
    assert (read.duration, read.half, read.doubts) == (Duration.HALF_DAY, half, ())


@pytest.mark.parametrize("flags", [{}, {"morning": True, "afternoon": True}])
def test_a_half_day_of_which_half_is_unclear_is_a_doubt(flags: dict[str, bool]) -> None:
    read = leave(duration="half_day", endDate=None, **flags)
    assert (read.half, codes(read)) == (None, ["unclear_half"])


def test_an_hourly_leave_has_the_times_of_oslo() -> None:
    winter = hourly("2026-03-16T12:15:00.000Z", "2026-03-16T14:45:00.000Z")
    summer = hourly("2026-07-16T11:15:00.000Z", "2026-07-16T13:45:00.000Z")
    for read in (winter, summer):
        assert (read.time_from, read.time_to) == (time(13, 15), time(15, 45))
        assert (read.start, read.doubts) == (read.end, ())


def test_an_hourly_leave_over_midnight_is_of_the_day_it_begins() -> None:
    read = hourly("2026-03-16T22:30:00Z", "2026-03-17T01:30:00Z")
    assert (read.start, read.end) == (date(2026, 3, 16), date(2026, 3, 16))
    assert (read.time_from, read.time_to) == (time(23, 30), time(2, 30))


def test_the_last_second_of_a_day_is_midnight() -> None:
    assert hourly("2026-03-16T15:00:00Z", "2026-03-16T22:59:59.999Z").time_to == time(0)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-16T12:00:00Z", "2026-03-16T12:00:00Z"),
        ("2026-03-16T12:00:00Z", "2026-03-16T11:00:00Z"),
        ("2026-03-16T12:00:00Z", "2026-03-17T12:00:00Z"),
        ("2026-03-16T12:00:00Z", "2026-03-19T13:00:00Z"),
        ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),  # 02:30 and, an hour later, 02:30
        ("2026-03-16T12:00:00Z", ""),
        ("2026-03-16T12:00:00Z", "tea time"),
    ],
)
def test_hours_without_usable_times_are_a_doubt(start: str, end: str) -> None:
    read = hourly(start, end)
    assert "unclear_times" in codes(read)
    assert (read.time_from, read.time_to) == (None, None)


def test_local_times_may_stand_alone_and_must_not_contradict() -> None:
    local = {"localStartDate": "2026-03-16T13:00:00", "localEndDate": "2026-03-16T15:00:00"}
    alone = leave(duration="minutes", startDate=None, endDate=None, **local)
    assert (alone.time_from, alone.time_to, alone.doubts) == (time(13), time(15), ())
    other = hourly("2026-03-16T13:00:00Z", "2026-03-16T15:00:00Z", **local)
    assert codes(other) == ["contradictory_time"]


# --- status, grade, note -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [each for each in LeaveStatus if each != "unknown"])
def test_status_is_read_in_capitals_and_small(status: LeaveStatus) -> None:
    assert leave(status=status.value.upper()).status is status
    assert leave(status=status.value).status is status


@pytest.mark.parametrize("status", ["APPROVED_BY_MANAGER", None, 3, "\ud800"])
def test_another_word_of_status_is_unknown_and_so_never_exported(status: object) -> None:
    assert leave(status=status).status is LeaveStatus.UNKNOWN


def test_a_deleted_leave_is_deleted_whatever_its_status() -> None:
    assert leave(status="approved", deleted=True).status is LeaveStatus.DELETED


@pytest.mark.parametrize("key", ["gradePercentage", "extent"])
def test_the_grade_is_read_from_either_field(key: str) -> None:
    assert leave(**{key: Decimal("37.5")}).grade == Decimal("37.5")
    assert leave(**{key: None}).grade is None


def test_notes_and_children_come_along() -> None:
    read = leave(description=" Syk\x00 \n i dag ", childId="c")
    assert (read.note, read.about_child, read.doubts) == ("Syk� i dag", True, ())


# --- the days HR counts --------------------------------------------------------------------------


def test_the_days_of_a_leave_are_those_of_its_transactions() -> None:
    other = day("2026-03-18", parent={"id": "another", "type": "Leave"})
    sheet = day("2026-03-19", parent={"id": "l", "type": "TimesheetEntry"})
    read = leave([day("2026-03-17"), day("2026-03-16"), other, sheet])
    assert [each.day.day for each in read.days] == [16, 17]
    assert read.days[0] == LeaveDay(date(2026, 3, 16), Decimal("7.5"), Decimal(100))


def test_extents_written_as_fractions_are_percents_where_all_are() -> None:
    rows = [day("2026-03-16", extent=Decimal("0.5")), day("2026-03-17", extent=1)]
    assert [each.extent for each in leave(rows).days] == [Decimal(50), Decimal(100)]
    mixed = leave([rows[0], day("2026-03-17", extent=80)])
    assert (mixed.days, codes(mixed)) == ((), ["unreadable_days"])


@pytest.mark.parametrize("missing", [None, ""])
def test_what_a_transaction_does_not_say_is_not_said(missing: object) -> None:
    read = leave([day("2026-03-16", hours=missing, extent=missing)])
    assert read.days == (LeaveDay(date(2026, 3, 16)),)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([day("2026-03-15")], "contradictory_days"),
        ([day("2026-03-21")], "contradictory_days"),
        ([day("2026-03-16"), day("2026-03-16")], "contradictory_days"),
        ([day("2026-03-16", hours=25)], "unreadable_days"),
        ([day("2026-03-16", hours=-1)], "unreadable_days"),
        ([day("2026-03-16", extent=110)], "unreadable_days"),
        ([day("2026-03-16", date=None)], "unreadable_days"),
    ],
)
def test_days_that_do_not_fit_their_leave_are_a_doubt(rows: list[Any], code: str) -> None:
    read = leave(rows)
    assert (read.days, codes(read)) == ((), [code])


def test_hours_after_midnight_belong_to_the_day_the_leave_begins() -> None:
    rows = [day("2026-03-16", hours=Decimal("0.5")), day("2026-03-17", hours=Decimal("2.5"))]
    (read,) = read_leaves(
        [
            {
                "id": "l",
                "employeeId": "e",
                "typeId": "t",
                "status": "approved",
                "duration": "minutes",
                "startDate": "2026-03-16T22:30:00Z",
                "endDate": "2026-03-17T01:30:00Z",
            }
        ],
        rows,
    )
    assert read.days == (LeaveDay(date(2026, 3, 16), Decimal(3), Decimal(100)),)


# --- types ---------------------------------------------------------------------------------------


def test_types_come_with_their_codes_by_company_and_inactive_ones_too() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "2", "name": "Sykmelding", "kind": "sick_leave", "disabled": True},
        {"id": "1", "name": " Ferie\x00 ", "kind": "VACATION", "archived": None},
        {"id": "3", "name": None, "archived": True},
    ]
    codes: list[dict[str, Any]] = [
        {"id": "b", "leaveTypeId": "1", "companyId": "x", "code": "second"},
        {"id": "a", "leaveTypeId": "1", "companyId": "x", "code": "Ferie"},
        {"id": "c", "leaveTypeId": "1", "companyId": "y", "code": "FE"},
        {"id": "d", "leaveTypeId": "2", "companyId": None, "code": "SM"},
        {"id": "e", "leaveTypeId": "3", "companyId": "x", "code": " "},
    ]
    unnamed, holiday, sick = read_types(rows, codes)
    assert (holiday.name, holiday.codes, holiday.active) == (
        "Ferie�",
        {"x": "Ferie", "y": "FE"},
        True,
    )
    assert (sick.kind, sick.codes, sick.active) == ("SICK_LEAVE", {"": "SM"}, False)
    assert (unnamed.name, unnamed.codes, unnamed.active) == ("", {}, False)


# --- whatever comes ------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
DATELIKE = st.datetimes().map(lambda when: f"{when.isoformat()}Z") | ANYTHING
LEAVE_KEYS = ["employeeId", "typeId", "status", "duration", "description", "childId", "deleted"]
LEAVE_KEYS += ["gradePercentage", "extent", "morning", "afternoon", "timezone"]
DATE_KEYS = ["startDate", "endDate", "localStartDate", "localEndDate"]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(LEAVE_KEYS, ANYTHING),
            **dict.fromkeys(DATE_KEYS, DATELIKE),
            "duration": st.sampled_from(["minutes", "half_day", "one_day", "longer"]) | ANYTHING,
        },
    ),
    st.lists(
        st.fixed_dictionaries(
            {"id": st.text(), "parent": st.just({"id": "l"}) | ANYTHING},
            optional={"date": DATELIKE, "hours": ANYTHING, "extent": ANYTHING},
        ),
        max_size=3,
    ),
)
def test_no_leave_whatever_it_holds_is_lost_or_crashes(
    row: dict[str, Any], transactions: list[dict[str, Any]]
) -> None:
    (read,) = read_leaves([{"id": "l", **row}], transactions)
    assert read.end is None or read.start <= read.end
    assert read.grade is None or 1 <= read.grade <= 100
    touches(read, MARCH)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_every_leave_reads_the_same_in_every_form(start: date, length: int) -> None:

    end = date.fromordinal(start.toordinal() + length)
    row = {"id": "l", "startDate": start.isoformat(), "endDate": end.isoformat()}
    for dates in ("utc", "local"):
        for leave_end in ("midnight", "last_second"):
            for local_dates in ("absent", "day", "clock", "as_utc"):
                switches = Switches().changed(
                    {"dates": dates, "leave_end": leave_end, "local_dates": local_dates}
                )
                read = leave(**LeaveWire(RESOURCES["leave"], switches).row(row, None))
                assert (read.start, read.end) == (start, end)
                assert not {"contradictory_date", "unreadable_end"} & set(codes(read))
