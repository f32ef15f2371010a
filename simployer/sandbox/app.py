"""The WSGI app: meets ordered faults, checks the token, answers, and logs what it was asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from fjordkraft.serving import drop_connection, truncated
from simployer.sandbox.api import NotFound, Reading, error
from simployer.sandbox.control import control
from simployer.sandbox.faults import Fault, FaultKind, Faults
from simployer.sandbox.query import BadQuery, Row
from simployer.sandbox.resources import RESOURCES
from simployer.sandbox.seed import Rows
from simployer.sandbox.store import Store
from simployer.sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BASE_PATH = "/v1"
_CONTROL_PATH = "/_sandbox/"
_HTML = "<!doctype html><title>502</title><h1>Bad gateway</h1><p>Please try again later.</p>"
_STATUS = {
    FaultKind.RATE_LIMITED: (429, "Too Many Requests"),
    FaultKind.SERVER_ERROR: (500, "Internal server error"),
    FaultKind.UNAVAILABLE: (503, "Service Unavailable"),
    FaultKind.EXPIRED_TOKEN: (401, "Unauthorized"),
    FaultKind.FORBIDDEN: (403, "Forbidden"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request the sandbox was sent. `status` None: the connection was dropped."""

    method: str
    path: str
    query: str
    status: int | None


class Sandbox:
    """An imitation of Simployer One holding Fjordkraft Demo AS as HR sees it on `today`.

    `rows`, `switches` and `faults` may be changed while it serves. `token` None accepts any Bearer
    token but "expired".
    """

    def __init__(
        self,
        employees: int = 250,
        seed: int = 1,
        *,
        today: date,
        token: str | None = None,
        state: Path | None = None,
        switches: Switches | None = None,
    ) -> None:
        self.store = Store(employees, seed, today, state)
        self.token = token
        self.faults = Faults()
        self.log: list[Seen] = []
        self._first_switches = switches or Switches()
        self.switches = self._first_switches

    @property
    def rows(self) -> Rows:
        """Give the stored rows by resource path; changes made here are served at once."""
        return self.store.rows

    def find(self, resource: str, **values: Any) -> Row:
        """Give the one row with these field values; raise LookupError if there is not just one."""
        return self.store.find(resource, **values)

    @property
    def wsgi(self) -> WSGIApplication:
        """Give the app as servers take it."""
        return self.__call__

    def reset(self) -> None:
        """Go back to how the sandbox began: seed rows, first switches, no faults, an empty log."""
        self.store.reset()
        self.faults.clear()
        self.log.clear()
        self.switches = self._first_switches

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(_CONTROL_PATH):
            status, body = control(self, request, request.path.removeprefix(_CONTROL_PATH))
            return _json(status, body)(environ, start_response)
        response = self._answer(request)
        query = environ.get("QUERY_STRING", "")
        status_seen = None if response is None else response.status_code
        self.log.append(Seen(request.method, request.path, query, status_seen))
        if response is None:
            drop_connection(environ)
        return (response or Response())(environ, start_response)

    def _answer(self, request: Request) -> Response | None:
        """Give the response, or None to drop the connection."""
        path = request.path.removeprefix(BASE_PATH)
        resource, _, row_id = path.strip("/").partition("/")
        if not request.path.startswith(f"{BASE_PATH}/") or resource not in RESOURCES:
            return _error(404, "Not Found")
        fault = self.faults.take(path)
        if fault is not None and (fault.kind in _STATUS or fault.kind is FaultKind.HTML):
            return _broken(fault)
        if fault is not None and fault.kind is FaultKind.DROPPED:
            return None
        response = self._served(request, resource, row_id, fault)
        return response if fault is None else _spoilt(response, fault)

    def _served(
        self, request: Request, resource: str, row_id: str, fault: Fault | None
    ) -> Response:
        if not self._may_enter(request):
            return _error(401, "Unauthorized")
        if resource in self.switches.denied:
            return _error(403, "Forbidden")
        if request.method != "GET":
            return _error(405, "The sandbox is read-only")
        query = request.environ.get("QUERY_STRING", "")
        empty = fault is not None and fault.kind is FaultKind.EMPTY_PAGE
        with self.store.lock:
            reading = Reading(resource, self.store.rows, self.switches)
            try:
                answer = reading.one(row_id, query) if row_id else reading.page(query, empty=empty)
            except BadQuery as refusal:
                return _error(400, list(refusal.args))
            except NotFound:
                return _error(404, "Not Found")
        return _json(200, answer)

    def _may_enter(self, request: Request) -> bool:
        if not self.switches.token_required:
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return False
        return token == self.token if self.token is not None else token not in {"", "expired"}


def _json(status: int, body: Any) -> Response:
    text = "" if body is None else json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, mimetype="application/json")


def _error(status: int, message: str | list[str]) -> Response:
    return _json(status, error(status, message))


def _broken(fault: Fault) -> Response:
    """Give the answer of a fault that replaces the real one."""
    if fault.kind is FaultKind.HTML:
        return Response(_HTML, mimetype="text/html")
    response = _error(*_STATUS[fault.kind])
    if fault.seconds is not None and response.status_code in {429, 503}:
        response.headers["Retry-After"] = str(round(fault.seconds))
    return response


def _spoilt(response: Response, fault: Fault) -> Response:
    """Delay or cut the real answer."""
    if fault.kind is FaultKind.SLOW:
        time.sleep(fault.seconds or 0)
    if fault.kind is FaultKind.TRUNCATED:
        return truncated(response.get_data())
    return response
