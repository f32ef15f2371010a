"""Simployer One as a source of people and their leaves: few requests, whole lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings

from integration_hub.core.errors import ConfigurationError
from integration_hub.core.http import HttpClient
from payroll.fields import EMPLOYEE_FIELDS
from payroll.ports import Connection, ConnectionReport, CredentialSpec
from payroll.records import Employee, FieldSpec, Period
from payroll.timeoff.ports import TimeOffSource
from payroll.timeoff.records import LeaveType, TimeOff, WorkWeek

from . import rights
from .client import Listing, Row, SimployerClient
from .leave import read_leaves, touches
from .leave_types import read_types
from .normalize import Account, normalize
from .work_weeks import read_work_weeks

_HOW_TO_GET_ONE = (
    "Sign in to Simployer One as an owner who stays: the token belongs to the person who makes it, "
    "and stops working if that person is removed or loses rights.\n"
    "Open Settings, then Access tokens, and create a new token.\n"
    "Choose the Public API and give the token a name, such as “Integration Hub”.\n"
    "Copy the token and paste it here; Simployer One shows it only once."
)
_MARGIN = timedelta(days=2)  # for dates that are put in UTC or end in the last second of a day
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)  # for days that are slips of the pen
_SIDELOADED = ("department", "office", "costCenter", "effectiveCostCenter")


class SimployerSource(TimeOffSource):
    """One account, read over its public API (simployer-one.md). No rate limit is documented."""

    kind: ClassVar[str] = "simployer"
    label: ClassVar[str] = "Simployer One"
    credentials: ClassVar[tuple[CredentialSpec, ...]] = (
        CredentialSpec("token", "Simployer One access token", help=_HOW_TO_GET_ONE),
    )
    fields: ClassVar[tuple[FieldSpec, ...]] = EMPLOYEE_FIELDS

    def __init__(self, client: SimployerClient) -> None:
        self._client = client

    @classmethod
    def environments(cls) -> Mapping[str, str]:
        """Addresses by environment name."""
        found: Mapping[str, str] = settings.SIMPLOYER_ENVIRONMENTS
        return found

    @classmethod
    def connect(cls, connection: Connection) -> SimployerSource:
        """Raises ConfigurationError if the token is missing or is no token. Never writes."""
        http = HttpClient(
            name=cls.label,
            base_url=connection.url.rstrip("/"),
            headers={
                "Authorization": f"Bearer {_token(connection.credentials)}",
                "Accept": "application/json",
            },
            read_only=True,
            sleep=connection.sleep,
            on_request=connection.on_request,
            attempts=connection.attempts,
            timeout=connection.timeout,
        )
        return cls(SimployerClient(http))

    def check_connection(self) -> ConnectionReport:
        """Companies and the number of employees, and every list that is ever read: 12 requests."""
        return rights.check(self._client)

    def employees(self, today: date) -> Sequence[Employee]:
        """Everyone as on `today`: four lists, and those that name what was not sideloaded."""
        people = self._client.rows("employee", relations=_SIDELOADED)
        employments = self._client.rows("employment", relations=("type",))
        compensations = self._client.rows("compensation")
        companies = self._client.rows("company")
        cost_centers = {
            **people.relations["costCenter"],
            **people.relations["effectiveCostCenter"],
        }
        account = Account(
            employees=_kept(people),
            employments=_kept(employments),
            compensations=_kept(compensations),
            companies={row["id"]: row for row in companies.rows},
            departments=self._complete(
                "department", people.relations["department"], _ids(people, "departmentId")
            ),
            offices=self._complete("office", people.relations["office"], _ids(people, "officeId")),
            cost_centers=self._complete(
                "cost-center", cost_centers, _ids(people, "costCenterId", "effectiveCostCenterId")
            ),
            employment_types=self._complete(
                "employment-type", employments.relations["type"], _ids(employments, "typeId")
            ),
        )
        return normalize(account, today)

    def exists(self, source_id: str) -> bool:
        """Whether the person can be read by id."""
        return self._client.has("employee", source_id)

    def leave_types(self) -> Sequence[LeaveType]:
        """Every type, and its codes that came beside it: one list."""
        listing = self._client.rows("leave-type", relations=("leaveTypeCode",))
        return read_types(listing.rows, listing.relations["leaveTypeCode"].values())

    def time_off(self, period: Period) -> Sequence[TimeOff]:
        """The leaves that touch the period, with all their days: two lists.

        Leaves are read whole, since a filter on the end would hide those without one, and counted
        against the vendor's own total. Of the days only those are asked for that can be theirs.
        """
        rows = self._client.rows("leave").rows
        near = [row for row in rows if touches(read_leaves([row], lost=period.start)[0], period)]
        return self._with_days(near, lost=period.start)

    def leave(self, leave_id: str) -> TimeOff | None:
        """One leave: two requests. A deleted one is None, or has that status, as HR shows it."""
        row = self._client.one("leave", leave_id)
        return None if row is None else self._with_days([row], lost=_FIRST)[0]

    def work_weeks(self) -> Mapping[str, Sequence[WorkWeek]]:
        """Schedules by employee: two lists, of people no more than where they belong."""
        weeks = self._client.rows("work-week")
        people = self._client.rows("employee", select=("id", "companyId", "officeId"))
        return read_work_weeks(weeks.rows, people.rows)

    def _with_days(self, rows: Sequence[Row], lost: date) -> list[TimeOff]:
        """The leaves with the days that HR's transactions give them; see `read_leaves`."""
        leaves = read_leaves(rows, lost=lost)
        if not leaves:
            return []
        first = max(min(each.start for each in leaves), _FIRST)
        filters = {"[date][$gte]": (first - _MARGIN).isoformat()}
        ends = [each.end for each in leaves if each.end is not None]
        if len(ends) == len(leaves):
            filters["[date][$lte]"] = (min(max(ends), _LAST) + _MARGIN).isoformat()
        people = {each.employee_id for each in leaves}
        if len(people) == 1 and all(people):
            filters["[employeeId]"] = people.pop()
        transactions = self._client.rows("leave-transaction", filters=filters)
        return read_leaves(rows, transactions.rows, lost=lost)

    def _complete(
        self, resource: str, known: Mapping[str, Row], wanted: Iterable[str]
    ) -> Mapping[str, Row]:
        """`known`, and the whole list of `resource` besides if an id is not among them."""
        if all(each in known for each in wanted):
            return known
        listed = {row["id"]: row for row in self._client.rows(resource).rows}
        return {**known, **listed}

    @property
    def requests_sent(self) -> int:
        """How many requests went out over this connection, repeats included."""
        return self._client.http.requests_sent

    def close(self) -> None:
        """Closes the kept connections."""
        self._client.http.close()


def _kept(listing: Listing) -> list[Row]:
    """Without rows marked deleted: lists read without `select` have shown such rows."""
    return [row for row in listing.rows if row.get("deleted") is not True]


def _ids(listing: Listing, *keys: str) -> set[str]:
    """The ids that the rows hold under any of `keys`."""
    found = (row.get(key) for row in listing.rows for key in keys)
    return {each for each in found if isinstance(each, str) and each.strip()}


def _token(credentials: Mapping[str, str]) -> str:
    """The token without the white space that copying adds."""
    token = credentials.get("token", "").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigurationError(
            "No usable Simployer One access token is set for this integration."
        )
    return token
