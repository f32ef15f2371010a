"""The sandbox: one imitated Xledger tenant with its switches, faults and log, as a WSGI app."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import GraphQLSchema
from werkzeug.wrappers import Request, Response

from fjordkraft.company import people as fjordkraft_people
from fjordkraft.people import Person

from . import control, endpoint
from .documents import Documents
from .employees import flat
from .endpoint import Asked, LogEntry
from .execution import Execution
from .faults import Faults
from .limits import Limits
from .person_rows import PAY_RATES, POSITIONS, PersonRows
from .schema import executable_schema
from .seed import fill
from .store import LOCAL, Row, Store
from .switches import Switches
from .time_off import shown

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATH = "/graphql"


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """An imitated tenant. `wsgi` serves it; everything else is for tests to look and to break.

    `people` defaults to Fjordkraft with `employees` people; `today` is the day the company is seen
    on and open and closed are judged by. With `token` only that token is let in. With `state` the
    tenant is loaded from that file if it exists and saved there after each change. `clock` gives
    aware moments (limits, stamps, delayed commits) and `sleep` takes seconds: both for tests.
    """

    def __init__(
        self,
        people: tuple[Person, ...] | None = None,
        *,
        employees: int = 250,
        seed: int = 1,
        today: date | None = None,
        token: str | None = None,
        state: Path | None = None,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.today = today or clock().astimezone(LOCAL).date()
        self._people = people or fjordkraft_people(employees, seed, today=self.today)
        self._state = state
        self.token, self.clock, self.sleep = token, clock, sleep
        self.lock = threading.RLock()
        self.switches = Switches()
        self.faults = Faults()
        self.limits = Limits(self.switches, clock)
        self.log: list[LogEntry] = []
        self._documents: dict[tuple[GraphQLSchema, bool], Documents] = {}
        self._pending: list[Row] = []
        self.store = Store(clock)
        if state is not None and state.exists():
            self._pending = self.store.load(state)
        else:
            self._fill()

    @property
    def schema(self) -> GraphQLSchema:
        """The schema with what the tenant offers now."""
        chosen = self.switches
        return executable_schema(chosen.offers, chosen.renamed_fields, chosen.given_back)

    @property
    def documents(self) -> Documents:
        """The documents of that schema."""
        key = self.schema, self.switches.introspection
        if key not in self._documents:
            self._documents[key] = Documents(self.schema, introspection=self.switches.introspection)
        return self._documents[key]

    def _fill(self) -> None:
        self.store = Store(self.clock)
        fill(self.store, self._people, self.today)
        self.save()

    def reset(self) -> None:
        """Begin anew: the first day's people, default switches, no faults, an empty log."""
        with self.lock:
            self._pending.clear()
            self.faults.clear()
            self.log.clear()
            self.switches.reset()
            self.limits.reset()
            self._fill()

    def save(self) -> None:
        """Write the tenant to the state file, if there is one. The caller holds the lock."""
        if self._state is not None:
            self.store.save(self._state, self._pending)

    def commit_later(self, asked: Row, seconds: float) -> None:
        """Keep a document that is to be executed `seconds` from now, its answer unseen."""
        due = self.clock() + timedelta(seconds=seconds)
        with self.lock:
            self._pending.append({"due": due.isoformat(), "asked": asked})
            self.save()

    def commit_due(self) -> None:
        """Execute the delayed documents whose time has come. The caller holds the lock."""
        now = self.clock()
        due = [p for p in self._pending if datetime.fromisoformat(p["due"]) <= now]
        self._pending = [each for each in self._pending if each not in due]
        for each in due:
            endpoint.execute(self, Asked(**each["asked"]), LogEntry())

    @property
    def employees(self) -> list[dict[str, Any]]:
        """Everyone, as `employees.flat` shows them, in dbId order; due commits are done first."""
        with self.lock:
            self.commit_due()
            rows = sorted(self.store.tables["employees"].values(), key=lambda row: int(row["dbId"]))
            return [flat(self.store, row) for row in rows]

    @property
    def absences(self) -> list[dict[str, Any]]:
        """Every absence, with the employee's number and its code; due commits are done first."""
        return self._time_off("absences")

    @property
    def timesheets(self) -> list[dict[str, Any]]:
        """Every timesheet row, likewise."""
        return self._time_off("timesheets")

    @property
    def pay_rates(self) -> list[dict[str, Any]]:
        """Every row of pay, with the employee's number and the code of its rate element."""
        return self._of_people(PAY_RATES)

    @property
    def positions(self) -> list[dict[str, Any]]:
        """Every employee position, with the employee's number and the codes of coded values."""
        return self._of_people(POSITIONS)

    def _of_people(self, kind: PersonRows) -> list[dict[str, Any]]:
        with self.lock:
            self.commit_due()
            rows = self.store.tables[kind.table].values()
            return [kind.shown(self.store, row) for row in rows]

    def _time_off(self, table: str) -> list[dict[str, Any]]:
        with self.lock:
            self.commit_due()
            return [shown(self.store, row) for row in self.store.tables[table].values()]

    def with_code(self, code: str) -> list[dict[str, Any]]:
        """Everyone with this employee number; more than one is possible."""
        return [each for each in self.employees if each["code"] == code]

    def by_code(self, code: str) -> dict[str, Any]:
        """The one employee with this number; raises LookupError unless there is exactly one."""
        found = self.with_code(code)
        if len(found) != 1:
            raise LookupError(f"{len(found)} employees have the code {code!r}")
        return found[0]

    def edit(self, db_id: int, node: dict[str, Any]) -> dict[str, Any]:
        """Change an employee as someone in Xledger would by hand; `node` as in updateEmployees.

        Raises `Refused` as the mutation does, ValueError for a field it does not have.
        """
        with self.lock:
            self.commit_due()
            return control.edit(self, db_id, node)

    def by_hand(self) -> Execution:
        """Give the context of an edit that no switch and no fault touches."""
        return Execution(self.store, Switches(), self.today)

    @property
    def wsgi(self) -> WSGIApplication:
        """The WSGI app: `/graphql`, and `/_sandbox/` for tests."""
        return Request.application(self._respond)

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(control.PREFIX):
            return control.respond(self, request)
        if request.path.lower() != PATH:
            return Response("There is nothing here.", status=404, mimetype="text/plain")
        if request.method != "POST":
            return Response(status=405, headers={"Allow": "POST"})
        return endpoint.answer(self, request)
