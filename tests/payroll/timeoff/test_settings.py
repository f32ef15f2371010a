"""The settings of the export in a document: checked, written out, versioned and audited."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from payroll.configuration.checks import InvalidConfiguration
from payroll.configuration.time_off import parse
from payroll.records import PickListEntry
from payroll.timeoff.records import Channel, LeaveType
from payroll.timeoff.settings import TimeOffSettings, suggested_code

from .fake import FakePayroll

WHOLE: dict[str, Any] = {
    "channel": "timesheets",
    "codes": {"t1": {"": "100", "C1": "110"}, "t2": None},
    "notes": True,
    "closed_until": "2026-10-31",
    "code_fields": {"timesheets": "task"},
    "file": {"encoding": "windows-1252", "date_format": "%d.%m.%Y"},
}


def test_a_document_is_stored_as_it_is_written_out() -> None:
    assert parse(WHOLE, FakePayroll) == WHOLE
    assert parse({}, FakePayroll) == {}
    settings = TimeOffSettings.restore(WHOLE)
    assert settings.as_stored() == WHOLE
    assert (settings.channel, settings.closed_until) == (Channel.TIMESHEETS, date(2026, 10, 31))


def test_one_code_for_all_companies_may_stand_by_itself() -> None:
    assert parse({"codes": {"Ferie": "200"}}, FakePayroll) == {"codes": {"Ferie": {"": "200"}}}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"channel": "pigeon"}, "time_off.channel"),
        ({"codes": {"t": 5}}, "time_off.codes.t"),
        ({"codes": {"t": {"C1": ""}}}, "time_off.codes.t.C1"),
        ({"notes": "yes"}, "time_off.notes"),
        ({"closed_until": "31.10.2026"}, "time_off.closed_until"),
        ({"code_fields": {"timesheets": "colour"}}, "time_off.code_fields.timesheets"),
        ({"file": {"encoding": "ebcdic"}}, "time_off.file.encoding"),
        ({"file": {"delimiter": "|"}}, "time_off.file.delimiter"),
        ({"mood": 1}, "time_off.mood"),
    ],
)
def test_a_mistake_is_named(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidConfiguration, match=told):
        parse(wrong, FakePayroll)


def test_a_code_is_suggested_by_hrs_own_code_or_by_name() -> None:
    entries = (PickListEntry("200", "Ferie"), PickListEntry("A1", "Sykmelding"))
    assert suggested_code(LeaveType("t", "Vacation", "VACATION"), "C1", entries) == "200"
    assert suggested_code(LeaveType("t", "X", "", {"C1": "A1"}), "C1", entries) == "A1"
    assert suggested_code(LeaveType("t", "X", "", {"C1": "a1"}), "C1", entries) == ""
    assert suggested_code(LeaveType("t", "Velferd"), "C1", entries) == ""
