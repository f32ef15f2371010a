"""Leaves read over real HTTP from the imitated Simployer One, in every form it may give them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from fjordkraft import absence
from fjordkraft.company import people
from fjordkraft.leaves import Leave, leaves
from fjordkraft.schedules import FOUR_NIGHTS, THREE_DAYS
from fjordkraft.serving import running
from integration_hub.core.errors import AccessRefused, IncompleteRead, TransientError
from payroll.ports import Connection
from payroll.records import Period
from payroll.timeoff.days import slices_of
from payroll.timeoff.ports import gives_time_off
from payroll.timeoff.records import Duration, Half, LeaveDay, LeaveStatus, TimeOff
from simployer.sandbox import Sandbox, Switches
from simployer.source import SimployerSource

TODAY = date(2026, 3, 16)
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
ALWAYS = Period(date(2020, 1, 1), None)
STAFF = people(250, 1, today=TODAY)
SEEDED = {each.case: each for each in leaves(STAFF, 1, today=TODAY)}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(250, 1, today=TODAY)


@pytest.fixture
def source(sandbox: Sandbox) -> Iterator[SimployerSource]:
    with running(sandbox) as url:
        made = SimployerSource.connect(
            Connection(f"{url}/v1", {"token": "good"}, sleep=lambda seconds: None)
        )
        yield made
        made.close()


def row_of(sandbox: Sandbox, case: str) -> dict[str, Any]:
    """The stored row of an awkward leave, by when it was made up."""
    seeded = SEEDED[case]
    kind = sandbox.find("leave-type", name=seeded.type)["id"]
    person = next(each for each in STAFF if each.key == seeded.person_key)
    number = {"employeeNumber": person.number, "firstName": person.first_name}
    who = sandbox.find("employee", **number)["id"]
    begun = seeded.start.isoformat() + (f"T{seeded.begin:%H:%M}" if seeded.begin else "")
    return sandbox.find("leave", employeeId=who, typeId=kind, startDate=begun)


def read(sandbox: Sandbox, source: SimployerSource, case: str) -> TimeOff:
    found = source.leave(row_of(sandbox, case)["id"])
    assert found is not None
    return found


def expected_days(leave: Leave) -> tuple[date, date | None]:
    return leave.start, leave.end


# --- how it asks ---------------------------------------------------------------------------------


def test_simployer_one_gives_time_off() -> None:
    assert gives_time_off(SimployerSource)


def test_a_month_is_read_in_few_requests(sandbox: Sandbox, source: SimployerSource) -> None:
    found = source.time_off(FEBRUARY)
    assert len(found) > 100
    assert source.requests_sent == len(sandbox.log) <= 4
    assert {seen.method for seen in sandbox.log} == {"GET"}


def test_more_leaves_cost_pages_and_not_a_request_each(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    source.time_off(FEBRUARY)
    before = source.requests_sent
    template = row_of(sandbox, "archived type")
    sandbox.rows["leave"] += [template | {"id": f"{n:024x}"} for n in range(450)]
    source.time_off(FEBRUARY)
    assert source.requests_sent - before == before + 1


def test_schedules_ask_for_no_personal_data(sandbox: Sandbox, source: SimployerSource) -> None:
    assert source.work_weeks()
    [asked] = [seen.query for seen in sandbox.log if seen.path == "/v1/employee"]
    assert "select=id%2CcompanyId%2CofficeId" in asked


def test_types_cost_one_request_and_name_each_companys_code(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    types = {each.name: each for each in source.leave_types()}
    assert source.requests_sent == 1
    assert set(types) == {each.name for each in absence.TYPES}
    companies = {row["id"]: row["name"] for row in sandbox.rows["company"]}
    for each in absence.TYPES:
        read_codes = {companies[key]: code for key, code in types[each.name].codes.items()}
        assert read_codes == dict(each.codes)
    assert types[absence.UNCODED].codes == {}
    assert not types[absence.ARCHIVED].active


# --- what is read --------------------------------------------------------------------------------


def test_every_leave_that_touches_the_period_comes_whatever_its_status(
    source: SimployerSource,
) -> None:
    found = source.time_off(FEBRUARY)
    touching = [
        each
        for each in leaves(STAFF, 1, today=TODAY)
        if each.start <= date(2026, 2, 28) and (each.end is None or each.end >= date(2026, 2, 1))
    ]
    assert sorted((each.start, each.end or date.max) for each in found) == sorted(
        (each.start, each.end or date.max) for each in touching
    )
    assert {each.status for each in found} == set(LeaveStatus) - {LeaveStatus.UNKNOWN}
    assert not [each for each in found if each.doubts]


def test_a_leave_over_the_months_end_comes_with_all_its_days(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    wanted = row_of(sandbox, "over a month's end")["id"]
    [found] = [each for each in source.time_off(FEBRUARY) if each.id == wanted]
    assert (found.start, found.end) == expected_days(SEEDED["over a month's end"])
    assert [each.day.weekday() for each in found.days] == [0, 1, 2, 3, 4] * 2
    assert source.leave(wanted) == found


def test_an_open_ended_leave_has_no_end(sandbox: Sandbox, source: SimployerSource) -> None:
    found = read(sandbox, source, "sick until further notice")
    assert (found.end, found.grade) == (None, Decimal(100))
    assert "rygg" in found.note
    assert found.id in {each.id for each in source.time_off(Period(date(2027, 1, 1), None))}


@pytest.mark.parametrize(
    ("case", "grade", "hours"),
    [("half sick", "50", "3.75"), ("three eighths sick", "37.5", "2.8125")],
)
def test_a_graded_leave_has_its_grade_and_graded_hours(
    case: str, grade: str, hours: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    found = read(sandbox, source, case)
    assert found.grade == Decimal(grade)
    assert {(each.hours, each.extent) for each in found.days} == {(Decimal(hours), Decimal(grade))}


@pytest.mark.parametrize("half", Half)
def test_a_half_day_has_its_half(half: Half, sandbox: Sandbox, source: SimployerSource) -> None:
    found = read(sandbox, source, f"half day, {half}")
    assert (found.duration, found.half) == (Duration.HALF_DAY, half)
    assert [each.hours for each in found.days] == [Decimal("3.75")]


def test_hours_of_a_day_and_of_a_night(sandbox: Sandbox, source: SimployerSource) -> None:
    by_day = read(sandbox, source, "hourly")
    assert (by_day.time_from, by_day.time_to) == (time(13, 15), time(15, 45))
    by_night = read(sandbox, source, "hours of a night")
    assert (by_night.time_from, by_night.time_to) == (time(23, 30), time(2, 30))
    assert by_night.start == by_night.end
    assert by_night.days == (LeaveDay(by_night.start, Decimal(3), Decimal(100)),)


def test_the_night_on_which_the_clock_goes_back(sandbox: Sandbox, source: SimployerSource) -> None:
    found = read(sandbox, source, "night of the change of clocks")
    assert (found.start, found.time_from, found.time_to) == (
        date(2025, 10, 25),
        time(23),
        time(4),
    )
    assert [each.hours for each in found.days] == [Decimal(6)]  # five by the clock
    weeks = source.work_weeks()[found.employee_id]
    taken = slices_of(found, weeks, Period(found.start, found.start))
    assert taken.problem is None
    assert [each.hours for each in taken.slices] == [Decimal(6)]


def test_days_over_the_change_of_clocks_are_whole(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    found = read(sandbox, source, "over the change of clocks")
    assert (found.start, found.end) == (date(2025, 10, 24), date(2025, 10, 27))
    assert [each.day.day for each in found.days] == [24, 27]


def test_a_day_without_work_counts_no_hours(sandbox: Sandbox, source: SimployerSource) -> None:
    assert read(sandbox, source, "no work that day").days == ()
    week = read(sandbox, source, "part-timer's week")
    assert [each.day.weekday() for each in week.days] == [0, 1, 2]


def test_the_child_of_a_leave_is_only_said_to_be(sandbox: Sandbox, source: SimployerSource) -> None:
    assert read(sandbox, source, "sick child").about_child
    assert not read(sandbox, source, "half sick").about_child


def test_everybody_has_the_schedule_that_is_nearest(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    weeks = source.work_weeks()
    assert len(weeks) == 250
    own = {}
    for key, days in ((2, THREE_DAYS), (4, FOUR_NIGHTS)):
        number = STAFF[key - 1].number
        own[key] = weeks[sandbox.find("employee", employeeNumber=number)["id"]][0]
        planned = [Decimal(0) if day is None else day.hours for day in days]
        assert [day.hours for day in own[key].days] == planned
    assert own[4].days[0].shifts[0].end < own[4].days[0].shifts[0].start
    bodo = sandbox.find("office", name="Bodø")["id"]
    there = [row["id"] for row in sandbox.rows["employee"] if row["officeId"] == bodo]
    assert {weeks[each][-2].days[0].hours for each in there} == {Decimal(7)}


# --- either answer where the documentation is silent ---------------------------------------------


def stripped(leave: TimeOff) -> dict[str, Any]:
    """A leave without the days HR counts."""
    return {name: getattr(leave, name) for name in leave.__slots__ if name != "days"}


@pytest.mark.parametrize(
    "switches",
    [
        {"statuses": "lower"},
        {"grade": "extent"},
        {"dates": "local"},
        {"leave_end": "last_second"},
        {"dates": "local", "leave_end": "last_second", "local_dates": "absent"},
        {"leave_end": "last_second", "local_dates": "as_utc"},
        {"local_dates": "absent"},
        {"local_dates": "day"},
        {"local_dates": "as_utc"},
        {"transaction_extent": "fraction"},
        {"optional": "absent"},
        {"max_limit": 7},
        {"type_codes": "list"},
    ],
    ids=str,
)
def test_the_same_leaves_come_in_every_form(
    switches: dict[str, Any], sandbox: Sandbox, source: SimployerSource
) -> None:
    plain = source.time_off(FEBRUARY)
    sandbox.switches = Switches().changed(switches)
    assert source.time_off(FEBRUARY) == plain


@pytest.mark.parametrize(
    ("switches", "what"),
    [
        ({"transactions": False}, "days"),
        ({"transaction_hours": "whole_day"}, "hours"),
        ({"transaction_extent": "absent"}, "extent"),
    ],
)
def test_days_that_hr_counts_otherwise_leave_the_rest_as_it_is(
    switches: dict[str, Any], what: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    plain = source.time_off(FEBRUARY)
    sandbox.switches = Switches().changed(switches)
    other = source.time_off(FEBRUARY)
    assert [stripped(each) for each in other] == [stripped(each) for each in plain]
    assert other != plain
    half = read(sandbox, source, "half sick")
    if what == "days":
        assert half.days == ()
    elif what == "hours":
        assert {each.hours for each in half.days} == {Decimal("7.5")}
    else:
        assert {each.extent for each in half.days} == {None}


def test_a_server_that_gives_no_grade_leaves_it_to_the_days(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.switches = Switches(grade="absent")
    half = read(sandbox, source, "half sick")
    assert (half.grade, half.days[0].extent) == (None, Decimal(50))


def test_documented_fields_alone_leave_only_half_days_in_doubt(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    sandbox.switches = Switches(undocumented_fields=False)
    doubtful = {each.duration for each in source.time_off(FEBRUARY) if each.doubts}
    assert doubtful == {Duration.HALF_DAY}


@pytest.mark.parametrize("unit", ["minutes", "hours"])
def test_schedules_are_the_same_in_either_unit(
    unit: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    plain = source.work_weeks()
    sandbox.switches = Switches().changed({"work_week_unit": unit})
    assert source.work_weeks() == plain


def test_a_deleted_leave_is_marked_or_gone(sandbox: Sandbox, source: SimployerSource) -> None:
    row_id = row_of(sandbox, "deleted")["id"]
    found = source.leave(row_id)
    assert found is not None
    assert found.status is LeaveStatus.DELETED
    sandbox.switches = Switches(deleted_leaves="gone")
    assert source.leave(row_id) is None
    assert row_id not in {each.id for each in source.time_off(FEBRUARY)}


# --- what changes over there ---------------------------------------------------------------------


@pytest.mark.parametrize("status", ["DENIED", "CANCELLED", "PENDING", "CONFIRMED"])
def test_a_changed_status_is_seen_and_its_days_go_with_it(
    status: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    row = row_of(sandbox, "over a weekend")
    sandbox.store.edit("leave", row["id"], {"status": status})
    found = source.leave(row["id"])
    assert found is not None
    assert found.status is LeaveStatus(status.casefold())
    assert bool(found.days) is (status == "CONFIRMED")


def test_a_shortened_leave_counts_fewer_days(sandbox: Sandbox, source: SimployerSource) -> None:
    row = row_of(sandbox, "over a weekend")
    sandbox.store.edit("leave", row["id"], {"endDate": "2026-02-13", "duration": "longer"})
    found = source.leave(row["id"])
    assert found is not None
    assert [each.day.day for each in found.days] == [12, 13]


def test_a_removed_leave_is_none(sandbox: Sandbox, source: SimployerSource) -> None:
    row_id = row_of(sandbox, "half sick")["id"]
    sandbox.store.delete("leave", row_id)
    assert source.leave(row_id) is None
    gone = {(day.get("parent") or {}).get("id") for day in sandbox.rows["leave-transaction"]}
    assert row_id not in gone


# --- when it goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/leave", "/leave-transaction"])
def test_a_short_list_is_no_list(path: str, sandbox: Sandbox, source: SimployerSource) -> None:
    sandbox.faults.add("empty_page", path=path, times=2)
    with pytest.raises(IncompleteRead):
        source.time_off(FEBRUARY)


@pytest.mark.parametrize("kind", ["server_error", "truncated", "html", "dropped", "unavailable"])
def test_an_answer_that_fails_is_no_proof_that_a_leave_is_gone(
    kind: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    row_id = row_of(sandbox, "half sick")["id"]
    sandbox.faults.add(kind, times=9)
    with pytest.raises(TransientError):
        source.leave(row_id)


def test_a_gateways_404_is_no_proof_either() -> None:
    with running(_not_found) as url:
        lost = SimployerSource.connect(Connection(url, {"token": "good"}, attempts=1))
        with pytest.raises(TransientError):
            lost.leave("0" * 24)
        lost.close()


def test_a_refused_list_is_told_as_such(sandbox: Sandbox, source: SimployerSource) -> None:
    sandbox.switches = Switches(denied=("leave-transaction",))
    with pytest.raises(AccessRefused):
        source.time_off(FEBRUARY)
    assert source.employees(TODAY)


def test_an_unreadable_leave_is_a_conflict_and_not_a_crash(
    sandbox: Sandbox, source: SimployerSource
) -> None:
    row = row_of(sandbox, "half sick")
    row["startDate"], row["description"] = "when\x00ever", "\x00"
    [found] = [each for each in source.time_off(FEBRUARY) if each.id == row["id"]]
    assert found.doubts[0].code == "unreadable_start"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_edge_of_time_are_read_too(
    day: str, sandbox: Sandbox, source: SimployerSource
) -> None:
    row = row_of(sandbox, "half sick")
    row["startDate" if day < "2026" else "endDate"] = f"{day}T00:00:00.000Z"
    [found] = [each for each in source.time_off(ALWAYS) if each.id == row["id"]]
    assert found.doubts


def _not_found(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/html")])
    return [b"<h1>no such route</h1>"]
