"""Breaks an answer the way a fault asks for; the document was executed before, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from fjordkraft.serving import drop_connection, truncated

from . import authorization
from .authorization import json_response
from .faults import Fault

if TYPE_CHECKING:
    from .app import Sandbox

LIMITS = {
    "burst": "BURST_RATE_LIMIT_REACHED",
    "concurrency": "CONCURRENCY_LIMIT_REACHED",
    "credits": "INSUFFICIENT_CREDITS",
}
STATUSES = {"429", "500", "503", "529"}
CUT = {"drop_before", "drop_after", "delayed_commit"}
_BODIES: dict[str, dict[str, Any]] = {
    "unknown_error": {"data": None, "errors": [{"message": "An unexpected error occurred."}]},
    "query_timeout": {"errors": [{"message": "Your query timed out."}]},
}
_HTML = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


def broken(fault: Fault, request: Request, sandbox: Sandbox, executed: Response | None) -> Response:
    """Give what the client sees of the fault; `executed` is the answer it would have had."""
    if fault.kind in CUT:
        drop_connection(request.environ)
        return Response(status=503)
    if fault.kind in STATUSES:
        return _status(fault)
    if fault.kind == "expired_token":
        return authorization.denied(sandbox.switches.refused_token)
    if fault.kind == "html":
        return Response(_HTML, status=200, mimetype="text/html")
    if fault.kind == "truncated":
        body = b'{"data":null}' if executed is None else executed.get_data()
        return truncated(body)
    if fault.kind == "slow":
        sandbox.sleep(fault.seconds)
        return executed or json_response(_BODIES["query_timeout"])
    return json_response(_BODIES[fault.kind])


def _status(fault: Fault) -> Response:
    response = Response("The server is busy.", status=int(fault.kind), mimetype="text/plain")
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    return response
