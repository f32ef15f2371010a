"""What a page is given: every leave of the period in one group, quick to open, kept for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integration_hub.core.errors import ConfigurationError
from payroll.models import TimeOffLine, TimeOffReading, TimeOffReadingPart
from payroll.records import Period
from payroll.timeoff import readings
from payroll.timeoff.records import Channel, LeaveStatus, TimeOffThere
from payroll.timeoff.shown import ShownLeave

from .fake import HOLIDAY, NOVEMBER, NOW, SICK, UNUSED, Offices, integration, leave

pytestmark = pytest.mark.django_db


def read(mine: object = None, channel: Channel = Channel.ABSENCES) -> TimeOffReading:
    """A reading of November, done here instead of by a worker."""
    target = mine or integration()
    reading, _ = readings.open_reading(target, NOVEMBER, channel, None, NOW)  # type: ignore[arg-type]
    readings.take_reading(reading, lambda: NOW, lambda _: None)
    reading.refresh_from_db()
    return reading


def by_id(reading: TimeOffReading) -> dict[str, ShownLeave]:
    return {each.id: each for each in readings.leaves_shown(reading)}


def test_each_leave_is_in_one_group_with_its_reason(both: Offices) -> None:
    both.put(
        leave("ready"),
        leave("other type", employee_id="P2", type_id=UNUSED.id),
        leave("unlinked", employee_id="P3"),
        leave("pending", date(2026, 11, 2), date(2026, 11, 3), status=LeaveStatus.PENDING),
        leave("open", date(2026, 11, 30), None, employee_id="P2", type_id=SICK.id),
        leave("weekend", date(2026, 11, 21), date(2026, 11, 22)),
        leave("elsewhere", date(2026, 9, 21), date(2026, 9, 22)),
    )
    reading = read()
    assert reading.error == ""
    found = by_id(reading)
    assert {key: (each.group, *each.reason[:1]) for key, each in found.items()} == {
        "ready": ("ready",),
        "other type": ("no_code", "no_code"),
        "unlinked": ("not_linked", "not_linked"),
        "pending": ("not_approved", "pending"),
        "open": ("no_end", "no_end_date"),
        "weekend": ("conflict", "no_working_day"),
    }
    assert reading.counts["ready"] == 1
    assert [each.id for each in found.values() if each.sendable] == ["ready"]


def test_a_leave_tells_what_would_go(both: Offices) -> None:
    both.put(leave(grade=Decimal(50), type_id=SICK.id))
    shown = by_id(read())["L1"]
    assert (shown.days, shown.hours, shown.percents) == (5, "18.75", ["50"])
    assert (shown.name, shown.number, shown.places["company"]) == (
        "Kari Nordmann",
        "101",
        ["C1", "Fjordkraft AS"],
    )
    assert [(move["kind"], move["after"][0]["percent"]) for move in shown.moves] == [("add", "50")]


def test_two_leaves_at_the_same_time_are_a_conflict_of_both(both: Offices) -> None:
    both.put(leave("one"), leave("two", date(2026, 11, 12), date(2026, 11, 16), type_id=SICK.id))
    found = by_id(read())
    assert {each.group for each in found.values()} == {"conflict"}
    assert {each.reason[0] for each in found.values()} == {"overlaps"}


def test_what_somebody_entered_in_payroll_by_hand_is_a_conflict(both: Offices) -> None:
    both.put(leave())
    first = read()
    assert by_id(first)["L1"].sendable
    both.rows[Channel.ABSENCES] = {
        "X": TimeOffThere("X", "E1", "200", date(2026, 11, 10), date(2026, 11, 10), Decimal(100))
    }
    assert by_id(read())["L1"].reason[0] == "in_payroll"


def test_new_codes_change_the_groups_without_reading_again(both: Offices) -> None:
    both.put(leave(type_id=UNUSED.id))
    mine = integration()
    reading = read(mine)
    sent = reading.requests
    mine.time_off = mine.time_off | {"codes": {UNUSED.name: {"": "200"}}}
    mine.save()
    readings.judge_again(reading, NOW)
    assert by_id(reading)["L1"].group == "ready"
    reading.refresh_from_db()
    assert (reading.requests, reading.counts) == (sent, {"ready": 1})


def test_a_code_must_be_in_payrolls_list_to_the_letter(both: Offices) -> None:
    both.codes, both.leaves = ["abc"], {}
    both.put(leave())
    mine = integration(codes={HOLIDAY.id: {"": "ABC"}})
    assert by_id(read(mine))["L1"].reason[0] == "code_unknown"


def test_the_code_is_that_of_the_persons_company(both: Offices) -> None:
    both.put(leave())
    mine = integration(codes={HOLIDAY.id: {"": "100", "C1": "200"}})
    assert by_id(read(mine))["L1"].code == "200"


def test_a_list_that_left_out_an_exported_leave_is_not_believed(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    TimeOffLine.objects.create(
        integration=mine,
        target_account=mine.target_account,
        leave_id="L1",
        employee_id="P1",
        day=date(2026, 11, 9),
        channel="file",
        state="in_file",
        digest="x",
        row="00000000-0000-0000-0000-000000000001",
    )
    both.listed = lambda each: False
    reading = read(mine)
    assert reading.status == "failed"
    assert "left a leave out" in reading.error


def test_a_page_opens_few_parts_in_few_queries(both: Offices) -> None:
    both.put(
        *(
            leave(f"L{n}", date(2026, 11, 2) + timedelta(days=n % 20), employee_id=f"Q{n}")
            for n in range(1200)
        )
    )
    reading = read()
    assert reading.parts.filter(kind="shown").count() == 3
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(readings.leaves_shown(reading)) == 1200
    assert len(queries) == 1


def test_what_is_kept_is_sealed(both: Offices) -> None:
    both.put(leave(note="influensa"))
    read()
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM payroll_timeoffreadingpart")
        stored = "".join(row[0] for row in cursor.fetchall())
    assert "Kari" not in stored
    assert "influensa" not in stored


def test_a_reading_is_forgotten_after_a_day(both: Offices) -> None:
    both.put(leave())
    read()
    readings.forget_expired(NOW + timedelta(hours=25))
    assert not TimeOffReadingPart.objects.exists()


def test_what_cannot_be_read_is_refused_in_words(both: Offices) -> None:
    mine = integration()
    with pytest.raises(ConfigurationError, match="ends before it begins"):
        readings.check(mine, Period(date(2026, 11, 2), date(2026, 11, 1)), Channel.ABSENCES)
    both.rights = {}
    with pytest.raises(ConfigurationError, match="Test the connection"):
        readings.check(mine, NOVEMBER, Channel.ABSENCES)


def test_an_edit_changes_the_digest_and_a_second_reading_does_not(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    first, again = by_id(read(mine))["L1"].digest, by_id(read(mine))["L1"].digest
    both.put(replace(leave(), end=date(2026, 11, 12)))
    assert first == again != by_id(read(mine))["L1"].digest
