"""An HR and a payroll in memory, strict where real ones are, that adapters of their own reach.

Both are reached through the registry, as any adapter is; what the payroll refuses, loses or cannot
do is said on it by the test.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from integration_hub.accounts.models import Organisation
from integration_hub.core.errors import BatchRefused, OutcomeUnknown
from payroll import registry
from payroll.models import ConnectionTest, EmployeeLink, Integration
from payroll.ports import Allowance, Connection, ConnectionReport, CredentialSpec
from payroll.records import Employee, FieldSpec, Identity, Period, PickListEntry, Place
from payroll.timeoff.ports import TimeOffSource, TimeOffTarget
from payroll.timeoff.records import (
    Channel,
    ChannelRights,
    Duration,
    LeaveStatus,
    LeaveType,
    Shift,
    TimeOff,
    TimeOffThere,
    TimeOffWrite,
    TimeOffWritten,
    WorkDay,
    WorkWeek,
)

NOW = datetime(2026, 12, 3, 9, 0, tzinfo=ZoneInfo("Europe/Oslo"))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))

EIGHT = WorkDay(Decimal("7.5"), (Shift(time(8), time(11, 30)), Shift(time(12), time(16))))
FREE = WorkDay(Decimal(0))
WEEK = WorkWeek(date(2020, 1, 1), None, (EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, FREE, FREE))

SICK = LeaveType("t-sick", "Sykmelding", "SICK_LEAVE")
HOLIDAY = LeaveType("t-ferie", "Ferie", "VACATION")
UNUSED = LeaveType("t-other", "Velferd")


def leave(
    leave_id: str = "L1",
    start: date = date(2026, 11, 9),
    end: date | None = date(2026, 11, 13),
    **changes: Any,
) -> TimeOff:
    """A week of approved vacation, unless something else is said."""
    plain = TimeOff(
        id=leave_id,
        employee_id="P1",
        type_id=HOLIDAY.id,
        status=LeaveStatus.APPROVED,
        duration=Duration.LONGER,
        start=start,
        end=end,
    )
    return replace(plain, **changes)


@dataclass
class Offices:
    """Both systems' state, and how well payroll behaves.

    `rows` are payroll's by channel and id. `refused`: codes that payroll will not take. `loses`:
    for each write request to come, None where it is answered, else whether it happened before the
    answer was lost. `before_write` and `after_write` are called around each request that writes.
    """

    leaves: dict[str, TimeOff] = field(default_factory=dict)
    listed: Callable[[TimeOff], bool] = lambda each: True
    people: dict[str, Employee] = field(default_factory=dict)
    weeks: dict[str, Sequence[WorkWeek]] = field(default_factory=dict)
    types: list[LeaveType] = field(default_factory=lambda: [SICK, HOLIDAY, UNUSED])
    rows: dict[Channel, dict[str, TimeOffThere]] = field(default_factory=dict)
    rights: dict[Channel, ChannelRights] = field(default_factory=dict)
    codes: list[str] = field(default_factory=lambda: ["100", "200"])
    refused: set[str] = field(default_factory=set)
    loses: list[bool | None] = field(default_factory=list)
    code_fields: dict[str, str] = field(default_factory=dict)  # by row: what carries its code
    late: list[Callable[[], None]] = field(default_factory=list)  # commits that come afterwards
    writes: list[tuple[str, list[Any]]] = field(default_factory=list)
    before_write: Callable[[], None] = lambda: None
    after_write: Callable[[], None] = lambda: None
    reads: int = 0
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def put(self, *leaves: TimeOff) -> None:
        """HR has these now."""
        for each in leaves:
            self.leaves[each.id] = each

    def there(self, channel: Channel = Channel.ABSENCES) -> list[TimeOffThere]:
        """Payroll's rows, in order."""
        rows = self.rows.get(channel, {}).values()
        return sorted(rows, key=lambda row: (row.employee, row.start, row.code))

    def commit_late(self) -> None:
        """What was lost on the way arrives."""
        for commit in self.late:
            commit()
        self.late = []

    # --- payroll ---------------------------------------------------------------------------------

    def write(self, verb: str, channel: Channel, items: list[Any], do: Callable[[], Any]) -> Any:
        """One request that writes: it may be refused, or its answer lost."""
        self.before_write()
        self.writes.append((verb, items))
        assert items, "an empty request was sent"
        lost = self.loses.pop(0) if self.loses else None
        if lost is None:
            done = do()
            self.after_write()
            return done
        if lost:
            do()
        else:
            self.late.append(do)
        raise OutcomeUnknown("The answer was lost.")

    def check(self, channel: Channel, write: TimeOffWrite) -> None:
        """Strict: codes, people, percents, and no second row of one code at the same time."""
        if write.code not in self.codes or write.code in self.refused:
            raise BatchRefused(
                "No.", words=f"code {write.code}", code="CODE", path="code", value=write.code
            )
        assert write.end >= write.start
        assert (write.hours is None) == (channel is Channel.ABSENCES)
        assert (write.percent is None) == (channel is Channel.TIMESHEETS)
        assert write.employee.startswith("E")
        assert not write.note or write.note == "allowed"
        for row in self.rows.get(channel, {}).values():
            if row.target_id == write.target_id or row.employee != write.employee:
                continue
            apart = row.end < write.start or write.end < row.start
            partly = write.time_from is not None and row.time_from is not None
            assert apart or partly or row.code != write.code, f"doubled: {row} {write}"

    def keep(self, channel: Channel, write: TimeOffWrite, target_id: str) -> TimeOffWritten:
        """The row as payroll has it from now on."""
        self.code_fields[target_id] = write.code_field
        self.rows.setdefault(channel, {})[target_id] = TimeOffThere(
            target_id=target_id,
            employee=write.employee,
            code=write.code,
            start=write.start,
            end=write.end,
            percent=write.percent,
            hours=write.hours,
            time_from=write.time_from,
            time_to=write.time_to,
            text=write.text,
        )
        return TimeOffWritten(write.client_id, target_id)


OFFICES = Offices()  # the one that the adapters reach; a test gets a fresh one


class _System:
    do_not_call_in_templates = True
    credentials: ClassVar[tuple[CredentialSpec, ...]] = ()
    fields: ClassVar[tuple[FieldSpec, ...]] = ()
    monthly_allowance: ClassVar[Allowance | None] = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sent = 0

    @property
    def requests_sent(self) -> int:
        return self._sent

    @classmethod
    def environments(cls) -> Mapping[str, str]:
        return {"here": "http://nowhere.invalid"}

    @classmethod
    def connect(cls, connection: Connection) -> Any:
        return cls(connection)

    def check_connection(self) -> ConnectionReport:
        return ConnectionReport()

    def close(self) -> None:
        pass

    def _request(self, *, writes: bool = False) -> Offices:
        assert not (writes and self._connection.read_only), "a reading wrote"
        self._connection.on_request()
        self._sent += 1
        return OFFICES


class FakeHr(_System, TimeOffSource):
    kind = "fakehr"
    label = "HR"

    def employees(self, today: date) -> Sequence[Employee]:
        return list(self._request().people.values())

    def exists(self, source_id: str) -> bool:
        return source_id in self._request().people

    def leave_types(self) -> Sequence[LeaveType]:
        return self._request().types

    def time_off(self, period: Period) -> Sequence[TimeOff]:
        hr = self._request()
        return [
            each
            for each in hr.leaves.values()
            if hr.listed(each)
            and (period.end is None or each.start <= period.end)
            and (each.end is None or each.end >= period.start)
        ]

    def leave(self, leave_id: str) -> TimeOff | None:
        return self._request().leaves.get(leave_id)

    def work_weeks(self) -> Mapping[str, Sequence[WorkWeek]]:
        return self._request().weeks


class FakePayroll(_System, TimeOffTarget):
    kind = "fakepay"
    label = "Payroll"
    end_field = "end_date"
    default_mappings = ()
    fixed_values = ()
    batch_size = 3
    time_off_channels = (Channel.ABSENCES, Channel.TIMESHEETS, Channel.FILE)
    time_off_code_fields: ClassVar[Mapping[Channel, Sequence[PickListEntry]]] = {
        Channel.TIMESHEETS: (PickListEntry("kind", "Kind"), PickListEntry("task", "Task"))
    }

    @classmethod
    def channel_rights(cls, capabilities: Mapping[str, bool]) -> Mapping[Channel, ChannelRights]:
        return OFFICES.rights

    def employees(self) -> Any:
        self._request()
        return []

    def pick_lists(self) -> Any:
        return {}

    def create(self, writes: Any) -> Any:
        raise AssertionError("no people here")

    def update(self, writes: Any) -> Any:
        raise AssertionError("no people here")

    def time_off_codes(self, channel: Channel, code_field: str = "") -> Sequence[PickListEntry]:
        return [PickListEntry(code, f"Code {code}") for code in self._request().codes]

    def time_off_there(
        self, channel: Channel, period: Period, code_field: str = ""
    ) -> Sequence[TimeOffThere]:
        payroll = self._request()
        payroll.reads += 1
        return [
            row
            if payroll.code_fields.get(row.target_id, code_field) == code_field
            else replace(row, code="of another field")
            for row in payroll.there(channel)
            if (period.end is None or row.start <= period.end) and row.end >= period.start
        ]

    def add_time_off(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        payroll = self._request(writes=True)
        assert len(writes) <= self.batch_size

        def do() -> list[TimeOffWritten]:
            for write in writes:
                payroll.check(channel, write)
            return [payroll.keep(channel, write, f"R{next(payroll._ids)}") for write in writes]

        done: list[TimeOffWritten] = payroll.write("add", channel, list(writes), do)
        return done

    def change_time_off(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        payroll = self._request(writes=True)
        assert payroll.rights[channel].change

        def do() -> list[TimeOffWritten]:
            for write in writes:
                assert write.target_id in payroll.rows[channel]
                payroll.check(channel, write)
            return [payroll.keep(channel, write, write.target_id) for write in writes]

        done: list[TimeOffWritten] = payroll.write("change", channel, list(writes), do)
        return done

    def remove_time_off(self, channel: Channel, target_ids: Sequence[str]) -> Sequence[str]:
        payroll = self._request(writes=True)
        assert payroll.rights[channel].remove

        def do() -> list[str]:
            for target_id in target_ids:
                payroll.rows[channel].pop(target_id, None)
            return list(target_ids)

        gone: list[str] = payroll.write("remove", channel, list(target_ids), do)
        return gone


ALL = ChannelRights(add=True, change=True, remove=True)


@contextmanager
def offices(**changes: Any) -> Iterator[Offices]:
    """A fresh HR and payroll with two linked people and one who is not, reached by adapters."""
    global OFFICES
    before = OFFICES
    plain: dict[str, Any] = {
        "rights": {
            Channel.ABSENCES: ALL,
            Channel.TIMESHEETS: ALL,
            Channel.FILE: ChannelRights(add=True),
        },
        "people": {
            key: Employee(
                id=key,
                active=True,
                identity=Identity(number, first, "Nordmann"),
                fields={"title": "Engineer"},
                placements={"company": Place("C1", ("Fjordkraft AS",))},
            )
            for key, number, first in (
                ("P1", "101", "Kari"),
                ("P2", "102", "Ola"),
                ("P3", "", "Per"),
            )
        },
        "weeks": {key: [WEEK] for key in ("P1", "P2", "P3")},
    }
    OFFICES = Offices(**plain | changes)
    registry.sources[FakeHr.kind], registry.targets[FakePayroll.kind] = FakeHr, FakePayroll
    try:
        yield OFFICES
    finally:
        OFFICES = before
        del registry.sources[FakeHr.kind], registry.targets[FakePayroll.kind]


def integration(**time_off: Any) -> Integration:
    """An active integration between the two, with codes for the usual types."""
    organisation, _ = Organisation.objects.get_or_create(name="Fjordkraft Demo AS")
    organisation.switch_addon(on=True, now=NOW - timedelta(days=30))
    made = Integration.objects.create(
        organisation=organisation,
        label=f"Payroll {Integration.objects.count()}",
        source_kind=FakeHr.kind,
        source_environment="here",
        target_kind=FakePayroll.kind,
        target_environment="here",
        state=Integration.State.ACTIVE,
        time_off={"codes": {SICK.id: {"": "100"}, HOLIDAY.id: {"": "200"}}} | time_off,
    )
    ConnectionTest.objects.create(integration=made, at=NOW, source={}, target={})
    EmployeeLink.objects.bulk_create(
        EmployeeLink(integration=made, source_id=key, target_id=f"E{key[1:]}")
        for key in ("P1", "P2")
    )
    return made
